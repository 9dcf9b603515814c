from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..const import AMOUNT_DIGITS

FATES = [("keep", "Keep it blocked"), ("forfeit", "Forfeit it"), ("payout", "Pay it out")]


class LoyaltyClubMemberClose(models.TransientModel):
    """Shows what a member has left, and asks what becomes of it before closing."""

    _name = "loyalty.club.member.close"
    _description = "Close Membership"

    member_id = fields.Many2one("loyalty.club.member", required=True, ondelete="cascade")
    reason = fields.Char(required=True)
    may_move = fields.Boolean(compute="_compute_may_move")
    owes = fields.Boolean(compute="_compute_owes")
    line_ids = fields.One2many("loyalty.club.member.close.line", "wizard_id")

    @api.depends_context("uid")
    def _compute_may_move(self):
        self.may_move = self.env.user.has_group("loyalty_club.group_manager")

    @api.depends("member_id")
    def _compute_owes(self):
        for wizard in self:
            wizard.owes = any(wallet.balance < 0 for wallet in wizard.member_id.wallet_ids)

    @api.model
    def default_get(self, names):
        """A line for each wallet that holds something, with what the club's policy says."""
        values = super().default_get(names)
        member = self.env["loyalty.club.member"].browse(values.get("member_id"))
        # Who may not move value can only keep it.
        policy = member.club_id.closing_policy if self.new().may_move else "keep"
        values["line_ids"] = [
            Command.create({"wallet_id": wallet.id, "fate": self._fate(policy, wallet)})
            for wallet in member.wallet_ids.filtered(lambda wallet: wallet.balance > 0)
        ]
        return values

    @api.model
    def _fate(self, policy, wallet):
        return "forfeit" if policy == "payout" and wallet.type != "ewallet" else policy

    def action_close(self):
        """Close the membership as chosen.

        :raises AccessError: as :meth:`loyalty.club.member._close`.
        :raises UserError: without a reason, and as there.
        """
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Write why the membership is closed."))
        self.member_id._close(reason, {line.wallet_id: line.fate for line in self.line_ids})
        return {"type": "ir.actions.act_window_close"}


class LoyaltyClubMemberCloseLine(models.TransientModel):
    """What becomes of one wallet of the membership that is closed."""

    _name = "loyalty.club.member.close.line"
    _description = "What a Closed Membership Leaves"

    wizard_id = fields.Many2one(
        "loyalty.club.member.close", required=True, ondelete="cascade", index=True
    )
    wallet_id = fields.Many2one("loyalty.club.wallet", required=True, ondelete="cascade")
    kind_id = fields.Many2one(related="wallet_id.kind_id", related_sudo=False)
    balance = fields.Float(related="wallet_id.balance", related_sudo=False, digits=AMOUNT_DIGITS)
    unit = fields.Char(related="wallet_id.unit", related_sudo=False)
    fate = fields.Selection(FATES, string="What becomes of it", required=True, default="keep")
