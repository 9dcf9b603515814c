from odoo import api, fields, models

from ..models.reveal import REVEALED


class LoyaltyClubMemberReveal(models.TransientModel):
    """Asks why a sealed value shall be seen, notes it, and shows the value once. It is nowhere
    stored in clear."""

    _name = "loyalty.club.member.reveal"
    _inherit = ["loyalty.club.own.work"]
    _description = "Reveal a Sealed Value"
    _own = frozenset({"reveal_id"})

    member_id = fields.Many2one("loyalty.club.member", required=True, ondelete="cascade")
    code = fields.Selection(REVEALED, string="What", required=True)
    reason = fields.Char(string="Why", required=True)
    reveal_id = fields.Many2one("loyalty.club.reveal", readonly=True, ondelete="cascade")
    value = fields.Text(compute="_compute_value")

    @api.depends_context("uid")
    @api.depends("reveal_id")
    def _compute_value(self):
        for wizard in self:
            # The log record says whose and what: the wizard's own fields can be changed.
            wizard.value = wizard.reveal_id._value() if wizard.reveal_id else False

    def action_reveal(self):
        """Note who looks and why, and show the value.

        :raises AccessError: for anyone who may not see sensitive data.
        """
        self.ensure_one()
        reveal = self.env["loyalty.club.reveal"]._log(self.member_id, self.code, self.reason)
        self.sudo().reveal_id = reveal  # sudo: set by our own code alone
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Revealed"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_remove(self):
        """Forget the value; the chatter says that it was, not what it said.

        :raises AccessError: for anyone who may not see sensitive data.
        """
        self.ensure_one()
        self.env["loyalty.club.reveal"]._remove(self.member_id, self.code)
        return {"type": "ir.actions.act_window_close"}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("reveal_id", None)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            vals = {name: value for name, value in vals.items() if name != "reveal_id"}
        return super().write(vals)
