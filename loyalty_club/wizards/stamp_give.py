from uuid import uuid4

from odoo import api, fields, models


class LoyaltyClubStampGive(models.TransientModel):
    """Puts stamps onto a card by hand: those of a paper card, or one that was forgotten."""

    _name = "loyalty.club.stamp.give"
    _description = "Give Stamps"

    member_id = fields.Many2one("loyalty.club.member", required=True, ondelete="cascade")
    club_id = fields.Many2one(related="member_id.club_id", related_sudo=False)
    program_id = fields.Many2one(
        "loyalty.club.stamp.program",
        string="Stamp card",
        required=True,
        ondelete="cascade",
        domain="[('club_id', '=', club_id)]",
    )
    stamps = fields.Integer(required=True, default=1)
    has_now = fields.Integer(string="On the card", compute="_compute_has_now")
    needed = fields.Integer(related="program_id.stamps_needed", related_sudo=False)
    reason = fields.Char(required=True)
    key = fields.Char(readonly=True, required=True, default=lambda self: uuid4().hex)

    @api.model
    def default_get(self, names):
        """The one stamp card that the member's club has."""
        values = super().default_get(names)
        member = self.env["loyalty.club.member"].browse(values.get("member_id"))
        if member and not values.get("program_id"):
            programs = self.env["loyalty.club.stamp.program"].search(
                [("club_id", "=", member.club_id.id)], limit=2
            )
            values["program_id"] = programs.id if len(programs) == 1 else False
        return values

    @api.depends("member_id", "program_id")
    def _compute_has_now(self):
        for wizard in self:
            wallets = wizard.member_id.wallet_ids.filtered(
                lambda wallet, kind=wizard.program_id.kind_id: wallet.kind_id == kind
            )
            wizard.has_now = sum(wallets.mapped("available"))

    def action_give(self):
        """Give the stamps; a second click gives nothing more.

        :raises AccessError: for anyone but a club marketer or manager.
        :raises UserError: without a reason, or for more than fills a card in a day.
        """
        self.ensure_one()
        self.program_id._give(self.member_id, self.stamps, self.reason, self.key)
        return {"type": "ir.actions.act_window_close"}
