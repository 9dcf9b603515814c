from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..const import AMOUNT_DIGITS


class LoyaltyClubWalletConvert(models.TransientModel):
    """Turn a member's points into credit, or credit into points, after showing what results."""

    _name = "loyalty.club.wallet.convert"
    _description = "Convert Value"

    member_id = fields.Many2one("loyalty.club.member", required=True, ondelete="cascade")
    club_id = fields.Many2one(related="member_id.club_id", related_sudo=False)
    rate_id = fields.Many2one(
        "loyalty.club.conversion",
        required=True,
        ondelete="cascade",
        domain="[('id', 'in', usable_rate_ids)]",
    )
    usable_rate_ids = fields.Many2many(
        "loyalty.club.conversion", compute="_compute_usable_rate_ids"
    )
    available = fields.Float(compute="_compute_available", digits=AMOUNT_DIGITS)
    from_unit = fields.Char(string="Unit taken", related="rate_id.from_unit")
    to_unit = fields.Char(string="Unit given", related="rate_id.to_unit")
    amount = fields.Float(required=True, digits=AMOUNT_DIGITS)
    taken = fields.Float(compute="_compute_result", digits=AMOUNT_DIGITS)
    given = fields.Float(compute="_compute_result", digits=AMOUNT_DIGITS)
    remainder = fields.Float(
        compute="_compute_result",
        digits=AMOUNT_DIGITS,
        help="Too little for one more step; it is not taken.",
    )

    @api.model
    def default_get(self, names):
        """From a wallet: its member, and a rate that begins with its kind."""
        values = super().default_get(names)
        wallet = self.env["loyalty.club.wallet"].browse(self.env.context.get("from_wallet_id"))
        if wallet:
            values["member_id"] = wallet.member_id.id
        member = self.env["loyalty.club.member"].browse(values.get("member_id"))
        if member and not values.get("rate_id"):
            rates = self.env["loyalty.club.conversion"]._for_member(member)
            fitting = rates.filtered(lambda rate: rate.from_kind_id == wallet.kind_id)
            values["rate_id"] = (fitting or rates)[:1].id
        return values

    @api.depends("member_id")
    def _compute_usable_rate_ids(self):
        for wizard in self:
            wizard.usable_rate_ids = self.env["loyalty.club.conversion"]._for_member(
                wizard.member_id
            )

    @api.depends("member_id", "rate_id")
    def _compute_available(self):
        for wizard in self:
            wallet = wizard.member_id.wallet_ids.filtered(
                lambda wallet, w=wizard: wallet.kind_id == w.rate_id.from_kind_id
            )
            wizard.available = wallet.available

    @api.depends("rate_id", "amount")
    def _compute_result(self):
        for wizard in self:
            amount = Decimal(str(wizard.amount))
            taken = given = Decimal(0)
            if wizard.rate_id and amount > 0:
                taken, given = wizard.rate_id._preview(amount)
            wizard.taken, wizard.given = float(taken), float(given)
            wizard.remainder = float(max(amount, Decimal(0)) - taken)

    def action_convert(self):
        """Convert; a second click finds the first one's answer.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: as :meth:`loyalty.club.conversion._convert`.
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(self.env._("Only a club manager converts a member's value."))
        self.rate_id._convert(self.member_id, Decimal(str(self.amount)), key=f"convert:{self.id}")
        return {"type": "ir.actions.act_window_close"}
