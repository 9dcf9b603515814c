"""How figures follow a short step without counting anew: what came is added, what left taken off.

From one day to the next a window takes in the purchases of a day, gives away those of another, and
some pass from its later half to its earlier one: three ranges that the journal has side by side,
whatever the members. Their sums are added to what is stored. Who cannot be followed so, as
somebody whose purchase came late, is counted anew, as everybody is after a longer step.
"""

from odoo import api, models
from odoo.tools import SQL

from ..clock import zone_of
from ..domain.periods import clock_changes, has_day_twice
from .rfm_figures import BOUGHT, FIGURES, FRESH

# A step is short when the window is at least so many times as long.
_SHORT = 16
# With more buyers, their members are divided among processes, see :mod:`.journal_shares`.
_LARGE = 100_000
_DIVISIONS = 3
_PARTS = {"came": 1, "passed": 0, "left": -1}


class LoyaltyClubRfm(models.Model):
    """Figures that follow by sums."""

    _inherit = "loyalty.club.rfm"

    @api.model
    def _is_short_step(self, club, day):
        """Whether sums can be followed from the day of the values of ``club`` to ``day``.

        Where a clock was put back over midnight, days do not follow each other as moments do.
        """
        step = (day - club.rfm_day).days
        if step * _SHORT > club.rfm_window_days:
            return False
        first = self._window(club, club.rfm_day).first.date()
        return not has_day_twice(clock_changes(zone_of(club.company_id), first, day))

    @api.model
    def _follow(self, club, day):
        """Fill ``loyalty_club_rfm_fresh`` with the figures of members of whom something came,
        passed or left, as they are at the end of ``day``, by a short step.

        :returns: ids of those who are to be counted anew: they are not in it.
        """
        anew, late = self._taken_up(club, day)
        self._make_sums(club, day, anew, late)
        unsure = self.env.execute_query(
            SQL("DELETE FROM loyalty_club_rfm_fresh WHERE NOT sure RETURNING member_id")
        )
        return [*anew, *(member for (member,) in unsure)]

    @api.model
    def _taken_up(self, club, day):
        """Take up what the journal noted, and members without a value.

        Purchases of the days that are new are found by their date, with those that were dated
        ahead.

        :returns: ids of members who have to be counted anew; ids of other purchases.
        """
        former, window = self._window(club, club.rfm_day), self._window(club, day)
        rows = self.env.execute_query(
            SQL(
                """
                WITH due AS (
                    DELETE FROM loyalty_club_rfm_due WHERE club = %(club)s
                    RETURNING member, purchase, date
                )
                SELECT member, CASE WHEN date >= %(middle)s THEN purchase END FROM due
                 WHERE purchase IS NULL OR date < %(end)s
                 UNION ALL
                SELECT m.id, NULL FROM loyalty_club_member m
                 WHERE m.club_id = %(club)s AND m.rfm_id IS NULL AND m.merged_into_id IS NULL
                """,
                club=club.id,
                middle=window.middle,
                end=former.end,
            )
        )
        anew = {member for member, purchase in rows if purchase is None}
        return list(anew), [purchase for member, purchase in rows if member not in anew]

    @api.model
    def _make_sums(self, club, day, anew, late):
        """Make ``loyalty_club_rfm_fresh`` of the stored figures and of what came and left.

        :param anew: ids of members who are left out.
        :param late: ids of purchases that came after their day was counted.
        """
        large = self._computed_of(club).get("buyers", 0) > _LARGE
        queries = [
            self._followed(club, day, self._summed(club, day, anew, late, number))
            for number in (range(_DIVISIONS) if large else [None])
        ]
        columns = {**FRESH, "sure": "bool"}
        rows = self.env["loyalty.club.purchase"]._united(queries, columns)
        self.env.cr.execute("SET LOCAL jit = off")
        self._fill_fresh(rows, columns)

    @api.model
    def _followed(self, club, day, summed):
        """SELECT of figures as they follow by sums, with what is stored, and whether it is sure."""
        return SQL(
            """
            WITH summed AS (%(summed)s), joined AS (%(joined)s)
            SELECT member_id,
                   COALESCE(first_purchase_on, new_first) AS first_purchase_on,
                   GREATEST(last_purchase_on, new_last) AS last_purchase_on,
                   %(counted)s, value_id, place, last_purchase_on AS was_on,
                   frequency AS was_frequency, monetary AS was_monetary, sure
              FROM joined
            """,
            summed=summed,
            joined=self._joined(club, day),
            counted=SQL(", ").join(
                SQL(
                    "(CASE WHEN frequency + times > 0 THEN %s ELSE 0 END)::%s AS %s",
                    SQL(text),
                    SQL(FRESH[name]),
                    SQL.identifier(name),
                )
                for name, text in _FOLLOWING.items()
            ),
        )

    @api.model
    def _summed(self, club, day, anew, late, number):
        """SELECT of what came, passed and left, by member, and of the rhythm of it.

        :param number: of the division of members, where they are divided.
        """
        return SQL(
            """
            SELECT p.member_id, SUM(p.part * p.times)::int AS times,
                   SUM(p.part * p.amount) AS amount,
                   SUM(CASE p.part WHEN 1 THEN 0 WHEN 0 THEN p.amount ELSE -p.amount END) AS before,
                   %(came)s, %(left)s
              FROM (SELECT p.*, p.day - LAG(p.day) OVER (
                               PARTITION BY p.member_id, p.part ORDER BY p.day) AS gap
                      FROM (SELECT p.member_id, p.part, p.day, SUM(p.amount) AS amount,
                                   COUNT(p.day)
                                   - COUNT(*) FILTER (WHERE p.day IS NULL AND NOT p.refund) AS times
                              FROM (%(rows)s) AS p
                             WHERE %(own)s AND NOT EXISTS (
                                   SELECT FROM unnest(%(anew)s::int[]) AS anew(id)
                                    WHERE anew.id = p.member_id)
                             GROUP BY p.member_id, p.part, p.day) AS p) AS p
             GROUP BY p.member_id
            """,
            came=_days_of("new", _PARTS["came"]),
            left=_days_of("old", _PARTS["left"]),
            rows=self._rows_of_step(club, day, late),
            own=SQL("TRUE")
            if number is None
            else SQL("mod(p.member_id, %s) = %s", _DIVISIONS, number),
            anew=anew,
        )

    @api.model
    def _rows_of_step(self, club, day, late):
        """SELECT of the journal's rows that come into the window, pass its middle or leave it."""
        former, window = self._window(club, club.rfm_day), self._window(club, day)
        shop_day = self._shop_day(club, window, since=former.first)
        columns = SQL(
            "p.member_id, p.amount, p.refund, CASE WHEN %s THEN %s END AS day",
            BOUGHT,
            shop_day(SQL("p.date")),
        )
        ranges = [
            (_PARTS["came"], former.end, window.end),
            (_PARTS["passed"], former.middle, window.middle),
            (_PARTS["left"], former.first, window.first),
        ]
        parts = [
            SQL(
                "SELECT %s AS part, %s FROM loyalty_club_purchase p WHERE p.club_id = %s"
                " AND p.date >= %s AND p.date < %s AND p.member_id IS NOT NULL",
                part, columns, club.id, since, until,
            )
            for part, since, until in ranges
            if since < until
        ]  # fmt: skip
        parts.append(
            SQL(
                "SELECT %s AS part, %s FROM unnest(%s::int[]) AS late(id)"
                " JOIN loyalty_club_purchase p ON p.id = late.id",
                _PARTS["came"],
                columns,
                late,
            )
        )
        return SQL(" UNION ALL ").join(parts)

    @api.model
    def _joined(self, club, day):
        """SELECT of the sums with the stored figures, and with the visit after those that left.

        Whose value says that nothing was bought has no sums to go on from: she is sure when there
        was nothing. Nor is she whose purchase came after a later one was counted.
        """
        former, window = self._window(club, club.rfm_day), self._window(club, day)
        shop_day = self._shop_day(club, window, since=former.first)
        return SQL(
            """
            SELECT s.*, v.id AS value_id, v.ctid AS place, %(figures)s, following.day AS next_first,
                   CASE WHEN v.frequency > 0 THEN v.last_purchase_on ELSE s.new_first END AS since,
                   CASE WHEN v.frequency > 0
                        THEN COALESCE(s.new_first >= v.last_purchase_on, TRUE)
                        ELSE NOT EXISTS (
                            SELECT FROM loyalty_club_purchase p WHERE p.member_id = v.member_id
                               AND p.date >= %(first)s AND p.date < %(end)s) END AS sure
              FROM summed s
              JOIN loyalty_club_rfm v ON v.member_id = s.member_id
              LEFT JOIN LATERAL (
                    SELECT %(day)s AS day FROM loyalty_club_purchase p
                     WHERE p.member_id = s.member_id AND s.old_first IS NOT NULL
                       AND p.date >= %(since)s AND p.date < %(until)s AND %(bought)s
                     ORDER BY p.date LIMIT 1
                   ) AS following ON TRUE
            """,
            figures=SQL(", ").join(SQL.identifier("v", name) for name in FIGURES),
            first=former.first,
            end=former.end,
            day=shop_day(SQL("p.date")),
            since=window.first,
            until=window.end,
            bought=BOUGHT,
        )


