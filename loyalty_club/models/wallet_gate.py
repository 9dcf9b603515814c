"""The gate to the books: balances move here, under lock and guard, or it is said why not."""

from contextlib import nullcontext
from decimal import Decimal
from typing import NamedTuple

from psycopg2.errors import SerializationFailure

from odoo.tools import SQL

from ..const import HOLDER_KINDS
from ..domain.lots import ZERO


class Shape(NamedTuple):
    """What the movements of one wallet do to its balance.

    :param net: sum of all.
    :param low: lowest running sum, at most 0.
    :param high: highest running sum, at least 0.
    :param entries: how many there are.
    :param used: whether the wallet's holder uses it.
    """

    net: Decimal
    low: Decimal
    high: Decimal
    entries: int
    used: bool


def shape(group):
    """The :class:`Shape` of a list of movements of one wallet."""
    running = low = high = ZERO
    for movement in group:
        running += movement.amount
        low, high = min(low, running), max(high, running)
    used = any(movement.kind in HOLDER_KINDS for movement in group)
    return Shape(running, low, high, len(group), used)


class Gate:
    """Moves the balances of one batch; ``refused`` tells which wallets did not get through.

    :param today: last day on which a wallet valid until then may be used; None when the
        batch only brings value in.
    """

    def __init__(self, env, today):
        self.env = env
        self.cr = env.cr
        self.today = today
        self.refused = {}  # wallet id -> reason, and what is free in it

    def move(self, groups):
        """Move the balances that can be moved.

        When another transaction has moved one of them since ours began, the request has to
        be tried again, because ours sees the wallets as they were then. A debit for which
        too little is left by now is refused at once instead: nobody waits for a “no”.

        :param groups: movements by wallet id, in id order.
        :returns: dict of wallet id to balance, last number, head before it, debt.
        """
        shapes = {
            wallet: shape(group) for wallet, group in groups.items() if wallet not in self.refused
        }
        if not shapes:
            return {}
        # Only a debit can be refused, and only for its sake is a savepoint worth while.
        debits = any(wallet.low < 0 for wallet in shapes.values())
        try:
            with self.cr.savepoint(flush=False) if debits else nullcontext():
                rows = self._update(shapes)
        except SerializationFailure:
            hopeless = self._overtaken(groups, shapes) if debits else {}
            if not hopeless:
                raise
            self.refused.update(hopeless)
            return self.move(groups)
        left = {wallet: shapes[wallet] for wallet in shapes if wallet not in rows}
        for wallet, (reason, free) in self._reasons(self.cr, left).items():
            self.refused[wallet] = (reason or "insufficient", free)
        return rows

    def _update(self, shapes):
        """The conditional UPDATE that is both lock and guard.

        Rows are taken in id order, so that two batches cannot wait for each other. A
        wallet whose lowest point in this batch would be below what it has is left as it
        is, and is missing from the answer.
        """
        nets, lows, highs, counts, used = (
            list(column) for column in zip(*shapes.values(), strict=True)
        )
        query = SQL(
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
            list(shapes),
            nets,
            lows,
            highs,
            counts,
            used,
            list(shapes),
            self.today,
        )
        self.cr.execute(query, log_exceptions=False)  # being overtaken is no fault
        return {row[0]: (Decimal(row[1]), *row[2:]) for row in self.cr.fetchall()}

    def _overtaken(self, groups, shapes):
        """What is hopeless by what other transactions have committed since ours began.

        :returns: dict of wallet id to reason and what is free.
        """
        keys = [movement.key for wallet in shapes for movement in groups[wallet]]
        with self.env.registry.cursor() as committed:
            found = self._reasons(committed, shapes)
            committed.execute(
                SQL(
                    "SELECT wallet_id FROM loyalty_club_entry WHERE idempotency_key = ANY(%s)",
                    keys,
                )
            )
            # A repeat overtaken by the first has its answer: trying again finds it.
            booked = {row[0] for row in committed.fetchall()}
        return {
            wallet: (reason, free)
            for wallet, (reason, free) in found.items()
            if reason and wallet not in booked
        }

    def _reasons(self, cursor, shapes):
        """What stands against each wallet's movements, as ``cursor`` sees it: the guard's twin.

        :returns: dict of wallet id to reason (None: nothing) and what is free.
        """
        if not shapes:
            return {}
        cursor.execute(
            SQL(
                "SELECT id, (balance - held)::text, state, valid_until, debt"
                " FROM loyalty_club_wallet WHERE id IN %s",
                tuple(shapes),
            )
        )
        found = {}
        for wallet, free, state, valid_until, debt in cursor.fetchall():
            asked, free = shapes[wallet], Decimal(free)
            reason = None
            if asked.used and state != "active":
                reason = "blocked"
            elif asked.used and valid_until and valid_until < self.today:
                reason = "expired"
            elif free + asked.high > 0 if debt else free + asked.low < 0:
                reason = "insufficient"
            found[wallet] = (reason, free)
        return found
