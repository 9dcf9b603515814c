from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.loyalty_club.models.member_grade import GRADE_GROUPS


class SaleOrder(models.Model):
    """Quotations and orders show how their customer is graded."""

    _inherit = "sale.order"

    club_grade_id = fields.Many2one(
        related="partner_id.club_grade_id", string="Grade", groups=GRADE_GROUPS
    )


class LoyaltyClubRewardUse(models.Model):
    """Points that were spent on a product of a sales order were spent on a gift."""

    _inherit = "loyalty.club.reward.use"

    @api.model
    def _was_gift(self):
        return SQL(
            "(%s OR e.origin_model = 'sale.order' AND EXISTS ("
            " SELECT FROM sale_order_line l JOIN loyalty_reward r ON r.id = l.reward_id"
            " WHERE l.order_id = e.origin_id AND r.reward_type = 'product'))",
            super()._was_gift(),
        )
