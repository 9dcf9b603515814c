from odoo import api, models


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    @api.model
    def _document_texts(self):
        order = {"sale.order": ("name", self.env._("Order %(number)s"))}
        return {**super()._document_texts(), **order}
