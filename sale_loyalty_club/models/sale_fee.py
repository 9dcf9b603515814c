from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _club_fee_partner(self, product):
        """Who ordered the fee is who becomes a member; the invoice may go elsewhere."""
        lines = self.invoice_line_ids.filtered(lambda line: line.product_id == product)
        customer = lines.sale_line_ids.order_id.partner_id[:1]
        return customer or super()._club_fee_partner(product)
