from odoo import api, fields, models

from ..const import AMOUNT_DIGITS
from .tier import REASONS


class LoyaltyClubTierStanding(models.Model):
    """Where a member stands in the ladder: level, since and until when, and her figures.

    Kept beside the member in a narrow table: it is rewritten often, the member is not. What the
    figures brought and what was given are kept apart; the higher of both is the member's level.
    """

    _name = "loyalty.club.tier.standing"
    _inherit = ["loyalty.club.fact"]
    _description = "Standing in the Tiers"
    _order = "id"
    _log_access = False
    _rec_name = "member_id"

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="member_id.partner_id")
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="club_id.company_id")
    currency_id = fields.Many2one(related="club_id.currency_id")
    branch_id = fields.Many2one(related="member_id.branch_id")
    member_state = fields.Selection(related="member_id.state", string="Status")
    member_kind = fields.Selection(related="member_id.kind")
    join_date = fields.Date(related="member_id.join_date")
    tier_id = fields.Many2one("loyalty.club.tier", readonly=True, ondelete="restrict")
    since = fields.Date(readonly=True)
    until = fields.Date(readonly=True, help="Last day of the level; empty: it does not end.")
    earned_tier_id = fields.Many2one(
        "loyalty.club.tier", string="By figures", readonly=True, ondelete="restrict"
    )
    earned_since = fields.Date(readonly=True)
    earned_until = fields.Date(readonly=True)
    granted_tier_id = fields.Many2one(
        "loyalty.club.tier", string="Given", readonly=True, ondelete="restrict"
    )
    granted_until = fields.Date(string="Given until", readonly=True)
    granted_reason = fields.Selection(REASONS, string="Given as", readonly=True)
    points = fields.Float(digits=AMOUNT_DIGITS, readonly=True, aggregator="avg")
    spend = fields.Float(
        string="Money spent", digits=AMOUNT_DIGITS, readonly=True, aggregator="avg"
    )
    visits = fields.Integer(string="Purchases", readonly=True, aggregator="avg")
    items = fields.Float(
        string="Items bought", digits=AMOUNT_DIGITS, readonly=True, aggregator="avg"
    )
    engagement = fields.Float(
        string="Points for taking part", digits=AMOUNT_DIGITS, readonly=True, aggregator="avg"
    )
    computed_on = fields.Date(
        readonly=True, help="Day up to which the figures were counted when the level was decided."
    )

    _member_unique = models.UniqueIndex("(member_id)", "A member has one standing.")
    _club_tier_index = models.Index("(club_id, tier_id)")
    _until_index = models.Index("(club_id, earned_until) WHERE earned_until IS NOT NULL")
    _granted_index = models.Index("(club_id, granted_until) WHERE granted_tier_id IS NOT NULL")

    def init(self):
        # Room beside a standing for its next one.
        self.env.cr.execute("ALTER TABLE loyalty_club_tier_standing SET (fillfactor = 70)")

    @api.model
    def _fact_refusal(self):
        return self.env._("Standings are computed. Give the member a level instead.")
