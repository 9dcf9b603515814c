from odoo import api, models

from odoo.addons.loyalty_club.movement import current_authority


class SaleOrderCouponPoints(models.Model):
    """What a confirmed order puts onto a card. On club cards it is worked out, not typed."""

    _inherit = "sale.order.coupon.points"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._club_check_authority()
        return rows

    def write(self, vals):
        rows = self._club_of_stock()
        rows._club_check_authority()
        result = super(SaleOrderCouponPoints, rows).write(vals)
        rows._club_check_authority()
        return result

    def unlink(self):
        return super(SaleOrderCouponPoints, self._club_of_stock()).unlink()

    def _club_of_stock(self):
        """These rows with the rights stock's code needs while it works on an order.

        Salespeople may not touch them, and stock forgets that when it cancels an order or
        its customer changes: without this they could not cancel any member's order.
        """
        # sudo: rows change as a consequence of the order, which the user may change
        return self.sudo() if current_authority() else self

    def _club_check_authority(self):
        """Stop unless stock's own code, started by an order, is at work.

        :raises AccessError: for anyone else but a club manager.
        """
        # sudo: whether a card is managed does not depend on who asks
        if not current_authority() and self.sudo().coupon_id.club_wallet_id:
            self.env["loyalty.card"]._club_require_authority()
