from odoo import api, fields, models
from odoo.tools import SQL

from ..clock import today_in
from ..const import AMOUNT_DIGITS
from . import next_step


class LoyaltyClubNudge(models.Model):
    """Members who are below a better RFM class, and what would bring them into it.

    One row per active member with scores: how much of the total is missing, and how many
    purchases, or how much money, would do it alone. Scores compare members with each other, so
    what is missing may change with what others do.
    """

    _name = "loyalty.club.nudge"
    _description = "Next Class of a Member"
    _auto = False
    _order = "missing, id"
    _rec_name = "member_id"

    member_id = fields.Many2one("loyalty.club.member", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True)
    club_id = fields.Many2one("loyalty.club", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    branch_id = fields.Many2one("loyalty.club.branch", readonly=True)
    currency_id = fields.Many2one(related="club_id.currency_id")
    phone = fields.Char(related="partner_id.phone")
    class_id = fields.Many2one("loyalty.club.rfm.class", readonly=True)
    color = fields.Integer(related="class_id.color")
    next_class_id = fields.Many2one("loyalty.club.rfm.class", string="Next class", readonly=True)
    next_color = fields.Integer(related="next_class_id.color", string="Color of the next class")
    recency = fields.Integer(string="Days away", readonly=True, aggregator="avg")
    frequency = fields.Integer(string="Purchases", readonly=True, aggregator="avg")
    monetary = fields.Monetary(string="Money spent", readonly=True, aggregator="avg")
    total = fields.Float(digits=(16, 2), readonly=True, aggregator="avg")
    missing = fields.Float(
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="How far the total is below the next class.",
    )
    by_now = fields.Boolean(
        string="Any purchase does it",
        readonly=True,
        help="Coming back now would bring the member into the next class.",
    )
    by_purchases = fields.Integer(
        string="More purchases",
        readonly=True,
        aggregator=None,
        help="So many more purchases would do it alone; empty: they would not.",
    )
    by_money = fields.Float(
        string="More money",
        digits=AMOUNT_DIGITS,
        readonly=True,
        aggregator=None,
        help="So much more spent would do it alone; empty: it would not.",
    )

    _depends = {
        "loyalty.club.rfm": [
            "member_id", "club_id", "last_purchase_on", "frequency", "monetary", "r", "f", "m",
            "total", "class_id",
        ],
        "loyalty.club.rfm.class": ["club_id", "lower_bound", "inclusive"],
        "loyalty.club.member": ["partner_id", "branch_id", "state"],
        "loyalty.club": [
            "rfm_scale", "rfm_weight_recency", "rfm_weight_frequency", "rfm_weight_monetary",
        ],
    }  # fmt: skip

    @property
    def _table_query(self):
        return SQL(
            """
            WITH step AS MATERIALIZED (
                SELECT club_id, 'f' AS measure, f AS score, MIN(frequency)::numeric AS least
                  FROM loyalty_club_rfm WHERE f > 0 GROUP BY club_id, f
                UNION ALL
                SELECT club_id, 'm', m, MIN(monetary)
                  FROM loyalty_club_rfm WHERE m > 0 GROUP BY club_id, m
            )
            SELECT v.id, v.member_id, m.partner_id, v.club_id, m.company_id, m.branch_id,
                   v.class_id, better.id AS next_class_id,
                   %(today)s::date - v.last_purchase_on AS recency, v.frequency, v.monetary,
                   v.total, better.lower_bound - v.total AS missing,
                   %(now)s AS by_now, %(purchases)s AS by_purchases, %(money)s AS by_money
              FROM loyalty_club_rfm v
              JOIN loyalty_club_member m ON m.id = v.member_id AND m.state = 'active'
              JOIN loyalty_club club ON club.id = v.club_id
              JOIN LATERAL (
                    SELECT c.id, c.lower_bound, c.inclusive FROM loyalty_club_rfm_class c
                     WHERE c.club_id = v.club_id
                       AND (c.lower_bound > v.total
                            OR c.lower_bound = v.total AND NOT c.inclusive)
                     ORDER BY c.lower_bound, c.inclusive DESC LIMIT 1
                   ) better ON TRUE
             WHERE v.total IS NOT NULL
            """,
            today=today_in(self.env.company),
            now=self._reaches(SQL("10 * club.rfm_weight_recency * (club.rfm_scale - v.r)")),
            purchases=self._least("f", "frequency", "rfm_weight_frequency"),
            money=self._least("m", "monetary", "rfm_weight_monetary"),
        )

    @api.model
    def _reaches(self, gain):
        """Whether the total with ``gain`` (SQL) is within the next class."""
        return SQL(
            "(v.total + %(gain)s > better.lower_bound"
            " OR better.inclusive AND v.total + %(gain)s = better.lower_bound)",
            gain=gain,
        )

    @api.model
    def _least(self, measure, column, weight):
        """What is missing to the lowest score of a measure that is enough, or NULL."""
        gain = SQL(
            "10 * club.%s * (step.score - v.%s)", SQL.identifier(weight), SQL.identifier(measure)
        )
        return SQL(
            "(SELECT MIN(step.least) - v.%(column)s FROM step"
            " WHERE step.club_id = v.club_id AND step.measure = %(measure)s"
            " AND step.score > v.%(score)s AND %(reaches)s)",
            column=SQL.identifier(column),
            measure=measure,
            score=SQL.identifier(measure),
            reaches=self._reaches(gain),
        )


class LoyaltyClubMember(models.Model):
    """How far a member is from the next RFM class; searchable, for segments."""

    _inherit = "loyalty.club.member"

    next_rfm_class_id = fields.Many2one(
        "loyalty.club.rfm.class",
        string="Next RFM class",
        compute="_compute_next_rfm_class",
        search="_search_next_rfm_class_id",
    )
    rfm_missing = fields.Float(
        string="Missing to the next RFM class",
        compute="_compute_next_rfm_class",
        search="_search_rfm_missing",
        digits=(16, 2),
    )

    @api.depends("rfm_id.total", "state")
    def _compute_next_rfm_class(self):
        columns = {"next_rfm_class_id": "next_class_id", "rfm_missing": "missing"}
        next_step.show(self, "loyalty.club.nudge", columns)

    @api.model
    def _search_next_rfm_class_id(self, operator, value):
        return next_step.search(self.env, "loyalty.club.nudge", "next_class_id", operator, value)

    @api.model
    def _search_rfm_missing(self, operator, value):
        """Only members below a better class are compared: whoever has the best misses nothing."""
        return next_step.search(self.env, "loyalty.club.nudge", "missing", operator, value)
