import json
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from ..const import CONSENT_CHANNELS
from ..models import inbound_sms, opt_out
from .consent_common import ConsentCommon

SARA = "+989121110001"


@tagged("post_install", "-at_install")
class TestInboundSms(ConsentCommon, HttpCase):
    """Members end messages by answering them, whatever the SMS provider's format."""

    def setUp(self):
        super().setUp()
        self.env["loyalty.club.outbox"].search([]).unlink()
        self.club.action_new_sms_address()
        self.sara._set_consents(
            {
                ("marketing", "sms"): True,
                ("marketing", "email"): True,
                ("survey", "sms"): True,
            },
            "join",
        )

    def path(self):
        return self.club.sms_door_url.removeprefix(self.club.get_base_url())

    def kavenegar(self, text, sender="9121110001", message="8792343", **more):
        """As Kavenegar posts what its line received."""
        data = {"messageid": message, "from": sender, "to": "10004346", "message": text, **more}
        return self.url_open(self.path(), data=data)

    def melipayamak(self, text, sender="9121110001"):
        """As MeliPayamak fills in ?from=$FROM$&to=$TO$&body=$TEXT$ and calls it."""
        return self.url_open(self.path(), params={"to": "5000400012", "body": text, "from": sender})

    def wants(self, code="marketing", channel="sms"):
        self.env.invalidate_all()
        return bool(self.sara._agreed(code, channel))

    def told(self):
        """Texts that wait to be sent, oldest first."""
        return self.env["loyalty.club.outbox"].search([], order="id").mapped("body")

    def received(self):
        return self.env["loyalty.club.inbound.sms"].search([], order="id")

    def test_kavenegar(self):
        response = self.kavenegar("لغو۱۱")

        self.assertEqual((response.status_code, response.text), (200, "OK"))
        self.assertFalse(self.wants() or self.wants("survey"))
        self.assertTrue(self.wants(channel="email"), "only the channel of the answer")
        self.assertTrue(self.on_list(SARA))
        fact = self.sara.latest_consent_change_ids[0]
        self.assertEqual((fact.source, fact.proof), ("sms", "8792343, +98******0001"))

    def test_melipayamak(self):
        response = self.melipayamak("۱۱")

        self.assertEqual((response.status_code, response.text), (200, "OK"))
        self.assertFalse(self.wants())
        self.assertEqual(self.sara.latest_consent_change_ids[0].proof, "SMS, +98******0001")

    def test_json_and_other_names(self):
        body = {"Sender": "+98 912 111 0001", "Text": "STOP", "MessageSid": "SM1"}
        response = self.url_open(
            self.path(), data=json.dumps(body), headers={"Content-Type": "application/json"}
        )

        self.assertEqual(response.status_code, 200)
        self.assertFalse(self.wants())

    def test_any_writing_of_the_number(self):
        for sender in ("09121110001", "989121110001", "00989121110001", "+989121110001"):
            with self.subTest(sender):
                self.say(self.sara, True)
                self.kavenegar("stop", sender, message=sender)
                self.assertFalse(self.wants())

    def test_sender_is_told_in_her_language_at_her_number(self):
        self.kavenegar("STOP")

        message = self.env["loyalty.club.outbox"].search([])
        self.assertEqual(len(message), 1)
        self.assertEqual((message.channel, message.address), ("sms", SARA))
        self.assertIn("Test Club", message.body)
        self.assertIn("12", message.body)

    def test_way_back(self):
        self.kavenegar("لغو", message="1")
        self.kavenegar("وصل", message="2")

        self.assertTrue(self.wants() and self.wants("survey"))
        self.assertFalse(self.on_list(SARA))
        self.assertEqual(len(self.told()), 2)
        self.assertEqual(self.facts()[-2:], [("sms", True, "sms")] * 2)

    def test_yes_by_sms_brings_back_only_what_ended_by_sms(self):
        self.say(self.sara, False, code="survey", source="link")
        self.kavenegar("لغو", message="1")

        self.kavenegar("12", message="2")

        self.assertTrue(self.wants())
        self.assertFalse(self.wants("survey"))

    def test_same_message_twice_is_once(self):
        self.kavenegar("STOP", message="7")
        self.kavenegar("START", message="8")
        self.kavenegar("STOP", message="7")

        self.assertTrue(self.wants(), "a message handed over again is old news")
        self.assertEqual(len(self.received()), 2)
        self.assertEqual(len(self.told()), 2)

    def test_message_without_number_is_never_taken_for_an_old_one(self):
        self.melipayamak("11")
        self.melipayamak("12")
        self.melipayamak("11")

        self.assertFalse(self.wants())

    def test_other_texts_change_nothing(self):
        self.kavenegar("سلام، سفارش من چه شد؟")

        self.assertTrue(self.wants())
        self.assertEqual(self.received().verdict, "unknown")
        self.assertFalse(self.told())

    def test_log_keeps_neither_text_nor_number(self):
        self.kavenegar("STOP, says Sara Secretname")

        row = self.received()
        self.assertEqual(row.sender, "+98******0001")
        self.env.cr.execute("SELECT to_jsonb(r)::text FROM loyalty_club_inbound_sms AS r")
        stored = self.env.cr.fetchone()[0]
        self.assertNotIn("Secretname", stored)
        self.assertNotIn("9121110001", stored)

    def test_everybody_with_the_number_is_left_alone(self):
        self.omid.partner_id.phone = "0912 111 0001"
        self.say(self.omid, True, "phone")
        twin = self.sara | self.omid

        self.kavenegar("STOP")

        self.assertEqual(self.received().member_count, 2)
        self.assertFalse(twin._agreed("marketing", "sms"))
        self.assertEqual(self.facts(self.omid)[-1], ("sms", False, "sms"))

    def test_stranger_is_left_alone_as_well(self):
        self.kavenegar("STOP", "9129998877")
        self.assertTrue(self.on_list("+989129998877"))

        self.kavenegar("START", "9129998877", message="2")
        self.assertTrue(self.on_list("+989129998877"), "nobody has said yes who is no member")

    def test_no_is_never_too_much_but_answers_are(self):
        with patch.object(inbound_sms, "_ANSWERS", (2, 3600)):
            for number in range(4):
                self.kavenegar("START" if number % 2 else "STOP", message=f"m{number}")
            self.kavenegar("STOP", message="last")

        self.assertFalse(self.wants())
        self.assertEqual(len(self.told()), 2)

    def test_yes_is_counted(self):
        with patch.object(inbound_sms, "_RETURNS", (1, 3600)):
            self.kavenegar("STOP", message="1")
            self.kavenegar("START", message="2")
            self.kavenegar("STOP", message="3")
            self.kavenegar("START", message="4")

        self.assertFalse(self.wants())

    def test_wrong_and_old_addresses_are_not_there(self):
        old = self.path()
        self.club.action_new_sms_address()
        data = {"from": "9121110001", "message": "STOP"}

        for path in (old, "/loyalty_club/sms/nonsense", self.path()[:-1]):
            with self.subTest(path):
                self.assertEqual(self.url_open(path, data=data).status_code, 404)
        self.assertTrue(self.wants())
        self.assertNotEqual(old, self.path())
        self.club.active = False
        self.assertEqual(self.url_open(self.path(), data=data).status_code, 404)

    def test_club_without_address_has_no_door(self):
        other = self.env["loyalty.club"].create({"name": "Other"})
        self.assertFalse(other.sms_door_url)
        token = self.env["loyalty.club"]._sms_door_secret()
        path = f"/loyalty_club/sms/{inbound_sms.opaque.seal(token, other.id, 0)}"

        self.assertEqual(
            self.url_open(path, data={"from": "9121110001", "message": "STOP"}).status_code, 404
        )

    def test_incomplete_requests_are_taken_calmly(self):
        for data in ({}, {"from": "x"}, {"from": "9121110001"}, {"message": "STOP"}):
            with self.subTest(data=data):
                response = self.url_open(self.path(), data=data or {"nothing": "1"})
                self.assertEqual(response.status_code, 200)
        broken = self.url_open(
            self.path(), data="{broken", headers={"Content-Type": "application/json"}
        )
        self.assertEqual(broken.status_code, 200)
        self.assertTrue(self.wants())

    def test_address_is_the_managers_secret(self):
        marketer = new_test_user(self.env, "sms_marketer", groups="loyalty_club.group_marketer")
        club = self.club.with_user(marketer)

        with self.assertRaises(AccessError):
            club.read(["sms_door_url"])
        with self.assertRaises(AccessError):
            club.action_new_sms_address()
        self.assertNotIn("sms_door_url", club.fields_get())

    def test_other_clubs_members_are_not_touched(self):
        other = self.env["loyalty.club"].create({"name": "Other"})
        twin = self.env["loyalty.club.member"].create(
            {"partner_id": self.sara.partner_id.id, "club_id": other.id}
        )
        self.say(twin, True)

        self.kavenegar("STOP")

        self.env.invalidate_all()
        self.assertEqual((self.sara | twin)._agreed("marketing", "sms"), twin)


class TestChannelPlaces(ConsentCommon):
    def test_every_channel_has_a_place_in_links(self):
        self.assertEqual(set(opt_out._CHANNELS[1:]), {key for key, _name in CONSENT_CHANNELS})
