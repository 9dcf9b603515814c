from uuid import uuid4

from odoo.exceptions import UserError
from odoo.http import request, route

from ..domain.codes import is_request_key
from .portal_profile import PortalProfile


class PortalLevel(PortalProfile):
    """The ladder, and levels that a member exchanges her points for."""

    @route(
        "/my/club/<int:member_id>/level", type="http", auth="user", methods=["GET"], website=True
    )
    def portal_my_club_level(self, member_id, **_kwargs):
        """Her level, how far the next one is, and what all of them bring."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        return self._level_page(account)

    @route(
        "/my/club/<int:member_id>/level/exchange",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_level_exchange(self, member_id, tier="", key="", **_kwargs):
        """Exchange points for a level; the same form sent twice is one exchange."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        chosen = member.club_id.tier_ids.filtered(lambda one: str(one.id) == tier)
        if not chosen or not is_request_key(key):
            return request.redirect(f"/my/club/{member.id}/level")
        try:
            with request.env.cr.savepoint():
                member._exchange_for_tier(chosen, f"portal:{key}")
        except UserError as error:
            return self._level_page(account, str(error))
        text = request.env._("You are %(tier)s now.", tier=member.tier_id.name)
        return self._club_done(member, "level", text)

    @route(
        "/my/club/<int:member_id>/level/answer",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_level_answer(self, member_id, invitation="", answer="", reply="", **_kwargs):
        """Accept or decline a level that she is invited to; the same answer twice is one."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        # sudo: her own invitations, of the membership that was found
        found = request.env["loyalty.club.tier.invitation"].sudo()
        found = found.search([("member_id", "=", member.id)])
        chosen = found.filtered(lambda one: str(one.id) == invitation)
        if not chosen or answer not in ("accept", "decline"):
            return request.redirect(f"/my/club/{member.id}/level")
        try:
            with request.env.cr.savepoint():
                chosen._answer(answer == "accept", reply)
        except UserError as error:
            return self._level_page(account, str(error))
        text = request.env._("The club knows that you declined. You stay on your level.")
        if answer == "accept":
            text = request.env._("You are %(tier)s now.", tier=member.tier_id.name)
        return self._club_done(member, "level", text)

    def _level_page(self, account, error=""):
        member = account["member"]
        values = {
            "page_name": "club_level",
            "account": account,
            "level": member._tier_page(),
            "ladder": member._tier_ladder(),
            "invitations": member._open_tier_invitations(),
            "key": uuid4().hex,
            "error": error,
            **self._club_said(),
        }
        response = self._club_render("loyalty_club.portal_my_club_level", values)
        response.status_code = 422 if error else 200
        return response
