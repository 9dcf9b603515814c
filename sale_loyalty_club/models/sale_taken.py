"""Rewards that members took beforehand, on sales orders and in the web shop: sent with an order."""

from collections import defaultdict

from odoo import api, fields, models

from odoo.addons.loyalty_club.domain.lots import ZERO
from odoo.addons.loyalty_club.domain.reward_code import read_reward_code

from .sale_lines import basket_of, exact


class LoyaltyClubRewardTaken(models.Model):
    _inherit = "loyalty.club.reward.taken"

    sale_order_id = fields.Many2one(
        "sale.order",
        string="Sent with",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The order on which it is; confirmed, the order takes its points.",
    )


class SaleOrder(models.Model):
    """A code of hers puts the reward on the order; its points are there besides what is free."""

    _inherit = "sale.order"

    club_taken_ids = fields.One2many(
        "loyalty.club.reward.taken",
        "sale_order_id",
        string="Rewards taken beforehand",
        readonly=True,
        groups="loyalty_club.group_user",
    )

    # === BUSINESS METHODS - STOCK'S DOORS === #

    def _try_apply_code(self, code):
        """The code of a reward that the customer took brings that reward, and nothing else.

        Somebody else's is treated as one that does not exist.
        """
        taken = self._club_taken_by(code)
        if not taken:
            return super()._try_apply_code(code)
        if taken.state != "open":
            return {"error": taken._over_text()}
        if taken.reward_id in self.order_line.reward_id:
            return {"error": self.env._("This reward is on the order already.")}
        branch, _club = self._club_place()
        obstacle = taken.reward_id.club_branch_ids and branch not in taken.reward_id.club_branch_ids
        if obstacle:
            return {
                "error": self.env._(
                    "This reward is given in shops only: %(shops)s.",
                    shops=", ".join(taken.reward_id.club_branch_ids.mapped("name")),
                )
            }
        taken.sale_order_id = self.id
        card = taken.wallet_id.card_ids[:1].sudo(self.env.su)
        return {card: taken.reward_id.sudo(self.env.su)}

    def _get_real_points_for_coupon(self, coupon, post_confirm=False):
        """What is held for rewards on the order can be spent on it."""
        points = super()._get_real_points_for_coupon(coupon, post_confirm)
        for taken in self._club_taken_open(coupon):
            percent = exact(1) - coupon._club_reward_percent() / 100
            cost = exact(taken.reward_id.required_points) * percent
            points += max(taken.points, float(cost))
        return points

    def _get_reward_values_product(self, reward, coupon, **kwargs):
        """What was taken once is sent once, not as often as there are points."""
        found = super()._get_reward_values_product(reward, coupon, **kwargs)
        taken = self.sudo().club_taken_ids  # sudo: as below
        if reward in taken.filtered(lambda one: one.state in ("open", "collected")).reward_id:
            for vals in found:
                times = max(vals["product_uom_qty"] / max(reward.reward_product_qty, 1), 1)
                vals["product_uom_qty"] = reward.reward_product_qty
                vals["points_cost"] /= times
        return found

    def _club_reward_obstacles(self):
        """What she took when she could, she gets."""
        obstacles = super()._club_reward_obstacles()
        for reward_id in self._club_taken_open().reward_id.ids if obstacles else ():
            obstacles.pop(reward_id, None)
        return obstacles

    # === BUSINESS METHODS === #

    def _club_taken_open(self, coupon=None):
        """Rewards on this order that wait to be collected: those of one card, or all."""
        taken = self.sudo().club_taken_ids  # sudo: the order's own; a customer reads no rewards
        wallet = coupon.sudo().club_wallet_id if coupon else None  # sudo: as above
        return taken.filtered(
            lambda one: one.state == "open" and (wallet is None or one.wallet_id == wallet)
        )

    @api.model
    def _club_read_code(self, code):
        return read_reward_code(code) if isinstance(code, str) and len(code) < 64 else None

    def _club_taken_by(self, code):
        """The reward that this order's customer took under ``code``, in sudo, or none."""
        taken = self.env["loyalty.club.reward.taken"].sudo()  # sudo: whoever has her code
        read = self._club_read_code(code)
        if not read:
            return taken
        _branch, club = self._club_place()
        found = taken.search([("code", "=", read), ("club_id", "=", club.id)])
        return found.filtered(lambda one: one.member_id.partner_id == self.partner_id)


class SaleTaken:
    """Rewards on a confirmed order that were taken beforehand: a part of its settlement.

    :param order: sale.order with rights to read all of it.
    """

    def __init__(self, order):
        self.order = order
        self.env = order.env

    def collect(self):
        """Take the points that are held for those whose lines are on the order: once.

        :raises UserError: when one is not to be had any more.
        """
        order = self.order
        taken = order._club_taken_open() if order.state == "sale" else ()
        taken = taken and taken.filtered(self._is_on_order)
        if not taken:
            return
        branch, _club = order._club_place()
        capture, movements = taken._collecting(
            ("sale.order", order.id),
            branch_id=branch.id or None,
            note=order.name,
            basket=basket_of(order, branch),
        )
        outcomes = self.env["loyalty.club.wallet"]._post_or_raise(movements)
        capture.end(
            {
                movement.key: outcome.entry_id
                for movement, outcome in zip(movements, outcomes, strict=True)
            }
        )

    def _is_on_order(self, taken):
        return any(
            line.reward_id == taken.reward_id
            and line.coupon_id.club_wallet_id == taken.wallet_id
            and line.product_uom_qty
            for line in self.order.order_line
        )

    def collected(self):
        """Those that this order collected, and that did not come back."""
        return self.order.club_taken_ids.filtered(
            lambda one: (
                one.state == "collected"
                and (one.origin_model, one.origin_id) == ("sale.order", self.order.id)
            )
        )

    def relief(self):
        """What rewards cost less than their lines say, because they were taken when they cost
        less: by card."""
        less = defaultdict(lambda: ZERO)
        for taken in self.collected():
            lines = self.order.order_line.filtered(
                lambda line, one=taken: (
                    line.reward_id == one.reward_id
                    and line.coupon_id.club_wallet_id == one.wallet_id
                )
            )
            cost = sum((exact(line.points_cost) for line in lines), ZERO)
            less[lines.coupon_id[:1]] += max(cost - exact(taken.points), ZERO)
        return less
