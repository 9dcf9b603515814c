from werkzeug.exceptions import NotFound

from odoo.http import Controller, request, route

from .answers import file_answer

_READERS = ("loyalty_club.group_marketer", "loyalty_club.group_auditor")


class Processing(Controller):
    """The record of processing, for those who answer for it."""

    @route(
        "/loyalty_club/processing/<int:club_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def processing_record(self, club_id, **_kwargs):
        """The record of a club as PDF, with the rights of the user."""
        if not any(request.env.user.has_group(group) for group in _READERS):
            raise NotFound
        club = request.env["loyalty.club"].search([("id", "=", club_id)])
        if not club:
            raise NotFound
        name, data = request.env["loyalty.club.processing"]._render(club)
        return file_answer(name, "application/pdf", data, "inline")
