from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestAdjustment(ClubCommon):
    """Balances changed by hand: recorded, and above a limit decided by two people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maker, cls.checker = (
            new_test_user(cls.env, f"club_{name}", groups="loyalty_club.group_manager")
            for name in ("maker", "checker")
        )
        cls.wallet = cls.points_card(cls, cls.member).club_wallet_id
        cls.kind = cls.wallet.kind_id

    def request(self, amount, user=None, reason="Compensation"):
        """An adjustment of the test wallet, asked for by ``user``."""
        Adjustment = self.env["loyalty.club.adjustment"].with_user(user or self.maker)
        wallet = self.wallet.with_user(user or self.maker)
        return Adjustment._request(wallet, Decimal(amount), reason)

    def wizard(self, amount, user=None):
        return (
            self.env["loyalty.club.wallet.adjust"]
            .with_user(user or self.maker)
            .create({"wallet_id": self.wallet.id, "amount": amount, "reason": "Compensation"})
        )

    def test_the_question_is_ones_own_and_shows_what_one_may_read(self):
        wizard = self.wizard(10)
        company = self.env["res.company"].create({"name": "Other Company"})
        stranger = new_test_user(
            self.env,
            "club_stranger",
            groups="loyalty_club.group_manager",
            company_id=company.id,
            company_ids=company.ids,
        )
        foreign = self.wizard(10, stranger)
        self.env.invalidate_all()

        self.assertEqual(wizard.unit, self.kind.unit)
        with self.assertRaises(AccessError):
            wizard.with_user(self.checker).read(["reason"])
        for name in ("balance", "limit"):
            with self.subTest(name), self.assertRaises(AccessError):
                foreign.read([name])

    def test_without_a_limit_it_is_booked_at_once(self):
        adjustment = self.request(1000)

        entry = adjustment.entry_id
        self.assertEqual((adjustment.state, adjustment.maker_id), ("booked", self.maker))
        self.assertEqual((entry.kind, entry.note), ("adjust", "Compensation"))
        self.assertEqual((entry.origin_model, entry.origin_id), (adjustment._name, adjustment.id))
        self.assertEqual(entry.user_id, self.maker)
        self.assertPoints(1000)

    def test_up_to_the_limit_it_is_booked_above_it_waits(self):
        self.kind.adjust_approval_above = 100

        self.assertEqual(self.request(100).state, "booked")
        self.assertEqual(self.request(1, self.checker).state, "booked")
        self.assertEqual(self.request("-101", self.checker).state, "waiting")

        self.assertPoints(101)

    def test_value_put_on_new_cards_by_hand_counts_too(self):
        kind = self.new_kind("gift_card")
        kind.adjust_approval_above = 100
        program = self.new_program("gift_card", kind=kind)
        Card = self.env["loyalty.card"].with_user(self.maker).sudo(False)
        self.maker.group_ids += self.env.ref("sales_team.group_sale_manager")
        Card.create({"program_id": program.id, "points": 60})

        with self.assertRaisesRegex(UserError, "one person"), self.env.cr.savepoint():
            Card.create({"program_id": program.id, "points": 41})
        Card.create({"program_id": program.id, "points": 40})

        self.assertLedgerSound()

    def test_splitting_it_does_not_avoid_the_limit(self):
        self.kind.adjust_approval_above = 100
        self.request(60)

        self.assertEqual(self.request("-30").state, "booked")
        self.assertEqual(self.request(11).state, "waiting")

    def test_yesterday_does_not_count_for_today(self):
        self.kind.adjust_approval_above = 100
        self.request(100).sudo().date = "2020-01-01 12:00:00"

        self.assertEqual(self.request(100).state, "booked")

    def test_what_a_second_person_approved_does_not_use_up_the_limit(self):
        self.kind.adjust_approval_above = 100
        self.request(500).with_user(self.checker).action_approve()

        self.assertEqual(self.request(100).state, "booked")

    def test_a_second_manager_books_it(self):
        self.kind.adjust_approval_above = 100
        adjustment = self.request(500)
        self.assertPoints(0)

        adjustment.with_user(self.checker).action_approve()

        self.assertEqual((adjustment.state, adjustment.checker_id), ("booked", self.checker))
        self.assertEqual(adjustment.entry_id.balance_after, 500)
        self.assertPoints(500)
        self.assertLedgerSound()

    def test_who_asked_never_approves(self):
        self.kind.adjust_approval_above = 100
        adjustment = self.request(500)

        for record in (adjustment, adjustment.sudo()):
            with self.assertRaisesRegex(UserError, "yourself"):
                record.with_user(self.maker).action_approve()
        with self.assertRaisesRegex(UserError, "yourself"):
            adjustment.with_user(self.maker).sudo().action_approve()

        self.assertEqual(adjustment.state, "waiting")
        self.assertPoints(0)

    def test_a_second_login_of_the_same_person_is_no_second_person(self):
        self.kind.adjust_approval_above = 100
        other_login = new_test_user(
            self.env, "club_maker_again", groups="loyalty_club.group_manager"
        )
        other_login.partner_id = self.maker.partner_id
        adjustment = self.request(500)

        with self.assertRaisesRegex(UserError, "yourself"):
            adjustment.with_user(other_login).action_approve()

    def test_only_managers_ask_and_decide(self):
        self.kind.adjust_approval_above = 100
        adjustment = self.request(500)

        for method in ("action_approve", "action_refuse"):
            with self.assertRaises(AccessError):
                getattr(adjustment.with_user(self.cashier), method)()
        with self.assertRaises(AccessError):
            self.request(1, self.cashier)

    def test_nobody_writes_the_record_itself(self):
        adjustment = self.request(5)
        for values in ({"amount": 9}, {"state": "waiting"}, {"maker_id": self.checker.id}):
            with self.assertRaises(AccessError):
                adjustment.with_user(self.maker).write(values)

    def test_approving_twice_books_once(self):
        self.kind.adjust_approval_above = 100
        adjustment = self.request(500).with_user(self.checker)

        adjustment.action_approve()
        adjustment.action_approve()

        self.assertPoints(500)

    def test_refused_is_final(self):
        self.kind.adjust_approval_above = 100
        adjustment = self.request(500).with_user(self.checker)
        adjustment.action_refuse()

        with self.assertRaisesRegex(UserError, "decided already"):
            adjustment.action_approve()

        self.assertFalse(adjustment.entry_id)
        self.assertPoints(0)

    def test_booked_is_not_refused_any_more(self):
        with self.assertRaisesRegex(UserError, "decided already"):
            self.request(5).with_user(self.checker).action_refuse()

    def test_other_managers_are_asked_and_no_longer_when_it_is_decided(self):
        self.kind.adjust_approval_above = 100
        adjustment = self.request(500)

        asked = adjustment.activity_ids.user_id
        self.assertIn(self.checker, asked)
        self.assertNotIn(self.maker, asked)
        adjustment.with_user(self.checker).action_approve()
        self.assertFalse(adjustment.activity_ids)

    def test_checker_sees_reason_and_effect(self):
        self.give_points(70)
        self.kind.adjust_approval_above = 10
        seen = self.request("-50").with_user(self.checker)

        self.assertEqual((seen.reason, seen.balance, seen.balance_after), ("Compensation", 70, 20))
        self.assertTrue(seen.can_decide)
        self.assertFalse(seen.with_user(self.maker).can_decide)

    def test_more_than_the_wallet_holds_is_refused_when_it_is_booked(self):
        with self.assertRaisesRegex(UserError, "has only 0 points"):
            self.request("-1")

        self.give_points(70)
        self.kind.adjust_approval_above = 10
        adjustment = self.request("-50")
        self.request("-5", self.checker)
        self.kind.adjust_approval_above = 0
        self.request("-60", self.checker)
        with self.assertRaisesRegex(UserError, "has only 5 points"):
            adjustment.with_user(self.checker).action_approve()

    def test_amount_and_reason_are_asked_for(self):
        for amount in ("0", "0.5"):
            with self.assertRaisesRegex(UserError, "whole steps"):
                self.request(amount)
        with self.assertRaisesRegex(UserError, "reason"):
            self.request(1, reason="  ")

    def test_double_click_on_the_wizard_books_once(self):
        wizard = self.wizard(40)

        wizard.action_adjust()
        wizard.action_adjust()

        self.assertPoints(40)

    def test_wizard_says_that_it_waits(self):
        self.kind.adjust_approval_above = 10

        action = self.wizard(40).action_adjust()

        self.assertEqual(action["tag"], "display_notification")
        self.assertPoints(0)

    def test_a_card_set_by_hand_is_an_adjustment_and_no_way_around_the_limit(self):
        card = self.give_points(5)
        adjustment = self.env["loyalty.club.adjustment"].search(
            [("wallet_id", "=", self.wallet.id)]
        )
        self.assertEqual((adjustment.amount, adjustment.state), (5, "booked"))
        self.kind.adjust_approval_above = 10

        with self.assertRaisesRegex(UserError, "another club manager"):
            self.give_points(6)

        self.assertEqual(card.points, 5)
