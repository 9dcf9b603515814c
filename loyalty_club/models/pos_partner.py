"""Whom a cashier looks for in the till's list of customers."""

from odoo import api, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def get_new_partner(self, config_id, domain, offset):
        """Stock's door of the till's customer list: whoever is named exactly is found alone.

        A mobile number in any writing, a membership or card number and an identity code are
        looked up by their indexes; only other texts go through all contacts.
        """
        named = self._club_named_at_till(config_id, self._club_searched_text(domain))
        if named:
            return super().get_new_partner(config_id, [("id", "in", named.ids)], 0)
        return super().get_new_partner(config_id, domain, offset)

    @api.model
    def _club_named_at_till(self, config_id, text):
        """The contacts of the members of the till's club whom ``text`` names exactly."""
        config = self.env["pos.config"].browse(config_id).exists()
        if not (text and config and self.env.user.has_group("point_of_sale.group_pos_user")):
            return self.browse()
        # sudo: a cashier without rights on members finds a customer all the same; what she
        # reads of the contact is up to her own rights
        members = self.env["loyalty.club.member"].sudo()
        found = members._locate(config.sudo()._club(), text, asked=not self.env.su)
        return found.partner_id.sudo(self.env.su)

    @api.model
    def _club_searched_text(self, domain):
        """What was typed, out of the conditions that stock's till sends."""
        for leaf in domain if isinstance(domain, list) else ():
            if isinstance(leaf, list | tuple) and len(leaf) == 3 and leaf[1] == "ilike":
                return leaf[2].removesuffix("%") if isinstance(leaf[2], str) else ""
        return ""
