"""Earning rules: what each of them gives for one sale.

A rule (:class:`~.earn_rule.Rule`) gives what its type works out for the goods that it is about,
rounded once and cut to its caps. Rules that replace the basic terms come first, then the basic
terms for the goods that are left, then everything else.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

from .earn_rule import CAPS, Rule, compile_rule
from .earning import round_to
from .lots import ZERO
from .sale import NO_PRODUCT, Award, Matched, Sale, SaleLine, Used, share, total
from .sale_facts import Facts, facts_of

__all__ = ["Rule", "Verdict", "compile_rule", "evaluate", "relevant", "trace"]

# Divisions leave a tail; an amount that is a fraction of ordinary size differs from a whole number
# of steps by far more than _EXACT, or not at all.
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_EXACT = Decimal(1).scaleb(-20)
_BASKET = frozenset({"basket"})
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one rule.

    :param reason: why it gives nothing: ``where``, ``when``, ``who``, ``condition``, ``unknown``
        (a fact of its condition is not known), ``what`` (none of its goods), ``minimum_amount``,
        ``minimum_quantity``, ``nothing`` (less than a step), the name of a cap, ``exclusive``
        or ``group`` (another rule went before it), ``failed`` (it cannot be worked out). None: it
        gives ``award``.
    :param matched: the goods it is about, where it came so far.
    """

    rule: Rule
    reason: str | None
    matched: Matched | None = None
    award: Award | None = None


def relevant(rules: Iterable[Rule], sale: Sale) -> list[Rule]:
    """Return the rules that hold there and then, whoever buys: only these ask about the member."""
    return [rule for rule in rules if rule.where.fits(sale) and rule.when.fits_moment(sale)]


def evaluate(
    rules: Iterable[Rule],
    sale: Sale,
    used: Mapping[int, Used],
    kept: Sequence[SaleLine] | None = None,
    judged: Collection[int] = frozenset(),
) -> list[Award]:
    """Return what ``rules`` give for ``sale``, in their order.

    :param used: by version, what its rule gave before; only rules with caps ask.
    :param kept: lines that were kept of the sale; what these are worth is worked out.
    :param judged: versions that held for the person, time and place when it was sold: they are
        asked about the basket alone.

    >>> basic = compile_rule(1, {"source": "basic", "kind": 5, "type": "per_amount",
    ...                          "params": {"points": "1", "per_amount": "10"}})
    >>> double = compile_rule(2, {"kind": 5, "type": "multiplier", "params": {"factor": "2"},
    ...                           "what": {"categories": [9]}, "caps": {"member_day": "3"}})
    >>> from datetime import datetime
    >>> milk = SaleLine(1, 1, frozenset({9}), quantity=Decimal(1), amount=Decimal(57))
    >>> bread = SaleLine(2, 2, quantity=Decimal(1), amount=Decimal(48))
    >>> sale = Sale(datetime(2026, 5, 4, 12), lines=(milk, bread))
    >>> [(a.amount, a.exact, a.capped) for a in evaluate([basic, double], sale, {})]
    [(Decimal('10'), Decimal('10.5'), None), (Decimal('3'), Decimal('5.7'), 'member_day')]
    >>> [a.amount for a in evaluate([basic, double], sale, {2: Used(day=Decimal(1))}, kept=[milk])]
    [Decimal('5'), Decimal('2')]
    """
    found = trace(rules, sale, used, kept, judged)
    return [verdict.award for verdict in found if verdict.award]


def trace(
    rules: Iterable[Rule],
    sale: Sale,
    used: Mapping[int, Used],
    kept: Sequence[SaleLine] | None = None,
    judged: Collection[int] = frozenset(),
) -> list[Verdict]:
    """Return what becomes of every rule; parameters as for :func:`evaluate`."""
    with localcontext(_CONTEXT):
        basket = sale if kept is None else sale.of(kept)
        return _Run(basket, used, judged).verdicts(rules)


