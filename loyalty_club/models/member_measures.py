"""What rules over members ask for beside the membership itself; nothing here is stored.

Each figure is computed for the members who are looked at, by one statement for all of them, and
searched by the statement that finds the members, so that a million members are never loaded.
"""

import operator as compare
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..clock import today_in, zone_of
from ..const import AMOUNT_DIGITS
from ..finding import found_in

COMPARE = {"<": compare.lt, "<=": compare.le, ">": compare.gt, ">=": compare.ge}
_BOUGHT = SQL("NOT p.refund AND p.amount > 0")


class LoyaltyClubMember(models.Model):
    """Figures of a member by which groups are made."""

    _inherit = "loyalty.club.member"

    first_purchase_on = fields.Date(
        string="First purchase",
        compute="_compute_purchase_figures",
        search="_search_first_purchase_on",
    )
    last_purchase_on = fields.Date(
        string="Last purchase",
        compute="_compute_purchase_figures",
        search="_search_last_purchase_on",
    )
    purchase_count = fields.Integer(
        string="Purchases",
        compute="_compute_purchase_figures",
        search="_search_purchase_count",
        help="Of all channels and all times, with returns.",
    )
    bought_total = fields.Float(
        string="Bought in all",
        compute="_compute_purchase_figures",
        search="_search_bought_total",
        digits=AMOUNT_DIGITS,
        help="Without tax, returns deducted, in the company's currency.",
    )
    bought_average = fields.Float(
        string="Average purchase", compute="_compute_purchase_figures", digits=AMOUNT_DIGITS
    )
    credit_balance = fields.Float(
        string="Credit",
        compute="_compute_credit_balance",
        search="_search_credit_balance",
        digits=AMOUNT_DIGITS,
        help="Money in wallets of every kind: prepaid, cashback and others.",
    )
    next_expiry_on = fields.Date(
        string="Value expires next",
        compute="_compute_next_expiry_on",
        search="_search_next_expiry_on",
        help="The first day on which something of the member's expires.",
    )
    # === COMPUTE METHODS === #

    def _compute_purchase_figures(self):
        self.env["loyalty.club.purchase"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.member_id, COUNT(*), SUM(p.amount)::float8,
                       COUNT(*) FILTER (WHERE %(bought)s),
                       MIN(p.date) FILTER (WHERE %(bought)s), MAX(p.date) FILTER (WHERE %(bought)s)
                  FROM loyalty_club_purchase p WHERE p.member_id = ANY(%(ids)s)
                 GROUP BY p.member_id
                """,
                bought=_BOUGHT,
                ids=self._origin.ids,
            )
        )
        figures = {row[0]: row[1:] for row in rows}
        for member in self:
            count, total, times, first, last = figures.get(
                member._origin.id, (0, 0.0, 0, None, None)
            )
            member.purchase_count = count
            member.bought_total = total
            member.bought_average = total / times if times else 0.0
            member.first_purchase_on = member._day_of(first)
            member.last_purchase_on = member._day_of(last)

    def _day_of(self, moment):
        """The date at ``moment`` (naive, UTC, or None) on the wall clock of the member's shop."""
        if not moment:
            return False
        zone = ZoneInfo(zone_of(self.company_id))
        return moment.replace(tzinfo=timezone.utc).astimezone(zone).date()

    @api.depends("wallet_ids.available", "wallet_ids.kind_id.type")
    def _compute_credit_balance(self):
        # sudo: a cashier sees the sum without rights on the wallets themselves
        wallets = self.env["loyalty.club.wallet"].sudo()
        sums = {
            member.id: balance - held - pending
            for member, balance, held, pending in wallets._read_group(
                [
                    ("member_id", "in", self._origin.ids),
                    ("kind_id.type", "not in", ("points", "debt", "gift_card")),
                ],
                ["member_id"],
                ["balance:sum", "held:sum", "pending:sum"],
            )
        }
        for member in self:
            member.credit_balance = sums.get(member._origin.id, 0.0)

    def _compute_next_expiry_on(self):
        first = {}
        for company, members in self.grouped("company_id").items():
            first |= dict(
                self.env.execute_query(
                    SQL(
                        """
                        SELECT w.member_id, MIN(first.day) FROM loyalty_club_wallet w
                         CROSS JOIN LATERAL (
                               SELECT l.expires_on AS day FROM loyalty_club_lot l
                                WHERE l.wallet_id = w.id AND l.remaining > 0
                                  AND l.expires_on >= %s
                                ORDER BY l.expires_on LIMIT 1) AS first
                         WHERE w.member_id = ANY(%s) GROUP BY w.member_id
                        """,
                        today_in(company),
                        members._origin.ids,
                    )
                )
            )
        for member in self:
            member.next_expiry_on = first.get(member._origin.id, False)

    # === SEARCH METHODS === #

    @api.model
    def _search_first_purchase_on(self, operator, value):
        return self._search_day(operator, value, "p.date", self._bought_where, first=True)

    @api.model
    def _search_last_purchase_on(self, operator, value):
        return self._search_day(operator, value, "p.date", self._bought_where, first=False)

    @api.model
    def _bought_where(self, condition):
        """Members with a purchase for which ``condition`` (SQL, alias ``p``) holds."""
        self.env["loyalty.club.purchase"].flush_model()
        return SQL(
            "SELECT p.member_id FROM loyalty_club_purchase p"
            " WHERE p.member_id IS NOT NULL AND %s AND %s",
            _BOUGHT,
            condition,
        )

    @api.model
    def _search_next_expiry_on(self, operator, value):
        return self._search_day(operator, value, "l.expires_on", self._expiring_where, first=True)

    @api.model
    def _expiring_where(self, condition):
        """Members with value that expires on a day for which ``condition`` (alias ``l``) holds."""
        return SQL(
            "SELECT w.member_id FROM loyalty_club_lot l"
            " JOIN loyalty_club_wallet w ON w.id = l.wallet_id WHERE w.member_id IS NOT NULL"
            " AND l.remaining > 0 AND l.expires_on >= %s AND %s",
            today_in(self.env.company),
            condition,
        )

    @api.model
    def _search_day(self, operator, value, column, where, *, first):
        """Members whose first, or last, day of something compares so with ``value``.

        :param column: what holds the moment or the day, with its alias.
        :param where: gives for a condition the members (SQL) who have such a row.
        :param first: whether the first of the days counts, else the last.
        """
        if operator == "in":
            return Domain.OR(
                self._search_day(">=", day, column, where, first=first)
                & self._search_day("<=", day, column, where, first=first)
                if day
                else ~found_in(where(SQL("TRUE")))
                for day in value
            )
        if operator not in COMPARE or not value:
            return NotImplemented
        edge = self._edge(value, after=operator in ("<=", ">"), moment=column == "p.date")
        early = where(SQL("%s < %s", SQL(column), edge))
        late = where(SQL("%s >= %s", SQL(column), edge))
        if operator[0] == "<":
            return found_in(early) if first else found_in(early) & ~found_in(late)
        return found_in(late) & ~found_in(early) if first else found_in(late)

    @api.model
    def _edge(self, day, *, after, moment):
        """Where ``day`` begins, or the one ``after`` it: a date, or a moment in UTC."""
        day = fields.Date.to_date(day)
        if after:
            day += timedelta(days=1)
        if not moment:
            return day
        midnight = datetime.combine(day, time.min, ZoneInfo(zone_of(self.env.company)))
        return midnight.astimezone(timezone.utc).replace(tzinfo=None)

    @api.model
    def _search_purchase_count(self, operator, value):
        return self._search_figure(self._purchases_of(SQL("COUNT(*)")), operator, value)

    @api.model
    def _search_bought_total(self, operator, value):
        return self._search_figure(self._purchases_of(SQL("SUM(p.amount)")), operator, value)

    @api.model
    def _purchases_of(self, aggregate):
        self.env["loyalty.club.purchase"].flush_model()
        return SQL(
            "SELECT p.member_id, %s FROM loyalty_club_purchase p"
            " WHERE p.member_id IS NOT NULL GROUP BY p.member_id",
            aggregate,
        )

    @api.model
    def _search_credit_balance(self, operator, value):
        self.env["loyalty.club.wallet"].flush_model()
        figures = SQL(
            "SELECT w.member_id, SUM(w.balance - w.held - w.pending) FROM loyalty_club_wallet w"
            " JOIN loyalty_club_wallet_kind k ON k.id = w.kind_id"
            " WHERE w.member_id IS NOT NULL AND k.type NOT IN ('points', 'debt', 'gift_card')"
            " GROUP BY w.member_id"
        )
        return self._search_figure(figures, operator, value)

    @api.model
    def _search_figure(self, figures, operator, value):
        """Members whose figure compares so with ``value``; who has no row has 0.

        :param figures: SELECT of pairs of member and figure.
        """
        if operator == "in":
            numbers = [item or 0 for item in value]
            condition, zero = SQL("f.value = ANY(%s::numeric[])", numbers), 0 in numbers
        elif operator in COMPARE:
            condition = SQL("f.value %s %s", SQL(operator), value)
            zero = COMPARE[operator](0, value)
        else:
            return NotImplemented
        if zero:
            condition = SQL("NOT (%s)", condition)
        found = found_in(
            SQL("SELECT f.member FROM (%s) AS f(member, value) WHERE %s", figures, condition)
        )
        return ~found if zero else found
