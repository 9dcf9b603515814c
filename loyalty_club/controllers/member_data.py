import secrets
import time

from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError, UserError
from odoo.http import Controller, request, route

from .answers import file_answer
from .portal_profile import PortalProfile

# Copies that one person fetches, and the seconds in which so many are free again.
_COPIES = (5, 3600)
# How long a code lets sealed values be opened, and where the session keeps it.
_OPENED_FOR = 10 * 60
_KEY = "loyalty_club_data"
_PURPOSE = "member_data"


def _answer(member, file_format, opened=True):
    name, media_type, content = member._export_file(file_format, opened)
    return file_answer(name, media_type, content)


class MemberData(Controller):
    """The copy that staff makes, after it was noted who made it and why."""

    @route("/loyalty_club/member_data/<int:reveal_id>", type="http", auth="user", methods=["GET"])
    def member_data(self, reveal_id, **_kwargs):
        """The file of the one who asked for it, for as long as a revealed value is shown."""
        reveal = request.env["loyalty.club.reveal"].sudo().browse(reveal_id).exists()  # sudo: below
        try:
            fresh = reveal.code == "export" and reveal.sudo(False)._is_fresh()
        except AccessError:
            fresh = False
        if not fresh or not request.env.user.has_group("loyalty_club.group_privacy"):
            raise NotFound
        return _answer(reveal.member_id, "zip")


class PortalData(PortalProfile):
    """What the club keeps of a member, and her wish that it be forgotten."""

    @route(
        "/my/club/<int:member_id>/data",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_my_club_data(self, member_id, **_kwargs):
        """What can be done with one's own data."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        return self._data_page(account)

    @route(
        "/my/club/<int:member_id>/data/download",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_data_download(self, member_id, **form):
        """A copy of everything, for the member it is about; a few times an hour.

        Sealed values are opened for who has just typed a code: a session that somebody left
        open is not enough.
        """
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        limits = request.env["loyalty.club.rate.limit"]
        bucket = (f"my-data:{request.env.user.partner_id.id}", *_COPIES)
        if not limits._allow(*bucket):
            return self._data_page(account, limits._refusal_text(limits._wait(*bucket)), 429)
        file_format = "json" if form.get("file_format") == "json" else "zip"
        return _answer(account["member"], file_format, self._opens_sealed(account["member"]))

    @route(
        "/my/club/<int:member_id>/data/code",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_data_code(self, member_id, code="", **_kwargs):
        """Send a code, or take the one that was sent: it opens sealed values for a while."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        codes = request.env["loyalty.club.one.time.code"].sudo()  # sudo: codes are nobody's
        kept = dict(request.session.get(_KEY) or {})
        if not code or kept.get("member") != member.id:
            secret = secrets.token_hex(16)
            try:
                codes._issue(_PURPOSE, member.partner_id, secret, company=member.company_id)
            except UserError as error:
                return self._data_page(account, str(error), 422)
            request.session[_KEY] = {"member": member.id, "secret": secret}
            return request.redirect(f"/my/club/{member.id}/data")
        answer = codes._check(_PURPOSE, kept.get("secret", ""), code)
        if answer != "ok":
            return self._data_page(account, codes._check_text(answer), 422)
        request.session[_KEY] = {"member": member.id, "proven": time.time()}
        return request.redirect(f"/my/club/{member.id}/data")

    def _opens_sealed(self, member):
        """Whether a code of this member was typed in this session a moment ago."""
        kept = request.session.get(_KEY) or {}
        return kept.get("member") == member.id and time.time() - kept.get("proven", 0) < _OPENED_FOR

    @route(
        "/my/club/<int:member_id>/data/erase",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_data_erase(self, member_id, **form):
        """Ask to be forgotten; twice is once."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        if form.get("sure") != "1":
            return self._data_page(account, request.env._("Tick that you are sure."), 422)
        member = account["member"]
        request.env["loyalty.club.erasure"].sudo()._request(member, "portal")  # sudo: her own wish
        return self._club_done(member, "data", request.env._("The club has your wish."))

    @route(
        "/my/club/<int:member_id>/data/keep",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_data_keep(self, member_id, **_kwargs):
        """Take the wish back, while nobody has decided."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        member.erasure_ids._withdraw()
        return self._club_done(member, "data", request.env._("You stay a member."))

    def _data_page(self, account, error="", status=200):
        member = account["member"]
        wishes = member.erasure_ids.filtered(lambda wish: wish.state in ("requested", "refused"))
        values = {
            "page_name": "club_data",
            "account": account,
            "wish": wishes.sorted("id")[-1:],
            "leaving": {} if member.erased_on else member._leaving(),
            "error": error,
            "opened": self._opens_sealed(member),
            "sent": (request.session.get(_KEY) or {}).get("secret"),
            **self._club_said(),
        }
        response = self._club_render("loyalty_club.portal_my_club_data", values)
        response.status_code = status
        return response
