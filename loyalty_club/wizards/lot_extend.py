from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class LoyaltyClubLotExtend(models.TransientModel):
    """Let chosen lots live until a later day, with a reason that stays with them."""

    _name = "loyalty.club.lot.extend"
    _description = "Extend Lots"

    lot_ids = fields.Many2many("loyalty.club.lot", string="Lots", required=True)
    lot_count = fields.Integer(string="Number of lots", compute="_compute_lot_count")
    day = fields.Date(string="New last day", required=True)
    reason = fields.Char(required=True)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if "lot_ids" in fields and self.env.context.get("active_model") == "loyalty.club.lot":
            defaults["lot_ids"] = [Command.set(self.env.context.get("active_ids", []))]
        return defaults

    @api.depends("lot_ids")
    def _compute_lot_count(self):
        for wizard in self:
            wizard.lot_count = len(wizard.lot_ids)

    @api.constrains("reason")
    def _check_reason(self):
        if any(not (wizard.reason or "").strip() for wizard in self):
            raise UserError(self.env._("Write the reason: it stays with the lot."))

    def action_extend(self):
        """Give the lots the new last day.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: for a day gone by, or when no lot can be extended.
        """
        self.ensure_one()
        self.env["loyalty.club.lot.change"]._extend(self.lot_ids, self.day, self.reason)
        return {"type": "ir.actions.act_window_close"}
