"""The mechanics of the ledger's one door; :meth:`loyalty.club.wallet._post` is its handle."""

from collections import defaultdict
from decimal import Decimal
from operator import attrgetter

from odoo import fields
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from .. import keyring
from ..const import ENTRY_KINDS, HOLDER_KINDS
from ..domain import chain, lots
from ..movement import Outcome

_KINDS = {kind for kind, _label in ENTRY_KINDS}


class Posting:
    """One call of the door: a batch of movements, booked in a fixed number of statements."""

    def __init__(self, env, movements):
        self.env = env
        self.cr = env.cr
        self.movements = movements
        self.outcomes = {}
        self.today = fields.Date.context_today(env["loyalty.club.wallet"])
        self.now = fields.Datetime.now()
        self.takes = defaultdict(list)  # movement key -> lots it takes from or refills

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
        self._take_lots(accepted, rows)
        if accepted:
            self._book(accepted, rows)
        return [self.outcomes[movement.key] for movement in self.movements]

    # --- what is asked ---------------------------------------------------------------

    def _check(self):
        """Refuse what no caller may ask: these are defects, not business refusals."""
        steps = dict(self._query(SQL(
            "SELECT w.id, k.rounding::text FROM loyalty_club_wallet w"
            " JOIN loyalty_club_wallet_kind k ON k.id = w.kind_id WHERE w.id IN %s",
            tuple({movement.wallet_id for movement in self.movements}),
        )))
        if len({movement.key for movement in self.movements}) < len(self.movements):
            raise ValueError("one idempotency key is used twice in a batch")
        restored = [movement.reverses_id for movement in self.movements if movement.restore]
        if len(set(restored)) < len(restored) or None in restored:
            raise ValueError("a restoration names one entry, and no two the same")
        for movement in self.movements:
            step = steps.get(movement.wallet_id)
            if step is None:
                raise ValueError(f"there is no wallet {movement.wallet_id}")
            if movement.kind not in _KINDS:
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
        rows = self._query(SQL(
            "SELECT idempotency_key, id, wallet_id, kind, amount::text, reverses_id,"
            " balance_after::text FROM loyalty_club_entry WHERE idempotency_key = ANY(%s)",
            list(asked),
        ))
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
        rows = self._query(SQL(
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
            ids, nets, lows, highs, counts, used, ids, self.today,
        ))
        return {row[0]: (Decimal(row[1]), *row[2:]) for row in rows}

    def _refuse(self, wallet_ids, groups):
        """Find out why the guard left these wallets alone."""
        if not wallet_ids:
            return
        rows = self._query(SQL(
            "SELECT id, (balance - held)::text, state, valid_until FROM loyalty_club_wallet"
            " WHERE id IN %s",
            tuple(wallet_ids),
        ))
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

    # --- lots ------------------------------------------------------------------------

    def _take_lots(self, accepted, rows):
        """Choose lots for debits and for restorations; undo wallets whose lots expired."""
        debits = {
            wallet: [m for m in group if m.amount < 0]
            for wallet, group in accepted.items()
            if not rows[wallet][3]
        }
        debits = {wallet: group for wallet, group in debits.items() if group}
        for wallet, found in self._open_lots(debits).items():
            for movement in debits[wallet]:
                own = self._own_lot(movement)
                takes = lots.allocate(found, -movement.amount, self.today, own)
                if takes is None:
                    self._undo(wallet, accepted, rows, lots.spendable(found, self.today))
                    break
                self.takes[movement.key] = takes
                found = _after(found, takes)
        for group in accepted.values():
            for movement in group:
                if movement.restore:
                    self.takes[movement.key] = lots.restore(
                        self._net_takes(movement.reverses_id), movement.amount
                    )

    def _open_lots(self, debits):
        """The lots with something left of the wallets that are debited, oldest expiry first."""
        found = {wallet: [] for wallet in debits}
        if debits:
            for lot_id, wallet, remaining, expires_on in self._query(SQL(
                "SELECT id, wallet_id, remaining::text, expires_on FROM loyalty_club_lot"
                " WHERE wallet_id IN %s AND remaining > 0 ORDER BY expires_on NULLS LAST, id",
                tuple(debits),
            )):
                found[wallet].append(lots.Lot(lot_id, Decimal(remaining), expires_on))
        return found

    def _own_lot(self, movement):
        """The lot that the reversed credit opened: taking it back empties that one first."""
        if not movement.reverses_id:
            return None
        rows = self._query(
            SQL("SELECT id FROM loyalty_club_lot WHERE entry_id = %s", movement.reverses_id)
        )
        return rows[0][0] if rows else None

    def _net_takes(self, entry_id):
        """What ``entry_id`` took from each lot, less what reversals already gave back."""
        rows = self._query(SQL(
            """
            SELECT a.lot_id, SUM(a.amount)::text
              FROM loyalty_club_allocation a JOIN loyalty_club_entry e ON e.id = a.entry_id
             WHERE e.id = %s OR e.reverses_id = %s
             GROUP BY a.lot_id ORDER BY MIN(a.id)
            """,
            entry_id, entry_id,
        ))
        return [lots.Take(lot_id, Decimal(amount)) for lot_id, amount in rows]

    def _undo(self, wallet, accepted, rows, free):
        """The balance was there, but part of it has expired: put the wallet back."""
        group = accepted.pop(wallet)
        rows.pop(wallet)
        net, _low, _high, count, _used = _shape(group)
        self.cr.execute(SQL(
            "UPDATE loyalty_club_wallet SET balance = balance - %s, seq = seq - %s WHERE id = %s",
            net, count, wallet,
        ))
        for movement in group:
            self.takes.pop(movement.key, None)
        self._answer_refusal(group, "expired", free)

    # --- the books -------------------------------------------------------------------

    def _book(self, accepted, rows):
        """Write entries, lots, allocations, heads and the mirror on stock cards."""
        entries, heads = self._sealed(accepted, rows)
        ids = self._insert_entries(entries)
        if len(ids) < len(entries):
            raise ConcurrencyError("the same movement is being posted at this moment")
        self._write_lots(entries, ids, rows)
        self._write_allocations(ids)
        self._close(heads, list(ids.values()))
        for entry in entries:
            key = entry["idempotency_key"]
            self.outcomes[key] = Outcome("posted", None, ids[key], entry["balance_after"])
        self._forget_caches(heads)

    def _sealed(self, accepted, rows):
        """Entries with sequence, running balance and seal, and each wallet's new head."""
        key_id, secret = keyring.current_key(self.cr.dbname)
        date = fields.Datetime.to_string(self.now)
        entries, heads = [], {}
        for wallet, group in accepted.items():
            balance, seq, head, _debt = rows[wallet]
            balance -= sum((movement.amount for movement in group), lots.ZERO)
            seq -= len(group)
            for movement in group:
                balance += movement.amount
                seq += 1
                head = chain.seal(secret, head, chain.Fact(
                    wallet, seq, movement.kind, movement.amount, balance, movement.key,
                    movement.reverses_id, date,
                ))
                entries.append(self._entry_row(movement, seq, balance, head, key_id))
            heads[wallet] = head
        return entries, heads

    def _entry_row(self, movement, seq, balance, seal, key_id):
        origin_model, origin_id = movement.origin or (None, None)
        return {
            "movement": movement,
            "wallet_id": movement.wallet_id,
            "seq": seq,
            "kind": movement.kind,
            "amount": movement.amount,
            "balance_after": balance,
            "idempotency_key": movement.key,
            "reverses_id": movement.reverses_id,
            "origin_model": origin_model,
            "origin_id": origin_id,
            "branch_id": movement.branch_id,
            "note": movement.note,
            "seal": seal,
            "key_id": key_id,
        }

    def _insert_entries(self, entries):
        """:returns: entry id by idempotency key; a key someone else just took is missing."""
        columns = [name for name in entries[0] if name != "movement"]
        types = {
            "wallet_id": "int", "seq": "int", "amount": "numeric", "balance_after": "numeric",
            "reverses_id": "int", "origin_id": "int", "branch_id": "int",
        }
        arrays = SQL(", ").join(
            SQL("%s::" + types.get(name, "text") + "[]", [entry[name] for entry in entries])
            for name in columns
        )
        names = SQL(", ").join(SQL.identifier(name) for name in columns)
        return dict(self._query(SQL(
            """
            INSERT INTO loyalty_club_entry (%s, date, user_id, club_id, company_id, member_id)
            SELECT v.*, %s, %s, w.club_id, w.company_id, w.member_id
              FROM unnest(%s) AS v(%s) JOIN loyalty_club_wallet w ON w.id = v.wallet_id
             ORDER BY v.wallet_id, v.seq
            ON CONFLICT (idempotency_key) DO NOTHING
            RETURNING idempotency_key, id
            """,
            names, self.now, self.env.uid, arrays, names,
        )))

    def _write_lots(self, entries, ids, rows):
        """Open a lot for every credit that does not refill old ones."""
        opened = [
            entry for entry in entries
            if entry["amount"] > 0 and not entry["movement"].restore
            and not rows[entry["wallet_id"]][3]
        ]
        if opened:
            self.cr.execute(SQL(
                """
                INSERT INTO loyalty_club_lot
                    (wallet_id, entry_id, amount, remaining, expires_on, date)
                SELECT v.wallet_id, v.entry_id, v.amount, v.amount, v.expires_on, %s
                  FROM unnest(%s::int[], %s::int[], %s::numeric[], %s::date[])
                    AS v(wallet_id, entry_id, amount, expires_on)
                """,
                self.now,
                [entry["wallet_id"] for entry in opened],
                [ids[entry["idempotency_key"]] for entry in opened],
                [entry["amount"] for entry in opened],
                [entry["movement"].expires_on for entry in opened],
            ))

    def _write_allocations(self, ids):
        """Record which entry emptied or refilled which lot, and move what the lots hold."""
        rows = [
            (ids[key], take.lot_id, take.amount)
            for key, takes in self.takes.items() for take in takes
        ]
        if rows:
            entry_ids, lot_ids, amounts = (list(column) for column in zip(*rows, strict=True))
            self.cr.execute(SQL(
                """
                WITH v AS (
                    SELECT * FROM unnest(%s::int[], %s::int[], %s::numeric[])
                        AS v(entry_id, lot_id, amount)
                ), moved AS (
                    UPDATE loyalty_club_lot l SET remaining = l.remaining - s.amount
                      FROM (SELECT lot_id, SUM(amount) AS amount FROM v GROUP BY lot_id) s
                     WHERE l.id = s.lot_id
                )
                INSERT INTO loyalty_club_allocation (entry_id, lot_id, amount)
                SELECT entry_id, lot_id, amount FROM v
                """,
                entry_ids, lot_ids, amounts,
            ))

    def _close(self, heads, entry_ids):
        """Store the new heads and let the stock cards and their history mirror the wallets."""
        self.cr.execute(SQL(
            """
            WITH v AS (
                SELECT * FROM unnest(%s::int[], %s::text[]) AS v(wallet_id, head)
            ), head AS (
                UPDATE loyalty_club_wallet w SET head = v.head FROM v WHERE w.id = v.wallet_id
            ), card AS (
                UPDATE loyalty_card c SET points = w.balance, write_date = %s
                  FROM v JOIN loyalty_club_wallet w ON w.id = v.wallet_id
                 WHERE c.club_wallet_id = w.id
                RETURNING c.id, w.id AS wallet_id, c.company_id
            )
            INSERT INTO loyalty_history (card_id, description, issued, used, order_model,
                                         order_id, create_uid, write_uid, create_date, write_date)
            SELECT card.id, COALESCE(e.note, e.kind), GREATEST(e.amount, 0), GREATEST(-e.amount, 0),
                   e.origin_model, e.origin_id, e.user_id, e.user_id, e.date, e.date
              FROM loyalty_club_entry e JOIN card ON card.wallet_id = e.wallet_id
             WHERE e.id = ANY(%s)
             ORDER BY e.id
            """,
            list(heads), list(heads.values()), self.now, entry_ids,
        ))

    def _forget_caches(self, heads):
        wallets = self.env["loyalty.club.wallet"].browse(heads)
        wallets.modified(["balance"])  # what members and cards show of it is read again
        wallets.invalidate_recordset(["balance", "seq", "head"])
        wallets.invalidate_recordset(["entry_ids", "lot_ids"])
        self.env["loyalty.club.lot"].invalidate_model(["remaining"])
        self.env["loyalty.card"].invalidate_model(["points", "history_ids"])

    def _query(self, query):
        self.cr.execute(query)
        return self.cr.fetchall()


def _shape(group):
    """Net change, lowest and highest running sum, number of entries, used by its holder."""
    running = low = high = lots.ZERO
    for movement in group:
        running += movement.amount
        low, high = min(low, running), max(high, running)
    used = any(movement.kind in HOLDER_KINDS for movement in group)
    return running, low, high, len(group), used


def _after(found, takes):
    """The lots as they are once ``takes`` are gone, for the next debit of the same wallet."""
    taken = {take.lot_id: take.amount for take in takes}
    return [lot._replace(remaining=lot.remaining - taken.get(lot.id, lots.ZERO)) for lot in found]
