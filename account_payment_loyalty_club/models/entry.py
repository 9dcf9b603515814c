from odoo import api, models


class LoyaltyClubEntry(models.Model):
    """Members know their online payments by the reference that they were shown."""

    _inherit = "loyalty.club.entry"

    @api.model
    def _document_texts(self):
        texts = super()._document_texts()
        return {**texts, "payment.transaction": ("reference", self.env._("Payment %(number)s"))}
