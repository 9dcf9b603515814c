from datetime import date
from decimal import Decimal

import psycopg2
from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..const import REFUSALS
from ..movement import Movement
from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestWallet(ClubCommon):
    """The one door: what it books, what it refuses, and that it does so once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Wallet = cls.env["loyalty.club.wallet"]
        cls.wallet = cls.points_wallet(cls.member)

    @classmethod
    def points_wallet(cls, member):
        return member.wallet_ids.filtered(lambda wallet: wallet.type == "points")

    def move(self, amount, kind=None, key=None, wallet=None, **values):
        kind = kind or ("earn" if Decimal(amount) > 0 else "spend")
        wallet = wallet or self.wallet
        key = key or f"test:{wallet.id}:{wallet.seq}:{kind}"
        return Movement(wallet.id, Decimal(amount), kind, key, **values)

    def post(self, amount, **values):
        return self.Wallet._post([self.move(amount, **values)])[0]

    def lots(self, wallet=None):
        lots = self.env["loyalty.club.lot"].search(
            [("wallet_id", "=", (wallet or self.wallet).id)], order="id"
        )
        return lots.mapped("remaining")

    # --- booking ---------------------------------------------------------------------

    def test_entry_tells_what_moved(self):
        order = ("res.partner", self.member.partner_id.id)
        outcome = self.post(50, origin=order, branch_id=self.branch.id, note="Why")

        entry = self.env["loyalty.club.entry"].browse(outcome.entry_id)

        self.assertRecordValues(
            entry,
            [
                {
                    "amount": 50,
                    "balance_after": 50,
                    "seq": 1,
                    "kind": "earn",
                    "member_id": self.member.id,
                    "club_id": self.club.id,
                    "company_id": self.company.id,
                    "branch_id": self.branch.id,
                    "user_id": self.env.uid,
                    "origin_model": "res.partner",
                    "note": "Why",
                }
            ],
        )
        self.assertEqual(entry.action_open_origin()["res_id"], self.member.partner_id.id)
        self.assertPoints(50)

    def test_entries_are_numbered_without_gaps_even_after_refusals(self):
        self.post(50)
        self.assertEqual(self.post(-80).reason, "insufficient")
        self.post(-30)

        self.assertEqual(self.wallet.entry_ids.sorted("seq").mapped("seq"), [1, 2])
        self.assertLedgerSound()

    def test_refusal_changes_nothing_and_says_what_is_left(self):
        self.post(50)

        outcome = self.post(-51)

        self.assertEqual((outcome.status, outcome.reason), ("refused", "insufficient"))
        self.assertEqual(outcome.balance, 50)
        self.assertPoints(50)

    def test_movements_of_one_wallet_stand_or_fall_together(self):
        self.post(10)

        outcomes = self.Wallet._post([self.move(-60, key="spend"), self.move(100, key="earn")])

        self.assertEqual({outcome.status for outcome in outcomes}, {"refused"})
        self.assertPoints(10)

    def test_spending_cannot_use_what_the_same_batch_earns(self):
        outcomes = self.Wallet._post([self.move(-5, key="a"), self.move(5, key="b")])

        self.assertFalse(outcomes[0].ok)

    def test_one_wallet_refused_leaves_the_others_booked(self):
        other = self.points_wallet(self.new_member("Ali"))

        refused, booked = self.Wallet._post(
            [self.move(-5, key="a"), self.move(5, key="b", wallet=other)]
        )

        self.assertFalse(refused.ok)
        self.assertTrue(booked.ok)
        self.assertEqual(other.balance, 5)
        self.assertLedgerSound()

    def test_every_refusal_has_a_sentence_that_names_the_wallet(self):
        for reason in REFUSALS - {"together"}:
            with self.subTest(reason):
                text = self.wallet._refusal_text_of(reason, Decimal(7))
                self.assertTrue(reason == "key_reused" or self.wallet.kind_id.name in text)

    # --- idempotency -----------------------------------------------------------------

    def test_repeat_gives_the_first_answer_and_books_once(self):
        first = self.post(50, key="once")
        self.post(-20)

        again = self.post(50, key="once")

        self.assertEqual(again.status, "replayed")
        self.assertEqual((again.entry_id, again.balance), (first.entry_id, first.balance))
        self.assertPoints(30)

    def test_key_with_other_figures_is_refused(self):
        self.post(50, key="once")

        self.assertEqual(self.post(60, key="once").reason, "key_reused")
        self.assertEqual(self.post(50, kind="adjust", key="once").reason, "key_reused")
        self.assertPoints(50)

    def test_batch_with_a_repeat_books_the_rest(self):
        self.post(50, key="a")

        outcomes = self.Wallet._post([self.move(50, key="a"), self.move(7, key="b")])

        self.assertEqual([outcome.status for outcome in outcomes], ["replayed", "posted"])
        self.assertPoints(57)

    # --- what no caller may ask ------------------------------------------------------

    def test_impossible_movements_are_defects(self):
        other = self.Wallet.browse(self.wallet.id + 10**6)
        for wrong in (
            [self.move(0, key="zero", kind="earn")],
            [self.move("0.5", key="fraction", kind="earn")],
            [self.move("NaN", key="nan", kind="earn")],
            [self.move(5, key="kind", kind="gift")],
            [self.move(5, key="same"), self.move(6, key="same")],
            [self.move(5, key="credit"), self.move(-5, key="debit")],
            [Movement(other.id, Decimal(5), "earn", "nowhere")],
            [Movement(self.wallet.id, 5.0, "earn", "float")],
        ):
            with self.subTest(wrong[0].key), self.assertRaises(ValueError):
                self.Wallet._post(wrong)
        self.assertEqual(self.wallet.seq, 0)

    # --- lots ------------------------------------------------------------------------

    def test_oldest_expiry_is_spent_first(self):
        with freeze_time("2025-01-10 08:00"):
            self.post(30)
            self.post(20, expires_on=self.day("2025-03-01"))
            self.post(10, expires_on=self.day("2025-02-01"))

            self.post(-15)

            self.assertEqual(self.lots(), [30, 15, 0])

    def test_expired_lot_is_not_spendable(self):
        with freeze_time("2025-01-10 08:00"):
            self.post(20, expires_on=self.day("2025-01-31"))
            self.post(5)
        with freeze_time("2025-02-01 08:00"):
            outcome = self.post(-6)

            self.assertEqual((outcome.reason, outcome.balance), ("expired", 5))
            self.assertTrue(self.post(-5).ok)
            self.assertEqual(self.lots(), [20, 0])
            self.assertLedgerSound()

    def test_lot_is_spendable_on_its_last_day(self):
        with freeze_time("2025-01-31 08:00"):
            self.post(20, expires_on=self.day("2025-01-31"))
            self.assertTrue(self.post(-20).ok)

    def test_return_refills_the_very_lots(self):
        with freeze_time("2025-01-10 08:00"):
            self.post(30, expires_on=self.day("2025-02-01"))
            self.post(50)
            spent = self.post(-40)

            self.restore(spent, 15, "first")
            self.assertEqual(self.lots(), [5, 50])
            self.restore(spent, 25, "second")
            self.assertEqual(self.lots(), [30, 50])
            self.assertLedgerSound()

    def test_more_than_was_spent_is_never_given_back(self):
        self.post(30)
        spent = self.post(-20)
        self.restore(spent, 15, "first")

        refused = self.restore(spent, 6, "second")

        self.assertEqual((refused.reason, refused.balance), ("over_refund", 5))
        self.assertLedgerSound()

    def test_taking_back_empties_the_lot_that_was_earned(self):
        self.post(30)
        earned = self.post(20)

        self.post(-20, kind="refund_earn", reverses_id=earned.entry_id)

        self.assertEqual(self.lots(), [30, 0])

    def restore(self, spent, amount, key):
        entry_id = getattr(spent, "entry_id", spent)
        return self.post(amount, kind="refund_spend", key=key, reverses_id=entry_id, restore=True)

    @staticmethod
    def day(text):
        return date.fromisoformat(text)

    # --- who may use a wallet --------------------------------------------------------

    def test_suspended_member_cannot_spend_but_can_be_corrected(self):
        self.post(50)
        self.member.action_suspend()

        self.assertEqual(self.post(-10).reason, "blocked")
        self.assertTrue(self.post(-10, kind="adjust").ok)

        self.member.action_activate()
        self.assertTrue(self.post(-10).ok)

    def test_wallet_cannot_be_used_after_its_last_day(self):
        self.post(50)
        self.wallet.valid_until = "2024-12-31"

        self.assertEqual(self.post(-10).reason, "expired")

    # --- guards of the database ------------------------------------------------------

    def refused_by_database(self, query, *params):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.Error),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(query, params)

    def test_database_refuses_to_change_the_past(self):
        self.post(50)
        self.post(-20)
        for table in ("entry", "allocation"):
            self.refused_by_database(f"UPDATE loyalty_club_{table} SET amount = 1")
            self.refused_by_database(f"DELETE FROM loyalty_club_{table}")
            self.refused_by_database(f"TRUNCATE loyalty_club_{table} CASCADE")

    def test_database_refuses_impossible_balances(self):
        self.post(50)
        for clause in ("balance = -1", "held = 51", "held = -1", "debt = TRUE"):
            self.refused_by_database(
                f"UPDATE loyalty_club_wallet SET {clause} WHERE id = %s", self.wallet.id
            )
        self.refused_by_database(
            "UPDATE loyalty_club_lot SET remaining = amount + 1 WHERE wallet_id = %s",
            self.wallet.id,
        )
        self.refused_by_database(
            "UPDATE loyalty_card SET points = -5 WHERE club_wallet_id = %s", self.wallet.id
        )

    def test_database_refuses_two_wallets_of_one_kind(self):
        self.refused_by_database(
            "INSERT INTO loyalty_club_wallet (kind_id, member_id, debt, state, seq, balance, held)"
            " VALUES (%s, %s, FALSE, 'active', 0, 0, 0)",
            self.wallet.kind_id.id,
            self.member.id,
        )

    def test_orm_refuses_to_write_the_ledger(self):
        self.post(50)
        entry, lot = self.wallet.entry_ids, self.wallet.lot_ids
        for forbidden in (
            lambda: self.wallet.write({"balance": 10}),
            lambda: self.Wallet.create({"kind_id": self.wallet.kind_id.id, "balance": 5}),
            self.wallet.unlink,
            lambda: entry.write({"note": "x"}),
            entry.unlink,
            entry.copy,
            lambda: lot.write({"remaining": 0}),
            lot.unlink,
        ):
            with self.assertRaises(UserError):
                forbidden()
        self.assertPoints(50)

    # --- cost ------------------------------------------------------------------------

    def test_posting_costs_a_fixed_number_of_statements(self):
        wallets = [self.points_wallet(self.new_member(f"M{number}")) for number in range(30)]
        self.env.flush_all()
        self.post(5)

        with self.assertQueryCount(3):
            self.Wallet._post([self.move(5, key="one", wallet=wallets[0])])
        with self.assertQueryCount(3):
            self.Wallet._post(
                [self.move(5, key=f"m{wallet.id}", wallet=wallet) for wallet in wallets]
            )
        with self.assertQueryCount(6):
            self.Wallet._post(
                [self.move(-2, key=f"d{wallet.id}", wallet=wallet) for wallet in wallets]
            )

    # --- invariants under arbitrary use ----------------------------------------------

    def test_ledger_stays_sound_whatever_is_asked(self):
        step = st.tuples(st.sampled_from(["earn", "spend", "back", "repeat"]), st.integers(1, 60))

        @settings(deadline=None, max_examples=25, derandomize=True)
        @given(st.lists(step, max_size=25))
        def check(steps):
            with self.env.cr.savepoint() as savepoint:
                self.play(steps)
                savepoint.rollback()
            self.env.invalidate_all()

        check()

    def play(self, steps):
        """Run steps against the ledger and a plain model of it, and compare."""
        balance, spent, last = 0, {}, None
        for number, (action, amount) in enumerate(steps):
            key = f"step{number}"
            if action == "earn":
                last = (amount, "earn", key)
                balance += amount
            elif action == "spend":
                last = (-amount, "spend", key)
            elif action == "repeat" and last:
                self.post(last[0], kind=last[1], key=last[2])
                continue
            elif action == "back" and spent:
                entry, open_amount = next(iter(spent.items()))
                part = min(amount, open_amount)
                self.restore(entry, part, key)
                balance += part
                spent[entry] -= part
                spent = {entry: rest for entry, rest in spent.items() if rest}
                continue
            else:
                continue
            outcome = self.post(last[0], kind=last[1], key=key)
            if action == "spend":
                self.assertEqual(outcome.ok, amount <= balance)
                if outcome.ok:
                    balance -= amount
                    spent[outcome.entry_id] = amount
                else:
                    last = None
        self.assertPoints(balance)
        self.assertLedgerSound()
