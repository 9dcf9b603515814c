"""Prices for members: a pricelist of the club, that nobody has to write on contacts."""

from odoo import api, fields, models
from odoo.fields import Domain
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
    def _members_only_pricelists(self):
        """Ids of the pricelists that clubs and levels keep for their members: a set."""
        priced = [*self._priced().values()]
        priced += self.env["loyalty.club.tier"]._giving("pricelist_id").values()
        return {pricelist for _company, pricelist in priced}

    @api.model
    def _member_pricelists(self, partner_ids):
        """Pricelists that members among these contacts have here: dict of contact's id to id.

        That of the member's level comes before that of her club.
        """
        here = self.env.company.id
        of_tiers = self.env["loyalty.club.tier"]._giving("pricelist_id")
        clubs, tiers = (
            {key: pricelist for key, (home, pricelist) in priced.items() if home == here}
            for priced in (self._priced(), of_tiers)
        )
        if not clubs and not tiers:
            return {}
        # sudo: whoever sells to a member sells at the member's prices
        members = self.env["loyalty.club.member"].sudo()
        members = members.search_fetch(
            Domain("partner_id", "in", list(partner_ids))
            & Domain("state", "=", "active")
            & (Domain("club_id", "in", list(clubs)) | Domain("tier_id", "in", list(tiers))),
            ["club_id", "partner_id", "tier_id"],
        ).sorted(lambda member: (member.club_id.sequence, member.club_id.id))
        found = {}
        for member in members:
            pricelist = tiers.get(member.tier_id.id) or clubs.get(member.club_id.id)
            found.setdefault(member.partner_id.id, pricelist)
        return found


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def _get_partner_pricelist_multi(self, partner_ids):
        """Members have the pricelist of their level, else the club's, unless one stands on the
        contact."""
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
        members_only = self.env["loyalty.club"]._members_only_pricelists()
        return [*domain, ("id", "not in", sorted(members_only))] if members_only else domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.depends("club_member_ids.state", "club_member_ids.tier_id")
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
