from decimal import Decimal

from odoo import models
from odoo.exceptions import ValidationError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _club_place(self):
        """An order of the web shop belongs to the website's branch, when it has one."""
        branch = self.website_id.club_branch_id
        if branch:
            return branch, branch.club_id
        return super()._club_place()

    def _club_members_only(self):
        """Products in this cart that its customer may not buy: product.template."""
        products = self.sudo().order_line.product_template_id  # sudo: a visitor's own cart
        return products - products._club_open_to(self.partner_id)

    def _is_cart_ready(self):
        return super()._is_cart_ready() and not self._club_members_only()

    def _check_cart_is_ready_to_be_paid(self):
        """What is for members only is not sold to others, however it came into the cart.

        :raises ValidationError: naming it.
        """
        refused = self._club_members_only()
        if refused:
            raise ValidationError(
                self.env._(
                    "“%(product)s” is for members of the club. Sign in as a member, or take it "
                    "out of the cart.",
                    product=refused[0].name,
                )
            )
        return super()._check_cart_is_ready_to_be_paid()

    def _club_promise(self, club):
        """What this cart would earn for a member of ``club``, in words, or empty.

        A promise rounded down to what the club's terms give for the goods: delivery earns
        nothing, and neither do rewards.
        """
        self.ensure_one()
        if not club.earn_points:
            return ""
        # sudo: a visitor's own cart
        lines = self.sudo().order_line.filtered(
            lambda line: not (line.display_type or line.is_delivery or line.is_reward_line)
        )
        name = "price_total" if club.earn_basis == "tax_included" else "price_subtotal"
        amount = self.currency_id._convert(
            sum(lines.mapped(name)), club.currency_id, self.company_id, self.date_order
        )
        points = club._points_for(Decimal(str(amount))) if amount > 0 else 0
        return club.points_kind_id._format(points) if points > 0 else ""
