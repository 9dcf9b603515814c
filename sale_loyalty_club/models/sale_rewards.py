"""Limited rewards on sales orders and in the web shop: who may choose them, which unit each is."""

from collections import defaultdict

from odoo import fields, models

from odoo.addons.loyalty_club.domain.lots import ZERO
from odoo.addons.loyalty_club.models.pos_taken import TakenUnits

from .sale_lines import exact, returned


def settle_rewards(order, collected):
    """Check the limited rewards that a confirmed order takes, note them, and free what came back.

    :param order: sale.order with rights to read all of it.
    :param collected: loyalty.club.reward.taken that the order collected: their units are noted.
    :raises UserError: when one cannot be chosen.
    """
    Reward = order.env["loyalty.reward"]
    terms = Reward._club_all_terms()
    if not terms and not collected:
        return
    branch, _club = order._club_place()
    origin, moment = ("sale.order", order.id), order.date_order
    units = TakenUnits(collected)
    asked = terms.keys() | units.reward_ids
    times = _times(order, asked) if order.state == "sale" else {}
    times = {
        member: units.rest(member, times.get(member, {}))
        for member in times.keys() | set(collected.member_id)
    }
    for member, chosen in times.items():
        rewards = Reward.browse(key for key in chosen if chosen[key])
        rewards._club_check_terms(member, branch, moment, chosen, origin)
    Claim = order.env["loyalty.club.reward.claim"]
    for member, chosen in (times or {order.env["loyalty.club.member"]: {}}).items():
        Claim._bring_in_line(origin, member, branch, moment, chosen)


def _times(order, terms):
    """How many of each reward the order takes, less what came back: by member."""
    claims = defaultdict(lambda: order.env["sale.order.line"])
    for line in order.order_line:
        if line.reward_id.id in terms and line.product_uom_qty and line._club_claims():
            claims[line.coupon_id, line.reward_id, line.reward_identifier_code] |= line
    times = defaultdict(dict)
    for (card, reward, _code), lines in claims.items():
        member = card.club_wallet_id.member_id
        times[member][reward.id] = times[member].get(reward.id, 0) + _number(card, reward, lines)
    return times


def _number(card, reward, lines):
    """How many of a reward one claim takes."""
    parts = [returned(line) for line in lines]
    if all(back and back >= ordered for ordered, back in parts):
        return 0
    cost = sum((exact(line.points_cost) for line in lines), ZERO)
    quantity = sum(lines.mapped("product_uom_qty"))
    return reward._club_times(cost, quantity, card._club_reward_percent())


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_claimable_rewards(self, forced_coupons=None):
        """Rewards that this customer cannot choose here and now are not offered."""
        claimable = super()._get_claimable_rewards(forced_coupons)
        # sudo: what goes for a reward does not depend on who asks
        obstacles = self.sudo()._club_reward_obstacles() if claimable else {}
        for coupon, rewards in list(claimable.items()) if obstacles else ():
            left = rewards.filtered(lambda reward: reward.id not in obstacles)
            if left:
                claimable[coupon] = left
            else:
                del claimable[coupon]
        return claimable

    def _apply_program_reward(self, reward, coupon, **kwargs):
        """A reward that cannot be chosen says why.

        What a confirmed order has got already was agreed.
        """
        if reward not in self.order_line.reward_id:
            # sudo: as above
            reason = self.sudo()._club_reward_obstacles().get(reward.id)
            if reason:
                return {
                    "error": self.env._(
                        "The reward “%(reward)s” cannot be chosen: %(reason)s.",
                        reward=reward.description,
                        reason=reason,
                    )
                }
        return super()._apply_program_reward(reward, coupon, **kwargs)

    def _club_reward_obstacles(self):
        """Why rewards cannot be chosen for this order: dict of reward id to a reason."""
        self.ensure_one()
        Reward = self.env["loyalty.reward"]
        terms = Reward._club_all_terms()
        branch, club = self._club_place()
        member = terms and self.env["loyalty.club.member"]._find(club, self.partner_id)
        if not member:
            return {}
        return Reward.browse(terms)._club_obstacles(
            member, branch, fields.Datetime.now(), origin=("sale.order", self.id)
        )
