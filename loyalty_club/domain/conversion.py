"""Conversion arithmetic: what an amount of one kind of value gives in another."""

from decimal import Decimal
from typing import NamedTuple

from .earning import round_to


class Converted(NamedTuple):
    """What a conversion takes and what it gives, each in its own unit."""

    taken: Decimal
    given: Decimal


def convert(
    amount: Decimal, units: Decimal, worth: Decimal, step: Decimal, worth_step: Decimal
) -> Converted:
    """Convert at most ``amount`` at ``units`` for ``worth``.

    What is given is rounded down; what is taken is the least that gives just this, so that
    nobody pays for what the rounding left out.

    :param amount: positive value at hand, a whole number of ``step``.
    :param units: this much is converted …
    :param worth: … into this much; both positive.
    :param step: smallest step of what is taken.
    :param worth_step: smallest step of what is given.

    >>> convert(Decimal(1050), Decimal(100), Decimal(5), Decimal(1), Decimal(1))
    Converted(taken=Decimal('1040'), given=Decimal('52'))
    >>> convert(Decimal(19), Decimal(100), Decimal(5), Decimal(1), Decimal(1))
    Converted(taken=Decimal('0'), given=Decimal('0'))
    """
    given = round_to(amount * worth / units, worth_step, "down")
    return Converted(round_to(given * units / worth, step, "up"), given)
