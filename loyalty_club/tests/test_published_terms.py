"""What well-known programmes promise about expiry, kept by the ledger to the day."""

from datetime import date

from odoo.tests import tagged

from .expiry_common import ExpiryCommon


@tagged("post_install", "-at_install")
class TestPublishedTerms(ExpiryCommon):
    """Each programme's own words, then its own example."""

    def test_starbucks_stars_expire_six_months_after_the_month_they_were_earned_in(self):
        """“Stars earned on 15 December 2020 expire on 1 July 2021.” Oldest first."""
        self.terms("period", number=6, period="month")

        december = self.earn(40, "2020-12-15")
        self.earn(25, "2021-01-01")

        self.assertDay(december, "2021-06-30")
        self.assertUsable(65, "2021-06-30")
        self.assertUsable(25, "2021-07-01")
        self.night("2021-06-30")
        self.assertPoints(65)
        self.spend(10, "2021-06-30")
        self.assertEqual(self.remaining(), [30, 25])
        self.night("2021-07-01")
        self.assertPoints(25)
        self.assertLedgerSound()

    def test_starbucks_every_day_of_december_is_gone_on_the_same_day(self):
        self.terms("period", number=6, period="month")

        first, last = self.earn(1, "2020-12-01"), self.earn(1, "2020-12-31")

        self.assertEqual(first.expires_on, last.expires_on)
        self.night("2021-07-01")
        self.assertPoints(0)

    def test_iran24_points_live_180_days_and_are_spent_by_expiry(self):
        """“Points live 180 days; those that expire first are spent first.”"""
        self.terms("after", number=180, unit="day", refund_policy="lapse")
        self.earn(100, "2025-01-01")
        self.earn(100, "2025-03-01")

        self.spend(120, "2025-03-02")

        self.assertEqual(self.remaining(), [0, 80])
        self.assertUsable(80, "2025-08-28")  # the 180th day after 1 March
        self.assertUsable(0, "2025-08-29")

    def test_iran24_spent_points_come_back_on_return_only_if_still_valid(self):
        """“On a return spent points come back, unless they have expired since.”"""
        self.terms("after", number=180, unit="day", refund_policy="lapse")
        self.earn(100, "2025-01-01")  # until 30 June
        self.earn(100, "2025-03-01")  # until 28 August
        spent = self.spend(150, "2025-06-30")

        self.give_back(150, spent, "2025-07-01")

        self.assertUsable(100, "2025-07-01")
        self.night("2025-07-01")
        self.assertPoints(100)
        self.assertEqual(self.remaining(), [0, 100])
        self.assertEqual(self.expired().mapped("amount"), [-100])
        self.assertLedgerSound()

    def test_waggon_credit_lives_until_the_end_of_the_next_season(self):
        """“White's credit is valid until the end of the next season”, of the Persian year."""
        credit = self.new_kind("ewallet")
        credit.expiry_policy_id = self.new_policy(
            "period", number=1, period="quarter", calendar="jalali"
        )
        wallet = credit._wallets_of(self.member)[self.member.id]

        for earned, last in (
            ("2024-09-21", "2024-12-20"),  # 31 Shahrivar 1403 → 30 Azar
            ("2024-09-22", "2025-03-20"),  # 1 Mehr 1403 → 30 Esfand, a leap year
            ("2024-12-20", "2025-03-20"),  # 30 Azar
            ("2025-09-23", "2026-03-20"),  # 1 Mehr 1404 → 29 Esfand
            ("2026-03-20", "2026-06-21"),  # 29 Esfand 1404 → 31 Khordad 1405
        ):
            with self.subTest(earned=earned):
                self.assertDay(self.earn(1, earned, wallet=wallet), last)

    def test_waggon_credit_is_gone_on_the_first_day_of_the_season_after(self):
        credit = self.new_kind("ewallet")
        credit.expiry_policy_id = self.new_policy(
            "period", number=1, period="quarter", calendar="jalali"
        )
        wallet = credit._wallets_of(self.member)[self.member.id]
        self.earn(50, "2024-10-15", wallet=wallet)

        self.assertUsable(50, "2025-03-20", wallet)
        self.assertUsable(0, "2025-03-21", wallet)
        self.night("2025-03-21")

        self.assertEqual(wallet.balance, 0)

    def test_diba_lives_of_30_90_and_365_days_side_by_side_in_one_wallet(self):
        """A visit's point lives 30 days, a comment's 90, a purchase's 365."""
        lives = {
            days: self.new_policy(number=days, unit="day", name=f"{days} days")
            for days in (30, 90, 365)
        }
        self.on("2025-01-01")
        for points, days in ((1, 30), (5, 90), (4, 365)):
            self.earn(points, expires_on=lives[days]._expires_on(date(2025, 1, 1)))

        self.assertUsable(10, "2025-01-31")
        self.assertUsable(9, "2025-02-01")
        self.assertUsable(9, "2025-04-01")
        self.assertUsable(4, "2025-04-02")
        self.assertUsable(4, "2026-01-01")
        self.assertUsable(0, "2026-01-02")

        self.spend(3, "2025-01-31")  # the short life first
        self.assertEqual(self.remaining(), [0, 3, 4])
        for day, left in (("2025-02-01", 7), ("2025-04-02", 4), ("2026-01-02", 0)):
            self.night(day)
            self.assertPoints(left)
        self.assertLedgerSound()

    def test_sephora_points_lapse_after_12_months_without_activity(self):
        """“Points expire when an account has seen no activity for 12 months.”"""
        self.terms("inactivity", number=12, unit="month")
        self.earn(200, "2023-01-15")
        self.earn(100, "2023-09-01")  # keeps January's alive
        self.assertUsable(300, "2024-09-01")

        self.spend(50, "2024-03-10")
        self.night("2025-03-10")
        self.assertPoints(250)
        self.assertUsable(250, "2025-03-10")
        self.assertUsable(0, "2025-03-11")
        self.night("2025-03-11")

        self.assertPoints(0)
        self.assertLedgerSound()

    def test_sephora_activity_after_the_lapse_brings_nothing_back(self):
        self.terms("inactivity", number=12, unit="month")
        self.earn(200, "2023-01-15")

        self.earn(10, "2024-01-16")  # a day late, before the nightly pass

        self.assertUsable(10, "2024-01-16")
        self.night("2024-01-16")
        self.assertPoints(10)

    def test_north_face_rewards_lapse_after_11_months(self):
        """“Rewards expire 11 months after they were issued.”"""
        credit = self.new_kind("ewallet")
        credit.expiry_policy_id = self.new_policy("after", number=11, unit="month")
        wallet = credit._wallets_of(self.member)[self.member.id]

        reward = self.earn(10, "2025-03-31", wallet=wallet)

        self.assertDay(reward, "2026-02-28")
        self.assertUsable(10, "2026-02-28", wallet)
        self.night("2026-03-01")
        self.assertEqual(wallet.balance, 0)
