from werkzeug.exceptions import NotFound

from odoo.http import Controller, request, route

from .answers import file_answer, unlisted_page


class Invitation(Controller):
    """The link by which an invited contact ends invitations, and the poster of an invitation."""

    @route(
        "/club/uninvite/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
        multilang=False,
        readonly=True,
    )
    def uninvite_page(self, token, **_kwargs):
        """Ask; opening the link changes nothing, since mail programs open links themselves."""
        row = request.env["loyalty.club.invitation.contact"]._of_stop(token)
        return self._page(row, "ask", token)

    # No CSRF token: the address itself, which nobody can guess, is the right to do it.
    @route(
        "/club/uninvite/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        multilang=False,
        csrf=False,
        save_session=False,
    )
    def uninvite(self, token, **_kwargs):
        """End invitations; a second time changes nothing and is answered alike."""
        row = request.env["loyalty.club.invitation.contact"]._of_stop(token)
        if row and row.state != "refused":
            row._refuse()
        return self._page(row, "done", token)

    @route(
        "/loyalty_club/invitation/<int:invitation_id>/poster",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def poster(self, invitation_id, **_kwargs):
        """The sheet with the QR code, for staff who may read the invitation.

        One of another company and one that does not exist are answered alike.
        """
        invitations = request.env["loyalty.club.invitation"]
        invitation = invitations.has_access("read") and invitations.with_context(
            active_test=False
        ).search([("id", "=", invitation_id)])
        if not invitation:
            raise NotFound
        name, media_type, data = request.env["loyalty.club.invitation.poster"]._render(invitation)
        return file_answer(name, media_type, data)

    def _page(self, row, state, token):
        if row.partner_id.lang:
            request.update_context(lang=row.partner_id.lang)
        values = {
            "state": state if row else "unknown",
            "club": row.invitation_id.club_id.with_context(lang=request.env.lang).name,
            "action": f"/club/uninvite/{token}",
        }
        return unlisted_page("loyalty_club.uninvite", values, status=200 if row else 404)
