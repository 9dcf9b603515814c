from odoo.exceptions import UserError
from odoo.http import request, route

from .portal_profile import PortalProfile

_REPLACED = (3, 24 * 3600)  # cards that one member gets by herself in a day


class PortalCards(PortalProfile):
    """A member's cards, to show at the till, and what to do when one is gone."""

    @route(
        "/my/club/<int:member_id>/cards",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_club_cards(self, member_id, **_kwargs):
        """All cards of the membership, those in use first."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        return self._cards_page(account)

    @route(
        "/my/club/<int:member_id>/cards/<int:card_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_club_card(self, member_id, card_id, **_kwargs):
        """One card over the whole screen, for the scanner at the till."""
        account = self._club_account(member_id)
        card = account and self._card(account["member"], card_id)
        if not card or not card.in_force:
            return request.redirect("/my/club")
        return self._whole_screen(account, card.number, "/cards")

    @route(
        "/my/club/<int:member_id>/card",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_club_number(self, member_id, **_kwargs):
        """The membership number over the whole screen, for the scanner at the till."""
        account = self._club_account(member_id)
        if not account or account["member"].state != "active":
            return request.redirect("/my/club")
        return self._whole_screen(account, account["member"].number, "")

    @route(
        "/my/club/<int:member_id>/cards/lost",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_card_lost(self, member_id, card="", **_kwargs):
        """Report a card lost: it is refused everywhere from now on; twice is once."""
        account = self._club_account(member_id)
        found = account and self._card(account["member"], card)
        if not found:
            return request.redirect("/my/club")
        if found.state == "lost" or found.replaced_by_ids:
            return request.redirect(f"/my/club/{member_id}/cards")
        try:
            with request.env.cr.savepoint():
                found._report_lost(request.env._("Reported by the member on the portal"))
        except UserError as error:
            return self._cards_page(account, str(error))
        text = request.env._("The card is reported lost. Nobody can use it any more.")
        return self._club_done(account["member"], "cards", text)

    @route(
        "/my/club/<int:member_id>/cards/replace",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_club_card_replace(self, member_id, card="", **_kwargs):
        """Get a card on the telephone in place of one that is gone; twice is once."""
        account = self._club_account(member_id)
        found = account and self._card(account["member"], card)
        if not found:
            return request.redirect("/my/club")
        if found.replaced_by_ids:
            return request.redirect(f"/my/club/{member_id}/cards")
        try:
            self._replace(found)
        except UserError as error:
            return self._cards_page(account, str(error))
        text = request.env._("Here is your new card. The old one is refused from now on.")
        return self._club_done(account["member"], "cards", text)

    def _replace(self, card):
        limits = request.env["loyalty.club.rate.limit"]
        bucket = (f"card-replace:{card.member_id.id}", *_REPLACED)
        if card.member_id.state != "active":
            raise UserError(
                request.env._("The membership is not active. Ask in the shop for a new card.")
            )
        if not limits._allow(*bucket):
            raise UserError(limits._refusal_text(limits._wait(*bucket)))
        with request.env.cr.savepoint():
            card._replace(
                request.env._("Replaced by the member on the portal"), type="virtual", lost=True
            )

    def _card(self, member, card_id):
        """The card ``card_id`` of ``member``, or empty; someone else's is not found."""
        return member.card_ids.filtered(lambda card: str(card.id) == str(card_id))

    def _whole_screen(self, account, number, back):
        values = {
            "page_name": "club_cards",
            "account": account,
            "number": number,
            "back": back,
            "no_header": True,
            "no_footer": True,
        }
        return self._club_render("loyalty_club.portal_my_club_card", values)

    def _cards_page(self, account, error=""):
        cards = account["member"].card_ids.sorted(lambda card: (not card.in_force, -card.id))
        values = {
            "page_name": "club_cards",
            "account": account,
            "cards": cards,
            "error": error,
            **self._club_said(),
        }
        response = self._club_render("loyalty_club.portal_my_club_cards", values)
        response.status_code = 422 if error else 200
        return response
