"""The gate to the books: wallets pass it under lock and guard, or it is said why not."""

from contextlib import nullcontext
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from psycopg2.errors import SerializationFailure

from odoo.tools import SQL

from ..const import DEPOSIT_KINDS
from ..domain.lots import ZERO
from ..statement import Statement
from ..transaction import is_short

# Rows are locked in id order, so that two batches cannot wait for each other.
LOCK = """
    SELECT id, balance::text, held::text, state, valid_until, debt,
           seq, COALESCE(head, '') AS head, kind_id, member_id, company_id
      FROM loyalty_club_wallet WHERE id = ANY({wallets})
     ORDER BY id FOR NO KEY UPDATE
"""
_LOCK = Statement(LOCK.format(wallets="%(wallets)s"))


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
    """A wallet under its lock, as it is before the batch."""

    balance: Decimal
    held: Decimal
    state: str
    valid_until: date | None
    debt: bool
    seq: int
    head: str
    kind_id: int
    member_id: int | None
    company_id: int

    @classmethod
    def of(cls, columns):
        """The row of what :data:`LOCK` selects, without the id."""
        balance, held, *rest = columns
        return cls(Decimal(balance), Decimal(held), *rest)


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
    """Lets through what one batch may move; ``refused`` tells which wallets did not get through.

    :param facts: what is known of each wallet, see :class:`~.wallet_rules.Facts`.
    :param rows: wallets locked before, as :class:`Row`, by id.
    """

    def __init__(self, env, facts, rows=()):
        self.env = env
        self.cr = env.cr
        self.facts = facts
        self.rows = dict(rows)
        self.refused = {}  # wallet id -> reason, and what is free in it

    def move(self, groups):
        """Lock the wallets and tell which of them can be moved. They stay locked.

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
        # Only a debit can be refused, and only for its sake is a savepoint worth while. A
        # short transaction waits for the row and is never overtaken.
        debits = not is_short() and any(wallet.low < 0 for wallet in shapes.values())
        try:
            with self.cr.savepoint(flush=False) if debits else nullcontext():
                self._lock(wallet for wallet in shapes if wallet not in self.rows)
        except SerializationFailure:
            hopeless = self._overtaken(groups, shapes) if debits else {}
            if not hopeless:
                raise
            self.refused.update(hopeless)
            return self.move(groups)
        return self._judge(shapes)

    def _lock(self, wallets):
        """Wait for the wallets' rows, and read them as they are by then."""
        wallets = list(wallets)
        if wallets:
            # being overtaken is no fault
            for wallet, *columns in _LOCK.run(self.cr, log_exceptions=False, wallets=wallets):
                self.rows[wallet] = Row.of(columns)

    def _judge(self, shapes):
        """The rows that the movements may move; the others are refused."""
        passed = {}
        for wallet, asked in shapes.items():
            row = self.rows[wallet]
            reason, free = self._reason(asked, self.facts[wallet].today, *row[:5])
            if reason:
                self.refused[wallet] = (reason, free)
            else:
                passed[wallet] = row
        return passed

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
        """What stands against each wallet's movements, as ``cursor`` sees it.

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
            wallet: self._reason(
                shapes[wallet], self.facts[wallet].today, Decimal(balance), Decimal(held), *found
            )
            for wallet, balance, held, *found in cursor.fetchall()
        }

    @staticmethod
    def _reason(asked, today, balance, held, state, valid_until, debt):
        """The guard: why a wallet may not be moved (None: it may), and what is free in it."""
        free = balance - held
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
