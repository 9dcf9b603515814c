from odoo import models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from odoo.addons.sale_loyalty_club.models.sale_basket import ordered_rows
from odoo.addons.sale_loyalty_club.models.sale_tier import weighing


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _club_place(self):
        """An order of the web shop belongs to the website's branch, when it has one."""
        branch = self.website_id.club_branch_id
        if branch:
            return branch, branch.club_id
        return super()._club_place()

    def _club_channel(self):
        """Orders that came through a website."""
        return "website" if self.website_id else super()._club_channel()

    def _get_claimable_and_showable_rewards(self):
        """What a reward costs at the customer's level decides whether it is offered."""
        with weighing():
            return super()._get_claimable_and_showable_rewards()

    def _club_members_only(self):
        """Products in this cart that its customer may not buy: product.template."""
        products = self.sudo().order_line.product_template_id  # sudo: a visitor's own cart
        return products - products._club_open_to(self.partner_id)

    def _club_too_early(self):
        """Products in this cart that are not on sale yet for its customer: product.template."""
        products = self.sudo().order_line.product_template_id  # sudo: a visitor's own cart
        return products - products._club_on_sale_for(self.partner_id)

    def _is_cart_ready(self):
        closed = self._club_members_only() or self._club_too_early()
        return super()._is_cart_ready() and not closed

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
        early = self._club_too_early()
        if early:
            raise ValidationError(
                self.env._(
                    "“%(product)s” is on sale from %(day)s. Take it out of the cart until then.",
                    product=early[0].name,
                    day=format_date(self.env, early[0].club_opens_on),
                )
            )
        return super()._check_cart_is_ready_to_be_paid()

    def _club_promise(self, club):
        """What this cart would earn a new member of ``club``, in words, or empty.

        A promise of what the club's rules give for the goods, without their delivery.
        """
        self.ensure_one()
        order = self.sudo()  # sudo: a visitor's own cart
        delivery = set(order.order_line.filtered("is_delivery").ids)
        rows = [row for row in ordered_rows(order) if row.line not in delivery]
        nobody = club.env["loyalty.club.member"]
        earned = order._club_quote_for(club, nobody, rows)["earned"]
        points = [row["text"] for row in earned if row["kind"] == club.points_kind_id.id]
        return points[0] if points else ""
