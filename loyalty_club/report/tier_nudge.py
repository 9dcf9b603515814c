from odoo import api, fields, models
from odoo.tools import SQL

from ..const import AMOUNT_DIGITS
from ..domain.tiers import MEASURES
from . import next_step


class LoyaltyClubTierNudge(models.Model):
    """Members who are on the way to a higher level, and what is left: the nearest ones first.

    One row per active member below a level that figures bring. The figures are those of the last
    night's run; a level that is reached in between is given at once, and its row is gone.
    """

    _name = "loyalty.club.tier.nudge"
    _description = "Next Level of a Member"
    _auto = False
    _order = "percent desc, id"
    _rec_name = "member_id"

    member_id = fields.Many2one("loyalty.club.member", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True)
    club_id = fields.Many2one("loyalty.club", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    branch_id = fields.Many2one("loyalty.club.branch", readonly=True)
    currency_id = fields.Many2one(related="club_id.currency_id")
    phone = fields.Char(related="partner_id.phone")
    tier_id = fields.Many2one("loyalty.club.tier", string="Level", readonly=True)
    color = fields.Integer(related="tier_id.color")
    next_tier_id = fields.Many2one("loyalty.club.tier", string="Next level", readonly=True)
    next_color = fields.Integer(related="next_tier_id.color", string="Color of the next level")
    need = fields.Selection(related="next_tier_id.need")
    until = fields.Date(readonly=True, help="Last day of the level that the member has now.")
    percent = fields.Integer(
        string="On the way (%)", readonly=True, aggregator="avg", help="How much of it is done."
    )
    left_spend = fields.Monetary(string="Money left", readonly=True, aggregator=None)
    left_visits = fields.Integer(string="Purchases left", readonly=True, aggregator=None)
    left_points = fields.Float(
        string="Points left", digits=AMOUNT_DIGITS, readonly=True, aggregator=None
    )
    left_items = fields.Float(
        string="Items left", digits=AMOUNT_DIGITS, readonly=True, aggregator=None
    )
    left_engagement = fields.Float(
        string="Points for taking part left", digits=AMOUNT_DIGITS, readonly=True, aggregator=None
    )
    left_score = fields.Float(
        string="Score left", digits=AMOUNT_DIGITS, readonly=True, aggregator=None
    )

    _depends = {
        "loyalty.club.tier.standing": ["member_id", "club_id", "tier_id", "until", *MEASURES],
        "loyalty.club.tier": [
            "club_id", "sequence", "active", "entry", "need", "min_score",
            *(f"min_{name}" for name in MEASURES),
        ],
        "loyalty.club.member": ["partner_id", "branch_id", "state"],
        "loyalty.club": [f"tier_weight_{name}" for name in MEASURES],
    }  # fmt: skip

    @property
    def _table_query(self):
        names = (*MEASURES, "score")
        shares = SQL(", ").join(self._share(name) for name in names)
        return SQL(
            """
            WITH step AS MATERIALIZED (
                SELECT own.id AS tier_id, higher.* FROM loyalty_club_tier own
                  JOIN LATERAL (
                        SELECT t.id AS next_tier_id, t.need, %(asked)s FROM loyalty_club_tier t
                         WHERE t.club_id = own.club_id AND t.active AND t.entry = 'auto'
                           AND (t.sequence, t.id) > (own.sequence, own.id)
                         ORDER BY t.sequence, t.id LIMIT 1
                       ) higher ON TRUE
            ), figured AS (
                SELECT s.*, %(score)s AS score FROM loyalty_club_tier_standing s
                  JOIN loyalty_club club ON club.id = s.club_id
            )
            SELECT s.id, s.member_id, m.partner_id, s.club_id, m.company_id, m.branch_id,
                   s.tier_id, step.next_tier_id, s.until, %(left)s,
                   FLOOR(CASE step.need WHEN 'all' THEN LEAST(%(shares)s)
                         ELSE GREATEST(%(shares)s) END)::int AS percent
              FROM figured s
              JOIN loyalty_club_member m ON m.id = s.member_id AND m.state = 'active'
              JOIN step ON step.tier_id = s.tier_id
            """,
            asked=SQL(", ").join(SQL("t.%s", SQL.identifier(f"min_{name}")) for name in names),
            score=SQL(" + ").join(
                SQL(
                    "s.%s * COALESCE(club.%s, 0)",
                    SQL.identifier(name),
                    SQL.identifier(f"tier_weight_{name}"),
                )
                for name in MEASURES
            ),
            left=SQL(", ").join(self._left(name) for name in names),
            shares=shares,
        )

    @api.model
    def _share(self, name):
        """How much of a figure is there, in percent; NULL if it is not asked for."""
        asked = SQL.identifier("step", f"min_{name}")
        figure = SQL.identifier("s", name)
        return SQL(
            "CASE WHEN %(asked)s > 0"
            " THEN LEAST(GREATEST(%(figure)s, 0) * 100 / %(asked)s::numeric, 99) END",
            asked=asked,
            figure=figure,
        )

    @api.model
    def _left(self, name):
        """How much of a figure is left; NULL if it is not asked for."""
        asked = SQL.identifier("step", f"min_{name}")
        return SQL(
            "CASE WHEN %(asked)s > 0 THEN GREATEST(%(asked)s - %(figure)s, 0) END AS %(column)s",
            asked=asked,
            figure=SQL.identifier("s", name),
            column=SQL.identifier(f"left_{name}"),
        )


class LoyaltyClubMember(models.Model):
    """How near the next level is; searchable, for segments."""

    _inherit = "loyalty.club.member"

    next_tier_id = fields.Many2one(
        "loyalty.club.tier",
        string="Next level",
        compute="_compute_next_tier",
        search="_search_next_tier_id",
    )
    tier_percent = fields.Integer(
        string="On the way to the next level (%)",
        compute="_compute_next_tier",
        search="_search_tier_percent",
    )

    @api.depends("tier_id", "state")
    def _compute_next_tier(self):
        columns = {"next_tier_id": "next_tier_id", "tier_percent": "percent"}
        next_step.show(self, "loyalty.club.tier.nudge", columns)

    @api.model
    def _search_next_tier_id(self, operator, value):
        return next_step.search(
            self.env, "loyalty.club.tier.nudge", "next_tier_id", operator, value
        )

    @api.model
    def _search_tier_percent(self, operator, value):
        """Only members below a higher level are compared: on the highest nothing is left."""
        return next_step.search(self.env, "loyalty.club.tier.nudge", "percent", operator, value)
