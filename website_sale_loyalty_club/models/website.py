from odoo import fields, models


class Website(models.Model):
    _inherit = "website"

    club_branch_id = fields.Many2one(
        "loyalty.club.branch",
        string="Club branch",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="The branch of the customer club for which this website sells. Empty: orders "
        "count for the branch of the warehouse that delivers them.",
    )
