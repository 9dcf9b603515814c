"""Lifecycle: each customer is at one stage, the first in order whose conditions she fulfils.

A stage asks for ranges of the scores, for purchases now, before or never, for how long ago the
first or the last purchase was, and for how long she stays away by her own rhythm. What it does not
ask for is of no account; a stage that asks for nothing takes everybody who is left. `stage_of` is
the rule, `sql_stage` the same for a whole table; tests/test_domain_rfm_sql.py proves them equal.
"""

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .codes import InputError
from .rhythm import LEAST_VISITS, NO_RHYTHM, Rhythm, is_overdue

# Bought in the window, only before it, never.
BOUGHT = ("window", "before", "never")
_ALIAS = re.compile(r"[a-z_][a-z0-9_]*")
_SMALL = 10**9  # times any number of days it is still a bigint


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its key and what it asks for; None asks for nothing."""

    key: Hashable
    bought: str | None = None
    r: tuple[int | None, int | None] = (None, None)
    f: tuple[int | None, int | None] = (None, None)
    m: tuple[int | None, int | None] = (None, None)
    first_within: int | None = None
    away_from: int | None = None
    away_until: int | None = None
    overdue_times: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one customer: scores (None: not in the window), days, and rhythm."""

    r: int | None = None
    f: int | None = None
    m: int | None = None
    first_on: date | None = None
    last_on: date | None = None
    rhythm: Rhythm = NO_RHYTHM


def stage_of(stages: Sequence[Stage], facts: Facts, today: date) -> Hashable | None:
    """Return the key of the first stage that fits, or None.

    >>> stages = [Stage("new", first_within=30), Stage("loyal", f=(4, None)), Stage("other")]
    >>> day = date(2026, 6, 1)
    >>> stage_of(stages, Facts(5, 1, 1, date(2026, 5, 2), date(2026, 5, 2)), day)
    'new'
    >>> stage_of(stages, Facts(5, 4, 1, date(2025, 5, 2), date(2026, 5, 2)), day)
    'loyal'
    >>> stage_of(stages, Facts(), day)
    'other'
    """
    for stage in stages:
        if _fits(stage, facts, today):
            return stage.key
    return None


def _fits(stage: Stage, facts: Facts, today: date) -> bool:
    if stage.bought and stage.bought != _bought(facts):
        return False
    ranges = ((stage.r, facts.r), (stage.f, facts.f), (stage.m, facts.m))
    return all(_within(*pair) for pair in ranges) and _in_time(stage, facts, today)


def _bought(facts: Facts) -> str:
    if facts.f:
        return "window"
    return "before" if facts.last_on else "never"


def _within(bounds: tuple[int | None, int | None], value: int | None) -> bool:
    least, most = bounds
    if least is None and most is None:
        return True
    return value is not None and (least or 0) <= value and (most is None or value <= most)


def _in_time(stage: Stage, facts: Facts, today: date) -> bool:
    if stage.first_within is not None and (
        facts.first_on is None or (today - facts.first_on).days > stage.first_within
    ):
        return False
    asked = (stage.away_from, stage.away_until, stage.overdue_times)
    if all(item is None for item in asked):
        return True
    if facts.last_on is None:
        return False
    away = (today - facts.last_on).days
    return (
        (stage.away_from is None or away >= stage.away_from)
        and (stage.away_until is None or away <= stage.away_until)
        and (stage.overdue_times is None or is_overdue(away, facts.rhythm, stage.overdue_times))
    )


