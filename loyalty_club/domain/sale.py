"""One sale as earning rules see it: the goods, how they were paid, and who bought them.

Everything is a plain value. Amounts are in the club's currency and basis (with or without tax, as
the club says), quantities in the units of sale; both are exact decimals.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from .lots import ZERO

NO_PRODUCT = 0  # a line that takes something off: a discount, or what was paid with points
UNKNOWN_PRODUCT = -1  # goods of which only the amount is known, as in an imported history
MOST_DAYS = 400  # so many earlier days of purchases a sale knows at most


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One line of goods, net of what came back of it.

    :param product: id of the product; ``NO_PRODUCT`` for what takes something off all of them.
    :param template: id of its template.
    :param categories: ids of its category and of those above it.
    :param tags: ids of its tags.
    :param quantity: how many.
    :param amount: what they cost after discounts of the line; negative where it takes off.
    :param kind: the kind of value with which a line that takes off was paid; None: a discount.
    """

    product: int
    template: int = 0
    categories: frozenset[int] = frozenset()
    tags: frozenset[int] = frozenset()
    quantity: Decimal = ZERO
    amount: Decimal = ZERO
    kind: int | None = None


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """Who buys, as far as a rule asks. What nobody asked for keeps its default.

    :param tier: id of the tier.
    :param segments: ids of the segments.
    :param kinds: words for what the member is: the kind of membership (``customer``, ``staff`` …),
        and ``person`` or ``company``.
    :param birth_jalali: month × 100 + day of the birthday; 0: not known. The others likewise.
    :param purchases: how many purchases came before this one; those returned wholly are deducted.
    :param days: the days of earlier purchases, each once, newest first; ``MOST_DAYS`` at most.
    """

    tier: int | None = None
    segments: frozenset[int] = frozenset()
    kinds: frozenset[str] = frozenset({"person", "customer"})
    sex: str | None = None
    age_group: str | None = None
    area: int | None = None
    joined: date | None = None
    birth_jalali: int = 0
    birth_gregorian: int = 0
    anniversary_jalali: int = 0
    anniversary_gregorian: int = 0
    purchases: int = 0
    days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Sale:
    """One purchase.

    :param moment: when, on the shop's clock, without zone.
    :param channel: ``pos``, ``sale``, ``website`` …
    :param branch: id of the shop.
    :param paid: what was paid by each means: ``method:<id>`` and ``kind:<id of a wallet kind>``.
        Only their shares count, so tax may be in or not.
    :param card_shown: whether the membership card was shown.
    """

    moment: datetime
    channel: str = "pos"
    branch: int | None = None
    lines: tuple[SaleLine, ...] = ()
    paid: Mapping[str, Decimal] = field(default_factory=dict)
    card_shown: bool = False
    member: MemberFacts = MemberFacts()

    @property
    def goods(self) -> tuple[SaleLine, ...]:
        """The lines of goods, without what takes something off."""
        return tuple(line for line in self.lines if line.product != NO_PRODUCT)

    @property
    def amount(self) -> Decimal:
        """What earns in all: the goods, less discounts and less what was paid with points."""
        return total(self.lines)

    def knowing(self, member: MemberFacts) -> "Sale":
        """Return the same sale, to ``member``."""
        return replace(self, member=member)

    def of(self, lines: Iterable[SaleLine]) -> "Sale":
        """Return the same sale with other lines: what is kept of it."""
        return replace(self, lines=tuple(lines))


@dataclass(frozen=True, slots=True)
class Matched:
    """The part of a sale that a rule is about.

    :param lines: the goods.
    :param amount: what earns of them: less their share of discounts and of what was paid with
        points; or, where a rule asks for that, what was paid of them by the means it names.
    :param quantity: how many.
    """

    lines: tuple[SaleLine, ...]
    amount: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Used:
    """What a rule has given a member before: today, this month, ever; and all members together."""

    day: Decimal = ZERO
    month: Decimal = ZERO
    total: Decimal = ZERO
    rule_total: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Award:
    """What one rule gives for one sale.

    :param version: id of the version of the rule.
    :param kind: id of the kind of value.
    :param amount: what is given: rounded once, then capped.
    :param exact: what it would be before rounding and caps.
    :param base: the amount of the goods it was worked out from.
    :param capped: the cap that cut it, or None.
    :param quantity: how many of the goods.
    """

    version: int
    kind: int
    amount: Decimal
    exact: Decimal
    base: Decimal
    capped: str | None = None
    quantity: Decimal = ZERO


def total(lines: Iterable[SaleLine]) -> Decimal:
    """Return the sum of the amounts of ``lines``.

    >>> total([SaleLine(7, amount=Decimal(100)), SaleLine(NO_PRODUCT, amount=Decimal(-30))])
    Decimal('70')
    """
    return sum((line.amount for line in lines), ZERO)


def share(part: Decimal, of: Decimal) -> Decimal:
    """Return ``part / of``, never below 0 nor above 1.

    >>> [share(Decimal(n), Decimal(4)) for n in (-1, 1, 4, 9)]
    [Decimal('0'), Decimal('0.25'), Decimal('1'), Decimal('1')]
    >>> share(Decimal(1), Decimal(0))
    Decimal('0')
    """
    if part <= 0 or of <= 0:
        return ZERO
    return min(part / of, Decimal(1))
