from odoo import models

_COPIES = {
    "sale_order": ("partner_id", ("client_order_ref", "signed_by", "note")),
}


class LoyaltyClubMember(models.Model):
    """What sales orders say of an erased person."""

    _inherit = "loyalty.club.member"

    def _copies(self):
        return {**super()._copies(), **_COPIES}
