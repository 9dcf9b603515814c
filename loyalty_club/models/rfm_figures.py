"""What a member bought, and in which rhythm: one pass over the journal, into a temporary table.

The table `loyalty_club_rfm_fresh` has the figures of all members of a club, or of those whom the
table `loyalty_club_rfm_touched` names. Both are gone with the transaction.
"""

from datetime import datetime, time, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.tools import SQL

from ..clock import day_at, zone_of
from ..domain.periods import clock_changes

FIGURES = (
    "first_purchase_on", "last_purchase_on", "frequency", "monetary", "monetary_before", "visits",
    "gap_sum", "gap_squares",
)  # fmt: skip
_COUNTED = (
    ("frequency", "int"), ("monetary", "numeric"), ("monetary_before", "numeric"),
    ("visits", "int"), ("gap_sum", "int"), ("gap_squares", "int"),
)  # fmt: skip
# An invoice reset to draft: a purchase with a negative amount undoes an earlier one.
_ONE = SQL("CASE WHEN p.refund THEN 0 WHEN p.amount < 0 THEN -1 ELSE 1 END")
_BOUGHT = SQL("NOT p.refund AND p.amount >= 0")


class Window(NamedTuple):
    """The moments (naive, UTC) where the window begins, its later half begins, and it ends."""

    first: datetime
    middle: datetime
    end: datetime


