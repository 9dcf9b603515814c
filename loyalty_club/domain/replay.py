"""What-if: what sets of earning rules would have given for the purchases of one member.

A purchase is judged once, by what was kept of it in the end: what was earned less what was taken
back is what the rules give for the goods net of returns. Who buys is the member as she is today;
when and what she bought, and what came before it, are the history's.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Any, NamedTuple

from .earn_rules import _CONTEXT, _EXACT, Rule, evaluate
from .earning import round_to
from .lots import ZERO
from .periods import month_start
from .sale import MOST_DAYS, UNKNOWN_PRODUCT, Award, Matched, MemberFacts, Sale, SaleLine, Used

_CAPS = ("member_day", "member_month", "member_total", "rule_total")
_PLAIN_TYPES = frozenset({"per_amount", "per_unit", "per_visit", "percent", "multiplier"})
_KEPT_CHOICES = 50_000
# Fields of a member but the last two, which tell what came before.
_OF_MEMBER = MemberFacts.__slots__[:-2]


class Row(NamedTuple):
    """One row of a member's history.

    :param moment: when, on the shop's clock, without zone.
    :param amount: net; negative for goods that came back, or for an undone purchase.
    :param refund: goods came back; with a positive amount that is undone again.
    :param counts: whether it is to be judged; False: it only came before.
    :param quantity: how many goods, where their lines are not known.
    :param basis: what earns of it, with tax where the club says so; None: the net amount.
    :param undoes: index of the row of which goods came back, where that is known; -1: it came
        before the history.
    :param lines: the goods, in the basis; None: only their amount is known.
    """

    moment: datetime
    amount: Decimal
    refund: bool = False
    counts: bool = True
    channel: str = "pos"
    branch: int | None = None
    quantity: Decimal = Decimal(1)
    basis: Decimal | None = None
    undoes: int | None = None
    lines: tuple[SaleLine, ...] | None = None
    paid: Mapping[str, Decimal] = {}
    card_shown: bool = False

    @property
    def bought(self) -> bool:
        """Whether it is a purchase, not something that came back."""
        return self.amount > 0 and not self.refund

    def worth(self, kept: Decimal) -> tuple[Decimal, Decimal]:
        """Return amount and quantity that earn, of what was kept."""
        earns = self.amount if self.basis is None else self.basis
        if kept < self.amount:
            part = kept / self.amount
            return earns * part, self.quantity * part
        return earns, self.quantity

    def sale(self, kept: Decimal, member: MemberFacts) -> Sale:
        """Return what was kept of it: the same share of every line."""
        lines = self.lines
        if lines is None:
            amount, quantity = self.worth(kept)
            lines = (SaleLine(UNKNOWN_PRODUCT, quantity=quantity, amount=amount),)
        elif kept < self.amount:
            part = kept / self.amount
            lines = tuple(
                replace(line, quantity=line.quantity * part, amount=line.amount * part)
                for line in lines
            )
        return Sale(
            self.moment, self.channel, self.branch, lines, self.paid, self.card_shown, member
        )


def settle(rows: Sequence[Row]) -> tuple[list[Decimal], list[int]]:
    """Work out what was kept of each purchase.

    A return whose purchase is not known belongs to the newest one that is large enough, or else
    to the newest ones together. What came back of purchases before the history is nobody's.

    :returns: for each row what was kept of it (zero for rows that are no purchases), and how many
        purchases had come back wholly with it.

    >>> day = datetime(2025, 5, 1)
    >>> amounts = [(100, False), (30, False), (-60, True), (-30, True)]
    >>> rows = [Row(day, Decimal(amount), refund) for amount, refund in amounts]
    >>> settle(rows)
    ([Decimal('40'), Decimal('0'), Decimal('0'), Decimal('0')], [0, 0, 0, 1])
    """
    kept = [row.amount if row.bought else ZERO for row in rows]
    undone = [0] * len(rows)
    taken: list[tuple[int, Decimal]] = []
    for number, row in enumerate(rows):
        if row.amount < 0:
            for index, amount in _comes_from(rows, kept, number):
                kept[index] -= amount
                undone[number] += not kept[index]
                taken.append((index, amount))
        elif row.refund and row.amount > 0:
            undone[number] = -_brought_back(kept, taken, row.amount)
    return kept, undone


def _comes_from(rows, kept, number):
    """Which earlier purchases a return belongs to: (index, amount), as far as there are any."""
    left = -rows[number].amount
    known = rows[number].undoes
    earlier = range(number - 1, -1, -1)
    if known is not None:
        sources = [known] if known >= 0 else []
    else:
        whole = next((index for index in earlier if kept[index] >= left), None)
        sources = earlier if whole is None else [whole]
    for index in sources:
        amount = min(left, kept[index])
        if amount > 0:
            left -= amount
            yield index, amount


def _brought_back(kept, taken, amount):
    """Undo the latest returns; how many purchases are no longer wholly returned."""
    revived = 0
    while taken and amount > 0:
        index, last = taken.pop()
        part = min(last, amount)
        revived += not kept[index]
        kept[index] += part
        amount -= part
        if part < last:
            taken.append((index, last - part))
    return revived


class Given(NamedTuple):
    """What one rule gave for one purchase.

    :param row: its index in the history.
    """

    row: int
    day: date
    kind: int
    version: int
    amount: Decimal


class Replayed(NamedTuple):
    """What became of one member's history.

    :param kept: of each row what was kept of it; zero for rows that are no purchases.
    :param given: what each set of rules gave.
    """

    kept: list[Decimal]
    given: list[list[Given]]


@dataclass
class RuleSet:
    """Rules that are in force together, asked about very many purchases.

    :param specs: what each version says, by its id.
    :param rules: the same, compiled.
    :param rule_totals: what capped rules have given so far, to all members.
    :param jalali: limits of a month are those of the Persian calendar.
    """

    specs: Mapping[int, Mapping[str, Any]]
    rules: Mapping[int, Rule]
    rule_totals: dict[int, Decimal] = field(default_factory=dict)
    jalali: bool = False

    def __post_init__(self) -> None:
        self.capped = {
            version
            for version, spec in self.specs.items()
            if any(spec.get("caps", {}).get(name) for name in _CAPS)
        }
        self._choices: dict[Any, Choice] = {}

    def profile(self, member: MemberFacts) -> frozenset[int]:
        """Versions that may be for ``member`` at all."""
        return frozenset(
            version for version, spec in self.specs.items() if _is_for(spec["who"], member)
        )

    def choice(self, row: Row, profile: frozenset[int]) -> "Choice":
        """Rules that may fire for ``row``: those of another day or place never do."""
        key = (row.moment.date(), row.channel, row.branch, profile)
        found = self._choices.get(key)
        if found is None:
            if len(self._choices) >= _KEPT_CHOICES:
                self._choices.clear()
            rules = tuple(
                rule
                for version, rule in self.rules.items()
                if version in profile and _is_at(rule, self.specs[version], row)
            )
            found = self._choices[key] = Choice(rules)
        return found


class Choice:
    """Rules that may fire on one day at one place.

    :ivar plain: whether nothing is left to ask of them but the hour, what came before, and how
        much; then :meth:`give` stands in for :func:`~.earn_rules.evaluate`.
    :ivar timed: versions that ask for the hour, or for what came before.
    """

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self.key = tuple(map(id, rules))
        self.plain = all(map(_is_plain, rules))
        self.timed = frozenset(rule.version for rule in rules if _is_timed(rule))
        self._basic_first = sorted(rules, key=lambda rule: not rule.is_basic)

    def give(self, amount: Decimal, quantity: Decimal, sale: Sale | None) -> list["Gift"]:
        """Return what plain rules give for goods of which no more is known.

        :param sale: its moment and its buyer, where some rule is timed.

        The twin of ``evaluate``: tests/test_domain_replay.py proves them equal.
        """
        matched, basic, found = Matched((), amount, quantity), defaultdict(Decimal), []
        for rule in self._basic_first:
            if rule.version in self.timed and not (
                rule.when.fits_moment(sale) and rule.when.fits_member(sale)
            ):
                continue
            if not rule.is_basic and (
                quantity <= 0 or amount < rule.minimum_amount or quantity < rule.minimum_quantity
            ):
                continue
            exact = rule.type.award(matched, None, basic[rule.kind])
            if rule.is_basic and exact > 0:
                basic[rule.kind] += exact
            exact = exact.quantize(_EXACT)
            given = round_to(exact, rule.step, rule.rounding) if exact > 0 else ZERO
            if given > 0:
                found.append(Gift(rule.version, rule.kind, given))
        return found


class Gift(NamedTuple):
    """The part of an award that counts here."""

    version: int
    kind: int
    amount: Decimal


def _is_plain(rule: Rule) -> bool:
    return (
        rule.type_code in _PLAIN_TYPES
        and rule.stacking == "add"
        and not (rule.on_paid or rule.where.means or rule.where.card or rule.who.kinds)
        and not (rule.condition or rule.caps or rule.group)
        and rule.what.everything
    )


def _is_timed(rule: Rule) -> bool:
    return bool((rule.when.hour_from, rule.when.hour_until) != (0, 24) or rule.when.needs)


def _is_for(who: Mapping[str, Any], member: MemberFacts) -> bool:
    if who.get("tiers") and member.tier not in who["tiers"]:
        return False
    if who.get("segments") and member.segments.isdisjoint(who["segments"]):
        return False
    return member.segments.isdisjoint(who.get("not_segments", ()))


def _is_at(rule: Rule, spec: Mapping[str, Any], row: Row) -> bool:
    when, where, day = spec["when"], spec["where"], row.moment.date().isoformat()
    if (when.get("from") or day) > day or (when.get("until") or day) < day:
        return False
    if when.get("weekdays") and row.moment.weekday() not in when["weekdays"]:
        return False
    if where.get("branches") and row.branch not in where["branches"]:
        return False
    if where.get("channels") and row.channel not in where["channels"]:
        return False
    # Occasions that are the same for everybody hold all day, or not at all.
    occasions = rule.when.occasions
    if not occasions or any(occasion.own for occasion in occasions):
        return True
    return any(occasion.holds(row.moment.date(), MemberFacts()) for occasion in occasions)


class _Counters:
    """What capped rules have given to one member."""

    def __init__(self, rule_set: RuleSet) -> None:
        self.rule_set = rule_set
        self.given: dict[int, dict[Any, Decimal]] = defaultdict(lambda: defaultdict(Decimal))

    def used(self, day: date) -> dict[int, Used]:
        """Return what they had given before a purchase of ``day``."""
        month = self._month(day)
        return {
            version: Used(
                self.given[version][day],
                self.given[version][month],
                self.given[version][None],
                self.rule_set.rule_totals.get(version, ZERO),
            )
            for version in self.rule_set.capped
        }

    def note(self, day: date, awards: Iterable[Award]) -> None:
        """Count what they give for a purchase of ``day``."""
        totals = self.rule_set.rule_totals
        for award in awards:
            if award.version in self.rule_set.capped:
                for period in (day, self._month(day), None):
                    self.given[award.version][period] += award.amount
                totals[award.version] = totals.get(award.version, ZERO) + award.amount

    def _month(self, day: date) -> str:
        return _month_key(day, self.rule_set.jalali)


@lru_cache(maxsize=4096)
def _month_key(day: date, jalali: bool) -> str:
    """Return a key of the month that no day has."""
    return f"from {month_start(day, jalali=jalali)}"


def replay(
    rows: Sequence[Row], member: MemberFacts, rule_sets: Sequence[RuleSet], history: bool = True
) -> Replayed:
    """Return what each set of rules gives for the purchases of one member.

    :param rows: her history, oldest first.
    :param member: who she is; what came before is filled in.
    :param history: whether any rule asks what came before a purchase.
    """
    kept, undone = settle(rows)
    asked = [
        _Asked(rule_set, rule_set.profile(member), _Counters(rule_set)) for rule_set in rule_sets
    ]
    given: list[list[Given]] = [[] for _ in rule_sets]
    bought, days = 0, ()
    with localcontext(_CONTEXT):
        for number, row in enumerate(rows):
            bought -= undone[number]
            if not row.bought:
                continue
            day = row.moment.date()
            if row.counts and kept[number]:
                before = (bought, days) if history else None
                for found, gifts in zip(
                    given, _judge(row, kept[number], member, before, asked), strict=True
                ):
                    found.extend(
                        Given(number, day, gift.kind, gift.version, gift.amount) for gift in gifts
                    )
            bought += 1
            if not days or days[0] != day:
                days = (day, *days[: MOST_DAYS - 1])
    return Replayed(kept, given)


class _Asked(NamedTuple):
    """One set of rules, asked about one member."""

    rule_set: RuleSet
    profile: frozenset[int]
    counters: _Counters


def _judge(row, kept, member, before, asked):
    """Ask each set about one purchase; sets whose rules are the same for it, once."""
    day, facts, sale, probe = row.moment.date(), None, None, None
    earlier: dict[tuple[int, ...], list[Any]] = {}
    for rule_set, profile, counters in asked:
        choice = rule_set.choice(row, profile)
        plain = choice.plain and row.lines is None
        gifts = None if rule_set.capped else earlier.get(choice.key)
        if gifts is None and (choice.timed or not plain):
            facts = facts or _knowing(member, before)
        if gifts is None and plain:
            if choice.timed and probe is None:
                probe = Sale(row.moment, member=facts)
            gifts = earlier[choice.key] = choice.give(*row.worth(kept), probe)
        elif gifts is None:
            sale = sale or row.sale(kept, facts)
            gifts = evaluate(choice.rules, sale, counters.used(day) if rule_set.capped else {})
            counters.note(day, gifts)
            if not rule_set.capped:
                earlier[choice.key] = gifts
        yield gifts


def _knowing(member, before):
    """The member with what came before: number of purchases, and their days."""
    if before is None:
        return member
    values = [getattr(member, name) for name in _OF_MEMBER]
    return MemberFacts(*values, *before)


def outstanding(
    given: Iterable[Given],
    active: Iterable[date],
    last_days: Mapping[int, Callable[[date], date | None]],
    renewed: frozenset[int],
    until: date,
) -> dict[int, Decimal]:
    """Return what of each kind has not expired by the end of ``until``, if nobody spends.

    :param active: days on which the member did anything.
    :param last_days: for each kind the last day of what comes in on a day; None: it never expires.
    :param renewed: kinds that live on as long as the member is active.

    >>> year = lambda day: day.replace(year=day.year + 1)
    >>> days = [date(2024, 1, 5), date(2025, 3, 1)]
    >>> given = [Given(0, days[0], 7, 1, Decimal(10)), Given(1, days[1], 7, 1, Decimal(4))]
    >>> outstanding(given, days, {7: year}, frozenset(), date(2025, 6, 1))
    {7: Decimal('4')}
    >>> days.append(date(2024, 10, 1))  # keeps the ten alive, then the four keep both alive
    >>> outstanding(given, days, {7: year}, frozenset({7}), date(2025, 6, 1))
    {7: Decimal('14')}
    """
    days = sorted(day for day in active if day <= until)
    owed: dict[int, Decimal] = {}
    for one in given:
        last = last_days[one.kind](one.day)
        if one.kind in renewed and last is not None:
            for day in days:
                if one.day < day <= last:
                    last = max(last, last_days[one.kind](day) or last)
        if last is None or last >= until:
            owed[one.kind] = owed.get(one.kind, ZERO) + one.amount
    return owed
