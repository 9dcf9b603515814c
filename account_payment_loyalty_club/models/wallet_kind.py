from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache

from odoo.addons.loyalty_club.const import AMOUNT_DIGITS


class LoyaltyClubWalletKind(models.Model):
    """On which terms members pay credit in online."""

    _inherit = "loyalty.club.wallet.kind"

    topup_online = fields.Boolean(
        string="Members top up online",
        default=True,
        help="Members pay it in on their own pages, through the payment providers of the company.",
    )
    topup_minimum = fields.Float(
        string="Least online top-up",
        digits=AMOUNT_DIGITS,
        required=True,
        default=0.0,
        help="Less is not taken online: each payment costs the shop something. 0: any amount.",
    )

    _topup_minimum_sound = models.Constraint(
        "CHECK (topup_minimum >= 0)", "The least online top-up is not negative."
    )

    # === BUSINESS METHODS === #

    @api.model
    @ormcache("club_id")
    def _is_paid_in_online(self, club_id):
        """Whether a club has a kind that members pay in online; costs no query."""
        # sudo: kept for all users
        return bool(self.sudo().search([("club_id", "=", club_id)])._paid_in_online())

    def _paid_in_online(self):
        """Those of these kinds that members pay in online."""
        return self.filtered(
            lambda kind: kind.active and kind.type == "ewallet" and kind.topup_online
        )

    def _check_topup(self, member, amount):
        """Refuse what would not be credited once it is paid.

        :param member: loyalty.club.member who wants to pay.
        :param amount: Decimal in the unit of this kind.
        :raises UserError: with the reason.
        """
        self.ensure_one()
        step = Decimal(str(self.rounding))
        if member.state != "active":
            raise UserError(self.env._("Your membership is not active, so nothing can be paid in."))
        least = max(Decimal(str(self.topup_minimum)), step)
        if amount < least:
            raise UserError(
                self.env._("Pay in at least %(amount)s.", amount=self._format_told(least))
            )
        if amount % step:
            raise UserError(
                self.env._("Pay in a whole number of %(step)s.", step=self._format_told(step))
            )
        self._check_topup_fits(member, amount)

    def _check_topup_fits(self, member, amount):
        wallet = member.wallet_ids.filtered(lambda one: one.kind_id == self)
        most = Decimal(str(self.maximum_balance))
        room = most - Decimal(str(wallet.balance))
        if most and amount + self._bonus_for(amount) > room:
            raise UserError(
                self.env._(
                    "“%(kind)s” holds at most %(most)s, so only %(room)s more fits in, with the "
                    "bonus.",
                    kind=self.name,
                    most=self._format_told(most),
                    room=self._format_told(max(room, Decimal(0))),
                )
            )


class LoyaltyClubTopupOffer(models.Model):
    _inherit = "loyalty.club.topup.offer"

    def _pays_told(self):
        """What to pay in, for a member."""
        return self.env._("Pay %(amount)s", amount=self.kind_id._format_shown(self.pays))

    def _gets_told(self):
        """What that gives, for a member."""
        return self.env._("get %(amount)s", amount=self.kind_id._format_shown(self.gets))
