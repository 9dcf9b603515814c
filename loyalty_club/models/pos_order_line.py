from odoo import api, fields, models


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    club_gift_code = fields.Char(
        string="Gift card code",
        readonly=True,
        help="Code on the physical gift card that this line sells, as the till read it.",
    )
    club_gift_valid_until = fields.Date(
        string="Gift card valid until",
        readonly=True,
        help="Last day of the physical gift card that this line sells, as the cashier set it.",
    )

    @api.model
    def _load_pos_data_fields(self, config):
        names = super()._load_pos_data_fields(config)
        return [*names, "club_gift_code", "club_gift_valid_until"]

    def _club_of_other_document(self):
        """Whether another document, paid with this line, books the stored value it sells."""
        return False
