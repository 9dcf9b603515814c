from odoo import api, fields, models

from ..const import AMOUNT_DIGITS
from .append_only import freeze_table
from .tier import REASONS


class LoyaltyClubTierChange(models.Model):
    """That a member came to another level: when, why, by which figures, and until when."""

    _name = "loyalty.club.tier.change"
    _inherit = ["loyalty.club.fact"]
    _description = "Change of Tier"
    _order = "date desc, id desc"
    _log_access = False
    _rec_name = "member_id"
    _repointable = frozenset({"member_id"})
    _erasable = frozenset({"note"})

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="member_id.partner_id")
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="club_id.company_id")
    currency_id = fields.Many2one(related="club_id.currency_id")
    from_tier_id = fields.Many2one(
        "loyalty.club.tier", string="From", readonly=True, ondelete="restrict"
    )
    tier_id = fields.Many2one(
        "loyalty.club.tier", string="To", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    fall = fields.Boolean(string="Down", readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    reason = fields.Selection(REASONS, required=True, readonly=True)
    note = fields.Char(readonly=True)
    until = fields.Date(readonly=True)
    points = fields.Float(digits=AMOUNT_DIGITS, readonly=True, aggregator=None)
    spend = fields.Float(string="Money spent", digits=AMOUNT_DIGITS, readonly=True, aggregator=None)
    visits = fields.Integer(string="Purchases", readonly=True, aggregator=None)
    items = fields.Float(
        string="Items bought", digits=AMOUNT_DIGITS, readonly=True, aggregator=None
    )
    engagement = fields.Float(
        string="Points for taking part", digits=AMOUNT_DIGITS, readonly=True, aggregator=None
    )
    user_id = fields.Many2one("res.users", string="By", readonly=True, ondelete="restrict")

    _member_index = models.Index("(member_id, date)")
    _club_date_index = models.Index("(club_id, date)")

    def init(self):
        # Whose level it was follows merged memberships.
        freeze_table(
            self.env.cr,
            self._table,
            repointable=sorted(self._repointable),
            erasable=sorted(self._erasable),
        )

    @api.model
    def _fact_refusal(self):
        return self.env._("Which level a member had stays on record. Give another level instead.")
