from odoo import fields, models


class ResCompany(models.Model):
    """Companies that speak of tomans to their customers."""

    _inherit = "res.company"

    rial_shown = fields.Selection(
        [("rial", "Rial"), ("toman", "Toman (10 rials)")],
        default="rial",
        required=True,
        help="How amounts of Iranian rials are written in messages and on pages for customers."
        " Books, documents and what is typed stay in rials.",
    )
