from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..movement import Movement
from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestMemberClosing(ClubCommon):
    """A membership ends by a decision about what is left; the ledger stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager, cls.marketer = (
            new_test_user(cls.env, f"closing_{name}", groups=f"loyalty_club.group_{name}")
            for name in ("manager", "marketer")
        )
        cls.credit, cls.cashback = cls.new_kind("ewallet"), cls.new_kind("cashback")
        cls.points_wallet = cls.points_card(cls, cls.member).club_wallet_id
        cls.credit_wallet, cls.cashback_wallet = (
            kind._wallets_of(cls.member)[cls.member.id] for kind in (cls.credit, cls.cashback)
        )

    def put(self, wallet, amount, key="put", kind="topup", **values):
        movement = Movement(wallet.id, Decimal(amount), kind, f"{key}:{wallet.id}", **values)
        return self.env["loyalty.club.wallet"]._post_or_raise([movement])[0]

    def wizard(self, user=None):
        action = self.member.with_user(user or self.manager).action_close()
        wizards = self.env[action["res_model"]].with_user(user or self.manager)
        return Form(wizards.with_context(**action["context"]))

    def close_by_wizard(self, user=None):
        with self.wizard(user) as form:
            form.reason = "Asked to leave"
        form.save().action_close()

    def kinds_of_entries(self, wallet):
        self.env.invalidate_all()
        return [(entry.kind, entry.amount) for entry in wallet.entry_ids.sorted("seq")]

    def test_button_asks_first(self):
        self.give_points(30)

        action = self.member.with_user(self.manager).action_close()

        self.assertEqual(action["res_model"], "loyalty.club.member.close")
        self.assertEqual(self.member.state, "active")

    def test_status_is_not_written_past_the_question(self):
        for values in (
            {"state": "closed"},
            {"closed_on": "2020-01-01"},
            {"merged_into_id": self.member.id},
        ):
            with self.assertRaises(UserError):
                self.member.with_user(self.manager).write(values)

    def test_kept_value_is_blocked_and_comes_back_with_the_membership(self):
        self.give_points(30)

        self.close_by_wizard()

        self.assertEqual(
            (self.member.state, self.member.close_reason), ("closed", "Asked to leave")
        )
        self.assertEqual((self.points_wallet.balance, self.points_wallet.state), (30, "blocked"))
        self.member.with_user(self.manager).action_activate()
        self.assertEqual(self.points_wallet.state, "active")
        self.assertFalse(self.member.closed_on or self.member.close_reason)

    def test_closed_member_neither_earns_nor_spends(self):
        card = self.give_points(30)
        self.close_by_wizard()

        order = self.sell(partner=self.member.partner_id)
        self.assertEqual(order.state, "paid")
        with self.assertRaises(UserError):
            self.sell([self.line(), self.reward_line(card, 10)], self.member.partner_id)

        self.assertPoints(30)

    def test_forfeit_takes_everything_whatever_its_state(self):
        self.club.closing_policy = "forfeit"
        today = fields.Date.today()
        self.put(self.points_wallet, 5, "expired", expires_on=today - timedelta(days=9))
        self.put(self.points_wallet, 7, "pending", available_on=today + timedelta(days=9))
        self.put(self.points_wallet, 30)

        self.close_by_wizard()

        self.assertEqual(self.kinds_of_entries(self.points_wallet)[-1], ("forfeit", -42))
        self.assertPoints(0)
        self.assertLedgerSound()

    def test_payout_pays_credit_and_forfeits_the_rest(self):
        self.club.closing_policy = "payout"
        self.give_points(30)
        self.put(self.credit_wallet, "12.50")
        self.put(self.cashback_wallet, 4)

        self.close_by_wizard()

        self.assertEqual(self.kinds_of_entries(self.credit_wallet)[-1], ("payout", -12.5))
        self.assertEqual(self.kinds_of_entries(self.cashback_wallet)[-1], ("forfeit", -4))
        self.assertEqual(self.kinds_of_entries(self.points_wallet)[-1], ("forfeit", -30))
        self.assertLedgerSound()

    def test_what_expired_or_is_bound_to_conditions_is_not_paid_out(self):
        terms = self.env["loyalty.club.terms"].create({"name": "Tea", "club_id": self.club.id})
        yesterday = fields.Date.today() - timedelta(days=9)
        self.put(self.credit_wallet, 3, "old", expires_on=yesterday)
        self.put(self.credit_wallet, 4, "bound", terms_id=terms.id)
        self.put(self.credit_wallet, 10)

        self.member._close("Left", {self.credit_wallet: "payout"})

        self.assertEqual(
            self.kinds_of_entries(self.credit_wallet)[-2:], [("payout", -10), ("forfeit", -7)]
        )
        self.assertLedgerSound()

    def test_what_the_club_gave_is_not_paid_out(self):
        self.put(self.credit_wallet, 10)
        for kind in ("bonus", "grant", "convert_in", "reinstate"):
            self.put(self.credit_wallet, 1, kind, kind)

        self.member._close("Left", {self.credit_wallet: "payout"})

        self.assertEqual(
            self.kinds_of_entries(self.credit_wallet)[-2:], [("payout", -10), ("forfeit", -4)]
        )
        self.assertLedgerSound()

    def test_what_was_paid_into_a_merged_membership_is_paid_out(self):
        other = self.new_member("Sara again")
        former = self.credit._wallets_of(other)[other.id]
        self.put(former, 10)
        self.put(former, 2, "bonus", "bonus")
        other.with_user(self.manager)._merge_into(self.member, "Enrolled twice")

        self.member._close("Left", {self.credit_wallet: "payout"})

        self.assertEqual(
            self.kinds_of_entries(self.credit_wallet)[-2:], [("payout", -10), ("forfeit", -2)]
        )
        self.assertLedgerSound()

    def test_points_and_cashback_are_not_paid_out(self):
        self.give_points(30)
        self.put(self.cashback_wallet, 4)
        for wallet in (self.points_wallet, self.cashback_wallet):
            with self.assertRaisesRegex(UserError, "never paid in"):
                self.member._close("Left", {wallet: "payout"})

    def test_marketer_closes_but_does_not_move_value(self):
        self.club.closing_policy = "forfeit"
        self.give_points(30)

        with self.assertRaises(AccessError):
            self.member.with_user(self.marketer)._close("Left", {self.points_wallet: "forfeit"})
        self.close_by_wizard(self.marketer)

        self.assertEqual(self.member.state, "closed")
        self.assertPoints(30)

    def test_cashier_does_not_close(self):
        with self.assertRaises(AccessError):
            self.member.with_user(self.cashier).action_close()
        with self.assertRaises(AccessError):
            self.member.with_user(self.cashier)._close("Left")

    def test_nothing_is_closed_while_a_payment_is_under_way(self):
        self.give_points(30)
        self.env["loyalty.club.hold"]._authorize(self.points_wallet.id, Decimal(10), "till-1")

        with self.assertRaisesRegex(UserError, "10 points"):
            self.close_by_wizard()

        self.assertEqual(self.member.state, "active")

    def test_closing_again_changes_nothing(self):
        self.give_points(30)
        self.member._close("Left", {self.points_wallet: "forfeit"})

        self.member._close("Left again", {self.points_wallet: "forfeit"})

        self.assertEqual(self.member.close_reason, "Left")
        self.assertPoints(0)

    def test_a_reopened_member_is_closed_again(self):
        for points in (30, 20):
            self.give_points(points)
            self.member._close("Left", {self.points_wallet: "forfeit"})
            self.assertPoints(0)
            self.member.action_activate()
        self.assertLedgerSound()

    def test_a_reason_is_asked_for(self):
        form = self.wizard()
        form.reason = "   "

        with self.assertRaisesRegex(UserError, "why"):
            form.save().action_close()
