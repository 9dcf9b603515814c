from odoo.exceptions import UserError
from odoo.http import request, route

from .join_form import read_consents
from .portal_profile import PortalProfile


class PortalConsents(PortalProfile):
    """The consent centre: what a member lets the club do, and the terms she accepted."""

    @route(
        "/my/club/<int:member_id>/consents",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_my_club_consents(self, member_id, **_kwargs):
        """Every purpose with its channels, and the terms."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        return self._consents_page(account)

    @route(
        "/my/club/<int:member_id>/consents/save",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_consents_save(self, member_id, **form):
        """Keep the answers; the same ones twice are one answer."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        choices, versions = read_consents(member.club_id, form)
        try:
            with request.env.cr.savepoint():
                member._set_consents(choices, "portal", proof=self._trace(), versions=versions)
        except UserError as error:
            return self._consents_page(account, str(error))
        return self._club_done(member, "consents", request.env._("Your answers are saved."))

    @route(
        "/my/club/<int:member_id>/terms", type="http", auth="user", methods=["POST"], website=True
    )
    def portal_my_club_terms(self, member_id, version="", **_kwargs):
        """Accept a version of the terms that is asked for; twice is once."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        due = member._terms_due().filtered(lambda one: str(one.id) == version)
        for one in due:
            member._accept_terms(one, "portal", proof=self._trace())
        return self._club_done(member, "consents", request.env._("You have accepted the terms."))

    def _trace(self):
        return request.env["loyalty.club.self.service"]._trace()

    def _consents_page(self, account, error=""):
        member = account["member"]
        values = {
            "page_name": "club_consents",
            "account": account,
            "choices": member._consent_choices(),
            "terms": member.club_id._terms_in_force(),
            "due": member._terms_due(),
            "form": {},
            "error": error,
            **self._club_said(),
        }
        response = self._club_render("loyalty_club.portal_my_club_consents", values)
        response.status_code = 422 if error else 200
        return response
