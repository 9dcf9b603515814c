from odoo import api, models
from odoo.tools import SQL


class LoyaltyClubPurchase(models.Model):
    _inherit = "loyalty.club.purchase"

    @api.model
    def _sale_branch(self):
        """The website's branch comes before the warehouse's, as for the order itself."""
        self.env["website"].flush_model(["club_branch_id"])
        return SQL(
            "COALESCE((SELECT s.club_branch_id FROM website s WHERE s.id = o.website_id), %s)",
            super()._sale_branch(),
        )

    @api.model
    def _sale_channel(self):
        """Orders that came through a website."""
        return SQL(
            "CASE WHEN o.website_id IS NULL THEN %s ELSE 'website' END", super()._sale_channel()
        )
