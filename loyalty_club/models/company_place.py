"""Where a company is: asked at each sale, and changed once in years, so it is kept in memory."""

from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import ormcache

_NAMED = frozenset({"tz", "country_id"})


class Place(NamedTuple):
    """What a company's own contact says.

    :param zone: name of a time zone, or False.
    :param country: two letters, or False.
    """

    zone: str
    country: str


class ResCompany(models.Model):
    _inherit = "res.company"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "partner_id" in vals:
            self.env.registry.clear_cache()
        return result

    # === BUSINESS METHODS === #

    def _club_place(self):
        """The :class:`Place` of one company; of none, nothing is known."""
        return self._club_place_of(self.id) if self.id else Place(False, False)

    @api.model
    @ormcache("company_id")
    def _club_place_of(self, company_id):
        # sudo: where a company is, is known to all
        home = self.sudo().browse(company_id).partner_id
        return Place(home.tz, home.country_id.code)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if _NAMED & vals.keys() and self._club_is_at_home():
            self.env.registry.clear_cache()
        return result

    def _club_is_at_home(self):
        """Whether one of these contacts is a company's own, or a user's."""
        named = Domain("partner_id", "in", self.ids)
        # sudo: asked whoever changes a contact
        companies, users = self.env["res.company"].sudo(), self.env["res.users"].sudo()
        return bool(companies.search_count(named, limit=1) or users.search_count(named, limit=1))


class ResCountry(models.Model):
    _inherit = "res.country"

    def write(self, vals):
        result = super().write(vals)
        if "code" in vals:
            self.env.registry.clear_cache()
        return result
