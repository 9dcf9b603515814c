from odoo import models


class PosOrder(models.Model):
    _inherit = "pos.order"

    def action_pos_order_paid(self):
        """Quotations paid at the till spend their points before the payment earns new ones.

        Stock confirms them when the till's order is done; their rewards would then take the
        points of this very sale as well.
        """
        if "sale_order_origin_id" in self.lines._fields:  # where tills take sales orders
            quotations = self.lines.sale_order_origin_id.filtered(
                lambda order: order.state in ("draft", "sent")
            )
            # sudo: whether cards are managed does not depend on who asks
            quotations.filtered(
                lambda order: any(line._club_claims() for line in order.sudo().order_line)
            ).action_confirm()
        return super().action_pos_order_paid()

    def _club_claiming_lines(self):
        """Rewards that a sales order brought along were judged when that was confirmed."""
        lines = super()._club_claiming_lines()
        if "sale_order_origin_id" in lines._fields:  # where tills take sales orders
            lines = lines.filtered(lambda line: not line.sale_order_origin_id)
        return lines
