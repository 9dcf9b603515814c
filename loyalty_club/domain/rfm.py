"""RFM: how recently, how often and for how much a member bought, each scored 1 to 5 (or to n).

The score of a value is ceil(5·p), p its average percentile rank r̄/n among the n members who bought
in the window: members are ranked 1 … n from worst to best, equal values share the mean r̄ of their
ranks (the mid-rank convention of rank statistics: Wilcoxon 1945, Kendall 1948). Equal behaviour has
equal score; a club of equals scores 3. With `rank` the lowest rank of a group of `peers` equal
values, 2·r̄ = 2·rank + peers - 1 is whole, and so is every step here:

    score = ceil(5·2r̄ / 2n) = (5·(2·rank + peers - 1) + 2n - 1) // 2n

A better value never scores less, so four bounds, the least values of the scores 2 to 5, say it all:
the score of a value is 1 + the number of bounds that it reaches. A million members are scored by
their bounds, and a night in which few have bought moves only those whom a bound has passed.

The rule has two executions, `rfm_scores` and `sql_bounds`; tests/test_domain_rfm_sql.py
proves them equal. Quintile scores: A. M. Hughes, Strategic Database Marketing, 1994.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from .codes import InputError

Number: TypeAlias = int | float | Decimal
Value: TypeAlias = Number | date
Cut: TypeAlias = tuple[Hashable, Number | None, bool]

SCALE = 5
DEFAULT_WEIGHTS = (1, 1, 1)
DEFAULT_CUTS: tuple[Cut, ...] = (
    ("platinum", 110, False),
    ("gold", 95, True),
    ("silver", 70, True),
    ("bronze", None, True),
)
_BOUNDS = """SELECT ranked.score, MIN(ranked.value)::text FROM (
 SELECT of.value, ({scale} * (2 * SUM(of.peers) OVER (ORDER BY of.value) - of.peers + 1)::bigint
 + 2 * SUM(of.peers) OVER ()::bigint - 1) / (2 * SUM(of.peers) OVER ()::bigint) AS score
 FROM (SELECT {column} AS value, COUNT(*) AS peers FROM {source} GROUP BY 1) AS of
) AS ranked GROUP BY ranked.score"""
_COLUMN = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?")


class RfmScore(NamedTuple):
    """Scores from 1, and their weighted total (30 to 150 by default)."""

    recency: int
    frequency: int
    monetary: int
    total: int | Decimal


def rfm_scores(
    rows: Iterable[tuple[Hashable, int, int, Number]],
    weights: Sequence[Number] = DEFAULT_WEIGHTS,
    scale: int = SCALE,
) -> dict[Hashable, RfmScore]:
    """Return the scores of every member who bought in the window.

    :param rows: (member, days since the last purchase, number of purchases, money spent); rows
        without a purchase are left out: they get no score and do not count in n
    :param weights: see `rfm_total`
    :param scale: the best score
    :raise InputError: `rfm_member` for a member named twice, `rfm_value` for NaN, `rfm_weights`

    >>> scores = rfm_scores([("Sara", 3, 9, 900), ("Ali", 40, 2, 150), ("Reza", 40, 1, 0)])
    >>> scores["Sara"], scores["Reza"]
    (RfmScore(recency=5, frequency=5, monetary=5, total=150), RfmScore(recency=3, frequency=2, \
monetary=2, total=70))
    """
    buyers = [row for row in rows if row[2] > 0]
    members = [row[0] for row in buyers]
    if len(set(members)) < len(members):
        raise InputError("rfm_member", [name for name, n in Counter(members).items() if n > 1])
    recency = quintile_scores([row[1] for row in buyers], reverse=True, scale=scale)
    frequency = quintile_scores([row[2] for row in buyers], scale=scale)
    monetary = quintile_scores([row[3] for row in buyers], scale=scale)
    result = {}
    for member, days, times, money in buyers:
        scores = recency[days], frequency[times], monetary[money]
        result[member] = RfmScore(*scores, rfm_total(*scores, weights))
    return result


def quintile_scores(
    values: Sequence[Value], reverse: bool = False, scale: int = SCALE
) -> dict[Value, int]:
    """Return the score, 1 to `scale`, of each distinct value.

    :param reverse: the smallest value is the best (days since the last purchase)
    :raise InputError: `rfm_value` for NaN, which has no rank

    >>> quintile_scores([10, 20, 20, 30, 40])
    {10: 1, 20: 3, 30: 4, 40: 5}
    """
    if any(value != value for value in values):  # only NaN differs from itself
        raise InputError("rfm_value", "NaN")
    peers_of = Counter(values)
    doubled = 2 * len(values)
    scores: dict[Value, int] = {}
    rank = 1
    for value in sorted(peers_of, reverse=reverse):
        peers = peers_of[value]
        scores[value] = (scale * (2 * rank + peers - 1) + doubled - 1) // doubled
        rank += peers
    return scores


def rfm_total(
    recency: int, frequency: int, monetary: int, weights: Sequence[Number] = DEFAULT_WEIGHTS
) -> int | Decimal:
    """Return 10·(weighted sum of the scores): 30 to 150 with the default weights.

    :param weights: of recency, frequency, monetary; not negative, not all zero. Floats count as
        they are written (1.1 is eleven tenths), so that the cuts stay exact.
    :raise InputError: `rfm_weights`

    >>> rfm_total(5, 4, 2), rfm_total(5, 4, 2, (2, 0.5, 0.5))
    (110, Decimal('130.0'))
    """
    exact = [Decimal(str(weight)) if isinstance(weight, float) else weight for weight in weights]
    if len(exact) != 3 or min(exact) < 0 or not any(exact):
        raise InputError("rfm_weights", weights)
    return 10 * (exact[0] * recency + exact[1] * frequency + exact[2] * monetary)


def classify(total: Number, cuts: Sequence[Cut] = DEFAULT_CUTS) -> Hashable:
    """Return the name of the first cut that `total` reaches.

    :param cuts: (name, lower bound, whether the bound itself belongs to it), the best first; the
        bound None has no limit and comes last
    :raise InputError: `tier_cuts` if the cuts do not go strictly down or none takes `total`

    >>> [classify(total) for total in (111, 110, 95, 94, 70, 69)]
    ['platinum', 'gold', 'gold', 'silver', 'silver', 'bronze']
    """
    bounds = [(bound, not inclusive) for _name, bound, inclusive in cuts if bound is not None]
    falling = all(upper > lower for upper, lower in pairwise(bounds))
    if not falling or any(bound is None for _name, bound, _inclusive in cuts[:-1]):
        raise InputError("tier_cuts", cuts)
    for name, bound, inclusive in cuts:
        if bound is None or total > bound or (inclusive and total == bound):
            return name
    raise InputError("tier_cuts", cuts)


def score_bounds(least: Mapping[int, Value], scale: int = SCALE) -> list[Value]:
    """Return the least values of the scores from 2 on, up to the best score that anyone has.

    :param least: the least value of each score that occurs

    >>> score_bounds({1: 10, 3: 20, 4: 30})  # nobody scores 2: who reaches 20 scores 3
    [20, 20, 30]
    >>> score_bounds({3: 7}), score_bounds({})
    ([7, 7], [])
    """
    found: list[Value] = []
    bound = None
    for score in range(scale, 1, -1):
        bound = least.get(score, bound)
        if bound is not None:
            found.append(bound)
    return found[::-1]


def least_values(
    peers_of: Mapping[Value, int], scale: int = SCALE, *, below: int = 0, n: int | None = None
) -> dict[int, Value]:
    """Return the least value of each score that occurs: what `score_bounds` takes.

    :param peers_of: how many have each value
    :param below: how many have a value below all of these
    :param n: how many there are in all, when these are some of them

    >>> least_values({40: 1, 10: 1, 20: 2, 30: 1})
    {1: 10, 3: 20, 4: 30, 5: 40}
    """
    doubled = 2 * (below + sum(peers_of.values()) if n is None else n)
    least: dict[int, Value] = {}
    for value in sorted(peers_of):
        peers = peers_of[value]
        score = (scale * (2 * below + peers + 1) + doubled - 1) // doubled
        least.setdefault(score, value)
        below += peers
    return least


def first_groups(peers_of: Mapping[Value, int], scale: int = SCALE) -> dict[Value, int]:
    """Return the groups of neighbouring values in which a score may begin, and how many are below.

    Who sorts only these knows the bounds of all: few groups for each score.

    :param peers_of: how many are in each group; all of a group are below all of the next

    >>> first_groups({0: 3, 10: 4, 20: 1, 30: 2})
    {0: 0, 10: 3, 20: 7, 30: 8}
    >>> first_groups({0: 1, 10: 1, 20: 1, 30: 97})
    {0: 0, 30: 3}
    """
    doubled = 2 * sum(peers_of.values())
    found: dict[Value, int] = {}
    below, begun = 0, 0
    for group in sorted(peers_of):
        peers = peers_of[group]
        # What the best of the group scores when she is above all others in it, and as their equal.
        alone, equal = (
            (scale * rank + doubled - 1) // doubled
            for rank in (2 * (below + peers), 2 * below + peers + 1)
        )
        if alone > begun:
            found[group] = below
        begun = max(begun, equal)
        below += peers
    return found


def moved_ranges(former: Sequence[Value], bounds: Sequence[Value]) -> list[tuple[Value, Value]]:
    """Return the ranges (from, up to but without) whose values scored otherwise by former bounds.

    :param former: as many bounds as now

    >>> moved_ranges([20, 20, 30], [20, 21, 28])
    [(20, 21), (28, 30)]
    """
    pairs = (sorted(pair) for pair in zip(former, bounds, strict=True))
    return [(least, most) for least, most in pairs if least < most]


def score_of(value: Value, bounds: Sequence[Value]) -> int:
    """Return the score of `value` by `score_bounds`.

    >>> [score_of(value, [20, 20, 30]) for value in (10, 20, 25, 30)]
    [1, 3, 3, 4]
    """
    return 1 + bisect_right(bounds, value)


def all_totals(
    weights: Sequence[Number], cuts: Sequence[Cut], scale: int = SCALE
) -> Iterable[tuple[int, int, int, int | Decimal, Hashable]]:
    """Yield every triple of scores with its total and the class that takes it, or None.

    There are 125 of them, or scale³: a million members look theirs up.

    >>> list(all_totals((1, 1, 1), DEFAULT_CUTS))[-1]
    (5, 5, 5, 150, 'platinum')
    """
    if not cuts or cuts[-1][1] is not None:
        cuts = [*cuts, (None, None, True)]
    for r in range(1, scale + 1):
        for f in range(1, scale + 1):
            for m in range(1, scale + 1):
                total = rfm_total(r, f, m, weights)
                yield r, f, m, total, classify(total, cuts)


def sql_bounds(column: str, source: str, scale: int = SCALE) -> str:
    """Return a SELECT of each score that occurs and its least value: what `score_bounds` takes.

    The value comes as text, which goes back as it was: a client may read numbers as floats.
    Whole-number arithmetic (bigint). The source has one row for each member who bought, without
    NULL in the column. Money must be `numeric`, not a float.

    :param column: a plain name, `column` or `alias.column`
    :param source: what stands behind FROM, from our own code; text from outside never becomes SQL
    :raise InputError: `sql_column`

    >>> print(sql_bounds("m.spent", "member m"))
    SELECT ranked.score, MIN(ranked.value)::text FROM (
     SELECT of.value, (5 * (2 * SUM(of.peers) OVER (ORDER BY of.value) - of.peers + 1)::bigint
     + 2 * SUM(of.peers) OVER ()::bigint - 1) / (2 * SUM(of.peers) OVER ()::bigint) AS score
     FROM (SELECT m.spent AS value, COUNT(*) AS peers FROM member m GROUP BY 1) AS of
    ) AS ranked GROUP BY ranked.score
    """
    if not _COLUMN.fullmatch(column):
        raise InputError("sql_column", column)
    return _BOUNDS.format(column=column, source=source, scale=int(scale))