def sql_stage(stages: Sequence[Stage], scored: str, row: str) -> tuple[str, list]:
    """Return an expression for the key of the first stage that fits, and its parameters.

    The parameter `today` stands in the text as {today}, to be filled by whoever runs it.

    :param scored: alias of what has the columns r, f and m (NULL: not in the window)
    :param row: alias of what has first_purchase_on, last_purchase_on, visits, gap_sum
    :raise InputError: `sql_column`: text from outside never becomes SQL

    >>> sql_stage([Stage(7, f=(4, None)), Stage(8)], "s", "v")
    ('CASE WHEN s.f >= %s THEN %s::int WHEN TRUE THEN %s::int END', [4, 7, 8])
    >>> sql_stage([], "s", "v")
    ('NULL::int', [])
    """
    if not (_ALIAS.fullmatch(scored) and _ALIAS.fullmatch(row)):
        raise InputError("sql_column", (scored, row))
    if not stages:
        return "NULL::int", []
    parts: list[str] = []
    params: list = []
    for stage in stages:
        conditions = _sql_conditions(stage, scored, row)
        parts.append(" AND ".join(text for text, _values in conditions) or "TRUE")
        params += [value for _text, values in conditions for value in values] + [stage.key]
    cases = " ".join(f"WHEN {part} THEN %s::int" for part in parts)
    return f"CASE {cases} END", params


def sql_turned(stages: Sequence[Stage], row: str) -> str:
    """Return a condition: time alone may have changed the stage of a row since another day.

    The days stand in the text as {former} and {today}.

    :param row: see `sql_stage`
    :raise InputError: `sql_column`

    >>> print(sql_turned([Stage(1, first_within=60), Stage(2, away_from=90), Stage(3)], "v"))
    v.first_purchase_on >= {former} - 60 AND v.first_purchase_on < {today} - 60
     OR v.last_purchase_on > {former} - 90 AND v.last_purchase_on <= {today} - 90
    >>> sql_turned([Stage(3)], "v")
    'FALSE'
    """
    if not _ALIAS.fullmatch(row):
        raise InputError("sql_column", row)
    parts = []
    for stage in stages:
        for column, days, first in (
            ("first_purchase_on", stage.first_within, False),
            ("last_purchase_on", stage.away_until, False),
            ("last_purchase_on", stage.away_from, True),
        ):
            if days is not None:
                since, until = (">", "<=") if first else (">=", "<")
                parts.append(
                    f"{row}.{column} {since} {{former}} - {int(days)}"
                    f" AND {row}.{column} {until} {{today}} - {int(days)}"
                )
        if stage.overdue_times is not None:
            parts.append(_sql_turned_overdue(stage.overdue_times, row))
    return "\n OR ".join(dict.fromkeys(parts)) or "FALSE"


def _sql_turned_overdue(times: Decimal, row: str) -> str:
    """In whole numbers: a condition on all rows has to be quick."""
    over, under = times.as_integer_ratio()
    away = "({day} - {row}.last_purchase_on) * ({row}.visits - 1)::bigint * {under}"
    usual = f"{over}::{'bigint' if over < _SMALL else 'numeric'} * {row}.gap_sum"
    today = away.format(day="{today}", row=row, under=under)
    former = away.format(day="{former}", row=row, under=under)
    return f"{row}.visits >= {LEAST_VISITS} AND {today} >= {usual} AND {former} < {usual}"


def _sql_conditions(stage: Stage, scored: str, row: str) -> list[tuple[str, list]]:
    away = f"({{today}} - {row}.last_purchase_on)"
    overdue = (
        f"{row}.visits >= {LEAST_VISITS} AND {away} * ({row}.visits - 1) >= %s * {row}.gap_sum"
    )
    found: list[tuple[str, list]] = []
    if stage.bought:
        found.append((_SQL_BOUGHT[stage.bought].format(scored=scored, row=row), []))
    for name, (least, most) in (("r", stage.r), ("f", stage.f), ("m", stage.m)):
        if least is not None:
            found.append((f"{scored}.{name} >= %s", [least]))
        if most is not None:
            found.append((f"{scored}.{name} <= %s", [most]))
    for value, text in (
        (stage.first_within, f"({{today}} - {row}.first_purchase_on) <= %s"),
        (stage.away_from, f"{away} >= %s"),
        (stage.away_until, f"{away} <= %s"),
        (stage.overdue_times, overdue),
    ):
        if value is not None:
            found.append((text, [value]))
    return found


_SQL_BOUGHT = {
    "window": "{scored}.f IS NOT NULL",
    "before": "{scored}.f IS NULL AND {row}.last_purchase_on IS NOT NULL",
    "never": "{row}.last_purchase_on IS NULL",
}