class _Run:
    """One evaluation. Goods are numbers of lines, so that equal lines stay apart."""

    def __init__(self, sale: Sale, used: Mapping[int, Used], judged: Collection[int]) -> None:
        self.sale, self.used, self.judged = sale, used, judged
        self.goods = [
            number for number, line in enumerate(sale.lines) if line.product != NO_PRODUCT
        ]
        self.worth = total(sale.lines[number] for number in self.goods)
        self.net = sale.amount
        self.basic: dict[int, list[tuple[Rule, frozenset[int]]]] = defaultdict(list)
        self.replaced: dict[int, set[int]] = defaultdict(set)
        self.facts: dict[bool, Facts] = {}

    def verdicts(self, rules: Iterable[Rule]) -> list[Verdict]:
        """Return what becomes of each rule, in their order."""
        ordered = sorted(rules, key=lambda rule: (rule.sequence, rule.version))
        found = {}
        for rule in sorted(ordered, key=_stage):  # stable: within a stage they keep their order
            found[rule.version] = self._safely(rule)
        return _stacked([found[rule.version] for rule in ordered])

    def _safely(self, rule: Rule) -> Verdict:
        """A rule that fails, of whatever file its type is, gives nothing: the sale goes on."""
        try:
            return self._verdict(rule)
        except Exception:
            _logger.exception("version %s of an earning rule cannot be worked out", rule.version)
            return Verdict(rule, "failed")

    def _verdict(self, rule: Rule) -> Verdict:
        if rule.version not in self.judged and (reason := self._misfit(rule)):
            return Verdict(rule, reason)
        if reason := self._condition(rule):
            return Verdict(rule, reason)
        numbers = self._numbers(rule)
        matched = self._matched(rule, numbers)
        if reason := _too_little(rule, matched):
            return Verdict(rule, reason, matched)
        if rule.is_basic or _replaces(rule):
            self.basic[rule.kind].append((rule, numbers))
        if _replaces(rule):  # also where it gives less than a step, or no more: it is their method
            self.replaced[rule.kind] |= numbers
        basic = self._basic_of(rule, numbers) if rule.type.uses_basic else ZERO
        exact = rule.type.award(matched, self.sale, basic).quantize(_EXACT)
        amount = round_to(exact, rule.step, rule.rounding) if exact > 0 else ZERO
        if amount <= 0:
            return Verdict(rule, "nothing", matched)
        amount, capped = self._capped(rule, amount)
        if amount <= 0:
            return Verdict(rule, capped, matched)
        exact = _plain(exact)
        award = Award(
            rule.version, rule.kind, amount, exact, _plain(matched.amount), capped, matched.quantity
        )
        return Verdict(rule, None, matched, award)

    # --- whether ---------------------------------------------------------------------

    def _misfit(self, rule: Rule) -> str | None:
        if not rule.where.fits(self.sale):
            return "where"
        if not rule.when.fits_moment(self.sale):
            return "when"
        if not rule.who.fits(self.sale):
            return "who"
        return None if rule.when.fits_member(self.sale) else "when"

    def _condition(self, rule: Rule) -> str | None:
        if not rule.condition:
            return None
        judged = rule.version in self.judged
        if judged not in self.facts:
            self.facts[judged] = facts_of(self.sale, _BASKET if judged else None)
        holds = rule.condition.holds(self.facts[judged])
        if holds is None and not judged:
            return "unknown"
        return "condition" if holds is False else None

    # --- of what ---------------------------------------------------------------------

    def _numbers(self, rule: Rule) -> frozenset[int]:
        lines, what = self.sale.lines, rule.what
        numbers = frozenset(
            self.goods
            if what.everything
            else (number for number in self.goods if what.fits(lines[number]))
        )
        taken = rule.is_basic or _replaces(rule)
        return numbers - self.replaced[rule.kind] if taken else numbers

    def _matched(self, rule: Rule, numbers: frozenset[int]) -> Matched:
        lines = tuple(self.sale.lines[number] for number in sorted(numbers))
        worth = total(lines)
        amount = self._paid_of(rule, worth) if rule.on_paid else self._net_of(worth, len(lines))
        return Matched(lines, amount, sum((line.quantity for line in lines), ZERO))

    def _net_of(self, worth: Decimal, count: int) -> Decimal:
        """Goods bear their share of what was taken off the whole sale."""
        if count == len(self.goods):
            return self.net
        if worth <= 0 or self.net <= 0 or self.worth <= 0:
            return ZERO
        return worth * self.net / self.worth

    def _paid_of(self, rule: Rule, worth: Decimal) -> Decimal:
        """The share of the goods that was paid by the means which the rule names."""
        payable = total(line for line in self.sale.lines if line.kind is None)
        paid = sum((amount for amount in self.sale.paid.values() if amount > 0), ZERO)
        if worth <= 0 or self.worth <= 0 or payable <= 0:
            return ZERO
        return worth * payable * share(rule.where.paid(self.sale), paid) / self.worth

    def _basic_of(self, rule: Rule, numbers: frozenset[int]) -> Decimal:
        """What the basic terms, or those in their place, give exactly for these goods."""
        found = ZERO
        for basic, covered in self.basic[rule.kind]:
            matched = self._matched(rule, numbers & covered)
            if matched.lines and not basic.type.uses_basic:
                found += max(basic.type.award(matched, self.sale, ZERO), ZERO)
        return found

    # --- how much --------------------------------------------------------------------

    def _capped(self, rule: Rule, amount: Decimal) -> tuple[Decimal, str | None]:
        if not rule.caps:
            return amount, None
        used = self.used.get(rule.version, Used())
        before = (ZERO, used.day, used.month, used.total, used.rule_total)
        left, name = min(
            (rule.caps[name] - given, number)
            for number, (name, given) in enumerate(zip(CAPS, before, strict=True))
            if name in rule.caps
        )
        if amount <= left:
            return amount, None
        return round_to(max(left, ZERO), rule.step, "down"), CAPS[name]


