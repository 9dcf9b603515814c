"""Which lots a batch of movements empties, refills or opens."""

from collections import defaultdict
from decimal import Decimal

from odoo.tools import SQL

from ..domain import lots


class LotBook:
    """The lots behind one batch, under the wallets' row locks."""

    def __init__(self, env, today):
        self.cr = env.cr
        self.today = today
        self.takes = {}  # movement key -> lots it takes from, or (negative) refills

    def choose(self, accepted, debts):
        """Choose lots for debits and restorations.

        :param accepted: movements by wallet, as the guard let them through.
        :param debts: ids of the debt wallets among them, which have no lots.
        :returns: dict of wallet id to what its valid lots hold, for the wallets whose
            balance would do but whose lots have expired.
        """
        debits = {
            wallet: [movement for movement in group if movement.amount < 0]
            for wallet, group in accepted.items()
            if wallet not in debts
        }
        debits = {wallet: group for wallet, group in debits.items() if group}
        own = self._own_lots(debits)
        short = {}
        for wallet, found in self._open_lots(debits).items():
            free = self._allocate(debits[wallet], found, own)
            if free is not None:
                short[wallet] = free
        self._restore(accepted)
        return short

    def _allocate(self, group, found, own):
        """Allocate the debits of one wallet; None, or what is free when it is too little."""
        for movement in group:
            takes = lots.allocate(
                found, -movement.amount, self.today, own.get(movement.reverses_id)
            )
            if takes is None:
                for undone in group:
                    self.takes.pop(undone.key, None)
                return lots.spendable(found, self.today)
            self.takes[movement.key] = takes
            taken = {take.lot_id: take.amount for take in takes}
            found = [
                lot._replace(remaining=lot.remaining - taken.get(lot.id, lots.ZERO))
                for lot in found
            ]
        return None

    def _open_lots(self, debits):
        """Lots with something left of the wallets that are debited."""
        found = {wallet: [] for wallet in debits}
        if debits:
            self.cr.execute(
                SQL(
                    "SELECT id, wallet_id, remaining::text, expires_on FROM loyalty_club_lot"
                    " WHERE wallet_id IN %s AND remaining > 0",
                    tuple(debits),
                )
            )
            for lot_id, wallet, remaining, expires_on in self.cr.fetchall():
                found[wallet].append(lots.Lot(lot_id, Decimal(remaining), expires_on))
        return found

    def _own_lots(self, debits):
        """Lots that the reversed credits opened, by entry: taking a credit back empties
        its own lot first."""
        entries = {
            movement.reverses_id
            for group in debits.values()
            for movement in group
            if movement.reverses_id
        }
        if not entries:
            return {}
        self.cr.execute(
            SQL("SELECT entry_id, id FROM loyalty_club_lot WHERE entry_id IN %s", tuple(entries))
        )
        return dict(self.cr.fetchall())

    def _restore(self, accepted):
        """Give back to the very lots that the reversed debits emptied."""
        restored = [m for group in accepted.values() for m in group if m.restore]
        net = self._net_takes({movement.reverses_id for movement in restored})
        for movement in restored:
            self.takes[movement.key] = lots.restore(net[movement.reverses_id], movement.amount)

    def _net_takes(self, entry_ids):
        """What each debit took from each lot, less what reversals already gave back."""
        net = defaultdict(list)
        if entry_ids:
            self.cr.execute(
                SQL(
                    """
                    SELECT COALESCE(e.reverses_id, e.id), a.lot_id, SUM(a.amount)::text
                      FROM loyalty_club_allocation a
                      JOIN loyalty_club_entry e ON e.id = a.entry_id
                     WHERE e.id IN %(ids)s OR e.reverses_id IN %(ids)s
                     GROUP BY 1, 2 ORDER BY MIN(a.id)
                    """,
                    ids=tuple(entry_ids),
                )
            )
            for entry_id, lot_id, amount in self.cr.fetchall():
                net[entry_id].append(lots.Take(lot_id, Decimal(amount)))
        return net

    # --- writing ---------------------------------------------------------------------

    def record(self, credits_, ids, now):
        """Open lots for credits and record what was taken or given back.

        :param credits_: movements that open a lot each.
        :param ids: entry id by idempotency key.
        :param now: moment of the posting.
        """
        if credits_:
            self._open(credits_, ids, now)
        rows = [
            (ids[key], take.lot_id, take.amount)
            for key, takes in self.takes.items()
            for take in takes
        ]
        if rows:
            self._allocated(rows)

    def _open(self, credits_, ids, now):
        self.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_club_lot
                       (wallet_id, entry_id, amount, remaining, expires_on, date)
                SELECT v.wallet_id, v.entry_id, v.amount, v.amount, v.expires_on, %s
                  FROM unnest(%s::int[], %s::int[], %s::numeric[], %s::date[])
                    AS v(wallet_id, entry_id, amount, expires_on)
                """,
                now,
                [movement.wallet_id for movement in credits_],
                [ids[movement.key] for movement in credits_],
                [movement.amount for movement in credits_],
                [movement.expires_on for movement in credits_],
            )
        )

    def _allocated(self, rows):
        entry_ids, lot_ids, amounts = (list(column) for column in zip(*rows, strict=True))
        self.cr.execute(
            SQL(
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
                entry_ids,
                lot_ids,
                amounts,
            )
        )
