from odoo import models

# What of a contact counts for the profile of its memberships.
_COUNTED = {"name", "phone", "email", "street", "city"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if _COUNTED & vals.keys():
            # sudo: whoever may change a contact does this with it, without rights on members
            members = self.env["loyalty.club.member"].sudo()
            members.search([("partner_id", "in", self.ids)])._refresh_completion()
        return result
