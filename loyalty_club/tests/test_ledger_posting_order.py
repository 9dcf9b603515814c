from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..movement import Movement
from .ledger_posting_common import FIRST_DAY, LedgerPostingCommon


@tagged("post_install", "-at_install")
class TestLedgerPostingOrder(LedgerPostingCommon):
    """Repeated, late, refused, taken back, by itself: nothing is booked twice or lost."""

    # --- again, late, twice ----------------------------------------------------------

    def test_a_repeat_books_nothing(self):
        self.move("earn", 100)
        first = self.post(0)

        self.assertTrue(first)
        self.assertFalse(self.post(0))
        self.assertFalse(self.post(1))
        with self.assertRaisesRegex(UserError, "Nothing is due"):
            self.env["loyalty.club.ledger.posting"].create(
                {"club_id": self.club.id, "date": FIRST_DAY}
            )

    def test_what_came_late_is_booked_as_the_difference(self):
        self.move("earn", 100)
        self.post(0)
        self.move("earn", 50)

        rows = self.reconciled()
        supplement = self.post(0)

        points = next(row for row in rows if row.kind == self.points)
        self.assertEqual((points.later, points.difference, points.fault), (5, -5, 0))
        self.assertEqual(sum(supplement.item_ids.mapped("credit")), 5)
        self.assertReconciled()

    def test_a_day_before_the_last_posting_is_refused(self):
        self.move("earn", 100)
        self.move("earn", 100, day=5)
        self.post(5)
        self.move("earn", 1, day=1)

        with self.assertRaisesRegex(UserError, "posted up to"):
            self.post(3)

    def test_what_moves_after_the_day_is_left_to_the_next(self):
        self.move("earn", 100)
        self.move("earn", 70, day=1)

        posting = self.post(0)

        self.assertEqual(posting.liability, 10)
        self.assertFalse([row for row in self.reconciled() if row.difference])

    def test_the_day_ends_at_midnight_of_the_company(self):
        self.company.partner_id.tz = "Asia/Tehran"  # 3:30 ahead of UTC
        for hour, amount in ((20, 100), (21, 7)):
            with freeze_time(f"{FIRST_DAY} {hour}:00:00"):
                wallet = self.wallet(self.points)
                wallet._post_or_raise(
                    [Movement(wallet.id, Decimal(amount), "earn", f"night:{hour}")]
                )

        posting = self.post(0)

        self.assertEqual(posting.liability, 10)

    def test_two_postings_at_one_moment_cannot_both_be_made(self):
        self.move("earn", 100)
        first = self.post(0)
        self.move("earn", 100, day=1)
        second = self.post(1)

        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            second.number = first.number
            self.env.flush_all()

    # --- what cannot be posted -------------------------------------------------------

    def test_a_closed_period_is_refused_and_the_day_after_takes_all_in(self):
        self.move("earn", 100)
        self.company.fiscalyear_lock_date = FIRST_DAY

        with self.assertRaisesRegex(UserError, "books are closed"):
            self.post(0)
        posting = self.post(1)

        self.assertEqual(posting.move_id.date, FIRST_DAY + timedelta(days=1))
        self.assertReconciled()

    def test_missing_accounts_are_named(self):
        self.points.cost_account_id = False
        self.credit.liability_account_id = False
        self.move("earn", 100)
        self.move("grant", 5, self.credit)

        with self.assertRaises(UserError) as caught:
            self.post(0)

        self.assertIn("Points: Reward cost account", str(caught.exception))
        self.assertIn("ewallet: Liability account", str(caught.exception))
        self.assertNotIn("Clearing", str(caught.exception))

    def test_a_missing_journal_is_named(self):
        self.club.ledger_journal_id = False
        self.move("earn", 100)

        with self.assertRaisesRegex(UserError, "journal"):
            self.post(0)

    def test_the_future_is_refused(self):
        self.move("earn", 100)

        with freeze_time(FIRST_DAY), self.assertRaisesRegex(UserError, "not come yet"):
            self.env["loyalty.club.ledger.posting"].create(
                {"club_id": self.club.id, "date": FIRST_DAY + timedelta(days=1)}
            )

    # --- taking back -----------------------------------------------------------------

    def test_a_posting_is_taken_back_by_reversal_and_made_good_by_the_next(self):
        self.move("earn", 100)
        self.post(0)
        self.move("earn", 30, day=1)
        second = self.post(1)

        second.move_id._reverse_moves([{"date": second.date}], cancel=True)
        self.assertEqual(second.state, "reversed")
        self.assertEqual(self.books(self.points.liability_account_id), -10)
        again = self.post(1)

        self.assertEqual(self.books(self.points.liability_account_id), -13)
        self.assertEqual(sum(again.item_ids.mapped("credit")), 3)
        self.assertReconciled()

    def test_a_posting_in_the_middle_may_be_reversed(self):
        self.move("earn", 100)
        first = self.post(0)
        self.move("earn", 30, day=1)
        self.post(1)

        first.move_id._reverse_moves([{"date": FIRST_DAY}], cancel=True)
        points = next(row for row in self.reconciled() if row.kind == self.points)
        self.assertEqual((points.difference, points.later, points.fault), (-10, 10, 0))
        self.post(2)

        self.assertReconciled()

    def test_the_entry_is_not_reset_cancelled_deleted_or_reversed_twice(self):
        self.move("earn", 100)
        posting = self.post(0)
        move = posting.move_id

        for attempt in (move.button_draft, move.button_cancel):
            with self.assertRaisesRegex(UserError, "belongs to the club's posting"):
                attempt()
        with self.assertRaises(UserError):
            move.unlink()
        self.assertFalse(move.show_reset_to_draft_button)
        reversal = move._reverse_moves([{"date": FIRST_DAY}], cancel=True)
        for entry in (move, reversal):
            with self.assertRaisesRegex(UserError, "reversed already"):
                entry._reverse_moves([{"date": FIRST_DAY}], cancel=True)

    def test_a_posting_is_not_changed_or_deleted_a_preview_is(self):
        self.move("earn", 100)
        posting = self.post(0)
        self.move("earn", 100, day=1)
        preview = self.env["loyalty.club.ledger.posting"].create(
            {"club_id": self.club.id, "date": FIRST_DAY + timedelta(days=1)}
        )

        self.assertFalse(preview.move_id)
        self.assertEqual(self.books(self.points.liability_account_id), -10)
        preview.unlink()
        with self.assertRaises(UserError):
            posting.unlink()
        with self.assertRaises(UserError):
            posting.date = FIRST_DAY + timedelta(days=1)
        with self.assertRaises(UserError):
            posting.action_refresh()

    # --- what else is on the account -------------------------------------------------

    def test_other_entries_on_the_account_are_a_fault(self):
        self.move("earn", 100)
        posting = self.post(0)
        self.env["account.move"].create(
            {
                "date": FIRST_DAY,
                "journal_id": self.club.ledger_journal_id.id,
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": balance})
                    for account, balance in (
                        (self.points.liability_account_id, -4),
                        (self.points.cost_account_id, 4),
                    )
                ],
            }
        ).action_post()

        points = next(row for row in self.reconciled() if row.kind == self.points)
        line = posting.closing_ids.filtered(lambda closing: closing.kind_id == self.points)

        self.assertEqual((points.other, points.difference, points.fault), (4, 4, 4))
        everywhere = self.env["loyalty.club.ledger.posting"]._reconcile()
        self.assertEqual([row.kind for row in everywhere if row.fault], [self.points])
        self.assertEqual((line.other_amount, line.difference), (4, 4))
        self.assertEqual((line.wallets_amount, line.account_amount), (10, 14))

    # --- by itself -------------------------------------------------------------------

    def night(self):
        """Run the nightly job; a test's transaction cannot be committed."""
        progress = patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=10)
        with progress, mute_logger("odoo.addons.loyalty_club.models.ledger_posting_jobs"):
            self.env["loyalty.club.ledger.posting"]._cron_post()

    def test_the_night_posts_what_has_ended(self):
        Posting = self.env["loyalty.club.ledger.posting"]
        self.move("earn", 100)
        self.move("earn", 50, day=1)

        with freeze_time(f"{FIRST_DAY + timedelta(days=1)} 13:00:00"):
            self.night()
            self.assertFalse(Posting._last(self.club))
            self.club.ledger_period = "daily"
            self.night()
            self.night()

        posting = Posting.search([("club_id", "=", self.club.id)])
        self.assertEqual((posting.date, posting.liability), (FIRST_DAY, 10))

    def test_what_goes_wrong_in_the_night_is_kept_and_stops_nobody_else(self):
        self.club.ledger_period = "daily"
        other = self.env["loyalty.club"].create({"name": "Other Club", "sequence": 90})
        other.action_set_up_accounts()
        other.ledger_period = "daily"
        self.move("earn", 100)
        self.points.cost_account_id = False
        member = self.env["loyalty.club.member"].create(
            {"partner_id": self.member.partner_id.id, "club_id": other.id}
        )
        self.move("earn", 10, other.points_kind_id, member)

        with freeze_time(f"{FIRST_DAY + timedelta(days=1)} 02:00:00"):
            self.night()

            self.assertIn("Reward cost account", self.club.ledger_problem)
            self.assertReconciled(other)
            self.points.cost_account_id = self.credit.cost_account_id
            self.night()

        self.assertFalse(self.club.ledger_problem)
        self.assertReconciled()
