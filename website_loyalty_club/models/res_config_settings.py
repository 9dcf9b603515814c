from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    website_club_bar = fields.Boolean(related="website_id.club_bar", readonly=False)
    website_club_bar_text = fields.Char(related="website_id.club_bar_text", readonly=False)
