from odoo import fields, models
from odoo.http import request

from odoo.addons.website_sale.models.website import PRICELIST_SESSION_CACHE_KEY


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

    def _product_domain(self):
        """What is for members only is for whoever is signed in as one, and for employees."""
        domain = super()._product_domain()
        user = self.env.user
        if user._is_internal():
            return domain
        clubs = self.env["loyalty.club"]._clubs_of(user.partner_id)
        for_members = [("club_only_ids", "in", clubs.ids)] if clubs else [(0, "=", 1)]
        on_sale = ("club_open_now", "=", True)
        return [*domain, on_sale, "|", ("club_only_ids", "=", False), *for_members]

    def get_pricelist_available(self, show_visible=False):
        """Members' prices are there for members, whatever else there is, and for them alone."""
        pricelists = super().get_pricelist_available(show_visible)
        clubs = self.env["loyalty.club"].with_company(self.company_id)
        members_only = clubs._members_only_pricelists()
        if not members_only or not self.env["res.groups"]._is_feature_enabled(
            "product.group_product_pricelist"
        ):
            return pricelists
        own = self._club_own_pricelist()
        ids = [one for one in pricelists.ids if one not in members_only - own]
        return pricelists.browse([*ids, *(own & members_only - set(ids))])

    def _club_own_pricelist(self):
        """The pricelist of who is signed in, as a set of one id, or of none."""
        user = self.env.user
        if user._is_public():
            return set()
        return {user.partner_id.with_company(self.company_id).property_product_pricelist.id}

    def _get_and_cache_current_pricelist(self):
        """A session forgets members' prices when the membership has ended."""
        kept = request.session.get(PRICELIST_SESSION_CACHE_KEY)
        members_only = self.env["loyalty.club"]._members_only_pricelists()
        if kept in members_only and kept not in self._club_own_pricelist():
            request.session.pop(PRICELIST_SESSION_CACHE_KEY)
        return super()._get_and_cache_current_pricelist()

    def _club(self):
        """That of the site's branch comes before the company's."""
        # sudo: visitors read no clubs; name and terms are what the club shows to everybody
        club = self.sudo().club_branch_id.club_id
        return club if club.public_page else super()._club()

    def write(self, vals):
        result = super().write(vals)
        if "club_branch_id" in vals:
            self.env.registry.clear_cache()
        return result
