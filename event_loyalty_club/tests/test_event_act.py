from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.loyalty_club.tests.act_common import ActWords


@tagged("post_install", "-at_install")
class TestEventAct(ActWords):
    """Whoever comes to an event that counts earns what the rules give, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        now = fields.Datetime.now()
        cls.event = cls.env["event.event"].create(
            {
                "name": "Tasting",
                "date_begin": now - timedelta(hours=1),
                "date_end": now + timedelta(hours=3),
                "club_act_kind_id": cls.kind("event").id,
            }
        )
        cls.member.partner_id.email = "sara@example.com"
        cls.rule("event", 20)

    def register(self, **values):
        return self.env["event.registration"].create({"event_id": self.event.id, **values})

    def test_coming_counts_and_registering_does_not(self):
        registration = self.register(partner_id=self.member.partner_id.id, state="open")
        self.assertFalse(self.acts())

        registration.action_set_done()

        self.assertPoints(20)
        self.assertEqual(self.acts().note, "Tasting")

    def test_the_scan_at_the_door_counts_once(self):
        registration = self.register(partner_id=self.member.partner_id.id, state="open")

        for _scan in range(2):
            registration.register_attendee(registration.barcode, self.event.id)
        registration.action_confirm()
        registration.action_set_done()

        self.assertPoints(20)

    def test_who_booked_for_others_did_not_come(self):
        booker = self.member.partner_id
        guest = self.new_member("Reza")
        guest.partner_id.email = "reza@example.com"
        self.register(partner_id=booker.id, name="Reza", email="reza@example.com", state="done")
        self.register(partner_id=booker.id, name="Ali", email="ali@example.com", state="done")

        self.assertPoints(0)
        self.assertPoints(20, guest)

    def test_an_attendee_is_known_by_her_mobile(self):
        self.member.partner_id.phone = "+989121234567"
        self.assertEqual(self.member.mobile, "+989121234567")

        self.register(name="S.", phone="0912 123 4567", email="work@example.com", state="done")

        self.assertPoints(20)

    def test_an_event_that_does_not_count(self):
        self.event.club_act_kind_id = False

        self.register(partner_id=self.member.partner_id.id, state="done")

        self.assertFalse(self.acts())
