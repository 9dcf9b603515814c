"""What the general ledger books for value that moved in wallets.

Everything is cumulative: what is due is what all movements up to a day come to, rounded
once, less what was booked before. However the days are cut, the roundings never add up.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import jdatetime

from .earning import round_to
from .lots import ZERO

# Roles of accounts. The first is what the club owes; the others stand against it.
LIABILITY = "liability"
COST = "cost"
OPENING = "opening"
CLEARING = "clearing"
BREAKAGE = "breakage"
FEE = "fee"
REVALUATION = "revaluation"

ROLES = [
    (LIABILITY, "Liability"),
    (COST, "Reward cost"),
    (OPENING, "Opening balances"),
    (CLEARING, "Sales and payments"),
    (BREAKAGE, "Breakage"),
    (FEE, "Fees"),
    (REVALUATION, "Revaluation"),
]

# The role that stands against each kind of entry.
COUNTER_ROLES = {
    "opening": OPENING,
    "issue": COST,  # given away; sold: see counter_role
    "earn": COST,
    "bonus": COST,
    "grant": COST,
    "adjust": COST,
    "refund_earn": COST,
    "debt": COST,
    "debt_settle": COST,
    "convert_out": COST,
    "convert_in": COST,
    "topup": CLEARING,
    "refund_topup": CLEARING,
    "spend": CLEARING,
    "capture": CLEARING,
    "refund_spend": CLEARING,
    "payout": CLEARING,
    # These net to zero inside a kind; what does not shows where somebody looks.
    "transfer_out": CLEARING,
    "transfer_in": CLEARING,
    "merge_out": CLEARING,
    "merge_in": CLEARING,
    "expire": BREAKAGE,
    "forfeit": BREAKAGE,
    "reinstate": BREAKAGE,  # it takes an expiry back
    "fee": FEE,
}

# Documents that sell: value issued by them was paid for.
SALE_MODELS = ("pos.order", "sale.order")


class Booked(NamedTuple):
    """What earlier postings booked for one kind of value and one role.

    :param units: value in the kind's unit, positive when it went into wallets.
    :param exact: the same in money, each posting at its own unit value, not rounded.
    :param amount: what was booked, rounded.
    """

    units: Decimal = ZERO
    exact: Decimal = ZERO
    amount: Decimal = ZERO


class Due(NamedTuple):
    """What a posting has to book for one role.

    :param units: value that moved since the last posting.
    :param amount: money, rounded; positive is owed more (liability) or goes against it.
    """

    units: Decimal
    amount: Decimal


def counter_role(kind: str, sold: bool = False) -> str:
    """Return the role that stands against an entry of ``kind``.

    :param sold: the entry came from a document that sells.

    >>> counter_role("issue"), counter_role("issue", sold=True)
    ('cost', 'clearing')
    """
    return CLEARING if kind == "issue" and sold else COUNTER_ROLES[kind]


def due(
    moved: Mapping[str, Decimal], booked: Mapping[str, Booked], value: Decimal, step: Decimal
) -> dict[str, Due]:
    """Work out what is to be booked for one kind of value up to a day.

    The liability becomes exactly what the wallets are worth at ``value``, rounded. What
    moved since the last posting is worth ``value`` for the other roles; what was there
    before and is worth another sum now is the revaluation. The reward cost takes what
    the roundings of the others leave.

    :param moved: units ever moved, by counter-role.
    :param booked: what earlier postings booked, by role.
    :param value: money that one unit is worth now.
    :param step: smallest step of the money.
    :returns: by role; the liability equals the sum of all others.

    >>> first = due({COST: Decimal(15)}, {}, Decimal("0.1"), Decimal(1))
    >>> first[LIABILITY].amount, first[COST].amount
    (Decimal('2'), Decimal('2'))
    >>> dearer = due({COST: Decimal(15)}, {COST: Booked(*map(Decimal, ("15", "1.5", "2"))),
    ...              LIABILITY: Booked(amount=Decimal(2))}, Decimal("0.4"), Decimal(1))
    >>> dearer[LIABILITY].amount, dearer[COST].amount, dearer[REVALUATION].amount
    (Decimal('4'), Decimal('-1'), Decimal('5'))
    """
    nothing = Booked()
    roles = (moved.keys() | booked.keys() | {COST, REVALUATION}) - {LIABILITY}
    units = {role: moved.get(role, ZERO) - booked.get(role, nothing).units for role in roles}
    exact = {role: booked.get(role, nothing).exact + units[role] * value for role in roles}
    worth = sum(moved.values(), ZERO) * value
    exact[REVALUATION] = ZERO
    exact[REVALUATION] = worth - sum(exact.values(), ZERO)
    amounts = {
        role: round_to(exact[role], step) - booked.get(role, nothing).amount
        for role in sorted(roles)
    }
    amounts[LIABILITY] = round_to(worth, step) - booked.get(LIABILITY, nothing).amount
    others = sum((amounts[role] for role in roles if role != COST), ZERO)
    amounts[COST] = amounts[LIABILITY] - others
    units[LIABILITY] = sum(units.values(), ZERO)
    return {role: Due(units[role], amount) for role, amount in amounts.items()}


def last_period_end(period: str, today: date) -> date:
    """Return the last day of the period that ended before ``today``.

    :param period: ``daily``, ``monthly``, or ``jalali`` for months of the Persian calendar.

    >>> [last_period_end(p, date(2025, 4, 2)).isoformat() for p in ("daily", "monthly", "jalali")]
    ['2025-04-01', '2025-03-31', '2025-03-20']
    """
    if period == "daily":
        return today - timedelta(days=1)
    if period == "monthly":
        return today - timedelta(days=today.day)
    return today - timedelta(days=jdatetime.date.fromgregorian(date=today).day)
