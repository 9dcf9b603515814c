"""The mechanics of the ledger's one door; :meth:`loyalty.club.wallet._post` is its handle."""

from collections import defaultdict
from decimal import Decimal
from operator import attrgetter

from odoo import fields
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ..clock import today_in
from ..const import HOLDER_KINDS
from ..movement import Outcome
from .wallet_books import KINDS, EntryBook
from .wallet_gate import Gate, shape
from .wallet_lots import LotBook


class Posting:
    """One call of the door: a batch of movements, booked in a fixed number of statements."""

    def __init__(self, env, movements):
        self.env = env
        self.cr = env.cr
        self.movements = movements
        self.outcomes = {}
        self.today = None
        self.now = fields.Datetime.now()

    def run(self):
        """Book what can be booked and return the outcomes in the order asked."""
        if not self.movements:
            return []
        self.env["loyalty.club.wallet"].flush_model()
        self._check()
        # Nothing comes in too late: the day matters only to what goes out.
        if any(m.amount < 0 or m.kind in HOLDER_KINDS for m in self.movements):
            self.today = today_in(self.env.company)
        self._look_up()
        groups = self._groups()
        gate = Gate(self.env, self.today)
        rows = gate.move(groups)
        for wallet, (reason, free) in gate.refused.items():
            self._answer_refusal(groups[wallet], reason, free)
        accepted = {wallet: groups[wallet] for wallet in rows}
        if accepted:
            self._book(accepted, rows)
        return [self.outcomes[movement.key] for movement in self.movements]

    # --- what is asked ---------------------------------------------------------------

    def _check(self):
        """Refuse what no caller may ask: these are defects, not business refusals."""
        if len({movement.key for movement in self.movements}) < len(self.movements):
            raise ValueError("one idempotency key is used twice in a batch")
        restored = [movement.reverses_id for movement in self.movements if movement.restore]
        if len(set(restored)) < len(restored) or None in restored:
            raise ValueError("a restoration names one entry, and no two the same")
        for movement in self.movements:
            if movement.kind not in KINDS:
                raise ValueError(f"unknown kind of entry: {movement.kind}")
            amount = movement.amount
            if not isinstance(amount, Decimal) or not amount.is_finite() or not amount:
                raise ValueError(f"not an amount: {amount!r}")

    def _look_up(self):
        """Read each movement's wallet, and what its key booked before, by one statement.

        Keys that were booked before are answered as they were answered then.
        """
        asked = {movement.key: movement for movement in self.movements}
        rows = self._query(
            SQL(
                """
                SELECT a.key, k.rounding::text, e.id, e.balance_after::text,
                       e.wallet_id, e.kind, e.amount::text, e.reverses_id
                  FROM unnest(%s::text[], %s::int[]) AS a(key, wallet_id)
                  LEFT JOIN loyalty_club_wallet w ON w.id = a.wallet_id
                  LEFT JOIN loyalty_club_wallet_kind k ON k.id = w.kind_id
                  LEFT JOIN loyalty_club_entry e ON e.idempotency_key = a.key
                """,
                list(asked),
                [movement.wallet_id for movement in asked.values()],
            )
        )
        for key, step, entry_id, balance, *booked in rows:
            movement = asked[key]
            if step is None:
                raise ValueError(f"there is no wallet {movement.wallet_id}")
            if movement.amount % Decimal(step):
                raise ValueError(f"{movement.amount} is not a whole number of {step}")
            if entry_id:
                self.outcomes[key] = self._replayed(movement, entry_id, Decimal(balance), booked)

    @staticmethod
    def _replayed(movement, entry_id, balance, booked):
        wallet_id, kind, amount, reverses_id = booked
        if movement.fingerprint == (wallet_id, kind, Decimal(amount), reverses_id):
            return Outcome("replayed", None, entry_id, balance)
        return Outcome("refused", "key_reused", entry_id, balance)

    def _groups(self):
        """Movements still to be booked, by wallet in id order, debits first in each."""
        groups = defaultdict(list)
        for movement in sorted(self.movements, key=attrgetter("wallet_id")):
            if movement.key not in self.outcomes:
                group = groups[movement.wallet_id]
                if group and group[-1].amount > 0 > movement.amount:
                    raise ValueError("debits of a wallet come before its credits")
                group.append(movement)
        return groups

    def _answer_refusal(self, group, reason, balance):
        for movement in group:
            self.outcomes[movement.key] = Outcome("refused", reason, None, balance)

    # --- the books -------------------------------------------------------------------

    def _book(self, accepted, rows):
        """Choose lots, write entries, lots and allocations, close the wallets."""
        lot_book = LotBook(self.env, self.today)
        debts = {wallet for wallet, row in rows.items() if row[3]}
        for wallet, free in lot_book.choose(accepted, debts).items():
            self._undo(accepted.pop(wallet), free)
        if not accepted:
            return
        book = EntryBook(self.env, self.now)
        entries, heads = book.seal(accepted, rows)
        ids = book.insert(entries)
        if len(ids) < len(entries):
            raise ConcurrencyError("the same movement is being posted at this moment")
        opening = [
            movement
            for wallet, group in accepted.items()
            for movement in group
            if movement.amount > 0 and not movement.restore and wallet not in debts
        ]
        lot_book.record(opening, ids, self.now)
        book.close(entries, ids, heads)
        for entry in entries:
            key = entry["idempotency_key"]
            self.outcomes[key] = Outcome("posted", None, ids[key], entry["balance_after"])
        self._forget_caches(heads)

    def _undo(self, group, free):
        """The balance was there, but part of it has expired: put the wallet back."""
        moved = shape(group)
        self.cr.execute(
            SQL(
                "UPDATE loyalty_club_wallet SET balance = balance - %s, seq = seq - %s"
                " WHERE id = %s",
                moved.net,
                moved.entries,
                group[0].wallet_id,
            )
        )
        self._answer_refusal(group, "expired", free)

    def _forget_caches(self, wallet_ids):
        wallets = self.env["loyalty.club.wallet"].browse(wallet_ids)
        wallets.modified(["balance"])  # what members and cards show of it is read again
        wallets.invalidate_recordset(["balance", "seq", "head", "entry_ids", "lot_ids"])
        self.env["loyalty.club.lot"].invalidate_model(["remaining"])
        self.env["loyalty.club.entry"].invalidate_model(["reversal_ids", "allocation_ids"])
        self.env["loyalty.card"].invalidate_model(["points", "history_ids"])

    def _query(self, query):
        self.cr.execute(query)
        return self.cr.fetchall()
