"""The gate to the books: balances move here, under lock and guard, or it is said why not."""

from contextlib import nullcontext
from decimal import Decimal
from typing import NamedTuple

from psycopg2.errors import SerializationFailure

from odoo.tools import SQL

from ..const import DEPOSIT_KINDS
from ..domain.lots import ZERO
from ..transaction import is_short


class Shape(NamedTuple):
    """What the movements of one wallet do to its balance.

    :param net: sum of all.
    :param low: lowest running sum, at most 0.
    :param high: highest running sum, at least 0.
    :param entries: how many there are.
    :param used: whether the wallet's holder uses it.
    :param floor: what has to be left, besides what is held.
    :param ceiling: highest balance it may reach, None: any.
    """

    net: Decimal
    low: Decimal
    high: Decimal
    entries: int
    used: bool
    floor: Decimal
    ceiling: Decimal | None


class Row(NamedTuple):
    """A wallet that got through, as it is after the batch; ``head`` is the one before it."""

    balance: Decimal
    seq: int
    head: str
    debt: bool
    held: Decimal
    kind_id: int
    member_id: int | None
    company_id: int


def shape(group, facts):
    """The :class:`Shape` of a list of movements of one wallet.

    :param facts: :class:`~.wallet_rules.Facts` of the wallet.
    """
    running = low = high = ZERO
    used = deposit = False
    for movement in group:
        running += movement.amount
        low, high = min(low, running), max(high, running)
        used = used or movement.by_holder
        deposit = deposit or movement.kind in DEPOSIT_KINDS
    floor = Decimal(str(facts.minimum)) if used and facts.minimum else ZERO
    ceiling = Decimal(str(facts.maximum)) if deposit and facts.maximum else None
    return Shape(running, low, high, len(group), used, floor, ceiling)


class Gate:
    """Moves the balances of one batch; ``refused`` tells which wallets did not get through.

    :param facts: what is known of each wallet, see :class:`~.wallet_rules.Facts`.
    """

    def __init__(self, env, facts):
        self.env = env
        self.cr = env.cr
        self.facts = facts
        self.refused = {}  # wallet id -> reason, and what is free in it

    def move(self, groups):
        """Move the balances that can be moved.

        When another transaction has moved one of them since ours began, the request has to
        be tried again, because ours sees the wallets as they were then. A debit for which
        too little is left by now is refused at once instead: nobody waits for a “no”.

        :param groups: movements by wallet id, in id order.
        :returns: dict of wallet id to :class:`Row`.
        """
        shapes = {
            wallet: shape(group, self.facts[wallet])
            for wallet, group in groups.items()
            if wallet not in self.refused
        }
        if not shapes:
            return {}
        # Only a debit can be refused, and only for its sake is a savepoint worth while. A
        # short transaction waits for the row and is never overtaken.
        debits = not is_short() and any(wallet.low < 0 for wallet in shapes.values())
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
        reasons = self._reasons(self.cr, left)
        # What came in while we waited for the row was not seen by the guard: it looks again,
        # and now the lock is ours.
        again = {wallet: left[wallet] for wallet, (reason, _free) in reasons.items() if not reason}
        if again:
            rows |= self._update(again)
        for wallet, (reason, free) in reasons.items():
            if wallet not in rows:
                self.refused[wallet] = (reason or "insufficient", free)
        return rows

    def _update(self, shapes):
        """The conditional UPDATE that is both lock and guard.

        Rows are taken in id order, so that two batches cannot wait for each other. A
        wallet whose lowest point in this batch would be below what it has is left as it
        is, and is missing from the answer.
        """
        nets, lows, highs, counts, used, floors, ceilings = (
            list(column) for column in zip(*shapes.values(), strict=True)
        )
        query = SQL(
            """
            WITH asked AS (
                SELECT * FROM unnest(%s::int[], %s::numeric[], %s::numeric[], %s::numeric[],
                                     %s::int[], %s::bool[], %s::numeric[], %s::numeric[],
                                     %s::date[])
                    AS a(id, net, low, high, entries, used, floor, ceiling, today)
            ), ordered AS MATERIALIZED (
                SELECT id FROM loyalty_club_wallet WHERE id = ANY(%s)
                 ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE loyalty_club_wallet w
               SET balance = w.balance + a.net, seq = w.seq + a.entries
              FROM asked a JOIN ordered USING (id)
             WHERE w.id = a.id
               AND CASE WHEN w.debt THEN w.balance + a.high <= 0
                        WHEN a.low < 0 THEN w.balance - w.held + a.low >= a.floor
                        ELSE TRUE END
               AND (a.ceiling IS NULL OR w.balance + a.high <= a.ceiling)
               AND (NOT a.used OR w.state = 'active'
                    AND (w.valid_until IS NULL OR w.valid_until >= a.today))
            RETURNING w.id, w.balance::text, w.seq, COALESCE(w.head, ''), w.debt, w.held::text,
                      w.kind_id, w.member_id, w.company_id
            """,
            list(shapes),
            nets,
            lows,
            highs,
            counts,
            used,
            floors,
            ceilings,
            [self.facts[wallet].today for wallet in shapes],
            list(shapes),
        )
        self.cr.execute(query, log_exceptions=False)  # being overtaken is no fault
        return {
            wallet: Row(Decimal(balance), seq, head, debt, Decimal(held), *owner)
            for wallet, balance, seq, head, debt, held, *owner in self.cr.fetchall()
        }

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

    def why(self, groups):
        """What stands against movements: dict of wallet id to reason and what is free."""
        shapes = {wallet: shape(group, self.facts[wallet]) for wallet, group in groups.items()}
        return self._reasons(self.cr, shapes)

    def _reasons(self, cursor, shapes):
        """What stands against each wallet's movements, as ``cursor`` sees it: the guard's twin.

        :returns: dict of wallet id to reason (None: nothing) and what is free.
        """
        if not shapes:
            return {}
        cursor.execute(
            SQL(
                "SELECT id, balance::text, held::text, state, valid_until, debt"
                " FROM loyalty_club_wallet WHERE id IN %s",
                tuple(shapes),
            )
        )
        return {
            wallet: self._reason(shapes[wallet], self.facts[wallet].today, *found)
            for wallet, *found in cursor.fetchall()
        }

    @staticmethod
    def _reason(asked, today, balance, held, state, valid_until, debt):
        balance = Decimal(balance)
        free = balance - Decimal(held)
        reason = None
        if asked.used and state != "active":
            reason = "blocked"
        elif asked.used and valid_until and valid_until < today:
            reason = "expired"
        elif debt:
            reason = "insufficient" if balance + asked.high > 0 else None
        elif asked.low < 0 and free + asked.low < asked.floor:
            reason = "insufficient" if free + asked.low < 0 else "minimum"
            free = max(free - asked.floor, ZERO)
        elif asked.ceiling is not None and balance + asked.high > asked.ceiling:
            reason, free = "maximum", max(asked.ceiling - balance, ZERO)
        return reason, free


def undo(cr, moved, wallet):
    """Put back the balance of a wallet that got through the gate and no further.

    :param moved: the :class:`Shape` of its movements.
    """
    cr.execute(
        SQL(
            "UPDATE loyalty_club_wallet SET balance = balance - %s, seq = seq - %s WHERE id = %s",
            moved.net,
            moved.entries,
            wallet,
        )
    )
