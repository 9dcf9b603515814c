"""What a basket that is not paid yet would earn, and what is missing for more.

What is missing is found by trying: the goods that a rule lacks are put into the basket, or the
means of payment it asks for is used, and everything is worked out anew. So what is promised holds
whatever rules stack, cap or shut out each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from .earn_rule import Rule
from .earn_rules import Verdict, trace
from .earn_types import PerAmount
from .earning import round_to
from .lots import ZERO
from .sale import Award, Sale, SaleLine, Used

MOST = 12  # tries: what is nearest comes first, and nobody reads a longer list
_ROUNDS = 6  # goods bear their share of discounts: what is missing is approached


@dataclass(frozen=True, slots=True)
class More:
    """What would bring more.

    :param measure: ``amount`` (of money more), ``quantity`` (of goods more), ``means`` (another
        way to pay) or ``card`` (the membership card shown).
    :param amount: how much more; nothing for ``means`` and ``card``.
    :param line: the goods of which more are needed, as far as the rule is about certain ones.
    :param means: keys of :attr:`Sale.paid`, one of which is to be used.
    :param kind: id of the kind of value that is more then.
    :param brings: how much more.
    :param version: version of the rule that asks for it.
    """

    measure: str
    amount: Decimal
    kind: int
    brings: Decimal
    version: int
    line: SaleLine | None = None
    means: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Quote:
    """What a basket would earn (``awards``), and what would bring ``more``, the nearest first."""

    awards: list[Award]
    more: list[More]


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a rule lacks: a basket in which it would have it."""

    measure: str
    amount: Decimal
    sale: Sale
    line: SaleLine | None = None
    means: frozenset[str] = frozenset()


def offered(rules: Iterable[Rule], sale: Sale) -> list[Rule]:
    """Return the rules that hold there and then, but for how it is paid: that may still change."""
    return [
        rule
        for rule in rules
        if rule.when.fits_moment(sale)
        and replace(rule.where, means=frozenset(), card=False).fits(sale)
    ]


def quote(
    rules: Iterable[Rule],
    sale: Sale,
    used: Mapping[int, Used],
    unit: Decimal = Decimal(1),
    most: int = 5,
) -> Quote:
    """Return what ``sale`` would earn, and what is missing for more.

    :param unit: smallest step of money, by which what is missing is rounded up.
    :param most: how many chances are named at most.

    >>> from datetime import datetime
    >>> from .earn_rule import compile_rule
    >>> basic = compile_rule(1, {"source": "basic", "kind": 5, "type": "per_amount",
    ...                          "params": {"points": "1", "per_amount": "10"}})
    >>> gift = compile_rule(2, {"kind": 5, "type": "per_visit", "params": {"points": "50"},
    ...                         "minimum_amount": "200"})
    >>> tea = SaleLine(1, 1, quantity=Decimal(1), amount=Decimal(95))
    >>> answer = quote([basic, gift], Sale(datetime(2026, 5, 4), lines=(tea,)), {})
    >>> [award.amount for award in answer.awards]
    [Decimal('9')]
    >>> [(more.measure, more.amount, more.brings) for more in answer.more]
    [('amount', Decimal('5'), Decimal('1')), ('amount', Decimal('105'), Decimal('61'))]
    """
    rules = list(rules)
    verdicts = trace(rules, sale, used)
    awards = [verdict.award for verdict in verdicts if verdict.award]
    before = _sums(awards)
    more: dict[tuple[str, int, Decimal, frozenset[str]], More] = {}
    for verdict in sorted(verdicts, key=_distance)[: MOST * 4]:
        if len(more) >= MOST:
            break
        wish = _wish(rules, sale, used, verdict, unit)
        if not wish:
            continue
        rule = verdict.rule
        after = _sums(v.award for v in trace(rules, wish.sale, used) if v.award)
        brings = after[rule.kind] - before[rule.kind]
        if brings > 0:
            found = More(
                wish.measure, wish.amount, rule.kind, brings, rule.version, wish.line, wish.means
            )
            more.setdefault((found.measure, found.kind, found.amount, found.means), found)
    return Quote(awards, sorted(more.values(), key=_order)[:most])


def _sums(awards: Iterable[Award]) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for award in awards:
        sums[award.kind] += award.amount
    return sums


