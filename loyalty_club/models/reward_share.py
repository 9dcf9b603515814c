"""Points as a part of the price only: the rest is paid otherwise."""

from decimal import Decimal

from odoo import api, fields, models


class LoyaltyReward(models.Model):
    """A discount for points pays for so many per cent of the goods at most."""

    _inherit = "loyalty.reward"

    club_share = fields.Float(
        string="At most of the goods (%)",
        digits=(5, 2),
        help="Points take off at most so many per cent of what the goods of a purchase cost, tax "
        "included. 0: they may pay for all of it.",
    )

    _club_share_sound = models.Constraint(
        "CHECK (club_share BETWEEN 0 AND 100)", "A part of the goods is 0 to 100 per cent of them."
    )

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "club_share"]

    def _club_worth(self, cost, required, purchase, share):
        worth = super()._club_worth(cost, required, purchase, share)
        most = self._club_share_of(purchase)
        return worth if most is None else min(worth, most)

    def _club_share_of(self, goods):
        """The most that points take off goods of this worth (Decimal); None: no limit."""
        if self.reward_type != "discount" or not self.club_share:
            return None
        return goods * Decimal(str(self.club_share)) / 100
