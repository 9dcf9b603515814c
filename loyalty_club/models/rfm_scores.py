"""Scores, totals, classes and stages: every value of a club looked up by the bounds of its day."""

from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from odoo import api, models
from odoo.tools import SQL

from ..domain.lifecycle import sql_stage, sql_turned
from ..domain.rfm import (
    all_totals,
    first_groups,
    least_values,
    moved_ranges,
    score_bounds,
    sql_bounds,
)
from .rfm_figures import FIGURES

JUDGED = ("r", "f", "m", "total", "class_id", "lifecycle_id")
# What is scored, and the type of its bounds in the database; the last purchase stands for recency.
_MEASURES = (("last_purchase_on", "date"), ("frequency", "int"), ("monetary", "numeric"))
_TYPES = {"date": date.fromisoformat, "int": int, "numeric": Decimal}


class LoyaltyClubRfm(models.Model):
    """What the figures of a member are worth beside those of the others."""

    _inherit = "loyalty.club.rfm"

    @api.model
    def _bounds(self, club, source):
        """The bounds of the scores, by measure, among those of ``source`` (alias ``v``)."""
        bounds = {}
        for name, _kind in _MEASURES:
            rows = self.env.execute_query(
                SQL(
                    sql_bounds(f"v.{name}", "%s WHERE v.frequency > 0", club.rfm_scale),
                    SQL(source),
                )
            )
            bounds[name] = score_bounds(dict(rows), club.rfm_scale)
        return bounds

    @api.model
    def _bounds_after(self, club, former):
        """The bounds when the values of ``club`` will be what ``loyalty_club_rfm_fresh`` says.

        Values are counted, not sorted: the days and numbers there are, and amounts in groups; only
        groups in which a score begins are looked into.

        :param former: the bounds up to now, whose size says how large groups are.
        """
        size = _group_size(former["monetary"] if former else self._mean_amount())
        days, numbers, groups = self._counts(club, size)
        found = {
            "last_purchase_on": least_values(days, club.rfm_scale),
            "frequency": least_values(numbers, club.rfm_scale),
            "monetary": self._least_amounts(club, groups, size),
        }
        return {
            name: [str(bound) for bound in score_bounds(least, club.rfm_scale)]
            for name, least in found.items()
        }

    @api.model
    def _mean_amount(self):
        """A list of the mean of what is spent, where no bounds say how large amounts are."""
        rows = self.env.execute_query(
            SQL("SELECT AVG(monetary)::text FROM loyalty_club_rfm_fresh WHERE frequency > 0")
        )
        return [mean for (mean,) in rows if mean]

    @api.model
    def _counts(self, club, size):
        """How many bought last on each day, so often, and for about so much: three dicts."""
        group = "round(v.{name}, %s)::text"
        days = self._count(club, "v.{name}", "last_purchase_on", "was_on")
        numbers = self._count(club, "v.{name}", "frequency", "was_frequency")
        groups = self._count(club, group, "monetary", "was_monetary", -size.adjusted())
        return days, numbers, {Decimal(text): peers for text, peers in groups.items()}

    @api.model
    def _count(self, club, value, name, was, *params, among=None):
        """How many of who bought in the window have each value, as it will be.

        Those of the table are counted, in as many processes as there are, and corrected by what is
        fresh.

        :param value: an expression of our own in which {name} stands for the figure.
        :param name, was: the figure, and where ``loyalty_club_rfm_fresh`` has the stored one.
        :param among: a function from the name of the figure to a condition on it (SQL).
        """
        stored = SQL("loyalty_club_rfm v WHERE v.club_id = %s AND", club.id)
        fresh = SQL("loyalty_club_rfm_fresh v WHERE")
        found = Counter()
        for sign, figure, bought, source in (
            (1, name, "frequency", stored),
            (-1, was, "was_frequency", fresh),
            (1, name, "frequency", fresh),
        ):
            rows = self.env.execute_query(
                SQL(
                    "SELECT %s, COUNT(*) FROM %s %s > 0 AND %s GROUP BY 1",
                    SQL(value.format(name=figure), *params),
                    source,
                    SQL.identifier("v", bought),
                    among(figure) if among else SQL("TRUE"),
                )
            )
            for item, peers in rows:
                found[item] += sign * peers
        return {item: peers for item, peers in found.items() if peers}

    @api.model
    def _least_amounts(self, club, groups, size):
        """The least amount of each score; ``groups`` of amounts say where to look for it."""
        first = first_groups(groups, club.rfm_scale)
        if not first:
            return {}

        def among(figure):
            amount = SQL.identifier("v", figure)
            around = SQL(" OR ").join(
                SQL("%s BETWEEN %s AND %s", amount, group - size, group + size) for group in first
            )
            groups = SQL("round(%s, %s) = ANY(%s)", amount, -size.adjusted(), list(first))
            return SQL("(%s) AND %s", around, groups)

        rows = self._count(club, "v.{name}::text", "monetary", "was_monetary", among=among)
        within = {group: {} for group in first}
        for text, peers in rows.items():
            amount = Decimal(text)
            own = within[amount.quantize(size, ROUND_HALF_UP)]
            # The same amount may come with more zeros behind it.
            own[amount] = own.get(amount, 0) + peers
        least = {}
        for group, below in first.items():
            some = least_values(
                {amount: peers for amount, peers in within[group].items() if peers},
                club.rfm_scale,
                below=below,
                n=sum(groups.values()),
            )
            least = some | least
        return least

    @api.model
    def _combinations(self, club):
        """Rows of every combination of scores (alias ``c``), with its total and its class.

        A million members look theirs up by the key of three digits; 0: no purchase in the window.
        """
        rows = list(all_totals(club._rfm_weights(), club._rfm_cuts(), club.rfm_scale))
        keys = [0, *(_key(*row[:3]) for row in rows)]
        columns = [[None, *column] for column in zip(*rows, strict=True)]
        return SQL(
            "unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::numeric[], %s::int[])"
            " AS c(key, r, f, m, total, class_id)",
            keys,
            *columns,
        )

    @api.model
    def _key_of(self, alias, bounds):
        """The key of the scores of ``alias`` by ``bounds``, as SQL: see :meth:`_combinations`."""
        # One comparison for each bound: half the time of looking the value up among them.
        scores = [
            SQL("(1%s)", SQL("").join(SQL(" + (%s >= %s::%s)::int", column, bound, SQL(kind))
                                      for bound in bounds[name]))
            for name, kind in _MEASURES
            for column in [SQL.identifier(alias, name)]
        ]  # fmt: skip
        return SQL(
            "CASE WHEN %s > 0 THEN %s * 10000 + %s * 100 + %s ELSE 0 END",
            SQL.identifier(alias, "frequency"),
            *scores,
        )

    @api.model
    def _judged(self, club, day, alias):
        """The values of :data:`JUDGED` for a row ``alias`` that is joined with its combination."""
        # sudo: the stages of a club decide for everybody
        stages = self.env["loyalty.club.lifecycle"].sudo()._stages(club)
        text, params = sql_stage(stages, "c", alias)
        # The parameters keep their order: today stands in the text itself, as a date of our own.
        stage = SQL(text.replace("{today}", f"DATE '{day.isoformat()}'"), *params)
        return [SQL.identifier("c", name) for name in JUDGED[:-1]] + [stage]

    @api.model
    def _scored_by(self, club):
        """What scores, classes and stages depend on beside the figures, as text."""
        # sudo: the stages of a club decide for everybody
        stages = self.env["loyalty.club.lifecycle"].sudo()._stages(club)
        return f"{club._rfm_weights()} {club.rfm_scale} {club._rfm_cuts()} {stages}"

    @api.model
    def _add_moved(self, club, moved):
        """Let ``loyalty_club_rfm_fresh`` also have those stored values that have to be scored anew.

        :param moved: what stands behind FROM (SQL) for them (alias ``v``).
        """
        self.env.cr.execute(
            SQL(
                """
                DROP TABLE IF EXISTS loyalty_club_rfm_moved;
                CREATE TEMP TABLE loyalty_club_rfm_moved ON COMMIT DROP AS
                SELECT v.id, v.member_id, %(figures)s FROM %(source)s
                """,
                figures=SQL(", ").join(SQL.identifier("v", name) for name in FIGURES),
                source=moved,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_club_rfm_fresh (value_id, member_id, %(figures)s)
                SELECT id, member_id, %(figures)s FROM loyalty_club_rfm_moved moved
                 WHERE NOT EXISTS (SELECT FROM loyalty_club_rfm_fresh fresh
                                    WHERE fresh.value_id = moved.id)
                """,
                figures=SQL(", ").join(map(SQL.identifier, FIGURES)),
            )
        )

    @api.model
    def _misjudged(self, club, day, bounds):
        """What stands behind FROM for values (alias ``v``) that are not judged as they will be."""
        return SQL(
            "loyalty_club_rfm v JOIN %s ON c.key = %s"
            " WHERE v.club_id = %s AND (%s) IS DISTINCT FROM (%s)",
            self._combinations(club),
            self._key_of("v", bounds),
            club.id,
            SQL(", ").join(SQL.identifier("v", name) for name in JUDGED),
            SQL(", ").join(self._judged(club, day, "v")),
        )

    @api.model
    def _moved(self, club, day, former, bounds):
        """What stands behind FROM for values (alias ``v``) that lie between former bounds and those
        of now, or whose stage days alone may have changed; None if they cannot be compared."""
        if any(len(former[name]) != len(bounds[name]) for name in bounds):
            return None
        parts = [
            SQL("v.%s >= %s::%s AND v.%s < %s::%s",
                SQL.identifier(name), least, SQL(kind), SQL.identifier(name), most, SQL(kind))
            for name, kind in _MEASURES
            for least, most in moved_ranges(
                *([_TYPES[kind](bound) for bound in found[name]] for found in (former, bounds)))
        ]  # fmt: skip
        # sudo: as above
        stages = self.env["loyalty.club.lifecycle"].sudo()._stages(club)
        days = {"former": club.rfm_day, "today": day}
        text = sql_turned(stages, "v").format(
            **{name: f"DATE '{value.isoformat()}'" for name, value in days.items()}
        )
        return SQL(
            "loyalty_club_rfm v WHERE v.club_id = %s AND (%s)",
            club.id,
            SQL(" OR ").join([*parts, SQL(text)]),
        )


def _group_size(bounds):
    """A power of ten: about a hundredth of the highest of these amounts."""
    digits = max((Decimal(bound).adjusted() for bound in bounds), default=0)
    return Decimal(1).scaleb(digits - 2)


def _key(r, f, m):
    return r * 10000 + f * 100 + m
