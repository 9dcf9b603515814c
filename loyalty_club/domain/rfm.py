"""RFM: how recently, how often and for how much a member bought, each scored 1 to 5.

The score of a value is ceil(5·p), p its average percentile rank r̄/n among the n members who bought
in the window: members are ranked 1 … n from worst to best, equal values share the mean r̄ of their
ranks (the mid-rank convention of rank statistics: Wilcoxon 1945, Kendall 1948). Equal behaviour has
equal score; a club of equals scores 3. With `rank` the lowest rank of a group of `peers` equal
values, 2·r̄ = 2·rank + peers - 1 is whole, and so is every step here:

    score = ceil(5·2r̄ / 2n) = (5·(2·rank + peers - 1) + 2n - 1) // 2n

The rule has two executions, `rfm_scores` and `sql_score_expression`; tests/test_domain_rfm_sql.py
proves them equal. Quintile scores: A. M. Hughes, Strategic Database Marketing, 1994.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from .codes import InputError

Number: TypeAlias = int | float | Decimal
Cut: TypeAlias = tuple[str, Number | None, bool]

DEFAULT_WEIGHTS = (1, 1, 1)
DEFAULT_CUTS: tuple[Cut, ...] = (
    ("platinum", 110, False),
    ("gold", 95, True),
    ("silver", 70, True),
    ("bronze", None, True),
)
_COLUMN = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?")


class RfmScore(NamedTuple):
    """Scores 1 to 5, and their weighted total (30 to 150 by default)."""

    recency: int
    frequency: int
    monetary: int
    total: int | Decimal


def rfm_scores(
    rows: Iterable[tuple[Hashable, int, int, Number]],
    weights: Sequence[Number] = DEFAULT_WEIGHTS,
) -> dict[Hashable, RfmScore]:
    """Return the scores of every member who bought in the window.

    :param rows: (member, days since the last purchase, number of purchases, money spent); rows
        without a purchase are left out: they get no score and do not count in n
    :param weights: see `rfm_total`
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
    recency = quintile_scores([row[1] for row in buyers], reverse=True)
    frequency = quintile_scores([row[2] for row in buyers])
    monetary = quintile_scores([row[3] for row in buyers])
    result = {}
    for member, days, times, money in buyers:
        scores = recency[days], frequency[times], monetary[money]
        result[member] = RfmScore(*scores, rfm_total(*scores, weights))
    return result


def quintile_scores(values: Sequence[Number], reverse: bool = False) -> dict[Number, int]:
    """Return the score 1 to 5 of each distinct value.

    :param reverse: the smallest value is the best (days since the last purchase)
    :raise InputError: `rfm_value` for NaN, which has no rank

    >>> quintile_scores([10, 20, 20, 30, 40])
    {10: 1, 20: 3, 30: 4, 40: 5}
    """
    if any(value != value for value in values):  # only NaN differs from itself
        raise InputError("rfm_value", "NaN")
    peers_of = Counter(values)
    doubled = 2 * len(values)
    scores: dict[Number, int] = {}
    rank = 1
    for value in sorted(peers_of, reverse=reverse):
        peers = peers_of[value]
        scores[value] = (5 * (2 * rank + peers - 1) + doubled - 1) // doubled
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


def classify(total: Number, cuts: Sequence[Cut] = DEFAULT_CUTS) -> str:
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


def sql_score_expression(column: str, reverse: bool = False) -> str:
    """Return the score of `column` as a PostgreSQL expression: `quintile_scores` for a whole query.

    Whole-number arithmetic (bigint) on window functions: a million members take about a second for
    each column. Put it into the SELECT list of a query that has one row for each member and keeps
    only those who bought (`WHERE frequency > 0`), on a column without NULL. Money must be
    `numeric`, not a float.

    :param column: a plain name, `column` or `alias.column`
    :param reverse: the smallest value is the best
    :raise InputError: `sql_column`: text from outside never becomes SQL

    >>> print(sql_score_expression("m.spent"))
    ((5 * (2 * rank() OVER (ORDER BY m.spent)
     + count(*) OVER (PARTITION BY m.spent) - 1)
     + 2 * count(*) OVER () - 1) / (2 * count(*) OVER ()))
    """
    if not _COLUMN.fullmatch(column):
        raise InputError("sql_column", column)
    order = f"ORDER BY {column}{' DESC' if reverse else ''}"
    return (
        f"((5 * (2 * rank() OVER ({order})\n"
        f" + count(*) OVER (PARTITION BY {column}) - 1)\n"
        " + 2 * count(*) OVER () - 1) / (2 * count(*) OVER ()))"
    )
