from odoo import fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    club_branch_id = fields.Many2one(
        "loyalty.club.branch",
        string="Club branch",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="The shop of the customer club that sells from this warehouse.",
    )
