from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestHoldRelease(ClubCommon):
    """A manager lets a hold go before its time, and says why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "club_hold_manager", groups="loyalty_club.group_manager"
        )
        cls.member.wallet_ids.card_ids.with_user(cls.env.ref("base.user_admin")).points = 100
        cls.wallet = cls.member.wallet_ids
        Hold = cls.env["loyalty.club.hold"]
        cls.hold = Hold.browse(
            Hold._authorize(
                cls.wallet.id, Decimal(40), "release-test", origin=("res.partner", 1)
            ).hold_id
        )

    def wizard(self, reason="The till was off", user=None):
        Wizard = self.env["loyalty.club.hold.release"].with_user(user or self.manager)
        return Wizard.create({"hold_id": self.hold.id, "reason": reason})

    def test_value_can_be_spent_again_and_the_reason_stays(self):
        self.assertEqual(self.wallet.available, 60)

        self.wizard(" The till was off ").action_release()

        self.assertEqual(self.wallet.available, 100)
        self.assertEqual(self.hold.state, "released")
        self.assertEqual(self.hold.release_reason, "The till was off")
        self.assertEqual(self.hold.released_by_id, self.manager)

    def test_without_a_reason_nothing_is_released(self):
        with self.assertRaises(UserError):
            self.wizard(" ").action_release()

        self.assertEqual(self.hold.state, "open")

    def test_hold_that_has_ended_is_left_as_it_is(self):
        wizard = self.wizard()
        self.env["loyalty.club.hold"]._capture(self.hold.key)
        self.hold.invalidate_recordset()

        with self.assertRaises(UserError):
            wizard.action_release()

        self.assertEqual(self.hold.state, "captured")
        self.assertFalse(self.hold.release_reason)

    def test_reason_of_a_release_does_not_change_afterwards(self):
        self.wizard("First").action_release()
        self.hold._note_release("Second")

        self.assertEqual(self.hold.release_reason, "First")

    def test_only_a_manager_releases(self):
        with self.assertRaises(AccessError):
            self.wizard(user=self.cashier)

    def test_hold_leads_to_its_document(self):
        action = self.hold.action_open_origin()

        self.assertEqual((action["res_model"], action["res_id"]), ("res.partner", 1))
        other = self.env["loyalty.club.hold"]._authorize(self.wallet.id, Decimal(1), "no-origin")
        with self.assertRaises(UserError):
            self.env["loyalty.club.hold"].browse(other.hold_id).action_open_origin()
