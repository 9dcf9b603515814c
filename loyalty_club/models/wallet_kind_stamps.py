from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from .wallet_kind_accounts import VALUE_DIGITS


class LoyaltyClubWalletKind(models.Model):
    """Stamps as a kind of value: counted one by one, worth their part of the reward."""

    _inherit = "loyalty.club.wallet.kind"

    stamp_program_ids = fields.One2many(
        "loyalty.club.stamp.program",
        "kind_id",
        string="Stamp card",
        readonly=True,
        context={"active_test": False},
    )

    # === COMPUTE METHODS === #

    @api.depends("type")
    def _compute_unit(self):
        stamps = self.filtered(lambda kind: kind.type == "stamp")
        stamps.unit = self.env._("stamps")
        return super(LoyaltyClubWalletKind, self - stamps)._compute_unit()

    # === CONSTRAINT METHODS === #

    @api.constrains("type", "currency_id", "rounding", "pending_days", "transferable")
    def _check_stamps(self):
        for kind in self.filtered(lambda kind: kind.type == "stamp"):
            if kind.currency_id or kind.rounding != 1 or kind.pending_days or kind.transferable:
                raise ValidationError(
                    self.env._(
                        "Stamps are whole, no money, count at once and stay with the member: "
                        "“%(kind)s” cannot be otherwise.",
                        kind=kind.name,
                    )
                )

    # === BUSINESS METHODS === #

    def _format(self, amount):
        self.ensure_one()
        if self.type != "stamp":
            return super()._format(amount)
        return self.env._("%(number)s stamps", number=formatLang(self.env, float(amount), digits=0))

    def _unit_value(self, day):
        """A stamp is worth its part of what the full card brings; a coupon when it is used."""
        if self.type != "stamp":
            return super()._unit_value(day)
        # sudo: the program's figures; the books are the caller's
        program = self.sudo().stamp_program_ids[:1]
        kind = program.reward_kind_id if program.reward_type == "value" else None
        worth = program.reward_amount / program.stamps_needed if kind else 0
        value = float(kind._unit_value(day)) * worth if kind else 0.0
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-VALUE_DIGITS[1]))
