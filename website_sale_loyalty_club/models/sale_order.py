from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _club_place(self):
        """An order of the web shop belongs to the website's branch, when it has one."""
        branch = self.website_id.club_branch_id
        if branch:
            return branch, branch.club_id
        return super()._club_place()
