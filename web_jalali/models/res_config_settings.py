from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of companies that count in rials."""

    _inherit = "res.config.settings"

    rial_shown = fields.Selection(related="company_id.rial_shown", readonly=False)
    company_currency_code = fields.Char(
        string="Code of the Company's Currency", related="company_id.currency_id.name"
    )
