from uuid import uuid4

from odoo.exceptions import UserError
from odoo.http import request, route

from ..barcode import qr_svg
from ..domain.codes import is_request_key
from ..domain.reward_code import shown_reward_code
from .portal import CustomerPortalClub

_PICTURE = 256  # pixels: a telephone shows no more
_CANCELLED = (30, 3600)  # rewards that one member changes her mind about in an hour
_PAST = 10  # rewards that are over, and still shown


class PortalRewards(CustomerPortalClub):
    """What a member gets for her points: the catalogue, and what she has taken of it."""

    @route(
        "/my/club/<int:member_id>/rewards",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_club_rewards(self, member_id, show="", **_kwargs):
        """The catalogue, and the member's own rewards above it."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        rows = member._reward_catalogue()
        ready = [row for row in rows if row["ready"]]
        # sudo: portal users read none; the domain names this membership
        taken, mine = request.env["loyalty.club.reward.taken"].sudo(), ("member_id", "=", member.id)
        values = {
            "page_name": "club_rewards",
            "account": account,
            "rows": ready if show == "ready" else rows,
            "show": "ready" if show == "ready" else "all",
            "ready_count": len(ready),
            "all_count": len(rows),
            "waiting": taken.search([mine, ("state", "=", "open")], order="until, id"),
            "past": taken.search([mine, ("state", "!=", "open")], limit=_PAST),
            **self._club_said(),
        }
        return self._club_render("loyalty_club.portal_my_club_rewards", values)

    @route(
        "/my/club/<int:member_id>/rewards/<int:reward_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_club_reward(self, member_id, reward_id, **_kwargs):
        """One reward: what goes for it, and the button that takes it."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        return self._reward_page(account, reward_id)

    @route(
        "/my/club/<int:member_id>/rewards/<int:reward_id>/take",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_reward_take(self, member_id, reward_id, key="", **_kwargs):
        """Take a reward; the same form sent twice is one reward."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        reward = member._rewards_on_offer().filtered(lambda one: one.id == reward_id)
        if not reward or not is_request_key(key):
            return request.redirect(f"/my/club/{member.id}/rewards")
        try:
            with request.env.cr.savepoint():
                # sudo: the account is the signed-in person's; these are her own points
                taken = request.env["loyalty.club.reward.taken"].sudo()
                taken = taken._take(member, reward, f"portal:{key}")
        except UserError as error:
            return self._reward_page(account, reward_id, str(error))
        text = request.env._("It is yours. Show this code when you collect it.")
        return self._club_done(member, f"rewards/taken/{taken.id}", text)

    @route(
        "/my/club/<int:member_id>/rewards/<int:reward_id>/picture",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def portal_my_club_reward_picture(self, member_id, reward_id, **_kwargs):
        """The picture of a reward that is on offer to the member."""
        account = self._club_account(member_id)
        on_offer = account and account["member"]._rewards_on_offer().sudo()  # sudo: hers to see
        place = on_offer and on_offer._club_pictures().get(reward_id)
        if not place:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_image_stream_from(
            *place, width=_PICTURE, height=_PICTURE
        )
        return stream.get_response(max_age=3600)

    @route(
        "/my/club/<int:member_id>/rewards/taken/<int:taken_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_club_reward_taken(self, member_id, taken_id, **_kwargs):
        """A reward that was taken, with its code to show."""
        account = self._club_account(member_id)
        taken = account and self._taken(account["member"], taken_id)
        if not taken:
            return request.redirect("/my/club")
        return self._taken_page(account, taken)

    @route(
        "/my/club/<int:member_id>/rewards/taken/<int:taken_id>/cancel",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_reward_cancel(self, member_id, taken_id, **_kwargs):
        """Give a reward up for its points; twice is once."""
        account = self._club_account(member_id)
        taken = account and self._taken(account["member"], taken_id)
        if not taken:
            return request.redirect("/my/club")
        limits = request.env["loyalty.club.rate.limit"]
        bucket = (f"reward-cancel:{account['member'].id}", *_CANCELLED)
        try:
            if taken.state == "open" and not limits._allow(*bucket):
                raise UserError(limits._refusal_text(limits._wait(*bucket)))
            with request.env.cr.savepoint():
                taken._cancel()
        except UserError as error:
            return self._taken_page(account, taken, str(error))
        text = request.env._("The reward is cancelled, and its points are yours again.")
        return self._club_done(account["member"], "rewards", text)

    # === WHAT IS SHOWN === #

    def _taken(self, member, taken_id):
        """The reward that this member took, or none."""
        # sudo: portal users have no rights on the club's models; the domain names the member
        taken = request.env["loyalty.club.reward.taken"].sudo()
        return taken.search([("id", "=", taken_id), ("member_id", "=", member.id)])

    def _reward_page(self, account, reward_id, error=""):
        member = account["member"]
        row = next((r for r in member._reward_catalogue() if r["reward"].id == reward_id), None)
        if not row:
            return request.redirect(f"/my/club/{member.id}/rewards")
        values = {
            "page_name": "club_rewards",
            "club_title": row["reward"].description,
            "account": account,
            "row": row,
            "days": member.club_id.taken_days,
            "forfeit": member.club_id.taken_forfeit,
            "key": uuid4().hex,
            "error": error,
        }
        response = self._club_render("loyalty_club.portal_my_club_reward", values)
        response.status_code = 422 if error else 200
        return response

    def _taken_page(self, account, taken, error=""):
        values = {
            "page_name": "club_rewards",
            "club_title": taken.reward_id.description,
            "account": account,
            "taken": taken,
            "over": "" if taken.state == "open" else taken._over_text(),
            "club_qr": qr_svg,
            "shown_code": shown_reward_code,
            "error": error,
            **self._club_said(),
        }
        response = self._club_render("loyalty_club.portal_my_club_reward_taken", values)
        response.status_code = 422 if error else 200
        return response
