"""Tiers: which level of a club's ladder a member's figures deserve, and until when it is hers.

A ladder is a list of levels, the entry level first. A level asks for least figures of the running
period: points, spend, visits, items, engagement, or a score, which is their weighted sum. The
highest level whose requirement is met is deserved. Up is at once; down is when the level's time
is over, with days of grace and at most so many levels, unless goods came back that had brought
the level. The way down by a long silence is a rule of its own.

`level_for` has a twin in SQL, `sql_level`, and `step` has one in models/tier_compute.py;
tests/test_tier_sql.py proves both equal on random histories.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from .codes import InputError
from .tier_periods import Span, Terms

MEASURES = ("points", "spend", "visits", "items", "engagement")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Level:
    """One level that members reach by their figures.

    :param least: measure, or ``score``, to the figure that is asked for; empty: nothing is
    :param every: all of them are needed, else any one
    :param inclusive: the figure itself is enough, else it takes more than that
    """

    least: Mapping[str, Decimal] = field(default_factory=dict)
    every: bool = True
    inclusive: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """The level that somebody holds by her figures: its place in the ladder, -1 for none yet."""

    level: int = -1
    since: date | None = None
    until: date | None = None


# --- figures and levels -----------------------------------------------------------------------


def score_of(figures: Mapping[str, Decimal], weights: Mapping[str, Decimal]) -> Decimal:
    """Return the weighted sum of the figures.

    >>> score_of({"spend": Decimal(500), "visits": Decimal(3)}, {"visits": Decimal(10)})
    Decimal('30')
    """
    return sum((figures.get(name, ZERO) * weight for name, weight in weights.items()), ZERO)


def reaches(level: Level, figures: Mapping[str, Decimal], weights: Mapping[str, Decimal]) -> bool:
    """Return whether `figures` meet what `level` asks for.

    >>> gold = Level({"spend": Decimal(1000), "visits": Decimal(10)}, every=False)
    >>> reaches(gold, {"spend": Decimal("999.99"), "visits": Decimal(10)}, {})
    True
    """
    if not level.least:
        return True
    found = dict(figures, score=score_of(figures, weights))
    met = (
        found.get(name, ZERO) >= least if level.inclusive else found.get(name, ZERO) > least
        for name, least in level.least.items()
    )
    return all(met) if level.every else any(met)


def level_for(
    levels: Sequence[Level],
    figures: Mapping[str, Decimal],
    weights: Mapping[str, Decimal] | None = None,
) -> int:
    """Return the place of the highest level that `figures` reach; -1 if none.

    >>> sephora = [Level(), Level({"spend": Decimal(350)}), Level({"spend": Decimal(1000)})]
    >>> [level_for(sephora, {"spend": Decimal(s)}) for s in ("349.99", "350", "999.99", "1000")]
    [0, 1, 1, 2]
    """
    for place in range(len(levels) - 1, -1, -1):
        if reaches(levels[place], figures, weights or {}):
            return place
    return -1


def missing_for(
    level: Level, figures: Mapping[str, Decimal], weights: Mapping[str, Decimal] | None = None
) -> dict[str, Decimal]:
    """Return how much of each measure is left to reach `level`: all of them, or any one.

    Where the figure itself is not enough, what is left is how far it is, zero at least.

    >>> missing_for(Level({"spend": Decimal(350), "visits": Decimal(3)}), {"spend": Decimal(400)})
    {'visits': Decimal('3')}
    """
    if reaches(level, figures, weights or {}):
        return {}
    found = dict(figures, score=score_of(figures, weights or {}))
    left = {name: least - found.get(name, ZERO) for name, least in level.least.items()}
    return {
        name: max(amount, ZERO)
        for name, amount in left.items()
        if amount > 0 or (amount == 0 and not level.inclusive)
    }


def share_of(
    level: Level, figures: Mapping[str, Decimal], weights: Mapping[str, Decimal] | None = None
) -> int:
    """Return how far `figures` are on the way to `level`, in percent: 100 only when it is reached.

    >>> share_of(Level({"spend": Decimal(1000)}), {"spend": Decimal("999.99")})
    99
    """
    if reaches(level, figures, weights or {}):
        return 100
    found = dict(figures, score=score_of(figures, weights or {}))
    shares = [
        min(max(found.get(name, ZERO), ZERO) * 100 / least, Decimal(99))
        if least > 0
        else Decimal(99)
        for name, least in level.least.items()
    ]
    return int(min(shares) if level.every else max(shares))


def sql_level(
    levels: Sequence[Level], weights: Mapping[str, Decimal], columns: Mapping[str, str]
) -> str:
    """Return `level_for` as a PostgreSQL expression.

    :param columns: measure to an expression of type numeric that is never NULL, of the caller's
        own code: text from outside never becomes SQL

    >>> print(sql_level([Level(), Level({"spend": Decimal(350)})], {}, {"spend": "f.spend"}))
    CASE WHEN (f.spend >= 350) THEN 1 WHEN TRUE THEN 0 ELSE -1 END
    """
    score = " + ".join(
        f"{columns[name]} * {_literal(weight)}" for name, weight in weights.items() if weight
    )
    known = dict(columns, score=f"({score})" if score else "0")
    parts = []
    for place in range(len(levels) - 1, -1, -1):
        level = levels[place]
        mark = ">=" if level.inclusive else ">"
        tests = [f"{known[name]} {mark} {_literal(least)}" for name, least in level.least.items()]
        joined = (" AND " if level.every else " OR ").join(tests)
        parts.append(f"WHEN {f'({joined})' if tests else 'TRUE'} THEN {place}")
    return f"CASE {' '.join(parts)} ELSE -1 END" if parts else "-1"


def _literal(value: Decimal) -> str:
    if not value.is_finite():
        raise InputError("tier_figure", value)
    return format(value, "f")


# --- from day to day --------------------------------------------------------------------------


def step(
    held: Standing,
    deserved: Standing,
    whole: int,
    idle: int,
    today: date,
    terms: Terms,
    fallback: date | None,
    up_only: bool = False,
) -> tuple[Standing, str | None]:
    """Return what is held from `today` on, and why it changed.

    :param deserved: level and last day by the figures, without regard to what is held
    :param whole: the level that they would deserve if nothing had come back since `held.since`
    :param idle: see `idle_steps`
    :param fallback: see `fallback_until`
    :returns: the standing, and ``qualified``, ``dropped``, ``returned``, ``idle`` or None

    >>> gold, member = Standing(2, date(2025, 5, 1), date(2026, 12, 31)), Standing(0)
    >>> step(gold, member, 0, 0, date(2026, 12, 31), Terms(), date(2027, 12, 31))[1]
    >>> step(gold, member, 0, 0, date(2027, 1, 1), Terms(max_drop=1), date(2027, 12, 31))
    (Standing(level=1, since=datetime.date(2027, 1, 1), until=datetime.date(2027, 12, 31)), \
'dropped')
    """
    allowed = max(deserved.level - idle, min(deserved.level, 0))
    if held.level < allowed:
        return _from(allowed, today, deserved.until), "qualified"
    if up_only:
        return held, None
    if idle and held.level > allowed:
        return _from(allowed, today, deserved.until), "idle"
    if held.level == allowed:
        return _renewed(held, deserved, today, terms), None
    if held.level <= whole:
        return _from(deserved.level, today, deserved.until), "returned"
    if held.until is None or today <= held.until + timedelta(terms.grace_days):
        return Standing(held.level, held.since, held.until or fallback), None
    lowest = held.level - terms.max_drop if terms.max_drop else -1
    if lowest > deserved.level:
        return _from(lowest, today, fallback), "dropped"
    return _from(deserved.level, today, deserved.until), "dropped"


def _from(level: int, today: date, until: date | None) -> Standing:
    """Return a standing that begins today; the entry level does not end."""
    return Standing(level, today, until if level > 0 else None)


def _renewed(held: Standing, deserved: Standing, today: date, terms: Terms) -> Standing:
    """Return the same level, with the time that it was deserved again for."""
    until = deserved.until if held.level > 0 else None
    if until and held.until:
        until = (
            held.until if terms.keep == "months" and today <= held.until else max(held.until, until)
        )
    return Standing(held.level, held.since, until)


def deserved_in(
    levels: Sequence[Level],
    terms: Terms,
    counted: Sequence[tuple[Span, Mapping[str, Decimal]]],
) -> Standing:
    """Return the best level of several periods, until the last day that any of them gives it."""
    best, until = -1, None
    for span, figures in counted:
        level = level_for(levels, figures, terms.weights)
        if level > best:
            best, until = level, span.until
        elif level == best and until is not None and span.until is not None:
            until = max(until, span.until)
    return Standing(best, None, until if best > 0 else None)
