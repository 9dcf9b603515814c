from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ..domain.lots import ZERO


class LoyaltyReward(models.Model):
    _inherit = "loyalty.reward"

    def _compute_description(self):
        """What the club named stays when its value changes.

        The name stands on receipts, in the languages of those who read them; stock's text
        tells the value in a single language.
        """
        discount = self.env["loyalty.club"]._default_names()["reward"]
        named = self.filtered(
            lambda reward: (
                reward.program_id.club_wallet_kind_id
                and reward.description in (discount, reward.program_id.club_wallet_kind_id.name)
            )
        )
        for reward in named:
            reward.description = reward.description
        return super(LoyaltyReward, self - named)._compute_description()

    def _club_check_claim(self, cost, value, quantity, purchase, percent=ZERO):
        """Refuse a claim that takes more than its points pay for.

        The till works out reward lines by itself; what it sends is checked here before
        the points are taken.

        :param cost: points the till wants to take (Decimal).
        :param value: discount given, as a positive amount of money (Decimal).
        :param quantity: units of a product reward given.
        :param purchase: what the order's goods cost, tax included (Decimal).
        :param percent: by how many per cent rewards cost the member fewer points (Decimal).
        :raises UserError: naming the reward, when the claim does not fit it.
        """
        self.ensure_one()
        share = 1 - percent / 100
        required = Decimal(str(self.required_points)) * share
        # Where each point is money, that many must be there; fewer may be needed.
        per_point = self.reward_type == "discount" and self.discount_mode == "per_point"
        least = Decimal(0) if per_point else required
        # A till rounds each tax line by itself: allow a step of the currency per line kind.
        tolerance = Decimal(str(self.currency_id.rounding)) * 3
        most = self._club_worth(cost, required, purchase, share) + tolerance
        if cost <= 0 or cost < least or value > most:
            self._club_refuse_claim()
        if self.reward_type == "product" and not self.clear_wallet:
            claims = int(cost / required) if required else 1
            if quantity > claims * self.reward_product_qty:
                self._club_refuse_claim()

    def _club_worth(self, cost, required, purchase, share):
        """The most money that ``cost`` points are worth through this reward.

        :param required: points that it takes of this member.
        :param share: part of a point that she pays where others pay a whole one.
        """
        discount = Decimal(str(self.discount))
        if self.reward_type != "discount":
            return purchase
        if self.discount_mode == "per_point":
            worth = cost / share * discount
        elif self.discount_mode == "per_order":
            claims = int(cost / required) if required else 1
            worth = discount * max(claims, 1)
        else:
            worth = purchase * discount / 100
        limit = Decimal(str(self.discount_max_amount))
        return min(worth, limit) if limit else worth

    def _club_refuse_claim(self):
        raise UserError(
            self.env._(
                "The reward “%(reward)s” on this order is worth more than the points it takes. "
                "Remove it and add it again.",
                reward=self.description or self.display_name,
            )
        )
