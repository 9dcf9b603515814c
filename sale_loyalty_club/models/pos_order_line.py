from odoo import models


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    def _club_of_other_document(self):
        """Gift cards and credit of a sales order paid at the till are the sales order's."""
        of_sale = "sale_order_origin_id" in self._fields and self.sale_order_origin_id
        return bool(of_sale) or super()._club_of_other_document()
