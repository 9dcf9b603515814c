"""The mechanics of the ledger's one door; :meth:`loyalty.club.wallet._post` is its handle."""

from collections import defaultdict
from decimal import Decimal
from operator import attrgetter

from odoo import fields
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ..clock import today_in
from ..const import HOLDER_KINDS
from ..domain.lots import ZERO
from ..movement import Outcome
from .wallet_books import KINDS, EntryBook
from .wallet_lots import LotBook


class Posting:
    """One call of the door: a batch of movements, booked in a fixed number of statements."""

    def __init__(self, env, movements):
        self.env = env
        self.cr = env.cr
        self.movements = movements
        self.outcomes = {}
        self.today = today_in(env.company)
        self.now = fields.Datetime.now()

    def run(self):
        """Book what can be booked and return the outcomes in the order asked."""
        if not self.movements:
            return []
        self._check()
        self.env["loyalty.club.wallet"].flush_model()
        self._replay()
        groups = self._groups()
        rows = self._lock(groups)
        self._refuse(set(groups) - set(rows), groups)
        accepted = {wallet: groups[wallet] for wallet in rows}
        if accepted:
            self._book(accepted, rows)
        return [self.outcomes[movement.key] for movement in self.movements]

    # --- what is asked ---------------------------------------------------------------

    def _check(self):
        """Refuse what no caller may ask: these are defects, not business refusals."""
        steps = dict(
            self._query(
                SQL(
                    "SELECT w.id, k.rounding::text FROM loyalty_club_wallet w"
                    " JOIN loyalty_club_wallet_kind k ON k.id = w.kind_id WHERE w.id IN %s",
                    tuple({movement.wallet_id for movement in self.movements}),
                )
            )
        )
        if len({movement.key for movement in self.movements}) < len(self.movements):
            raise ValueError("one idempotency key is used twice in a batch")
        restored = [movement.reverses_id for movement in self.movements if movement.restore]
        if len(set(restored)) < len(restored) or None in restored:
            raise ValueError("a restoration names one entry, and no two the same")
        for movement in self.movements:
            step = steps.get(movement.wallet_id)
            if step is None:
                raise ValueError(f"there is no wallet {movement.wallet_id}")
            if movement.kind not in KINDS:
                raise ValueError(f"unknown kind of entry: {movement.kind}")
            amount = movement.amount
            if not isinstance(amount, Decimal) or not amount.is_finite() or not amount:
                raise ValueError(f"not an amount: {amount!r}")
            if amount % Decimal(step):
                raise ValueError(f"{amount} is not a whole number of {step}")

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

    # --- the gates -------------------------------------------------------------------

    def _replay(self):
        """Answer keys that were booked before as they were answered then."""
        asked = {movement.key: movement for movement in self.movements}
        rows = self._query(
            SQL(
                "SELECT idempotency_key, id, wallet_id, kind, amount::text, reverses_id,"
                " balance_after::text FROM loyalty_club_entry WHERE idempotency_key = ANY(%s)",
                list(asked),
            )
        )
        for key, entry_id, wallet_id, kind, amount, reverses_id, balance in rows:
            same = asked[key].fingerprint == (wallet_id, kind, Decimal(amount), reverses_id)
            self.outcomes[key] = (
                Outcome("replayed", None, entry_id, Decimal(balance))
                if same
                else Outcome("refused", "key_reused", entry_id, Decimal(balance))
            )

    def _lock(self, groups):
        """Move the balances by the conditional UPDATE that is both lock and guard.

        Rows are taken in id order, so that two batches cannot wait for each other. A
        wallet whose lowest point in this batch would be below what it has is left as it
        is, and is missing from the answer.
        """
        if not groups:
            return {}
        asked = [(wallet, *_shape(group)) for wallet, group in groups.items()]
        ids, nets, lows, highs, counts, used = (list(column) for column in zip(*asked, strict=True))
        rows = self._query(
            SQL(
                """
            WITH asked AS (
                SELECT * FROM unnest(%s::int[], %s::numeric[], %s::numeric[], %s::numeric[],
                                     %s::int[], %s::bool[])
                    AS a(id, net, low, high, entries, used)
            ), ordered AS MATERIALIZED (
                SELECT id FROM loyalty_club_wallet WHERE id = ANY(%s)
                 ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE loyalty_club_wallet w
               SET balance = w.balance + a.net, seq = w.seq + a.entries
              FROM asked a JOIN ordered USING (id)
             WHERE w.id = a.id
               AND CASE WHEN w.debt THEN w.balance + a.high <= 0
                        ELSE w.balance - w.held + a.low >= 0 END
               AND (NOT a.used OR w.state = 'active'
                    AND (w.valid_until IS NULL OR w.valid_until >= %s))
            RETURNING w.id, w.balance::text, w.seq, COALESCE(w.head, ''), w.debt
            """,
                ids,
                nets,
                lows,
                highs,
                counts,
                used,
                ids,
                self.today,
            )
        )
        return {row[0]: (Decimal(row[1]), *row[2:]) for row in rows}

    def _refuse(self, wallet_ids, groups):
        """Find out why the guard left these wallets alone."""
        if not wallet_ids:
            return
        rows = self._query(
            SQL(
                "SELECT id, (balance - held)::text, state, valid_until FROM loyalty_club_wallet"
                " WHERE id IN %s",
                tuple(wallet_ids),
            )
        )
        for wallet, free, state, valid_until in rows:
            reason = "insufficient"
            if any(movement.kind in HOLDER_KINDS for movement in groups[wallet]):
                if state != "active":
                    reason = "blocked"
                elif valid_until and valid_until < self.today:
                    reason = "expired"
            self._answer_refusal(groups[wallet], reason, Decimal(free))

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
        lot_book.write(opening, ids, self.now)
        book.close(entries, ids, heads)
        for entry in entries:
            key = entry["idempotency_key"]
            self.outcomes[key] = Outcome("posted", None, ids[key], entry["balance_after"])
        self._forget_caches(heads)

    def _undo(self, group, free):
        """The balance was there, but part of it has expired: put the wallet back."""
        net, _low, _high, count, _used = _shape(group)
        self.cr.execute(
            SQL(
                "UPDATE loyalty_club_wallet SET balance = balance - %s, seq = seq - %s"
                " WHERE id = %s",
                net,
                count,
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


def _shape(group):
    """Net change, lowest and highest running sum, number of entries, used by its holder."""
    running = low = high = ZERO
    for movement in group:
        running += movement.amount
        low, high = min(low, running), max(high, running)
    used = any(movement.kind in HOLDER_KINDS for movement in group)
    return running, low, high, len(group), used
