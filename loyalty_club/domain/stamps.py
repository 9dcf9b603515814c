"""Stamp cards: how many stamps a purchase brings, how many full cards must be opened again."""

from collections.abc import Iterable
from decimal import Decimal
from math import ceil
from typing import NamedTuple

from .lots import ZERO


class Bought(NamedTuple):
    """One thing that was bought, net of what came back.

    :param product: id of the product.
    :param categories: ids of its category and of those above it.
    :param quantity: how many.
    :param amount: what was paid for them.
    """

    product: int
    categories: frozenset[int]
    quantity: Decimal
    amount: Decimal


class StampRule(NamedTuple):
    """What brings stamps.

    :param by_unit: a stamp for each unit bought; otherwise one for each purchase.
    :param least: amount from which a purchase counts; zero: any.
    :param most: stamps that one purchase brings at most; 0: any number.
    :param products: ids of the products that count.
    :param categories: ids of the categories that count; with no products and no categories
        everything does.
    """

    by_unit: bool = False
    least: Decimal = ZERO
    most: int = 0
    products: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()


def stamps_for(rule: StampRule, goods: Iterable[Bought]) -> int:
    """Return how many stamps ``goods``, bought at one time, bring.

    >>> coffee = Bought(1, frozenset({7}), Decimal(3), Decimal(90))
    >>> cake = Bought(2, frozenset({8}), Decimal(1), Decimal(60))
    >>> stamps_for(StampRule(least=Decimal(100)), [coffee, cake])
    1
    >>> stamps_for(StampRule(least=Decimal(100)), [coffee])
    0
    >>> stamps_for(StampRule(by_unit=True, categories=frozenset({7})), [coffee, cake])
    3
    >>> stamps_for(StampRule(by_unit=True, most=2), [coffee, cake])
    2
    >>> stamps_for(StampRule(by_unit=True), [coffee._replace(quantity=Decimal("0.9"))])
    0
    """
    counted = [bought for bought in goods if _counts(rule, bought)]
    quantity = sum((bought.quantity for bought in counted), ZERO)
    amount = sum((bought.amount for bought in counted), ZERO)
    if quantity <= 0 or amount <= 0 or amount < rule.least:
        return 0
    stamps = int(quantity) if rule.by_unit else 1
    return min(stamps, rule.most) if rule.most else stamps


def _counts(rule: StampRule, bought: Bought) -> bool:
    if not rule.products and not rule.categories:
        return True
    return bought.product in rule.products or bool(bought.categories & rule.categories)


def cards_to_open(missing: Decimal, needed: int) -> int:
    """Return how many full cards must be opened again for ``missing`` stamps.

    >>> [cards_to_open(Decimal(n), 10) for n in (-1, 0, 1, 10, 11)]
    [0, 0, 1, 1, 2]
    """
    return max(ceil(missing / needed), 0)
