from werkzeug.exceptions import NotFound

from odoo.http import Controller, request, route


class ClubLogo(Controller):
    """The picture that stands above a club's pages, for whoever may see these."""

    @route(
        "/club/<int:club_id>/logo",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        readonly=True,
        save_session=False,
    )
    def club_logo(self, club_id, mark="", **_kwargs):
        """The logo; its address changes with it, so that browsers keep it for long."""
        # sudo: a logo is for everybody's eyes
        club = request.env["loyalty.club"].sudo().search([("id", "=", club_id)])
        if not club.logo_mark:
            raise NotFound
        stream = request.env["ir.binary"]._get_image_stream_from(club, "logo")
        response = stream.get_response(immutable=mark == club.logo_mark)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
