from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import AMOUNT_DIGITS
from ..domain.earning import round_to
from ..domain.lots import ZERO
from ..movement import Movement


class LoyaltyClubTier(models.Model):
    """Whoever reaches a level by what she does may get points for it."""

    _inherit = "loyalty.club.tier"

    gift_amount = fields.Float(
        string="Points on reaching it",
        digits=AMOUNT_DIGITS,
        help="Given each time a member comes up to this level by her figures. 0: nothing.",
    )

    @api.constrains("gift_amount", "club_id")
    def _check_gift_amount(self):
        for tier in self.filtered("gift_amount"):
            if tier.gift_amount < 0 or not tier._is_whole_points(tier.gift_amount):
                raise ValidationError(
                    self.env._(
                        "“%(tier)s” gives whole steps of %(step)s.",
                        tier=tier.name,
                        step=tier._points_step_text(),
                    )
                )

    def _is_whole_points(self, amount):
        """Whether ``amount`` can be booked as points: a whole number of their smallest steps."""
        step = Decimal(str(self.club_id.points_kind_id.rounding))
        return not Decimal(str(amount)) % step

    def _points_step_text(self):
        kind = self.club_id.points_kind_id
        return kind._format(kind.rounding)

    @api.model
    def _changed(self, changes):
        result = super()._changed(changes)
        changes.filtered(
            lambda change: (
                change.reason == "qualified"
                and not change.fall
                and change.from_tier_id._rank() >= 0  # an archived level was no lower one
                and change.tier_id.gift_amount
            )
        )._without_regained()._give_gifts()
        return result


class LoyaltyClubTierChange(models.Model):
    _inherit = "loyalty.club.tier.change"

    def _without_regained(self):
        """Those of these changes by which members did not only come back to where they had been
        until goods came back: buying and returning by turns brings no gifts."""
        if not self:
            return self
        earlier = self.search(
            [("member_id", "in", self.member_id.ids), ("id", "<", max(self.ids))], order="id"
        ).grouped("member_id")
        return self.filtered(
            lambda change: (
                not change._is_regained(
                    [one for one in earlier.get(change.member_id, self) if one.id < change.id]
                )
            )
        )

    def _is_regained(self, earlier):
        """Whether the member lost this level, or a higher one, last by a return.

        :param earlier: her changes before this one, the oldest first.
        """
        rank = self.tier_id._rank()
        for change in reversed(earlier):
            if change.fall and change.from_tier_id._rank() >= rank > change.tier_id._rank():
                return change.reason == "returned"
        return False

    def _give_gifts(self):
        """Book what these members get for the level they reached; once for each change."""
        for club, changes in self.grouped("club_id").items():
            kind = club.points_kind_id
            wallets = kind._wallets_of(changes.member_id)
            # The points' smallest step may have grown since the gift was set: no sale fails by it.
            step = Decimal(str(kind.rounding))
            amounts = {
                tier: round_to(Decimal(str(tier.gift_amount)), step, "down")
                for tier in changes.tier_id
            }
            self.env["loyalty.club.wallet"]._post(
                [
                    Movement(
                        wallet_id=wallets[change.member_id.id].id,
                        amount=amounts[change.tier_id],
                        kind="bonus",
                        key=f"tier_gift:{change.id}",
                        origin=(change._name, change.id),
                        note=change.tier_id.name,
                    )
                    for change in changes
                    if amounts[change.tier_id] > ZERO
                ]
            )
