"""What a what-if knows of the past: who the members are, and what they bought and brought back."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL

from ..domain.replay_rows import Row
from ..domain.sale import MemberFacts
from .replay_lines import ReplayDocuments

_NOBODYS = -1


class Entry(NamedTuple):
    """One row of the journal as it is read."""

    member: int
    moment: object
    channel: str
    branch: int | None
    amount: str
    quantity: str | None
    refund: bool
    model: str | None
    origin: int | None
    counts: bool

    @property
    def bought(self):
        """Whether it is a purchase: nothing that came back or was undone."""
        return not self.refund and not self.amount.startswith("-")

    @property
    def key(self):
        """Its document, or None for an import."""
        return (self.model, self.origin) if self.origin else None


class History(NamedTuple):
    """The history of one member.

    :param rows: oldest first.
    :param margins: for each row net amount less cost of the goods, where that is known.
    """

    member: int
    rows: list
    margins: list


class ReplayHistory:
    """The journal of some members of one club, as :mod:`~..domain.replay` reads it.

    :param club: loyalty.club.
    :param period: moments (naive, UTC) at which the purchases that are judged begin and end.
    :param zone: name of the shop's time zone.
    :param needs: what the rules ask, as ``Rule.needs`` has it.
    :param goods: whether they ask about goods or means of payment.
    """

    def __init__(self, club, period, zone, needs, goods):
        self.env = club.env
        self.club, self.zone, self.needs, self.goods = club, zone, needs, goods
        self.start, self.end = period
        self.documents = ReplayDocuments(club)
        self.unknown = 0  # purchases without goods, where rules ask about goods

    # --- who -------------------------------------------------------------------------

    def facts(self, low, high):
        """Who the members with ids above ``low`` up to ``high`` are today.

        :returns: dict of id to :class:`MemberFacts`.
        """
        segments = self._segments(low, high)
        self.env.cr.execute(
            SQL(
                """
                SELECT m.id, m.tier_id, m.kind, COALESCE(p.is_company, FALSE), m.sex, m.age_group,
                       m.area_id, m.join_date, COALESCE(m.birth_jalali, 0),
                       COALESCE(m.birth_gregorian, 0), COALESCE(m.anniversary_jalali, 0),
                       COALESCE(m.anniversary_gregorian, 0)
                  FROM loyalty_club_member m
                  JOIN res_partner p ON p.id = m.partner_id
                 WHERE m.id > %s AND m.id <= %s AND m.club_id = %s
                """,
                low,
                high,
                self.club.id,
            )
        )
        return {
            member: MemberFacts(
                tier,
                segments.get(member, frozenset()),
                frozenset({kind, "company" if company else "person"}),
                *rest,
            )
            for member, tier, kind, company, *rest in self.env.cr.fetchall()
        }

    def _segments(self, low, high):
        if "segments" not in self.needs:
            return {}
        self.env.cr.execute(
            SQL(
                "SELECT member_id, array_agg(segment_id) FROM loyalty_club_segment_member"
                " WHERE until IS NULL AND member_id > %s AND member_id <= %s GROUP BY member_id",
                low,
                high,
            )
        )
        return {member: frozenset(found) for member, found in self.env.cr.fetchall()}

    # --- what ------------------------------------------------------------------------

    def of(self, low, high):
        """What members with ids above ``low`` up to ``high`` bought and brought back.

        :returns: list of :class:`History`.
        """
        entries = self._journal(low, high)
        origins, returns = defaultdict(set), defaultdict(set)
        for entry in entries:
            if entry.origin and entry.counts:
                (origins if entry.bought else returns)[entry.model].add(entry.origin)
        sums = self.documents.sums(origins)
        goods = self.documents.goods(origins) if self.goods else {}
        sources = self.documents.sources(returns) if returns else {}
        found = []
        for entry in entries:
            if not found or found[-1].member != entry.member:
                found.append(History(entry.member, [], []))
                places = {}
            history = found[-1]
            basis, margin = sums.get(entry.key, (None, None)) if entry.bought else (None, None)
            if entry.bought and entry.key:
                places[entry.key] = len(history.rows)
            history.rows.append(
                self._row(entry, basis, goods.get(entry.key), _undone(entry, places, sources))
            )
            history.margins.append(margin)
        return found

    def _journal(self, low, high):
        # What came before the period is read only where a rule asks for it.
        before = bool(self.needs & {"purchases", "days"})
        self.env.cr.execute(
            SQL(
                """
                SELECT p.member_id, p.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s, p.channel,
                       p.branch_id, p.amount::text, p.quantity::text, p.refund, p.origin_model,
                       p.origin_id, p.date >= %(start)s
                  FROM loyalty_club_purchase p
                 WHERE p.member_id > %(low)s AND p.member_id <= %(high)s
                   AND p.club_id = %(club)s AND p.date < %(end)s AND %(since)s
                 ORDER BY p.member_id, p.date, p.id
                """,
                zone=self.zone,
                start=self.start,
                low=low,
                high=high,
                club=self.club.id,
                end=self.end,
                since=SQL("TRUE") if before else SQL("p.date >= %s", self.start),
            )
        )
        return [Entry(*row) for row in self.env.cr.fetchall()]

    def _row(self, entry, basis, goods, undoes):
        lines, paid, shown = goods if goods and entry.bought else (None, {}, False)
        self.unknown += self.goods and entry.bought and entry.counts and lines is None
        return Row(
            entry.moment,
            Decimal(entry.amount),
            entry.refund,
            entry.counts,
            entry.channel,
            entry.branch,
            Decimal(entry.quantity) if entry.quantity else Decimal(1),
            basis,
            undoes,
            lines,
            paid,
            shown,
        )


def _undone(entry, places, sources):
    """Index of the purchase of which goods came back, where the documents say so."""
    if entry.bought or not entry.key or not entry.amount.startswith("-"):
        return None
    source = sources.get(entry.key) if entry.refund else entry.key
    return places.get(source, _NOBODYS) if source else None
