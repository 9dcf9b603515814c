"""Sets of earning rules that a what-if asks about very many purchases.

Rules that cannot fire on a day, at a place or for a person are sorted out once. What plain rules
give is worked out by a shorter way than :func:`~.earn_rules.evaluate`, with the same outcome.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from .earn_rules import _EXACT, Rule
from .earning import round_to
from .lots import ZERO
from .replay_rows import Row
from .sale import Matched, MemberFacts, Sale

_CAPS = ("member_day", "member_month", "member_total", "rule_total")
_PLAIN_TYPES = frozenset({"per_amount", "per_unit", "per_visit", "percent", "multiplier"})
_KEPT_CHOICES = 50_000


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
