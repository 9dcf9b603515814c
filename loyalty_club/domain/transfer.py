"""Transfers of value between members: what one costs, and what the kind's terms allow."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class Limits(NamedTuple):
    """Terms of a kind of value. 0 is no limit.

    :param minimum: least amount of one transfer.
    :param sent_amount: most that a member sends in a day.
    :param sent_count: how often a member sends in a day.
    :param received_amount: most that a member receives in a day.
    :param received_count: how often a member receives in a day.
    :param member_days: how long the sender has been a member at least.
    """

    minimum: Decimal = ZERO
    sent_amount: Decimal = ZERO
    sent_count: int = 0
    received_amount: Decimal = ZERO
    received_count: int = 0
    member_days: int = 0


class Usage(NamedTuple):
    """What both sides have done today, and how long the sender has been a member.

    :param free_amount: what was sent today without a code.
    """

    sent_amount: Decimal = ZERO
    sent_count: int = 0
    received_amount: Decimal = ZERO
    received_count: int = 0
    free_amount: Decimal = ZERO
    member_days: int = 0


def fee(amount: Decimal, fixed: Decimal, percent: Decimal, step: Decimal) -> Decimal:
    """The fee of a transfer: a fixed part and a percentage, in whole steps of the wallet.

    >>> fee(Decimal(150), Decimal(2), Decimal("1.5"), Decimal(1))
    Decimal('4')
    """
    exact = fixed + amount * percent / 100
    return (exact / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def refusal(amount: Decimal, limits: Limits, usage: Usage) -> str | None:
    """Why the terms do not allow to send ``amount`` now; None when they do.

    >>> refusal(Decimal(50), Limits(sent_amount=Decimal(100)), Usage(sent_amount=Decimal(60)))
    'sent_amount'
    >>> refusal(Decimal(40), Limits(sent_amount=Decimal(100)), Usage(sent_amount=Decimal(60)))
    """
    if amount < limits.minimum:
        return "minimum"
    if usage.member_days < limits.member_days:
        return "member_days"
    for name in ("sent_count", "sent_amount", "received_count", "received_amount"):
        limit, used = getattr(limits, name), getattr(usage, name)
        more = 1 if name.endswith("count") else amount
        if limit and used + more > limit:
            return name
    return None


def needs_code(amount: Decimal, free: Decimal, usage: Usage) -> bool:
    """Whether the sender has to confirm by a code.

    :param free: what a member may send without one, in one transfer and in a day.

    >>> needs_code(Decimal(5), Decimal(10), Usage(free_amount=Decimal(4)))
    False
    >>> needs_code(Decimal(5), Decimal(10), Usage(free_amount=Decimal(6)))
    True
    """
    return usage.free_amount + amount > free


def short_name(name: str) -> str:
    """A name by which whoever knows the person recognises her, and nobody else learns it.

    >>> short_name("Sara Ahmadi Rad"), short_name("Sara"), short_name("")
    ('Sara R', 'Sara', '')
    """
    first, *others = (name or "").split() or [""]
    return f"{first} {others[-1][0]}" if others else first
