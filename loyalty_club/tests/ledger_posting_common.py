"""Words for the tests of the general ledger: days on which value moves, and postings."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from freezegun import freeze_time

from ..movement import Movement
from .common import ClubCommon

FIRST_DAY = date(2026, 3, 1)
_keys = count(1)


class LedgerPostingCommon(ClubCommon):
    """The test club with its accounts set up, and a member who has nothing yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.credit = cls.new_kind("ewallet")
        cls.club.action_set_up_accounts()
        cls.points = cls.club.points_kind_id
        cls.debt = cls.club.debt_kind_id
        cls.other_member = cls.new_member("Reza")

    def wallet(self, kind, member=None):
        member = member or self.member
        return kind._wallets_of(member)[member.id]

    def move(self, entry_kind, amount, kind=None, member=None, day=0, **values):
        """Let value move in a member's wallet at noon of a day (counted from the first)."""
        wallet = self.wallet(kind or self.points, member)
        with freeze_time(f"{FIRST_DAY + timedelta(days=day)} 12:00:00"):
            movement = Movement(
                wallet.id, Decimal(str(amount)), entry_kind, f"gl:{next(_keys)}", **values
            )
            outcomes = wallet._post_or_raise([movement])
        return self.env["loyalty.club.entry"].browse(outcomes[0].entry_id)

    def post(self, day, club=None):
        """Post the club up to a day, in the night after it; empty when nothing is due."""
        day = FIRST_DAY + timedelta(days=day)
        with freeze_time(f"{day + timedelta(days=1)} 02:00:00"):
            posting = self.env["loyalty.club.ledger.posting"]._post_up_to(club or self.club, day)
            self.env.flush_all()
        return posting

    def books(self, account):
        """What the posted journal items on ``account`` come to: debit less credit."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT COALESCE(SUM(balance), 0) FROM account_move_line"
            " WHERE account_id = %s AND parent_state = 'posted'",
            [account.id],
        )
        return round(float(self.env.cr.fetchone()[0]), 2)

    def reconciled(self, club=None):
        return self.env["loyalty.club.ledger.posting"]._reconcile(club or self.club)

    def assertReconciled(self, club=None):
        """Every liability account says what the wallets say, to the last unit."""
        club = club or self.club
        rows = self.reconciled(club)
        self.assertTrue(rows)
        for row in rows:
            with self.subTest(kind=row.kind.name):
                self.assertEqual(
                    (row.difference, row.fault, row.other, row.later), (0, 0, 0, 0), row
                )
        for kind in club.kind_ids:
            units = sum(Decimal(str(wallet.balance)) for wallet in kind.wallet_ids)
            worth = float(units * kind._unit_value(FIRST_DAY))
            self.assertAlmostEqual(-self.books(kind.liability_account_id), worth, delta=0.00501)
