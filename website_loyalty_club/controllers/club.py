from odoo.http import Controller, request, route

from odoo.addons.loyalty_club.controllers.club_page import ClubPage
from odoo.addons.loyalty_club.controllers.join import ClubDoor


class WebsiteClubPage(ClubPage):
    """Where no club is named, it is that of the site."""

    def _club(self, club_id, partner):
        return (not club_id and request.website._club()) or super()._club(club_id, partner)


class WebsiteClubDoor(ClubDoor):
    """The same for the way in."""

    def _club(self, club_id):
        club = super()._club(club_id)
        own = request.website._club() if not club_id else club
        return own if own.open_to_join else club


class ClubBlocks(Controller):
    """What blocks of a page say of the club, as it is at this moment."""

    @route(
        "/website_loyalty_club/told",
        type="jsonrpc",
        auth="public",
        website=True,
        readonly=True,
    )
    def told(self, benefits=False):
        """What visitors are told.

        :param benefits: also the list of what members get.
        :returns: dict of ``join`` (address of the way in, empty for members and where nobody
            joins online), ``page``, ``offer`` (a sentence) and ``benefits`` (HTML); empty where
            the site has no club.
        """
        website = request.website
        club = website._club()
        if not club:
            return {}
        joining = website._club_to_join()
        answer = {
            "join": f"/club/join/{joining.id}" if joining else "",
            "page": f"/club/{club.id}",
            "offer": website._club_invitation(club) if joining else "",
        }
        if benefits:
            answer["benefits"] = request.env["ir.qweb"]._render(
                "website_loyalty_club.benefits",
                {"benefits": club._benefits_told(), "levels": club._levels_told()},
            )
        return answer
