from odoo import api, fields, models


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    club_gift_code = fields.Char(
        string="Gift card code",
        readonly=True,
        help="Code on the physical gift card that this line sells, as the till read it.",
    )

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "club_gift_code"]
