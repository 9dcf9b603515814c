"""Points as a part of an order's price only."""

from odoo import models

from .sale_lines import exact, total


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _discountable_order(self, reward):
        """No more is discounted than the part of the goods that the reward may pay for."""
        return self._club_within_share(reward, super()._discountable_order(reward))

    def _discountable_specific(self, reward):
        return self._club_within_share(reward, super()._discountable_specific(reward))

    def _discountable_cheapest(self, reward):
        return self._club_within_share(reward, super()._discountable_cheapest(reward))

    def _club_within_share(self, reward, found):
        discountable, by_tax = found
        # sudo: a term of the reward, whoever shops
        most = reward.sudo()._club_share_of(
            exact(total(self.order_line.filtered(lambda line: not line.reward_id)))
        )
        if not discountable or most is None or discountable <= most:
            return found
        part = float(most) / discountable
        return discountable * part, {taxes: amount * part for taxes, amount in by_tax.items()}
