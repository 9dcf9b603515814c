from datetime import date
from decimal import Decimal
from unittest.mock import patch

from odoo.tests import tagged

from ..models import expiry
from .expiry_common import ExpiryCommon


@tagged("post_install", "-at_install")
class TestExpiry(ExpiryCommon):
    """The pass: what may no longer be spent leaves the books, each lot once."""

    def setUp(self):
        super().setUp()
        self.terms("after", number=30, unit="day")

    def test_a_lot_expires_when_its_last_day_is_over(self):
        self.earn(50, "2025-01-01")

        self.assertEqual(self.night("2025-01-31"), 0)
        self.assertPoints(50)
        self.assertEqual(self.night("2025-02-01"), 1)

        self.assertPoints(0)
        self.assertRecordValues(
            self.expired(),
            [{"amount": -50, "balance_after": 0, "seq": 2, "user_id": self.env.uid}],
        )
        self.assertEqual(self.remaining(), [0])
        self.assertLedgerSound()

    def test_days_end_by_the_shops_clock(self):
        self.earn(50, "2025-01-01")

        self.assertEqual(self.night("2025-01-31 20:29:00"), 0)  # 23:59 in Tehran
        self.assertEqual(self.night("2025-01-31 20:31:00"), 1)  # 0:01

    def test_only_what_is_due_expires(self):
        self.earn(30, "2025-01-01")
        self.earn(20, "2025-01-02")
        self.earn(10, expires_on=date(2026, 1, 1))

        self.night("2025-02-01")

        self.assertEqual(self.remaining(), [0, 20, 10])
        self.assertPoints(30)

    def test_what_was_spent_does_not_expire(self):
        self.earn(30, "2025-01-01")
        self.spend(12)

        self.night("2025-02-01")

        self.assertEqual(self.expired().mapped("amount"), [-18])

    def test_a_second_pass_finds_nothing(self):
        self.earn(30, "2025-01-01")

        self.assertEqual(self.night("2025-02-01"), 1)
        self.assertEqual(self.night(), 0)
        self.assertEqual(self.night("2025-02-02"), 0)

        self.assertEqual(len(self.expired()), 1)

    def test_several_lots_of_a_wallet_are_one_entry(self):
        self.earn(30, "2025-01-01")
        self.earn(20, "2025-01-02")

        self.night("2025-03-01")

        self.assertEqual(self.expired().mapped("amount"), [-50])
        self.assertEqual(sorted(self.expired().allocation_ids.mapped("amount")), [20, 30])

    def test_what_is_held_waits_until_it_is_released(self):
        hold = self.env["loyalty.club.hold"]
        self.earn(50, "2025-01-01")
        self.on("2025-01-31")
        self.assertTrue(hold._authorize(self.wallet.id, Decimal(30), "till-1", minutes=2000).ok)

        self.night("2025-02-01")
        self.assertEqual(self.expired().mapped("amount"), [-20])
        hold._release("till-1")
        self.night()

        self.assertEqual(self.expired().mapped("amount"), [-20, -30])
        self.assertLedgerSound()

    def test_what_was_held_in_time_is_paid_although_it_expired(self):
        hold = self.env["loyalty.club.hold"]
        self.earn(50, "2025-01-01")
        self.on("2025-01-31")
        hold._authorize(self.wallet.id, Decimal(30), "till-1", minutes=2000)
        self.night("2025-02-01")

        captured = hold._capture("till-1")

        self.assertEqual(captured.status, "captured")
        self.assertLedgerSound()

    def test_pending_value_can_expire_before_it_was_usable(self):
        self.kind.pending_days = 40
        self.earn(50, "2025-01-01")

        self.night("2025-02-01")

        self.assertEqual((self.wallet.balance, self.wallet.pending), (0, 0))
        self.assertLedgerSound()

    def test_blocked_wallets_and_archived_clubs_expire_too(self):
        self.earn(50, "2025-01-01")
        self.wallet.state = "blocked"
        self.club.active = False

        self.assertEqual(self.night("2025-02-01"), 1)

    def test_the_holders_wallet_of_a_card_expires_too(self):
        kind = self.new_kind("gift_card")
        kind.expiry_policy_id = self.kind.expiry_policy_id
        wallet = self.Wallet.create({"kind_id": kind.id})
        self.on("2025-01-01")
        self.move(25, "issue", wallet)

        self.night("2025-02-01")

        self.assertEqual(wallet.balance, 0)

    def test_each_company_has_its_own_day(self):
        other = self.env["res.company"].create({"name": "Far east"})
        other.partner_id.tz = "Asia/Tokyo"
        club = self.env["loyalty.club"].create({"name": "Tokyo", "company_id": other.id})
        partner = self.env["res.partner"].create({"name": "Yuki"})
        member = self.env["loyalty.club.member"].create(
            {"partner_id": partner.id, "club_id": club.id}
        )
        wallet = self.wallet_of(member)
        for each in (wallet, self.wallet):
            self.earn(10, "2025-01-01", wallet=each, expires_on=date(2025, 1, 31))

        self.night("2025-01-31 16:00:00")  # 1:00 of the next day in Tokyo, 19:30 in Tehran

        self.assertEqual((wallet.balance, self.wallet.balance), (0, 10))

    def test_a_pass_that_was_stopped_goes_on_where_it_was(self):
        wallets = self.wallet
        for name in ("Ali", "Reza", "Mina"):
            wallets |= self.wallet_of(self.new_member(name))
        for wallet in wallets:
            self.earn(10, "2025-01-01", wallet=wallet)
        self.on("2025-02-01")

        with patch.object(expiry, "_BATCH", 1), patch.object(expiry, "_AHEAD", 2):
            self.assertEqual(self.env["loyalty.club.expiry"]._expire(limit=1), 1)
            self.assertEqual(sum(wallets.mapped("balance")), 30)
            self.assertEqual(self.env["loyalty.club.expiry"]._expire(), 3)

        self.assertEqual(wallets.mapped("balance"), [0, 0, 0, 0])
        self.assertTrue(all(len(self.expired(wallet)) == 1 for wallet in wallets))
        self.assertLedgerSound()

    def test_a_batch_costs_as_much_for_many_as_for_one(self):
        wallets = [self.wallet_of(self.new_member(f"M{number}")) for number in range(20)]
        self.earn(10, "2025-01-01")

        def statements(day):
            self.on(day)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            done = self.env["loyalty.club.expiry"]._expire()
            return done, self.env.cr.sql_log_count - before

        one = statements("2025-02-01")
        for wallet in wallets:
            self.earn(10, "2025-02-01", wallet=wallet)
        many = statements("2025-04-01")

        self.assertEqual((one[0], many[0]), (1, 20))
        self.assertLessEqual(many[1], one[1])

    def test_the_job_expires_and_tells(self):
        self.kind.expiry_policy_id.notice_days = 7
        self.member.partner_id.email = "sara@example.com"
        self.earn(50, "2025-01-01")
        self.earn(20, "2025-01-05")
        self.on("2025-02-01")
        progress = patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=10)

        with progress as committed:
            self.env["loyalty.club.expiry"]._cron_expire()

        self.assertPoints(20)
        told = [("wallet_id", "=", self.wallet.id)]
        self.assertEqual(self.env["loyalty.club.expiry.notice"].search_count(told), 1)
        self.assertEqual(committed.call_args.kwargs, {"remaining": 0})

    def test_a_job_out_of_time_says_that_more_is_left(self):
        self.earn(50, "2025-01-01")
        self.on("2025-02-01")
        progress = patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=0)

        with progress as committed:
            self.env["loyalty.club.expiry"]._cron_expire()

        self.assertEqual(committed.call_args.kwargs, {"remaining": 1})
