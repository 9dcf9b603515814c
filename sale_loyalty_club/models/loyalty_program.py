from odoo import models


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    def _compute_total_order_count(self):
        """As for the till: a managed program without a usage limit needs no count.

        Stock walks all past reward lines of sales orders in Python, at each sale.
        """
        free = self.filtered(lambda p: p.club_wallet_kind_id and not p.limit_usage)
        free.total_order_count = 0
        return super(LoyaltyProgram, self - free)._compute_total_order_count()
