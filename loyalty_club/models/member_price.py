"""Prices for members: a pricelist of the club, that nobody has to write on contacts."""

from odoo import api, fields, models
from odoo.tools import ormcache


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Members' prices",
        check_company=True,
        ondelete="restrict",
        help="Active members buy by this pricelist at the till, on sales orders and, signed in, "
        "in the web shop; nobody else does. A pricelist that stands on the contact itself comes "
        "first. At the till it has to be one of the till's pricelists.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        clubs = super().create(vals_list)
        if clubs.pricelist_id:
            self.env.registry.clear_cache()
        return clubs

    def write(self, vals):
        result = super().write(vals)
        if {"pricelist_id", "active", "sequence"} & vals.keys():
            self.env.registry.clear_cache()
            self.env["res.partner"].invalidate_model(["property_product_pricelist"])
        return result

    @api.model
    @ormcache()
    def _priced(self):
        """Clubs with prices of their own, the first first: dict of id to company and pricelist."""
        # sudo: the answer is the same for everyone and is kept for all
        clubs = self.sudo().search([("pricelist_id.active", "=", True)])
        return {club.id: (club.company_id.id, club.pricelist_id.id) for club in clubs}

    @api.model
    def _member_pricelists(self, partner_ids):
        """Pricelists that members among these contacts have here: dict of contact's id to id."""
        company = self.env.company.id
        clubs = {
            club: pricelist for club, (home, pricelist) in self._priced().items() if home == company
        }
        if not clubs:
            return {}
        # sudo: whoever sells to a member sells at the member's prices
        members = self.env["loyalty.club.member"].sudo()
        members = members.search_fetch(
            [
                ("club_id", "in", list(clubs)),
                ("partner_id", "in", list(partner_ids)),
                ("state", "=", "active"),
            ],
            ["club_id", "partner_id"],
        )
        found = {(member.partner_id.id, member.club_id.id) for member in members}
        return {
            partner: pricelist
            for club, pricelist in reversed(clubs.items())
            for partner, its_club in found
            if its_club == club
        }


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def _get_partner_pricelist_multi(self, partner_ids):
        """Members have the club's pricelist, unless one stands on the contact."""
        result = super()._get_partner_pricelist_multi(partner_ids)
        if not self.env["res.groups"]._is_feature_enabled("product.group_product_pricelist"):
            return result
        of_club = self.env["loyalty.club"]._member_pricelists(partner_ids)
        for partner in self.env["res.partner"].browse(of_club):
            own = partner.specific_property_product_pricelist
            if not own._get_partner_pricelist_multi_filter_hook():
                result[partner.id] = self.env["product.pricelist"].browse(of_club[partner.id])
        return result

    def _get_partner_pricelist_multi_search_domain_hook(self, company_id):
        """What is for members is nobody's default."""
        domain = super()._get_partner_pricelist_multi_search_domain_hook(company_id)
        priced = self.env["loyalty.club"]._priced()
        members_only = [pricelist for _company, pricelist in priced.values()]
        return [*domain, ("id", "not in", members_only)] if members_only else domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.depends("club_member_ids.state")
    def _compute_product_pricelist(self):
        return super()._compute_product_pricelist()

    def _inverse_product_pricelist(self):
        """A form that shows the club's pricelist and is saved does not write it onto the contact:
        it would stay when the membership ends."""
        of_club = self.env["loyalty.club"]._member_pricelists(self.ids)
        shown = self.filtered(
            lambda partner: (
                partner.property_product_pricelist.id == of_club.get(partner.id, False)
                and partner.property_product_pricelist
                and not partner.specific_property_product_pricelist
            )
        )
        return super(ResPartner, self - shown)._inverse_product_pricelist()
