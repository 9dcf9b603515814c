from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    pos_club_branch_id = fields.Many2one(
        related="pos_config_id.club_branch_id", string="Club branch", readonly=False
    )
