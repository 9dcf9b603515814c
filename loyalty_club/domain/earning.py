"""Earning arithmetic: how many points an amount is worth."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

ROUNDINGS = {"down": ROUND_DOWN, "half_up": ROUND_HALF_UP, "up": ROUND_UP}


def exact_decimal(value: object) -> Decimal:
    """Return a number, as text or as it was stored, as the exact decimal it stands for.

    >>> exact_decimal(0.1) + exact_decimal("0.20")
    Decimal('0.30')
    """
    return Decimal(str(value))


def round_to(value: Decimal, unit: Decimal, rounding: str = "half_up") -> Decimal:
    """Round ``value`` to a whole number of ``unit``.

    >>> round_to(Decimal("12.34"), Decimal("0.5"))
    Decimal('12.5')
    >>> round_to(Decimal("1299"), Decimal("100"), "down")
    Decimal('1200')
    """
    return (value / unit).quantize(Decimal(1), rounding=ROUNDINGS[rounding]) * unit


def points_for_amount(
    amount: Decimal,
    points: Decimal,
    per_amount: Decimal,
    unit: Decimal = Decimal(1),
    rounding: str = "down",
) -> Decimal:
    """``points`` for each ``per_amount`` of money, rounded to ``unit``.

    The whole product is rounded once, so that splitting a purchase over lines does
    not change what it earns. Nothing is earned on nothing or less.

    :param amount: net amount that earns, in the club's currency.
    :param points: points granted per ``per_amount``.
    :param per_amount: positive amount of money.
    :param unit: smallest step of the points (1 = whole points).
    :param rounding: ``down``, ``half_up`` or ``up``.

    >>> points_for_amount(Decimal("259000"), Decimal(1), Decimal(10000))
    Decimal('25')
    >>> points_for_amount(Decimal("-5"), Decimal(1), Decimal(1))
    Decimal('0')
    """
    if amount <= 0 or points <= 0:
        return Decimal(0)
    return round_to(amount * points / per_amount, unit, rounding)


def refunded_share(cost: Decimal, quantity: Decimal, refunded: Decimal, unit: Decimal) -> Decimal:
    """Part of ``cost`` that belongs to the refunded part of a quantity, so far.

    Cumulative, so that the shares of several partial refunds add up to ``cost``
    exactly when everything has come back.

    :param cost: points or money spent on the whole line.
    :param quantity: quantity sold, not zero.
    :param refunded: quantity that has come back in all, at most ``quantity``.

    >>> [refunded_share(Decimal(100), Decimal(3), Decimal(n), Decimal(1)) for n in (1, 2, 3)]
    [Decimal('33'), Decimal('67'), Decimal('100')]
    """
    if refunded >= quantity:
        return cost
    return round_to(cost * refunded / quantity, unit)
