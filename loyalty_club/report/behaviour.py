from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..clock import today_in
from ..const import AMOUNT_DIGITS, MEMBER_KINDS
from ..domain import rhythm
from ..domain.periods import month_label, month_start
from ..models.rfm import BEHAVIOURS

# So many months back the last purchases are told apart by month.
_MONTHS = 36


class LoyaltyClubBehaviour(models.Model):
    """Loyalty and value of members by how they buy: one row per open membership.

    For pivots: by way of buying, trend, stage, class, branch and month, or by the groups that a
    member belongs to (:class:`LoyaltyClubBehaviourSegment`).
    """

    _name = "loyalty.club.behaviour"
    _description = "Purchase Behaviour"
    _auto = False
    _order = "monetary desc, id"
    _rec_name = "member_id"

    member_id = fields.Many2one("loyalty.club.member", readonly=True)
    club_id = fields.Many2one("loyalty.club", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    branch_id = fields.Many2one("loyalty.club.branch", string="Home shop", readonly=True)
    member_kind = fields.Selection(MEMBER_KINDS, readonly=True)
    class_id = fields.Many2one("loyalty.club.rfm.class", readonly=True)
    lifecycle_id = fields.Many2one("loyalty.club.lifecycle", string="Stage", readonly=True)
    tier_id = fields.Many2one("loyalty.club.tier", string="Level", readonly=True)
    grade_id = fields.Many2one("loyalty.club.grade", readonly=True)
    segment_id = fields.Many2one(
        "loyalty.club.segment",
        readonly=True,
        help="A member of several segments has a row for each: sums over segments overlap.",
    )
    behaviour = fields.Selection(BEHAVIOURS, string="Buys", readonly=True)
    trend = fields.Selection(
        [
            ("more", "More than before"),
            ("same", "About the same"),
            ("less", "Less than before"),
            ("new", "Nothing to compare"),
        ],
        readonly=True,
        help="The later half of the window beside the earlier one: more or less from 10 % on.",
    )
    join_date = fields.Date(string="Joined on", readonly=True)
    join_month = fields.Char(
        string="Month of joining", readonly=True, help="In the calendar of the club's history."
    )
    last_month = fields.Char(
        string="Month of last purchase",
        readonly=True,
        help="In the calendar of the club's history.",
    )
    frequency = fields.Integer(string="Purchases", readonly=True)
    visits = fields.Integer(readonly=True)
    monetary = fields.Monetary(string="Money spent", readonly=True)
    mean_basket = fields.Monetary(string="Average basket", readonly=True, aggregator="avg")
    mean_gap = fields.Float(string="Usual gap (days)", readonly=True, aggregator="avg")
    total = fields.Float(string="RFM total", digits=(16, 2), readonly=True, aggregator="avg")
    points = fields.Float(string="Points held", digits=AMOUNT_DIGITS, readonly=True)

    _depends = {
        "loyalty.club.member": [
            "club_id", "company_id", "branch_id", "kind", "grade_id", "join_date", "state",
            "merged_into_id", "rfm_id", "tier_id",
        ],
        "loyalty.club.rfm": [
            "last_purchase_on", "frequency", "monetary", "monetary_before", "visits", "gap_sum",
            "gap_squares", "total", "class_id", "lifecycle_id",
        ],
        "loyalty.club.wallet": ["member_id", "kind_id", "balance"],
    }  # fmt: skip

    @property
    def _table_query(self):
        return self._rows(SQL("m.id"), SQL("NULL::int"), SQL(""))

    def _rows(self, key, segment, join):
        """SELECT of the rows.

        :param key: what makes the id of a row; ``segment`` its segment; ``join`` what leads there.
        """
        return SQL(
            """
            SELECT %(key)s AS id, m.id AS member_id, m.club_id, m.company_id, company.currency_id,
                   m.branch_id, m.kind AS member_kind, v.class_id, v.lifecycle_id, m.tier_id,
                   m.grade_id, %(segment)s AS segment_id, %(behaviour)s AS behaviour,
                   CASE WHEN v.monetary_before > 0
                        THEN CASE WHEN %(trend)s >= 10 THEN 'more' WHEN %(trend)s <= -10 THEN 'less'
                                  ELSE 'same' END
                        ELSE 'new' END AS trend,
                   m.join_date, %(joined)s AS join_month, %(bought)s AS last_month, v.frequency,
                   v.visits, v.monetary, %(mean_basket)s AS mean_basket, %(mean_gap)s AS mean_gap,
                   v.total, held.points
              FROM loyalty_club_member m
              JOIN res_company company ON company.id = m.company_id
              LEFT JOIN loyalty_club_rfm v ON v.id = m.rfm_id
              LEFT JOIN LATERAL (
                    SELECT SUM(w.balance) AS points FROM loyalty_club_wallet w
                      JOIN loyalty_club_wallet_kind k ON k.id = w.kind_id AND k.type = 'points'
                     WHERE w.member_id = m.id) held ON TRUE
              %(join)s
             WHERE m.merged_into_id IS NULL AND m.state <> 'closed'
            """,
            key=key,
            segment=segment,
            join=join,
            joined=self._month(SQL("m.join_date")),
            bought=self._month(SQL("v.last_purchase_on")),
            **{
                name: SQL(f"({rhythm.SQL[name].format(v='v')})")
                for name in ("behaviour", "trend", "mean_basket", "mean_gap")
            },
        )

    def _month(self, day):
        """The month of ``day`` (SQL) as people write it, by the calendar of the club: text."""
        company = self.env.company
        calendars = self.env["loyalty.club"].search([("company_id", "=", company.id)])
        jalali = calendars[:1].rfm_calendar == "jalali"
        starts = [month_start(today_in(company), jalali=jalali)]
        while len(starts) < _MONTHS:
            starts.append(month_start(starts[-1] - timedelta(days=1), jalali=jalali))
        starts.reverse()
        labels = [month_label(start, jalali=jalali) for start in starts]
        earlier = self.env._("before %(month)s", month=labels[0])
        return SQL(
            "CASE WHEN %(day)s IS NOT NULL THEN"
            " (%(labels)s::text[])[width_bucket(%(day)s, %(starts)s::date[]) + 1] END",
            day=day,
            labels=[earlier, *labels],
            starts=starts,
        )


class LoyaltyClubBehaviourSegment(models.Model):
    """The same by segment: a member has a row for each segment she is in."""

    _name = "loyalty.club.behaviour.segment"
    _inherit = ["loyalty.club.behaviour"]
    _description = "Purchase Behaviour by Segment"
    _auto = False

    @property
    def _table_query(self):
        return self._rows(
            SQL("line.id"),
            SQL("line.segment_id"),
            SQL(
                "JOIN loyalty_club_segment_member line"
                " ON line.member_id = m.id AND line.until IS NULL"
            ),
        )
