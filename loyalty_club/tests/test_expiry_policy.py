from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .expiry_common import ExpiryCommon


@tagged("post_install", "-at_install")
class TestExpiryPolicy(ExpiryCommon):
    """A policy gives value its last day as it comes in, and says so in words."""

    def test_every_policy_is_a_sentence(self):
        for sentence, rule, values in (
            ("Never expires.", "never", {}),
            ("Expires 180 days after it was earned.", "after", {"number": 180, "unit": "day"}),
            ("Expires 1 month after it was earned.", "after", {"number": 1, "unit": "month"}),
            (
                "Expires 2 years after it was earned. By the Persian calendar.",
                "after",
                {"number": 2, "unit": "year", "calendar": "jalali"},
            ),
            (
                "Expires at the end of the month, 6 months after it was earned.",
                "period",
                {"number": 6, "period": "month"},
            ),
            (
                (
                    "Expires at the end of the quarter after the one it was earned in. "
                    "By the Persian calendar."
                ),
                "period",
                {"number": 1, "period": "quarter", "calendar": "jalali"},
            ),
            (
                "Expires at the end of the year in which it was earned.",
                "period",
                {"number": 0, "period": "year"},
            ),
            (
                "What is earned up to 03/20/2026 expires after that day.",
                "date",
                {"day": "2026-03-20"},
            ),
            (
                "Expires every year after 29 Esfand.",
                "yearly",
                {"calendar": "jalali", "month_of_year": 12, "day_of_month": 29},
            ),
            (
                "Expires every year after 31 December.",
                "yearly",
                {"month_of_year": 12, "day_of_month": 31},
            ),
            (
                "Expires after 12 months without activity.",
                "inactivity",
                {"number": 12, "unit": "month"},
            ),
        ):
            with self.subTest(sentence=sentence):
                self.assertEqual(self.new_policy(rule, **values).sentence, sentence)

    def test_value_gets_the_policys_day_and_keeps_it(self):
        policy = self.terms("after", number=30, unit="day")
        first = self.earn(10, "2025-03-01")

        policy.number = 60
        second = self.earn(10, "2025-03-01")

        self.assertDay(first, "2025-03-31")
        self.assertDay(second, "2025-04-30")

    def test_a_day_of_its_own_goes_before_the_policy(self):
        self.terms("after", number=30, unit="day")

        lot = self.earn(10, "2025-03-01", expires_on=date(2025, 3, 5))

        self.assertDay(lot, "2025-03-05")

    def test_the_day_counts_by_the_shops_clock(self):
        self.terms("after", number=1, unit="day")

        before = self.earn(10, "2025-01-31 20:29:00")  # 23:59 in Tehran
        after = self.earn(10, "2025-01-31 20:31:00")  # 0:01

        self.assertDay(before, "2025-02-01")
        self.assertDay(after, "2025-02-02")

    def test_without_a_policy_nothing_expires(self):
        self.assertFalse(self.earn(10).expires_on)
        self.assertIs(self.env["loyalty.club.expiry.policy"]._expires_on(date(2025, 1, 1)), False)
        self.assertIs(self.new_policy("never")._expires_on(date(2025, 1, 1)), False)

    def test_a_cashier_needs_no_rights_on_the_terms(self):
        self.terms("after", number=30, unit="day")
        seller = new_test_user(self.env, "expiry_seller", groups="point_of_sale.group_pos_user")

        policy = self.kind.expiry_policy_id.with_user(seller)

        self.assertEqual(policy._expires_on(date(2025, 3, 1)), date(2025, 3, 31))

    # --- inactivity --------------------------------------------------------------------

    def test_activity_keeps_alive_what_is_still_valid(self):
        self.terms("inactivity", number=30, unit="day")
        gone = self.earn(10, "2025-01-01")
        self.on("2025-01-31")
        self.assertDay(gone, "2025-01-31")
        lot = self.earn(50, "2025-02-10")  # the first lot is over by now

        self.spend(5, "2025-03-12")

        self.assertDay(gone, "2025-01-31")
        self.assertDay(lot, "2025-04-11")

    def test_activity_does_not_touch_what_lives_longer_or_for_ever(self):
        for_ever = self.earn(5, "2025-01-01")
        self.terms("inactivity", number=30, unit="day")
        longer = self.earn(5, "2025-01-01", expires_on=date(2026, 1, 1))

        self.earn(5, "2025-01-20")

        self.assertFalse(for_ever.expires_on)
        self.assertDay(longer, "2026-01-01")

    def test_activity_leaves_a_last_day_of_its_own(self):
        self.terms("inactivity", number=30, unit="day")
        campaign = self.earn(5, "2025-01-01", expires_on=date(2025, 1, 25))

        self.earn(5, "2025-01-20")

        self.assertDay(campaign, "2025-01-25")

    def test_what_others_do_to_a_wallet_is_no_activity(self):
        self.terms("inactivity", number=30, unit="day")
        lot = self.earn(50, "2025-01-01")
        self.on("2025-01-20")

        self.move(5, "adjust")
        self.move(-5, "adjust")

        self.assertDay(lot, "2025-01-31")

    def test_activity_counts_for_the_wallet_that_was_used(self):
        self.terms("inactivity", number=30, unit="day")
        other = self.wallet_of(self.new_member("Ali"))
        lot = self.earn(50, "2025-01-01", wallet=other)

        self.earn(50, "2025-01-20")

        self.assertDay(lot, "2025-01-31")

    def test_an_archived_policy_stays_in_force_where_it_was_chosen(self):
        self.terms("inactivity", number=30, unit="day").active = False
        lot = self.earn(50, "2025-01-01")

        self.spend(1, "2025-01-20")

        self.assertDay(lot, "2025-02-19")

    # --- given back after it expired -----------------------------------------------------

    def test_given_back_after_expiry_it_lapses(self):
        self.terms("after", number=30, unit="day", refund_policy="lapse")
        lot = self.earn(50, "2025-01-01")
        spent = self.spend(20, "2025-01-10")
        self.night("2025-02-01")

        self.give_back(20, spent, "2025-02-05")

        self.assertDay(lot, "2025-01-31")
        self.assertUsable(0, "2025-02-05")
        self.night()
        self.assertPoints(0)
        self.assertLedgerSound()

    def test_given_back_after_expiry_it_has_days_of_grace(self):
        self.terms("after", number=30, unit="day", refund_policy="grace", grace_days=10)
        lot = self.earn(50, "2025-01-01")
        spent = self.spend(20, "2025-01-10")
        self.night("2025-02-01")

        self.give_back(20, spent, "2025-02-05")

        self.assertDay(lot, "2025-02-15")
        self.assertRecordValues(
            lot.change_ids,
            [{"kind": "grace", "from_day": date(2025, 1, 31), "to_day": date(2025, 2, 15)}],
        )
        self.assertUsable(20, "2025-02-15")
        self.assertUsable(0, "2025-02-16")

    def test_grace_is_not_for_what_is_still_valid(self):
        self.terms("after", number=30, unit="day", refund_policy="grace", grace_days=10)
        lot = self.earn(50, "2025-01-01")
        spent = self.spend(20, "2025-01-10")

        self.give_back(20, spent, "2025-01-30")

        self.assertDay(lot, "2025-01-31")
        self.assertFalse(lot.change_ids)

    # --- what makes no sense -------------------------------------------------------------

    def test_nonsense_is_refused(self):
        for rule, values in (
            ("after", {"number": 0}),
            ("after", {"number": -1}),
            ("after", {"number": 101, "unit": "year"}),
            ("after", {"number": 9999, "unit": "year"}),
            ("inactivity", {"number": 0}),
            ("period", {"number": -1}),
            ("date", {}),
            ("yearly", {"month_of_year": 13, "day_of_month": 1}),
            ("yearly", {"month_of_year": 2, "day_of_month": 30}),
        ):
            with self.subTest(rule=rule, **values), self.assertRaises(ValidationError):
                self.new_policy(rule, **values)

    @mute_logger("odoo.sql_db")
    def test_a_policy_of_another_club_is_refused(self):
        club = self.env["loyalty.club"].create({"name": "Other"})
        policy = self.new_policy(club_id=club.id)

        with self.assertRaises(ValidationError):
            self.kind.expiry_policy_id = policy

        club.points_kind_id.expiry_policy_id = policy
        with self.assertRaises(ValidationError):
            policy.club_id = self.club

    def test_only_a_manager_decides(self):
        marketer = new_test_user(self.env, "expiry_marketer", groups="loyalty_club.group_marketer")

        with self.assertRaises(AccessError):
            self.new_policy().with_user(marketer).number = 24
