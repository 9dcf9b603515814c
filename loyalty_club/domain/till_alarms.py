"""Patterns at tills that honest sales do not make: what is alarming is decided here.

A cashier who puts her own card onto sales of strangers leaves three traces: one card that earns
again and again at one till, a share of late choices far above that of her colleagues, and a card
that only ever earns when she is at the till.
"""

from math import comb, sqrt
from typing import NamedTuple


class Late(NamedTuple):
    """One cashier's sales, and those whose customer was chosen late."""

    sales: int
    late: int


def too_late(cashiers: dict[int, Late], deviations: float, least: int) -> dict[int, float]:
    """Return the cashiers with far more late choices than their colleagues, and what was expected.

    What is expected comes from all the others: one who does it often does not hide behind
    herself. Counts of rare things are compared on the scale of their square roots, where the
    spread is the same whatever the count (F. J. Anscombe, 1948), so that a few late choices of
    somebody with few sales are no pattern.

    :param cashiers: by cashier.
    :param deviations: how many standard deviations are too many.
    :param least: fewer late choices than that are never alarming.

    >>> crowd = {number: Late(1000, 5) for number in range(20)}
    >>> too_late(crowd | {99: Late(1000, 30)}, 3, 5)
    {99: 5.0}
    >>> too_late({1: Late(100, 60)}, 3, 5)
    {}
    """
    sales = sum(one.sales for one in cashiers.values())
    late = sum(one.late for one in cashiers.values())
    found = {}
    for cashier, one in cashiers.items():
        others = sales - one.sales
        if one.late < max(least, 1) or not others:
            continue
        expected = one.sales * (late - one.late) / others
        distance = 2 * (sqrt(one.late + 3 / 8) - sqrt(expected + 3 / 8))
        if distance > deviations:
            found[cashier] = expected
    return found


def by_one_cashier(count: int, total: int, share: float) -> float:
    """Return how likely it is that one cashier made `count` or more of a member's `total` sales.

    :param share: part of all sales at these tills that are hers.

    >>> by_one_cashier(20, 20, 1.0), by_one_cashier(20, 20, 0.25) < 1e-9
    (1.0, True)
    >>> round(by_one_cashier(1, 2, 0.5), 4)
    0.75
    """
    return sum(
        comb(total, hers) * share**hers * (1 - share) ** (total - hers)
        for hers in range(count, total + 1)
    )
