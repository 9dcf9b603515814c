from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of a till, as the Point of Sale app shows them."""

    _inherit = "res.config.settings"

    pos_club_branch_id = fields.Many2one(
        related="pos_config_id.club_branch_id", string="Club branch", readonly=False
    )
    pos_club_show_panel = fields.Boolean(related="pos_config_id.club_show_panel", readonly=False)
    pos_club_show_quote = fields.Boolean(related="pos_config_id.club_show_quote", readonly=False)
    pos_club_show_display = fields.Boolean(
        related="pos_config_id.club_show_display", readonly=False
    )
    pos_club_fix_customer = fields.Boolean(
        related="pos_config_id.club_fix_customer", readonly=False
    )
    pos_club_offline_limit = fields.Monetary(
        related="pos_config_id.club_offline_limit",
        readonly=False,
        currency_field="pos_club_currency_id",
    )
    pos_club_currency_id = fields.Many2one(
        related="pos_config_id.currency_id", string="Currency of the till"
    )
    pos_club_receipt_points = fields.Boolean(
        related="pos_config_id.club_receipt_points", readonly=False
    )
    pos_club_receipt_wallets = fields.Boolean(
        related="pos_config_id.club_receipt_wallets", readonly=False
    )
    pos_club_receipt_tier = fields.Boolean(
        related="pos_config_id.club_receipt_tier", readonly=False
    )
    pos_club_receipt_stamps = fields.Boolean(
        related="pos_config_id.club_receipt_stamps", readonly=False
    )
    pos_club_receipt_expiry_days = fields.Integer(
        related="pos_config_id.club_receipt_expiry_days", readonly=False
    )
    pos_club_receipt_check = fields.Selection(
        related="pos_config_id.club_receipt_check", readonly=False
    )
