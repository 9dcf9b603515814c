from odoo import api, fields, models
from odoo.tools import ormcache


class Website(models.Model):
    """The club that a site speaks of, and how it invites visitors to it."""

    _inherit = "website"

    club_bar = fields.Boolean(
        string="Invite visitors in a bar",
        help="Visitors who are not signed in see on every page, above all else, what joining the "
        "club brings. Whoever closes the bar does not see it again for a week.",
    )
    club_bar_text = fields.Char(
        string="Text of the bar",
        translate=True,
        help="Empty: what joining brings, from the club's welcome gift or its terms.",
    )

    # === BUSINESS METHODS === #

    def _club(self):
        """The club of this site, whoever may join it: in sudo, or none."""
        self.ensure_one()
        # sudo: visitors read no clubs; name and terms are what the club shows to everybody
        website = self.sudo()
        return website.env["loyalty.club"]._with_page(website.company_id)

    def _club_to_join(self):
        """The club that whoever is here may join online, unless she is a member: in sudo."""
        club = self._club()
        if not club.open_to_join or self._club_member(club):
            return club.browse()
        return club

    def _club_member(self, club):
        """The signed-in person's membership, in sudo, or none."""
        members = club.env["loyalty.club.member"]
        user = self.env.user
        return members if user._is_public() else members._find(club, user.partner_id)

    @ormcache("self.id", "self.company_id.id")
    def _has_club(self):
        """Whether the site has a club to show: asked for the menu of every page."""
        return bool(self._club())

    def _club_invitation(self, club):
        """What joining brings, in one sentence."""
        gift = club.welcome_amount and club._welcome_kind()
        if gift:
            return self.env._(
                "Join %(club)s and get %(gift)s.",
                club=club.name,
                gift=gift._format_shown(club.welcome_amount),
            )
        return self.env._(
            "Join %(club)s: every purchase brings you something back.", club=club.name
        )


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def write(self, vals):
        result = super().write(vals)
        if {"active", "public_page", "company_id", "open_to_join"} & vals.keys():
            self.env.registry.clear_cache()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        clubs = super().create(vals_list)
        self.env.registry.clear_cache()
        return clubs

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
