"""What-if: what sets of earning rules would have given for the purchases of one member.

A purchase is judged once, by what was kept of it in the end: what was earned less what was taken
back is what the rules give for the goods net of returns. Who buys is the member as she is today;
when and what she bought, and what came before it, are the history's.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Any, NamedTuple

from .earn_rules import _CONTEXT, evaluate
from .lots import ZERO
from .periods import month_start
from .replay_rows import Row, settle
from .replay_rules import RuleSet
from .sale import MOST_DAYS, Award, MemberFacts, Sale, Used

# Fields of a member but the last two, which tell what came before.
_OF_MEMBER = MemberFacts.__slots__[:-2]


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
