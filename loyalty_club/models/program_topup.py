from odoo import api, fields, models


class LoyaltyProgram(models.Model):
    """What a till needs to know of a program to sell credit, and to take it as a payment."""

    _inherit = "loyalty.program"

    club_topup = fields.Boolean(
        compute="_compute_club_topup",
        compute_sudo=True,
        help="Tills sell this credit: for any amount, to a member.",
    )

    @api.depends("club_wallet_kind_id.type", "trigger_product_ids.available_in_pos")
    def _compute_club_topup(self):
        for program in self:
            sold = program.trigger_product_ids.filtered("available_in_pos")
            program.club_topup = program.club_wallet_kind_id.type == "ewallet" and bool(sold)

    @api.model
    def _load_pos_data_fields(self, config):
        names = super()._load_pos_data_fields(config)
        return [*names, "club_topup", "club_wallet_kind_id"]
