from odoo.http import Controller, request, route

from .answers import unlisted_page


class CardCheck(Controller):
    """A page on which whoever holds a gift or club card sees whether it is valid.

    A code is posted, never part of an address: addresses are kept in histories and logs.
    """

    @route(
        "/loyalty_club/card",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
    )
    def card_check(self, code="", nothing="", **_kwargs):
        """The form, and below it what is said of the code that was typed into it.

        Whatever is refused leads back to the form by one and the same answer, which costs
        next to nothing: whoever guesses thousands of codes keeps nobody else waiting.

        :param nothing: the address to which refusals lead back.
        """
        if request.httprequest.method == "GET":
            return self._render({"card": None, "nothing": bool(nothing)})
        # sudo: the code is the right to see this one card, whoever shows it; who asks, and how
        # often, is still the visitor's
        card = request.env["loyalty.club.card.check"].sudo()._look_up(code)
        if not card:
            return request.redirect("/loyalty_club/card?nothing=1", code=303)
        return self._render({"card": card, "nothing": False})

    def _render(self, values):
        return unlisted_page("loyalty_club.card_check", values)
