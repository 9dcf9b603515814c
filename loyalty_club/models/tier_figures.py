"""What the levels of a club ask for, counted for its members by SQL.

Purchases come from the journal, points from the ledger. Which periods count, and what is
deserved in them, :mod:`..domain.tiers` says: dates and the comparison with the ladder come from
there. Nothing here writes; what the figures deserve is in :mod:`.tier_deserved`.
"""

from copy import copy
from datetime import date

from odoo.tools import SQL

from ..clock import end_of, zone_of
from ..domain import tier_periods as periods
from ..domain.tier_periods import ONE_DAY
from ..domain.tiers import MEASURES, ZERO
from .journal_shares import Share

# Entries that bring points for purchases, and take them back; what could not be taken is owed.
_PURCHASE_KINDS = ("earn", "refund_earn", "debt")
_OTHER_KINDS = ("bonus", "grant")
RETURNED = SQL("(p.refund OR p.amount < 0)")
_SUMS = {
    "points": SQL("SUM(p.amount)"),
    "engagement": SQL("SUM(p.amount)"),
    "spend": SQL("SUM(p.amount)"),
    # As in RFM: a return is no visit, a purchase with a negative amount undoes one.
    "visits": SQL("SUM(CASE WHEN p.refund THEN 0 WHEN p.amount < 0 THEN -1 ELSE 1 END)"),
    "items": SQL("SUM(p.quantity)"),
}
BOUGHT = ("spend", "visits", "items")
_TABLES = {"points": SQL("pointed"), "engagement": SQL("acted")}


