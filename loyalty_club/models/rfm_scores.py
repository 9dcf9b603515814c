"""Scores, totals, classes and stages: every value of a club looked up by the bounds of its day."""

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
        size = _group_size(former["monetary"] if former else ())
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
    def _counts(self, club, size):
        """How many bought last on each day, so often, and for about so much: three dicts."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT v.last_purchase_on, v.frequency, round(v.monetary, %s)::text, COUNT(*)
                  FROM %s GROUP BY GROUPING SETS ((1), (2), (3))
                """,
                -size.adjusted(),
                self._following(club),
            )
        )
        days, numbers, groups = {}, {}, {}
        for day, number, group, peers in rows:
            if day is not None:
                days[day] = peers
            elif number is not None:
                numbers[number] = peers
            else:
                groups[Decimal(group)] = peers
        return days, numbers, groups

    @api.model
    def _least_amounts(self, club, groups, size):
        """The least amount of each score; ``groups`` of amounts say where to look for it."""
        first = first_groups(groups, club.rfm_scale)
        if not first:
            return {}
        around = SQL(" OR ").join(
            SQL("v.monetary BETWEEN %s AND %s", group - size, group + size) for group in first
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT v.monetary::text, COUNT(*) FROM %s WHERE (%s)"
                " AND round(v.monetary, %s) = ANY(%s) GROUP BY v.monetary",
                self._following(club),
                around,
                -size.adjusted(),
                list(first),
            )
        )
        within = {group: {} for group in first}
        for text, peers in rows:
            amount = Decimal(text)
            within[amount.quantize(size, ROUND_HALF_UP)][amount] = peers
        least = {}
        for group, below in first.items():
            some = least_values(within[group], club.rfm_scale, below=below, n=sum(groups.values()))
            least = some | least
        return least

    @api.model
    def _following(self, club):
        """What stands behind FROM (alias ``v``) for who bought in the window, as it will be."""
        figures = SQL("v.last_purchase_on, v.frequency, v.monetary")
        return SQL(
            """
            (SELECT %(figures)s FROM loyalty_club_rfm v
              WHERE v.club_id = %(club)s AND v.frequency > 0 AND NOT EXISTS (
                    SELECT FROM loyalty_club_rfm_touched t WHERE t.member_id = v.member_id)
              UNION ALL
             SELECT %(figures)s FROM loyalty_club_rfm_fresh v WHERE v.frequency > 0) AS v
            """,
            figures=figures,
            club=club.id,
        )

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
    def _add_moved(self, club, day, former, bounds):
        """Let ``loyalty_club_rfm_fresh`` also have those whom bounds or days have passed.

        :param former: bounds of the values as they are, or None when other things changed too:
            everybody may have moved.
        """
        moved = SQL("TRUE")
        if former and all(len(former[name]) == len(bounds[name]) for name in bounds):
            moved = self._moved(club, day, former, bounds)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_club_rfm_fresh (member_id, %(figures)s)
                SELECT v.member_id, %(values)s FROM loyalty_club_rfm v
                 WHERE v.club_id = %(club)s AND (%(moved)s) AND NOT EXISTS (
                       SELECT FROM loyalty_club_rfm_touched t WHERE t.member_id = v.member_id)
                """,
                figures=SQL(", ").join(map(SQL.identifier, FIGURES)),
                values=SQL(", ").join(SQL.identifier("v", name) for name in FIGURES),
                club=club.id,
                moved=moved,
            )
        )

    @api.model
    def _moved(self, club, day, former, bounds):
        """That a value (alias ``v``) lies between former bounds and those of now, or that days
        alone may have changed its stage."""
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
        return SQL(" OR ").join([*parts, SQL(text)])


def _group_size(bounds):
    """A power of ten: about a hundredth of the highest of these amounts."""
    digits = max((Decimal(bound).adjusted() for bound in bounds), default=0)
    return Decimal(1).scaleb(digits - 2)


def _key(r, f, m):
    return r * 10000 + f * 100 + m
