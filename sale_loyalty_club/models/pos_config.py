from odoo import api, models


class PosConfig(models.Model):
    _inherit = "pos.config"

    @api.model
    def _club_uncounted(self):
        """A down payment on a sales order counts when the goods are paid or invoiced."""
        names = super()._club_uncounted()
        if "down_payment_product_id" in self._fields:  # where tills take sales orders
            names = [*names, "down_payment_product_id"]
        return names
