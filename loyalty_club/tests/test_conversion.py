from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..clock import today_in
from ..models import conversion_issue
from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestConversion(ClubCommon):
    """Points become credit at the club's rate, each request once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "club_boss", groups="loyalty_club.group_manager")
        cls.points = cls.club.points_kind_id
        cls.credit = cls.new_kind("ewallet")
        cls.credit.rounding = 1
        cls.rate = cls.env["loyalty.club.conversion"].create(
            {
                "club_id": cls.club.id,
                "from_kind_id": cls.points.id,
                "to_kind_id": cls.credit.id,
                "from_amount": 100,
                "to_amount": 5,
            }
        )

    def convert(self, amount, key="test", rate=None):
        return (rate or self.rate)._convert(self.member, Decimal(amount), key)

    def balances(self):
        self.env.invalidate_all()
        found = {wallet.kind_id: wallet.balance for wallet in self.member.wallet_ids}
        return found.get(self.points, 0), found.get(self.credit, 0)

    def test_points_become_credit_and_the_remainder_stays(self):
        self.give_points(1050)

        result = self.convert(1050)

        self.assertEqual(result, (1040, 52))
        self.assertEqual(self.balances(), (10, 52))
        out, into = self.env["loyalty.club.entry"].search(
            [("origin_model", "=", "loyalty.club.conversion"), ("club_id", "=", self.club.id)],
            order="amount",
        )
        self.assertEqual((out.kind, into.kind), ("convert_out", "convert_in"))
        self.assertLedgerSound()

    def test_months_of_issue_are_those_of_the_rates_calendar(self):
        self.rate.write({"issue_months": "1, 7", "issue_calendar": "jalali"})
        self.give_points(300)

        def night(day):
            with (
                patch.object(conversion_issue, "today_in", lambda _company: day),
                patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=60),
            ):
                self.env["loyalty.club.conversion"]._cron_issue()
            return self.balances()

        self.assertEqual(night(date(2026, 1, 15)), (300, 0))
        self.assertEqual(night(date(2026, 3, 20)), (300, 0))  # 29 Esfand
        self.assertEqual(night(date(2026, 3, 21)), (0, 15))  # 1 Farvardin
        self.give_points(100)
        self.assertEqual(night(date(2026, 4, 20)), (100, 15))  # 31 Farvardin: once in a month
        self.assertEqual(night(date(2026, 9, 23)), (0, 20))  # 1 Mehr

    def test_a_key_converts_once_even_at_another_rate(self):
        self.give_points(1000)
        first = self.convert(200)
        self.rate.to_amount = 50

        self.assertEqual(self.convert(200), first)

        self.assertEqual(self.balances(), (800, 10))

    def test_a_key_of_another_member_is_refused(self):
        self.give_points(1000)
        self.convert(200)
        other = self.new_member("Reza")

        with self.assertRaisesRegex(UserError, "already booked"):
            self.rate._convert(other, Decimal(200), "test")

    def test_more_than_there_is_is_refused_and_nothing_moves(self):
        self.give_points(100)

        with self.assertRaisesRegex(UserError, "has only 100 points"):
            self.convert(200)

        self.assertEqual(self.balances(), (100, 0))

    def test_blocks_and_limits_apply(self):
        self.give_points(1000)
        self.points.spend_limit_day = 300
        with self.assertRaisesRegex(UserError, "limit per day"):
            self.convert(400)

        self.member.action_suspend()
        with self.assertRaisesRegex(UserError, "active members"):
            self.convert(100)

    def test_minimum_and_too_little_for_a_step(self):
        self.give_points(1000)
        with self.assertRaisesRegex(UserError, "smallest step"):
            self.convert(19)
        self.rate.minimum = 500
        with self.assertRaisesRegex(UserError, "Convert at least 500 points"):
            self.convert(499)
        for amount in (0, -100):
            with self.assertRaises(UserError):
                self.convert(amount)

    def test_rate_counts_from_its_first_to_its_last_day(self):
        self.give_points(1000)
        today = today_in(self.company)
        for values in (
            {"valid_from": today + timedelta(days=2)},
            {"valid_from": False, "valid_until": today - timedelta(days=2)},
            {"valid_until": False, "active": False},
        ):
            self.rate.write(values)
            with self.assertRaisesRegex(UserError, "not in force"):
                self.convert(100)
            self.assertFalse(self.rate._for_member(self.member))

    def test_debts_gift_cards_and_other_clubs_are_not_converted(self):
        other = self.env["loyalty.club"].create({"name": "Other", "sequence": 99})
        for kind in (self.new_kind("gift_card"), self.club.debt_kind_id, other.points_kind_id):
            with self.assertRaises(ValidationError):
                self.rate.copy({"to_kind_id": kind.id})

    def test_credit_becomes_points_with_a_card_at_the_till(self):
        program = self.new_program("ewallet", kind=self.credit)
        self.give_points(100)

        self.convert(100)

        card = self.member.wallet_ids.filtered(lambda w: w.kind_id == self.credit).card_ids
        self.assertEqual((card.program_id, card.points), (program, 5))

    def test_wizard_previews_what_happens_and_a_second_click_does_nothing(self):
        self.give_points(1050)
        wallet = self.points_card().club_wallet_id
        wizards = self.env["loyalty.club.wallet.convert"].with_user(self.manager)
        form = Form(wizards.with_context(from_wallet_id=wallet.id))
        self.assertEqual((form.rate_id, form.available), (self.rate, 1050))
        form.amount = 1050
        self.assertEqual((form.taken, form.given, form.remainder), (1040, 52, 10))

        wizard = form.save()
        wizard.action_convert()
        wizard.action_convert()

        self.assertEqual(self.balances(), (10, 52))

    def test_only_managers_convert_for_a_member(self):
        with self.assertRaises(AccessError):
            self.env["loyalty.club.wallet.convert"].with_user(self.cashier).create(
                {"member_id": self.member.id, "rate_id": self.rate.id, "amount": 1}
            )