class TierFigures:
    """The figures of members of one club on one day, as common table expressions.

    :param ids: ids of members, or None for all of the club.
    :param today: the day (date) up to whose end everything counts.
    """

    def __init__(self, env, club, ids, today):
        # One of the shares of the journal: see :meth:`of`.
        self.share = Share(ids=None if ids is None else tuple(ids))
        tiers = env["loyalty.club.tier"]
        self.env, self.club, self.ids, self.today = env, club, ids, today
        self.terms, self.points_of = env["loyalty.club"]._tier_terms(club.id)
        order, asking = tiers._ladder(club.id)
        self.order, self.asking_ids = list(order), [tier for tier, _level in asking]
        self.levels = [level for _tier, level in asking]
        self.zone = zone_of(club.company_id)
        self.used = self._used()
        self.joined = self._by_joined() if self.terms.kind == "anniversary" else None
        found = self.joined.values() if self.joined is not None else [self._spans(date.max)]
        self.spans = max(found, key=len, default=self._spans(today))
        self.numbers = range(len(self.spans))
        self.end = end_of(club.company_id, today)

    def of(self, share):
        """These figures, of the members of one share only."""
        found = copy(self)
        found.share = share
        return found

    def _used(self):
        """Which measures are counted: those that anything asks for, spend and visits always."""
        asked = {name for level in self.levels for name in level.least}
        if "score" in asked:
            asked |= self.terms.weights.keys()
        return [name for name in MEASURES if name in asked | {"spend", "visits"}]

    def _spans(self, joined):
        return periods.spans(self.terms, self.today, joined)

    def _by_joined(self):
        """Periods of everybody who joined on the same day."""
        wanted = SQL("TRUE") if self.ids is None else SQL("id = ANY(%s)", self.ids)
        self.env["loyalty.club.member"].flush_model(["join_date"])
        self.env.cr.execute(
            SQL(
                "SELECT DISTINCT join_date FROM loyalty_club_member WHERE club_id = %s AND %s",
                self.club.id,
                wanted,
            )
        )
        return {day: self._spans(day) for (day,) in self.env.cr.fetchall()}

    # --- pieces of SQL ----------------------------------------------------------------

    def _begin(self, number):
        """The moment at which a period begins."""
        if self.joined is not None:
            return SQL("mine.%s", SQL.identifier(f"begin_{number}"))
        return SQL("%s::timestamp", self._moment(self.spans[number].first))

    def _moment(self, day):
        return end_of(self.club.company_id, day - ONE_DAY)

    def _within(self, number):
        """That a row (alias ``p``) lies in a period; all rows are before :attr:`end`."""
        if len(self.spans) == 1:
            return SQL("TRUE")
        since = SQL("p.date >= %s", self._begin(number))
        if number == 0:
            return since
        return SQL("%s AND p.date < %s", since, self._begin(number - 1))

    def _since_first(self):
        return SQL("p.date >= %s AND p.date < %s", self._begin(self.numbers[-1]), self.end)

    def _for_each(self, text):
        """A list of SQL pieces, one for each period: ``text`` is a function of its number."""
        return SQL(", ").join(text(number) for number in self.numbers)

    # --- common table expressions --------------------------------------------------------

    def _mine(self):
        return SQL(
            """
            mine AS (
                SELECT m.id, m.join_date, m.tier_id AS shown, s.tier_id AS former, s.since,
                       s.until AS old_until,
                       s.earned_tier_id, s.earned_since, s.earned_until, s.granted_tier_id,
                       s.granted_until, s.granted_reason, %(old)s,
                       COALESCE(array_position(%(asking)s::int[], s.earned_tier_id) - 1, -1)
                       AS held %(dates)s
                  FROM loyalty_club_member m
                  LEFT JOIN %(standings)s AS s ON s.member_id = m.id
                  %(born)s
                 WHERE m.club_id = %(club)s AND m.merged_into_id IS NULL AND %(wanted)s
            )
            """,
            asking=self.asking_ids,
            old=SQL(", ").join(
                SQL("s.%s AS %s", SQL.identifier(name), SQL.identifier(f"old_{name}"))
                for name in MEASURES
            ),
            club=self.club.id,
            standings=self._in_order("loyalty_club_tier_standing", "member_id"),
            wanted=self.share.has(SQL("m.id")),
            dates=self._dates(),
            born=self._born(),
        )

    def _dates(self):
        if self.joined is None:
            return SQL("")
        names = ["running_last", *(f"{w}_{n}" for n in self.numbers for w in ("begin", "until"))]
        return SQL("").join(SQL(", born.%s", SQL.identifier(name)) for name in names)

    def _born(self):
        """Periods by the day of joining; who has fewer of them has empty ones."""
        if self.joined is None:
            return SQL("")
        days = sorted(self.joined)
        columns = {"joined": ("date", days)}
        columns["running_last"] = ("date", [self.joined[day][0].last for day in days])
        for number in self.numbers:
            found = [self.joined[day][number : number + 1] for day in days]
            last = [self.joined[day][-1] for day in days]
            columns[f"begin_{number}"] = (
                "timestamp",
                [
                    self._moment((own or [end])[0].first)
                    for own, end in zip(found, last, strict=True)
                ],
            )
            columns[f"until_{number}"] = ("date", [own[0].until if own else None for own in found])
        return SQL(
            "JOIN unnest(%s) AS born(%s) ON born.joined = m.join_date",
            SQL(", ").join(SQL(f"%s::{kind}[]", values) for kind, values in columns.values()),
            SQL(", ").join(map(SQL.identifier, columns)),
        )

    def _sums(self, measures):
        """Columns ``measure_number`` over the journal (alias ``p``)."""
        return SQL(", ").join(
            SQL(
                "%s FILTER (WHERE %s) AS %s",
                _SUMS[name],
                self._within(number),
                SQL.identifier(f"{name}_{number}"),
            )
            for name in measures
            for number in self.numbers
        )

    def _in_order(self, table, column):
        """A table of members: of a range of them, an index has the rows in their order."""
        return SQL.identifier(table) if self.share.first is None else self.share.rows(table, column)

    def _wanted(self):
        """That a row (alias ``p``) is one of these members'."""
        return self.share.has(SQL("p.member_id"))

    def _with_mine(self):
        """The periods of a row's member, where they differ from member to member."""
        return SQL("JOIN mine ON mine.id = p.member_id") if self.joined is not None else SQL("")

    def _bought(self):
        return SQL(
            """
            bought AS (
                SELECT p.member_id, %(sums)s, COUNT(*) FILTER (WHERE %(returned)s) AS returns
                  FROM loyalty_club_purchase p %(join)s
                 WHERE %(club)s %(wanted)s AND %(since)s
                 GROUP BY p.member_id
            )
            """,
            sums=self._sums([name for name in self.used if name in BOUGHT]),
            returned=RETURNED,
            join=self._with_mine(),
            # A range has the members of a club that is most of the journal: see ``_shares``.
            club=SQL("p.club_id = %s AND", self.club.id) if self.share.first is None else SQL(""),
            wanted=self._wanted(),
            since=self._since_first(),
        )

    def _pointed(self):
        """Points of the ledger; those of merged memberships count for the one that stays."""
        if "points" not in self.used:
            return SQL("pointed AS (SELECT 0 AS member_id WHERE FALSE)")
        return SQL(
            """
            pointed AS (
                SELECT mine.id AS member_id, %(sums)s
                  FROM mine
                  JOIN loyalty_club_member em ON em.id = mine.id OR em.merged_into_id = mine.id
                  JOIN loyalty_club_entry p ON p.member_id = em.id
                  JOIN loyalty_club_wallet w ON w.id = p.wallet_id AND w.kind_id = ANY(%(kinds)s)
                 WHERE p.kind = ANY(%(counted)s) AND %(since)s
                 GROUP BY mine.id
            )
            """,
            sums=self._sums(["points"]),
            kinds=self._point_kinds(),
            counted=self._counted_kinds(),
            since=self._since_first(),
        )

    def _point_kinds(self):
        """Ids of the kinds of value whose entries say what was earned: points, and points owed."""
        # sudo: which kinds there are is the same for whoever asks
        club = self.club.sudo()
        return (club.points_kind_id | club.debt_kind_id).ids

    def _counted_kinds(self):
        other = _OTHER_KINDS if self.points_of == "all" else ()
        return [*_PURCHASE_KINDS, *other]

    def _acted(self):
        """Points for acts that are no purchases."""
        if "engagement" not in self.used:
            return SQL("acted AS (SELECT 0 AS member_id WHERE FALSE)")
        self.env["loyalty.club.act"].flush_model()
        return SQL(
            """
            acted AS (
                SELECT p.member_id, %(sums)s
                  FROM loyalty_club_act p %(join)s
                 WHERE p.club_id = %(club)s AND p.wallet_kind_id = %(kind)s
                   AND p.refused IS NULL AND %(wanted)s AND %(since)s
                 GROUP BY p.member_id
            )
            """,
            sums=self._sums(["engagement"]),
            join=self._with_mine(),
            club=self.club.id,
            kind=self.club.sudo().points_kind_id.id,  # sudo: as above
            wanted=self._wanted(),
            since=self._since_first(),
        )

    def _valued(self):
        figures = SQL(", ").join(
            SQL("%s AS %s", self._figure(name, number), SQL.identifier(f"{name}_{number}"))
            for number in self.numbers
            for name in MEASURES
        )
        return SQL(
            """
            valued AS (
                SELECT mine.*, %(figures)s, COALESCE(bought.returns, 0) AS returns
                  FROM mine
                  LEFT JOIN bought ON bought.member_id = mine.id
                  LEFT JOIN pointed ON pointed.member_id = mine.id
                  LEFT JOIN acted ON acted.member_id = mine.id
                OFFSET 0
            )
            """,
            figures=figures,
        )

    def _figure(self, name, number):
        column = SQL.identifier(f"{name}_{number}")
        source = _TABLES.get(name, SQL("bought"))
        figure = SQL("COALESCE(%s.%s, 0)::numeric", source, column)
        if name not in self.used:
            figure = SQL("0::numeric")
        head = self.terms.head_start.get(name, ZERO)
        if not head:
            return figure
        joined = SQL("(mine.join_date::timestamp AT TIME ZONE %s) AT TIME ZONE 'UTC'", self.zone)
        within = SQL("%s >= %s", joined, self._begin(number))
        if number:
            within = SQL("%s AND %s < %s", within, joined, self._begin(number - 1))
        return SQL("%s + CASE WHEN %s THEN %s ELSE 0 END", figure, within, head)
