"""Products for members only, and products that members buy earlier: whoever is none neither sees
nor buys them in the web shop."""

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.loyalty_club.clock import today_in


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

    club_opens_on = fields.Date(
        string="On sale from",
        index="btree_not_null",
        help="The web shop shows and sells it from this day on; members of the club's levels "
        "earlier by the days that their level says, signed in. Empty: at once. Till and sales "
        "orders are not bound by it.",
    )
    club_open_now = fields.Boolean(
        string="On sale now",
        compute="_compute_club_open_now",
        search="_search_club_open_now",
        help="Whoever is signed in may buy it in the web shop today.",
    )

    # === COMPUTE METHODS === #

    @api.depends("club_opens_on")
    @api.depends_context("uid", "company")
    def _compute_club_open_now(self):
        last = self._club_last_day(self.env.user.partner_id)
        for product in self:
            product.club_open_now = not product.club_opens_on or product.club_opens_on <= last

    @api.model
    def _search_club_open_now(self, operator, value):
        """Looked up at each search: rules of access are kept in memory, days and levels pass."""
        if operator != "in":
            return NotImplemented
        last = self._club_last_day(self.env.user.partner_id)
        return Domain("club_opens_on", "=", False) | Domain("club_opens_on", "<=", last)

    # === BUSINESS METHODS === #

    @api.model
    def _club_last_day(self, partner):
        """What goes on sale up to this day, ``partner`` may buy today."""
        # sudo: what a level brings, and the shop's day, do not depend on who asks
        members = self.env["loyalty.club.member"].sudo()
        active = [
            ("partner_id", "=", partner.id),
            ("state", "=", "active"),
            ("company_id", "=", self.env.company.id),
            ("club_id.active", "=", True),
        ]
        days = max(members.search(active).tier_id.mapped("early_access_days"), default=0)
        return fields.Date.add(today_in(self.env.company.sudo()), days=days)

    def _club_open_to(self, partner):
        """Those of these products that ``partner`` may buy in the web shop."""
        # sudo: for whom a product is, is the shop's own rule
        clubs = self.env["loyalty.club"]._clubs_of(partner)
        return self.filtered(
            lambda product: not product.sudo().club_only_ids or product.sudo().club_only_ids & clubs
        )

    def _club_on_sale_for(self, partner):
        """Those of these products that are on sale for ``partner`` today."""
        if not any(self.mapped("club_opens_on")):
            return self
        last = self._club_last_day(partner)
        return self.filtered(lambda product: (product.club_opens_on or last) <= last)


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