def _replaces(rule: Rule) -> bool:
    return rule.stacking == "replaces_basic" and not rule.type.uses_basic


def _stage(rule: Rule) -> int:
    if _replaces(rule):
        return 0
    return 1 if rule.is_basic else 2


def _too_little(rule: Rule, matched: Matched) -> str | None:
    if not rule.what.everything and not matched.lines:
        return "what"
    if rule.is_basic:
        return None
    if matched.quantity <= 0 and matched.amount <= 0:  # of some goods only the amount is known
        return "what"
    if matched.amount < rule.minimum_amount:
        return "minimum_amount"
    return "minimum_quantity" if matched.quantity < rule.minimum_quantity else None


def _plain(value: Decimal) -> Decimal:
    """Return ``value`` without zeros at its end."""
    value = value.quantize(_EXACT)
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _stacked(verdicts: list[Verdict]) -> list[Verdict]:
    """Let exclusive rules shut out later ones of their kind, and groups give their best award.

    Terms that hold for everybody, a tier's multiplier and what replaces the basic terms are not
    shut out: they were promised. What replaces them is in no group either: goods have one method.
    """
    shut: set[int] = set()
    best: dict[tuple[int, str], Verdict] = {}
    given: dict[int, Verdict] = {}
    for verdict in verdicts:
        rule, award = verdict.rule, verdict.award
        if not award:
            continue
        if rule.kind in shut and rule.source == "rule" and not _replaces(rule):
            given[rule.version] = Verdict(rule, "exclusive", verdict.matched)
            continue
        if rule.group and not _replaces(rule):
            rival = best.get((rule.kind, rule.group))
            if rival and rival.award and rival.award.amount >= award.amount:
                given[rule.version] = Verdict(rule, "group", verdict.matched)
                continue
            if rival:
                given[rival.rule.version] = Verdict(rival.rule, "group", rival.matched)
            best[rule.kind, rule.group] = verdict
        if rule.stacking == "exclusive":
            shut.add(rule.kind)
    return [given.get(verdict.rule.version, verdict) for verdict in verdicts]
