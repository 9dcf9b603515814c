"""Scores, totals, classes and stages: every value of a club looked up by the bounds of its day."""

from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..domain.lifecycle import sql_stage, sql_turned
from ..domain.rfm import all_totals, moved_ranges, score_bounds, sql_bounds
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
                SELECT v.id, v.ctid AS place, v.member_id, %(figures)s FROM %(source)s
                """,
                figures=SQL(", ").join(SQL.identifier("v", name) for name in FIGURES),
                source=moved,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_club_rfm_fresh (value_id, place, member_id, %(figures)s)
                SELECT id, place, member_id, %(figures)s FROM loyalty_club_rfm_moved moved
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
    def _moved(self, club, day, bounds):
        """What stands behind FROM for the values (alias ``v``) that ``bounds`` or days may judge
        otherwise than they are judged; None where there are none."""
        of = self._computed_of(club)
        former = self._bounds_at(of, club.rfm_day)
        comparable = all(len(former[name]) == len(bounds[name]) for name in bounds)
        if not comparable or of.get("scored_by") != self._scored_by(club):
            return self._misjudged(club, day, bounds)
        parts = [
            SQL("v.%s >= %s::%s AND v.%s < %s::%s",
                SQL.identifier(name), least, SQL(kind), SQL.identifier(name), most, SQL(kind))
            for name, kind in _MEASURES
            for least, most in moved_ranges(
                *([_TYPES[kind](bound) for bound in found[name]] for found in (former, bounds)))
        ]  # fmt: skip
        if day > club.rfm_day:
            parts.append(self._turned(club, day))
        if not parts:
            return None
        return SQL(
            "loyalty_club_rfm v WHERE v.club_id = %s AND (%s)", club.id, SQL(" OR ").join(parts)
        )

    @api.model
    def _turned(self, club, day):
        """That the days since the last update may have changed the stage of a value (``v``)."""
        # sudo: the stages of a club decide for everybody
        stages = self.env["loyalty.club.lifecycle"].sudo()._stages(club)
        days = {"former": club.rfm_day, "today": day}
        return SQL(
            sql_turned(stages, "v").format(
                **{name: f"DATE '{value.isoformat()}'" for name, value in days.items()}
            )
        )


def _key(r, f, m):
    return r * 10000 + f * 100 + m
