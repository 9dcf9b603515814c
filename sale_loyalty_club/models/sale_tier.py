"""What the customer's level in the club means for a sales order."""

from contextlib import contextmanager
from contextvars import ContextVar

from odoo import api, models
from odoo.tools import float_round

from odoo.addons.loyalty_club.domain.earning import round_to
from odoo.addons.loyalty_club.domain.lots import ZERO

from .sale_lines import exact

HUNDRED = 100
# Whether points are being weighed against what rewards cost.
_weighing: ContextVar[bool] = ContextVar("sale_loyalty_club_weighing", default=False)


@contextmanager
def weighing():
    """While this is in force, points count for as much as they buy at the member's level."""
    token = _weighing.set(True)
    try:
        yield
    finally:
        _weighing.reset(token)


class SaleOrder(models.Model):
    """Payment terms of the level, and rewards for fewer points.

    Stock compares a card's points with what a reward costs everybody. Where it does, the points
    of a member whose level pays less count for more; what is then written on the line is what
    the reward costs her.
    """

    _inherit = "sale.order"

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    def _compute_payment_term_id(self):
        result = super()._compute_payment_term_id()
        for company, orders in self.grouped("company_id").items():
            tiers = orders.partner_id._club_payment_tiers(company)
            for order in orders.filtered(lambda order, tiers=tiers: order.partner_id.id in tiers):
                order.payment_term_id = tiers[order.partner_id.id].payment_term_id
        return result

    # === BUSINESS METHODS - REWARDS === #

    def _get_claimable_rewards(self, forced_coupons=None):
        with weighing():
            return super()._get_claimable_rewards(forced_coupons)

    def _apply_program_reward(self, reward, coupon, **kwargs):
        with weighing():
            return super()._apply_program_reward(reward, coupon, **kwargs)

    def _update_programs_and_rewards(self):
        with weighing():
            return super()._update_programs_and_rewards()

    def _get_real_points_for_coupon(self, coupon, post_confirm=False):
        points = super()._get_real_points_for_coupon(coupon, post_confirm)
        percent = coupon._club_reward_percent() if _weighing.get() and coupon else ZERO
        if not percent:
            return points
        return float_round(points * HUNDRED / float(HUNDRED - percent), 6)

    def _write_vals_from_reward_vals(self, reward_vals, old_lines, delete=True):
        """What a reward takes off the card is what it costs at the member's level."""
        cards = self.env["loyalty.card"]
        reward_vals = [
            dict(vals, points_cost=self._club_level_cost(cards.browse(vals["coupon_id"]), vals))
            if vals.get("points_cost") and vals.get("coupon_id")
            else vals
            for vals in reward_vals
        ]
        return super()._write_vals_from_reward_vals(reward_vals, old_lines, delete)

    @api.model
    def _club_level_cost(self, card, vals):
        """Points that the reward of a line's ``vals`` takes off ``card``."""
        percent = card._club_reward_percent()
        if not percent:
            return vals["points_cost"]
        step = exact(card.sudo().club_wallet_id.kind_id.rounding)  # sudo: a rule
        cost = exact(vals["points_cost"]) * (HUNDRED - percent) / HUNDRED
        return float(round_to(cost, step, "up"))
