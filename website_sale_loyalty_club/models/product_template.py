"""Products for members only: whoever is none neither sees nor buys them in the web shop."""

from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    club_only_ids = fields.Many2many(
        "loyalty.club",
        "loyalty_club_product_only_rel",
        "product_tmpl_id",
        "club_id",
        string="Only for members of",
        bypass_search_access=True,  # visitors may not read clubs
        help="In the web shop active members of these clubs alone see and buy it, signed in. "
        "Empty: it is for everybody. Till and sales orders are not bound by it.",
    )

    def _club_open_to(self, partner):
        """Those of these products that ``partner`` may buy in the web shop."""
        # sudo: for whom a product is, is the shop's own rule
        clubs = self.env["loyalty.club"]._clubs_of(partner)
        return self.filtered(
            lambda product: not product.sudo().club_only_ids or product.sudo().club_only_ids & clubs
        )


class ProductProduct(models.Model):
    _inherit = "product.product"

    # As superuser: inherited as it is, the field would ask visitors for a right on clubs
    # whenever a variant is read, and no guest could fill a cart.
    club_only_ids = fields.Many2many(related="product_tmpl_id.club_only_ids")


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    @api.model
    def _clubs_of(self, partner):
        """The clubs of which ``partner`` is an active member, as superuser."""
        members = self.env["loyalty.club.member"].sudo()  # sudo: see _club_open_to
        return members.search([("partner_id", "=", partner.id), ("state", "=", "active")]).club_id