def _order(more: More) -> tuple[bool, Decimal, int]:
    """What costs nothing first, then the nearest."""
    price = more.amount
    if more.measure == "quantity" and more.line:
        price = more.amount * _price(more.line)
    return more.measure in ("amount", "quantity"), price, more.version


def _distance(verdict: Verdict) -> tuple[int, Decimal, int]:
    """Roughly how far a rule is from giving something: the nearest are tried."""
    rule, matched = verdict.rule, verdict.matched
    if not matched or not matched.lines:
        return (0 if verdict.reason == "where" else 2), ZERO, rule.version
    if verdict.reason == "minimum_amount":
        return 1, rule.minimum_amount - matched.amount, rule.version
    if verdict.reason == "minimum_quantity":
        lacking = rule.minimum_quantity - matched.quantity
        return 1, lacking * _price(_largest(matched.lines)), rule.version
    return (0 if rule.is_basic else 2), ZERO, rule.version


def _wish(
    rules: list[Rule], sale: Sale, used: Mapping[int, Used], verdict: Verdict, unit: Decimal
) -> _Wish | None:
    """The basket in which the rule of ``verdict`` gives (more), or None."""
    rule, matched = verdict.rule, verdict.matched
    if verdict.reason == "where":
        return _paid_otherwise(rule, sale)
    if not matched or not matched.lines or matched.quantity <= 0:
        return None
    if verdict.reason == "minimum_amount":
        return _larger(rules, sale, used, verdict, rule.minimum_amount, unit)
    if verdict.reason == "minimum_quantity":
        line = min(matched.lines, key=_price)
        lacking = rule.minimum_quantity - matched.quantity
        grown = _and(sale, replace(line, quantity=lacking, amount=lacking * _price(line)))
        return _Wish("quantity", lacking, grown, None if rule.what.everything else line)
    goal = _next_step(verdict)
    return _larger(rules, sale, used, verdict, goal, unit) if goal else None


def _paid_otherwise(rule: Rule, sale: Sale) -> _Wish | None:
    """The same basket, paid as the rule asks, or with the card shown."""
    where = rule.where
    if where.means and replace(where, means=frozenset()).fits(sale):
        paid = {min(where.means): max(sale.amount, ZERO)}
        return _Wish("means", ZERO, replace(sale, paid=paid), means=where.means)
    if where.card and replace(where, card=False).fits(sale):
        return _Wish("card", ZERO, replace(sale, card_shown=True))
    return None


def _next_step(verdict: Verdict) -> Decimal | None:
    """The amount at which the basic terms, or a rule that gives nothing yet, give a step more."""
    rule, award, earning = verdict.rule, verdict.award, verdict.rule.type
    sought = rule.source == "basic" or verdict.reason == "nothing"
    if not sought or not isinstance(earning, PerAmount) or earning.points <= 0:
        return None
    if rule.rounding == "up" or (award and award.capped):
        return None
    step = rule.step if rule.rounding == "down" else rule.step / 2
    return ((award.amount if award else ZERO) + step) * earning.per_amount / earning.points


def _larger(
    rules: list[Rule],
    sale: Sale,
    used: Mapping[int, Used],
    verdict: Verdict,
    goal: Decimal,
    unit: Decimal,
) -> _Wish | None:
    """A basket with so much more of the rule's goods that it reaches ``goal``."""
    rule, matched = verdict.rule, verdict.matched
    line, extra = _largest(matched.lines), ZERO
    reached = matched.amount
    for _round in range(_ROUNDS):
        extra = round_to(extra + max(goal - reached, unit), unit, "up")
        grown = _and(sale, replace(line, quantity=ZERO, amount=extra))
        found = next(v for v in trace(rules, grown, used) if v.rule.version == rule.version)
        if not found.matched:
            return None
        reached = found.matched.amount
        if reached >= goal:
            return _Wish("amount", extra, grown, None if rule.what.everything else line)
    return None


def _and(sale: Sale, line: SaleLine) -> Sale:
    return replace(sale, lines=(*sale.lines, line))


def _largest(lines: Iterable[SaleLine]) -> SaleLine:
    return max(lines, key=lambda line: line.amount)


def _price(line: SaleLine) -> Decimal:
    return line.amount / line.quantity if line.quantity else line.amount
