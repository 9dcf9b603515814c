"""Which level the figures of members deserve, by SQL: the twin of :mod:`..domain.tiers`.

Each step ends with ``OFFSET 0``, which keeps PostgreSQL from putting its expressions into those of
the next one: they would be worked out again wherever they are named, and planned for as long.
"""

from odoo.tools import SQL

from ..domain import tier_periods as periods
from ..domain import tiers as rules
from ..domain.tiers import MEASURES
from .tier_figures import BOUGHT, RETURNED, TierFigures


class TierDeserved(TierFigures):
    """Besides the figures what they deserve, what returns cost, and how long there was silence."""

    def counted(self, back=True):
        """Everything up to ``judged``: one row per member with what she holds and deserves.

        :param back: whether to look what returns took away (``whole``).
        """
        parts = [self._mine(), self._bought(), self._pointed(), self._acted(), self._valued()]
        return SQL(", ").join([*parts, self._scored(), self._judged(back)])

    def fallback(self, alias):
        """Last day of a level that is kept without figures, as the domain's ``fallback_until``."""
        if self.joined is not None and self.terms.keep != "months":
            return SQL("%s.running_last", alias)
        day = periods.fallback_until(self.terms, self.spans[0], self.today)
        return SQL("%s::date", day)

    def _level(self, number, minus=""):
        """The level that the figures of a period (alias ``v``) deserve.

        :param minus: alias of figures to be taken off.
        """
        columns = {
            name: f"(v.{name}_{number} - COALESCE({minus}.{name}_{number}, 0))"
            if minus
            else f"v.{name}_{number}"
            for name in MEASURES
        }
        return SQL(rules.sql_level(self.levels, self.terms.weights, columns))

    def _until(self, number):
        if self.joined is not None:
            return SQL("v.%s", SQL.identifier(f"until_{number}"))
        return SQL("%s::date", self.spans[number].until)

    def _scored(self):
        return SQL(
            """
            levels AS (
                SELECT v.*, %(levels)s FROM valued v OFFSET 0
            ), scored AS (
                SELECT v.*, %(measures)s, GREATEST(%(best)s) AS deserved FROM levels v OFFSET 0
            )
            """,
            levels=self._for_each(lambda n: SQL("%s AS %s", self._level(n), self._column(n))),
            measures=SQL(", ").join(
                SQL("v.%s AS %s", SQL.identifier(f"{name}_0"), SQL.identifier(name))
                for name in MEASURES
            ),
            best=self._for_each(lambda n: SQL("v.%s", self._column(n))),
        )

    def _column(self, number):
        return SQL.identifier(f"level_{number}")

    def _judged(self, back):
        return SQL(
            """
            judged AS (
                SELECT v.*, %(whole)s AS whole, %(idle)s AS idle,
                       CASE WHEN v.deserved > 0 THEN GREATEST(%(until)s) END AS deserved_until
                  FROM scored v %(returned)s %(last)s
                OFFSET 0
            )
            """,
            whole=self._whole() if back else SQL("v.deserved"),
            until=self._for_each(
                lambda n: SQL(
                    "CASE WHEN v.%s = v.deserved THEN %s END", self._column(n), self._until(n)
                )
            ),
            returned=self._returned() if back else SQL(""),
            idle=self._idle(),
            last=self._last(),
        )

    def _whole(self):
        levels = self._for_each(lambda n: self._level(n, "back"))
        return SQL("CASE WHEN back.found THEN GREATEST(%s) ELSE v.deserved END", levels)

    def _returned(self):
        """What came back since the level was reached, of the few whom that may have cost it."""
        measures = [name for name in self.used if name in BOUGHT]
        points = "points" in self.used
        since = SQL("(v.earned_since::timestamp AT TIME ZONE %s) AT TIME ZONE 'UTC'", self.zone)
        missing = SQL("").join(
            SQL(", NULL::numeric AS %s", SQL.identifier(f"{name}_{number}"))
            for name in MEASURES
            for number in self.numbers
            if name not in measures and not (points and name == "points")
        )
        return SQL(
            """
            LEFT JOIN LATERAL (
                SELECT TRUE AS found, journal.* %(ledger)s %(missing)s FROM (
                    SELECT %(sums)s FROM loyalty_club_purchase p %(mine)s
                     WHERE p.member_id = v.id AND %(returned)s AND p.date >= %(since)s
                       AND %(within)s AND v.returns > 0 AND v.held > v.deserved
                    ) AS journal %(entries)s
            ) back ON v.returns > 0 AND v.held > v.deserved
            """,
            sums=self._sums(measures),
            mine=self._mine_of(),
            returned=RETURNED,
            since=since,
            within=self._since_first(),
            missing=missing,
            ledger=SQL(", ledger.*") if points else SQL(""),
            entries=self._returned_points(since) if points else SQL(""),
        )

    def _mine_of(self):
        """The periods of the member ``v``, where they differ from member to member."""
        return SQL("CROSS JOIN (SELECT v.*) AS mine") if self.joined is not None else SQL("")

    def _returned_points(self, since):
        return SQL(
            """
            CROSS JOIN (
                SELECT %(sums)s FROM loyalty_club_entry p
                  JOIN loyalty_club_wallet w ON w.id = p.wallet_id AND w.kind_id = ANY(%(kinds)s)
                  %(mine)s
                 WHERE p.member_id = v.id AND p.kind IN ('refund_earn', 'debt')
                   AND v.returns > 0 AND v.held > v.deserved
                   AND p.date >= %(since)s AND %(within)s) AS ledger
            """,
            sums=self._sums(["points"]),
            mine=self._mine_of(),
            kinds=self._point_kinds(),
            since=since,
            within=self._since_first(),
        )

    def _idle(self):
        limits = periods.idle_limits(self.terms, len(self.levels), self.today)
        if not limits:
            return SQL("0")
        return SQL("(%s)", SQL(" + ").join(
            SQL("COALESCE(latest.day < %s, FALSE)::int", limit) for limit in limits
        ))  # fmt: skip

    def _last(self):
        """The day of the last purchase, where a silence costs levels."""
        if not self.terms.idle_months:
            return SQL("")
        return SQL(
            """
            LEFT JOIN LATERAL (
                SELECT (p.date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date AS day
                  FROM loyalty_club_purchase p
                 WHERE p.member_id = v.id AND p.date < %s AND NOT p.refund AND p.amount >= 0
                 ORDER BY p.date DESC LIMIT 1
            ) latest ON TRUE
            """,
            self.zone,
            self.end,
        )