class LoyaltyClubRfm(models.Model):
    """The figures of members, from the journal."""

    _inherit = "loyalty.club.rfm"

    @api.model
    def _window(self, club, day):
        """The window of ``club`` (loyalty.club) that ends with ``day``: see :class:`Window`."""
        zone = ZoneInfo(zone_of(club.company_id))
        first = day - timedelta(days=club.rfm_window_days - 1)
        middle = first + timedelta(days=club.rfm_window_days // 2)
        return Window(
            *(
                datetime.combine(start, time.min, zone)
                .astimezone(timezone.utc)
                .replace(tzinfo=None)
                for start in (first, middle, day + timedelta(days=1))
            )
        )

    @api.model
    def _make_fresh(self, club, day, *, touched=False):
        """Fill ``loyalty_club_rfm_fresh`` with the figures as they are at the end of ``day``.

        :param touched: only of the members in ``loyalty_club_rfm_touched``.
        """
        # To compile these statements takes longer than to run them, and joins of what comes in one
        # order need no hash tables, for which a million members have no room. A few are looked up.
        self.env.cr.execute(
            SQL(
                "SET LOCAL jit = off; SET LOCAL enable_hashjoin = off;"
                "SET LOCAL enable_mergejoin = %s; DROP TABLE IF EXISTS loyalty_club_rfm_fresh",
                "off" if touched else "on",
            )
        )
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMP TABLE loyalty_club_rfm_fresh ON COMMIT DROP AS
                SELECT m.id AS member_id, b.first_purchase_on, b.last_purchase_on,
                       %(counted)s
                  FROM %(members)s
                 WHERE m.club_id = %(club)s AND m.merged_into_id IS NULL
                """,
                counted=SQL(", ").join(_in_window(name, kind) for name, kind in _COUNTED),
                members=SQL(
                    "(%s) b JOIN loyalty_club_member m ON m.id = b.member_id"
                    if touched
                    else "loyalty_club_member m LEFT JOIN (%s) b ON b.member_id = m.id",
                    self._figures(club, day, touched),
                ),
                club=club.id,
            )
        )
        self.env.cr.execute(
            "SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on;"
            "ANALYZE loyalty_club_rfm_fresh"
        )

    @api.model
    def _figures(self, club, day, touched):
        """SELECT of one row of figures for each member with a purchase up to ``day``.

        What was bought is an aggregate of all rows, the rhythm a pass over those of the window in
        their order. Both take the rows as the journal's index by member and date has them, without
        sorting; one pass for both would carry every row through the second's window function.
        """
        window = self._window(club, day)
        shop_day = self._shop_day(club, window)
        if touched:
            return self._figures_of_touched(window, shop_day)
        source = self._source(club)
        return SQL(
            """
            SELECT bought.member_id, %(first_day)s AS first_purchase_on,
                   %(last_day)s AS last_purchase_on, bought.frequency, bought.monetary,
                   bought.monetary_before, rhythm.visits, rhythm.gap_sum, rhythm.gap_squares
              FROM (%(bought)s) AS bought
              LEFT JOIN (%(rhythm)s) AS rhythm ON rhythm.member_id = bought.member_id
            """,
            first_day=shop_day(SQL("bought.first_date")),
            last_day=shop_day(SQL("bought.last_date")),
            bought=self._bought(source, window),
            rhythm=self._rhythm(source, window, shop_day(SQL("p.date"))),
        )

    @api.model
    def _figures_of_touched(self, window, shop_day):
        """The same of the few members in ``loyalty_club_rfm_touched``.

        One pass over their rows of the window; the first and last purchase of all times are looked
        up, however long ago they were.
        """
        return SQL(
            """
            SELECT counted.member_id, %(first_day)s AS first_purchase_on,
                   %(last_day)s AS last_purchase_on, counted.frequency, counted.monetary,
                   counted.monetary_before, counted.visits, counted.gap_sum, counted.gap_squares
              FROM (%(counted)s) AS counted
              LEFT JOIN LATERAL (%(first)s) AS first ON TRUE
              LEFT JOIN LATERAL (%(last)s) AS last ON TRUE
            """,
            first_day=shop_day(SQL("first.date")),
            last_day=shop_day(SQL("COALESCE(counted.last_date, last.date)")),
            counted=self._counted_in_window(window, shop_day(SQL("p.date"))),
            first=self._outermost(SQL("p.date < %s", window.end), SQL("ASC")),
            last=self._outermost(
                SQL("counted.last_date IS NULL AND p.date < %s", window.first), SQL("DESC")
            ),
        )

    @api.model
    def _outermost(self, condition, order):
        """SELECT of the first, or last, purchase of who is ``counted``."""
        return SQL(
            "SELECT p.date FROM loyalty_club_purchase p WHERE p.member_id = counted.member_id"
            " AND %s AND %s ORDER BY p.date %s LIMIT 1",
            condition,
            _BOUGHT,
            order,
        )

    @api.model
    def _counted_in_window(self, window, shop_day):
        """SELECT of what touched members bought in the window, and of the rhythm of it."""
        return SQL(
            """
            SELECT p.member_id, MAX(p.date) FILTER (WHERE p.was) AS last_date,
                   SUM(p.one) FILTER (WHERE p.date IS NOT NULL) AS frequency,
                   SUM(p.amount) AS monetary,
                   SUM(p.amount) FILTER (WHERE p.date < %(middle)s) AS monetary_before,
                   COUNT(*) FILTER (WHERE p.gap > 0) + BOOL_OR(p.was)::int AS visits,
                   SUM(p.gap) AS gap_sum, SUM(p.gap * p.gap) AS gap_squares
              FROM (SELECT p.*, CASE WHEN p.was THEN GREATEST(
                               p.day - MAX(CASE WHEN p.was THEN p.day END) OVER (
                                   PARTITION BY p.member_id ORDER BY p.date
                                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) END AS gap
                      FROM (SELECT t.member_id, p.date, p.amount, %(one)s AS one, %(was)s AS was,
                                   %(day)s AS day
                              FROM loyalty_club_rfm_touched t
                              LEFT JOIN loyalty_club_purchase p ON p.member_id = t.member_id
                               AND p.date >= %(first)s AND p.date < %(end)s) AS p) AS p
             GROUP BY p.member_id
            """,
            one=_ONE,
            was=_BOUGHT,
            day=shop_day,
            **window._asdict(),
        )

    @api.model
    def _bought(self, source, window):
        """SELECT of how often and for how much members bought."""
        return SQL(
            """
            SELECT p.member_id, MIN(p.date) FILTER (WHERE %(was)s) AS first_date,
                   MAX(p.date) FILTER (WHERE %(was)s) AS last_date,
                   SUM(%(one)s) FILTER (WHERE p.date >= %(first)s) AS frequency,
                   SUM(p.amount) FILTER (WHERE p.date >= %(first)s) AS monetary,
                   SUM(p.amount) FILTER (WHERE p.date >= %(first)s AND p.date < %(middle)s)
                       AS monetary_before
              FROM %(source)s
             WHERE p.member_id IS NOT NULL AND p.date < %(end)s
             GROUP BY p.member_id
            """,
            was=_BOUGHT,
            one=_ONE,
            source=source,
            **window._asdict(),
        )

    @api.model
    def _rhythm(self, source, window, shop_day):
        """SELECT of the visits of members in the window and the gaps between them."""
        return SQL(
            """
            SELECT p.member_id, COUNT(*) FILTER (WHERE p.gap > 0) + 1 AS visits,
                   SUM(p.gap) AS gap_sum, SUM(p.gap * p.gap) AS gap_squares
              FROM (SELECT p.member_id,
                           GREATEST(p.day - MAX(p.day) OVER (
                               PARTITION BY p.member_id ORDER BY p.date
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS gap
                      FROM (SELECT p.member_id, p.date, %(day)s AS day FROM %(source)s
                             WHERE p.member_id IS NOT NULL AND %(was)s
                               AND p.date >= %(first)s AND p.date < %(end)s) AS p) AS p
             GROUP BY p.member_id
            """,
            day=shop_day,
            was=_BOUGHT,
            source=source,
            first=window.first,
            end=window.end,
        )

    @api.model
    def _source(self, club):
        """What stands behind FROM for the journal (alias ``p``) of ``club``'s members."""
        if club.rfm_by_company:
            return self._source_by_company(club)
        # A member's purchases are all of her club, and whoever is counted is of this club: to leave
        # out the others' rows only saves work, and costs the index that has all else.
        mostly = self.env.execute_query(
            SQL(
                "SELECT 2 * COUNT(*) FILTER (WHERE club_id = %s) >= COUNT(*)"
                " FROM loyalty_club_member",
                club.id,
            )
        )
        if mostly[0][0]:
            return SQL("loyalty_club_purchase p")
        return SQL("(SELECT * FROM loyalty_club_purchase WHERE club_id = %s) AS p", club.id)

    @api.model
    def _source_by_company(self, club):
        """The journal, with the purchases of a company's people as those of the company.

        A purchase counts for the member who is the company behind its contact, if there is one.
        """
        return SQL(
            """
            (SELECT COALESCE(company.id, own.member_id) AS member_id, own.date, own.amount,
                    own.refund
               FROM loyalty_club_purchase own
               JOIN res_partner contact ON contact.id = own.partner_id
               LEFT JOIN loyalty_club_member company
                 ON company.partner_id = contact.commercial_partner_id
                AND company.club_id = own.club_id AND company.merged_into_id IS NULL
              WHERE own.club_id = %s) AS p
            """,
            club.id,
        )

    @api.model
    def _first_day(self, club):
        """The shop's day of the first purchase in the journal of ``club``, or None."""
        moment = self.env.execute_query(
            SQL("SELECT MIN(date) FROM loyalty_club_purchase WHERE club_id = %s", club.id)
        )[0][0]
        return day_at(moment, zone_of(club.company_id)) if moment else None

    @api.model
    def _shop_day(self, club, window):
        """A function from a moment (SQL, UTC) to the day on the shop's clock (SQL).

        Between two changes of the clocks it is an addition: see :func:`clock_changes`.
        """
        first = min(self._first_day(club) or window.first.date(), window.first.date())
        changes = clock_changes(zone_of(club.company_id), first, window.end.date())

        def day_of(moment):
            parts = [
                SQL("(%s + %s * INTERVAL '1 second')::date", moment, ahead)
                for _since, ahead in changes
            ]
            day = parts[0]
            for (since, _ahead), part in zip(changes[1:], parts[1:], strict=True):
                day = SQL("CASE WHEN %s >= %s THEN %s ELSE %s END", moment, since, part, day)
            return day

        return day_of


def _in_window(name, kind):
    """A figure of who bought in the window, 0 of who did not: of returns alone nothing is said."""
    return SQL(
        "CASE WHEN b.frequency > 0 THEN COALESCE(b.%(name)s, 0) ELSE 0 END::%(kind)s AS %(name)s",
        name=SQL.identifier(name),
        kind=SQL(kind),
    )
