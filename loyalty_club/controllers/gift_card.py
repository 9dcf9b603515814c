from werkzeug.exceptions import NotFound

from odoo.http import Controller, request, route

from .answers import file_answer

_MOST_DIGITS = 2000  # of all the ids in an address


class GiftCardController(Controller):
    """Gift cards to print, for staff, who see the cards that they may read."""

    @route(
        "/loyalty_club/gift-cards/<string:ids>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def gift_cards(self, ids, **_kwargs):
        """The gift cards of these ids as one document; what the signed-in person may not read is
        answered like what does not exist."""
        wanted = [int(one) for one in ids[:_MOST_DIGITS].split(",") if one.isdecimal()]
        cards = request.env["loyalty.card"]
        if not request.env.user._is_internal() or not cards.has_access("read"):
            raise NotFound
        cards = cards.search([("id", "in", [one for one in wanted if one < 2**31])])
        if not any(cards.mapped("club_gift_card")):
            raise NotFound
        sheets = request.env["loyalty.club.gift.card.sheet"]
        return file_answer(*sheets._render(cards), place="inline")