def _days_of(name, part):
    """The first and last day of a part of the step, its visits, and the squares between them."""
    among = SQL("FILTER (WHERE p.part = %s)", part)
    return SQL(
        "MIN(p.day) %(among)s AS %(first)s, MAX(p.day) %(among)s AS %(last)s,"
        " COUNT(p.day) %(among)s AS %(visits)s,"
        " COALESCE(SUM(p.gap * p.gap) %(among)s, 0) AS %(squares)s",
        among=among,
        **{end: SQL.identifier(f"{name}_{end}") for end in ("first", "last", "visits", "squares")},
    )


# What the figures of the window will be, of what is stored, came and left. The first visit that
# came follows the last one that was known (`since`); a gap leaves with the visit before it.
_FOLLOWING = {
    "frequency": "frequency + times",
    "monetary": "monetary + amount",
    "monetary_before": "monetary_before + before",
    "visits": "visits + new_visits - old_visits"
    " - (frequency > 0 AND COALESCE(new_first = since, FALSE))::int",
    "gap_sum": "gap_sum + COALESCE(new_last - since, 0) - COALESCE(next_first - old_first, 0)",
    "gap_squares": "gap_squares + new_squares - old_squares"
    " + COALESCE((new_first - since) * (new_first - since), 0)"
    " - COALESCE((next_first - old_last) * (next_first - old_last), 0)",
}
