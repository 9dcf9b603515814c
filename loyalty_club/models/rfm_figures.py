"""What a member bought, and in which rhythm: one pass over the journal, into a temporary table.

The table `loyalty_club_rfm_fresh` has the figures of all members of a club, of some, or of those
whose stored values say otherwise. It is gone with the transaction.
"""

from datetime import datetime, time, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.tools import SQL

from ..clock import day_at, zone_of
from ..domain.periods import clock_changes
from .journal_shares import Share

# The figures, and the types of their columns.
_TYPES = {
    "first_purchase_on": "date", "last_purchase_on": "date", "frequency": "int",
    "monetary": "numeric", "monetary_before": "numeric", "visits": "int", "gap_sum": "int",
    "gap_squares": "int",
}  # fmt: skip
FIGURES = tuple(_TYPES)
_COUNTED = tuple(_TYPES.items())[2:]
# Of the value that is stored: also where it lies, which is quicker than to look it up again.
_STORED = {
    "value_id": "int", "place": "tid", "was_on": "date", "was_frequency": "int",
    "was_monetary": "numeric",
}  # fmt: skip
# The columns of ``loyalty_club_rfm_fresh`` where stored values are followed.
FRESH = {"member_id": "int", **_TYPES, **_STORED}
_SUMMED = {
    "monetary": SQL("COALESCE(b.before, 0) + COALESCE(b.after, 0)"),
    "monetary_before": SQL("COALESCE(b.before, 0)"),
}
BOUGHT = SQL("NOT p.refund AND p.amount >= 0")


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
    def _make_fresh(self, club, day, *, ids=None, differing=False, more=False):
        """Fill ``loyalty_club_rfm_fresh`` with the figures as they are at the end of ``day``.

        :param ids: of these members only.
        :param differing: only where the stored value says otherwise, with what it says.
        :param more: besides those that are there.
        """
        window = self._window(club, day)
        days = (self._shop_day(club, window), self._shop_day(club, window, since=window.first))
        wanted = self._differing if differing else self._figures
        journal = self.env["loyalty.club.purchase"]
        # By company no index has the order.
        shares = [Share()] if club.rfm_by_company else journal._shares(club, ids)
        columns = FRESH if differing else {"member_id": "int", **_TYPES}
        rows = journal._united([wanted(club, window, share, *days) for share in shares], columns)
        # To compile these statements takes longer than to run them, and joins of what comes in one
        # order need no hash tables, for which a million members have no room.
        self.env.cr.execute(
            SQL(
                "SET LOCAL jit = off; SET LOCAL enable_hashjoin = %s",
                "off" if ids is None else "on",
            )
        )
        self._fill_fresh(rows, columns, more)
        self.env.cr.execute("SET LOCAL enable_hashjoin = on")
        if not more:
            self.env.cr.execute("ANALYZE loyalty_club_rfm_fresh")

    @api.model
    def _fill_fresh(self, rows, columns, more=False):
        if more:
            names = SQL(", ").join(map(SQL.identifier, columns))
            self.env.cr.execute(
                SQL(
                    "INSERT INTO loyalty_club_rfm_fresh (%s) SELECT %s FROM %s f",
                    names,
                    names,
                    rows,
                )
            )
            return
        self.env.cr.execute("DROP TABLE IF EXISTS loyalty_club_rfm_fresh")
        self.env.cr.execute(
            SQL(
                "CREATE TEMP TABLE loyalty_club_rfm_fresh ON COMMIT DROP AS SELECT * FROM %s f",
                rows,
            )
        )

    @api.model
    def _differing(self, club, window, share, shop_day, window_day):
        """SELECT of the figures of members whose stored value says otherwise."""
        return SQL(
            """
            SELECT f.*, v.id AS value_id, v.ctid AS place, v.last_purchase_on AS was_on,
                   v.frequency AS was_frequency, v.monetary AS was_monetary
              FROM (%(figures)s OFFSET 0) AS f
              LEFT JOIN %(values)s AS v ON v.member_id = f.member_id
             WHERE v.id IS NULL OR (%(old)s) IS DISTINCT FROM (%(new)s)
            """,
            figures=self._figures(club, window, share, shop_day, window_day),
            values=share.rows("loyalty_club_rfm", "member_id"),
            old=SQL(", ").join(SQL.identifier("v", name) for name in FIGURES),
            new=SQL(", ").join(SQL.identifier("f", name) for name in FIGURES),
        )

    @api.model
    def _figures(self, club, window, share, shop_day, window_day):
        """SELECT of one row of figures for each member of a share.

        The rows of the window and those before it are counted apart: the rhythm takes the first in
        their order, and of the others only the days matter. All are taken as the journal's index by
        member and date has them, without sorting.
        """
        return SQL(
            """
            SELECT m.id AS member_id,
                   %(first_day)s AS first_purchase_on, %(last_day)s AS last_purchase_on,
                   %(counted)s
              FROM %(members)s AS m
              LEFT JOIN (%(within)s) AS b ON b.member_id = m.id
              LEFT JOIN (%(before)s) AS earlier ON earlier.member_id = m.id
             WHERE m.club_id = %(club)s AND m.merged_into_id IS NULL
            """,
            first_day=shop_day(SQL("COALESCE(earlier.first_date, b.first_date)")),
            last_day=shop_day(SQL("COALESCE(b.last_date, earlier.last_date)")),
            counted=SQL(", ").join(_in_window(name, kind) for name, kind in _COUNTED),
            members=share.rows("loyalty_club_member", "id"),
            within=self._within(self._source(club, share), window, window_day(SQL("p.date"))),
            before=self._before(self._source(club, share), window),
            club=club.id,
        )

    @api.model
    def _within(self, source, window, day):
        """SELECT of what members bought in the window, and of the rhythm of it.

        A return has no day, so that it is no visit; nor has an invoice that was reset to draft, a
        purchase with a negative amount, which undoes an earlier one.
        """
        return SQL(
            """
            SELECT p.member_id, MIN(p.date) FILTER (WHERE p.day IS NOT NULL) AS first_date,
                   MAX(p.date) FILTER (WHERE p.day IS NOT NULL) AS last_date,
                   COUNT(p.day) - COUNT(*) FILTER (WHERE p.day IS NULL AND NOT p.refund)
                       AS frequency,
                   SUM(p.amount) FILTER (WHERE p.date < %(middle)s) AS before,
                   SUM(p.amount) FILTER (WHERE p.date >= %(middle)s) AS after,
                   COUNT(*) FILTER (WHERE p.gap > 0) + 1 AS visits,
                   SUM(p.gap) AS gap_sum, SUM(p.gap * p.gap) AS gap_squares
              FROM (SELECT p.*, GREATEST(p.day - MAX(p.day) OVER (
                               PARTITION BY p.member_id ORDER BY p.date
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS gap
                      FROM (SELECT p.member_id, p.date, p.amount, p.refund,
                                   CASE WHEN %(was)s THEN %(day)s END AS day
                              FROM %(source)s AS p
                             WHERE p.member_id IS NOT NULL
                               AND p.date >= %(first)s AND p.date < %(end)s) AS p) AS p
             GROUP BY p.member_id
            """,
            was=BOUGHT,
            day=day,
            source=source,
            **window._asdict(),
        )

    @api.model
    def _before(self, source, window):
        """SELECT of the first and the last purchase of members before the window."""
        return SQL(
            """
            SELECT p.member_id, MIN(p.date) AS first_date, MAX(p.date) AS last_date
              FROM %s AS p
             WHERE p.member_id IS NOT NULL AND p.date < %s AND %s
             GROUP BY p.member_id
            """,
            source,
            window.first,
            BOUGHT,
        )

    @api.model
    def _source(self, club, share):
        """What stands behind FROM for the journal of a share of ``club``'s members."""
        if club.rfm_by_company:
            return self._source_by_company(club)
        if share != Share():
            return share.rows("loyalty_club_purchase", "member_id")
        return SQL("(SELECT * FROM loyalty_club_purchase WHERE club_id = %s)", club.id)

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
              WHERE own.club_id = %s)
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
    def _shop_day(self, club, window, since=None):
        """A function from a moment (SQL, UTC) to the day on the shop's clock (SQL).

        Between two changes of the clocks it is an addition: see :func:`clock_changes`.

        :param since: the earliest moment that is asked for; that of the first purchase when None.
        """
        first = (since or window.first).date()
        if since is None:
            first = min(self._first_day(club) or first, first)
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
        "CASE WHEN b.frequency > 0 THEN %(value)s ELSE 0 END::%(kind)s AS %(name)s",
        value=_SUMMED.get(name) or SQL.identifier("b", name),
        kind=SQL(kind),
        name=SQL.identifier(name),
    )
