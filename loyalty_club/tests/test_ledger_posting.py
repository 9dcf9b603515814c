from datetime import timedelta
from random import Random

from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..domain.posting import COUNTER_ROLES, counter_role
from ..models.wallet_kind_accounts import ACCOUNT_FIELDS
from .ledger_posting_common import FIRST_DAY, LedgerPostingCommon

# Kinds of entry that take value out of a wallet; all others put value in.
DEBITS = (
    "spend", "capture", "refund_earn", "refund_topup", "debt", "transfer_out", "fee",
    "convert_out", "expire", "merge_out", "forfeit", "payout",
)  # fmt: skip
AMOUNTS = dict.fromkeys(COUNTER_ROLES, 40) | dict.fromkeys(DEBITS, -40)


@tagged("post_install", "-at_install")
class TestLedgerPosting(LedgerPostingCommon):
    """What the wallets say and what the books say is the same, to the last unit."""

    # --- what is booked where --------------------------------------------------------

    def test_every_kind_of_entry_is_booked_against_its_own_account(self):
        for day, entry_kind in enumerate(COUNTER_ROLES):
            with self.subTest(entry_kind=entry_kind):
                kind = self.debt if entry_kind.startswith("debt") else self.credit
                lasts_a_day = {"expires_on": FIRST_DAY + timedelta(days=3 * day)}
                if kind == self.credit:
                    given = lasts_a_day if entry_kind == "expire" else {}
                    self.move("grant", 100, kind, day=3 * day, **given)
                elif entry_kind == "debt_settle":
                    self.move("debt", -40, kind, day=3 * day)
                self.post(3 * day)

                self.move(entry_kind, AMOUNTS[entry_kind], kind, day=3 * day + 2)
                posting = self.post(3 * day + 2)

                amount = AMOUNTS[entry_kind] * (0.1 if kind == self.debt else 1)
                account = kind[ACCOUNT_FIELDS[counter_role(entry_kind)]] or kind.cost_account_id
                self.assertEqual(
                    {line.account_id: line.balance for line in posting.move_id.line_ids},
                    {account: amount, kind.liability_account_id: -amount},
                )

    def test_a_gift_card_that_was_sold_is_no_cost_one_given_away_is(self):
        gifts = self.new_kind("gift_card")
        self.club.action_set_up_accounts()
        product = self.product("Gift Card", 50.0)
        self.new_program("gift_card", product, gifts)
        order = self.sell([self.line(product)])
        self.env["loyalty.card"].create({"program_id": gifts.program_ids.id, "points": 30})

        day = order.date_order.date()
        self.env["loyalty.club.ledger.posting"]._post_up_to(self.club, day)

        self.assertEqual(self.books(gifts.liability_account_id), -80)
        self.assertEqual(self.books(gifts.clearing_account_id), 50)
        self.assertEqual(self.books(gifts.cost_account_id), 30)

    def test_opening_balances_stand_against_their_own_account_if_there_is_one(self):
        equity = self.env["account.account"].create(
            {"name": "Old system", "code": "OLDSYS", "account_type": "liability_current"}
        )
        self.credit.opening_account_id = equity
        self.move("opening", 70, self.credit)

        self.post(0)

        self.assertEqual(self.books(equity), 70)
        self.assertEqual(self.books(self.credit.cost_account_id), 0)

    # --- a life ----------------------------------------------------------------------

    def test_a_full_life_reconciles_after_every_posting(self):
        self.move("earn", 503, day=0, expires_on=FIRST_DAY + timedelta(days=3))
        self.move("earn", 111, member=self.other_member, day=0)
        self.move("topup", 100.55, self.credit, day=0)
        self.move("bonus", 10.05, self.credit, day=0)
        self.post(0)
        self.assertReconciled()

        spent = self.move("spend", -77, day=1)
        self.move("spend", -33.33, self.credit, day=1)
        self.move("refund_spend", 7, day=1, reverses_id=spent.id, restore=True)
        self.post(1)
        self.assertReconciled()

        self.move("transfer_out", -20, self.credit, day=2)
        self.move("transfer_in", 20, self.credit, self.other_member, day=2)
        self.move("fee", -0.5, self.credit, day=2)
        self.move("debt", -60, self.debt, day=2)
        self.post(2)
        self.assertReconciled()

        self.move("expire", -433, day=4)
        self.move("debt_settle", 10, self.debt, day=4)
        self.move("debt_settle", -10, member=self.other_member, day=4)
        self.move("payout", -5, self.credit, day=4)
        self.post(4)
        self.assertReconciled()

        self.assertEqual(self.books(self.points.liability_account_id), -10.1)
        self.assertEqual(self.books(self.debt.liability_account_id), 5)
        self.assertEqual(self.books(self.credit.liability_account_id), -71.77)
        self.assertEqual(self.books(self.points.breakage_account_id), -43.3)
        self.assertEqual(self.books(self.credit.fee_account_id), -0.5)
        # what was sold, less what was spent and paid out; returns of goods count against it
        self.assertEqual(
            self.books(self.credit.clearing_account_id), 100.55 - 33.33 - 5 - 7.7 + 0.7
        )

    def test_odd_values_and_odd_days_never_drift(self):
        random = Random(3)
        self.club.point_value = 0.07
        total = 0
        for day in range(25):
            for _movement in range(random.randint(0, 3)):
                total += (amount := random.randint(1, 50))
                self.move("earn", amount, day=day)
                if random.random() < 0.6:
                    total -= (amount := random.randint(1, min(total, 40)))
                    self.move("spend", -amount, day=day)
            if random.random() < 0.5 and self.post(day):
                self.assertReconciled()

        self.post(25)

        self.assertEqual(self.books(self.points.liability_account_id), -round(total * 0.07, 2))

    def test_the_value_of_goods_sold_and_paid_by_gift_card_clears(self):
        gifts = self.new_kind("gift_card")
        product = self.product("Gift Card", 50.0)
        self.new_program("gift_card", product, gifts)
        self.club.action_set_up_accounts()
        card = self.sell([self.line(product)]).lines.coupon_id
        card = card or self.env["loyalty.card"].search(
            [("program_id", "=", gifts.program_ids.id)], limit=1, order="id desc"
        )
        order = self.sell([self.line(), self.reward_line(card, 50)])
        self.till_session.action_pos_session_closing_control()

        self.env["loyalty.club.ledger.posting"]._post_up_to(self.club, order.date_order.date())

        self.assertEqual(self.till_session.state, "closed")
        self.assertEqual(self.books(gifts.liability_account_id), 0)
        self.assertEqual(self.books(gifts.clearing_account_id), 0)

    # --- another value ---------------------------------------------------------------

    def test_a_new_value_of_a_point_is_shown_as_revaluation(self):
        self.move("earn", 100)
        self.move("spend", -30)
        self.post(0)

        self.club.point_value = 0.2
        self.move("earn", 10, day=1)
        posting = self.post(1)

        self.assertReconciled()
        lines = {line.role: (line.units, line.balance) for line in posting.line_ids}
        self.assertEqual(lines["revaluation"], (0, 7))
        self.assertEqual(lines["cost"], (10, 2))
        self.assertEqual(lines["liability"], (10, -9))
        self.assertEqual(self.books(self.points.clearing_account_id), -3)

    def test_another_liability_account_takes_over_what_is_owed(self):
        self.move("earn", 100)
        self.post(0)
        before = self.points.liability_account_id
        after = before.copy()

        self.points.liability_account_id = after
        self.post(1)

        self.assertEqual((self.books(before), self.books(after)), (0, -10))
        self.assertReconciled()
        self.assertFalse(self.post(2))

    def test_two_kinds_never_share_a_liability_account(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.credit.liability_account_id = self.points.liability_account_id
            self.env.flush_all()
