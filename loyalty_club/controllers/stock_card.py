from odoo.http import request, route
from odoo.tools import format_date

from odoo.addons.loyalty.controllers.portal import CustomerPortalLoyalty


class StockCards(CustomerPortalLoyalty):
    """Stock's own pages of a card: what the club keeps leads to the club."""

    @route()
    def portal_get_card_history_values(self, card_id):
        """Odoo's values for the dialog of a card, with the day as the person writes days."""
        values = super().portal_get_card_history_values(card_id)
        card = values.get("card")
        if card and card["expiration_date"]:
            card["expiration_date"] = format_date(request.env, card["expiration_date"])
        return values

    @route()
    def portal_my_loyalty_card_history(self, card_id, *args, **kwargs):
        """Cards that the club keeps have their history in the club."""
        wallet = (
            request.env["loyalty.card"]
            .sudo()  # sudo: portal users read no cards; the domain names the signed-in person
            .search([("id", "=", card_id), ("partner_id", "=", request.env.user.partner_id.id)])
            .club_wallet_id
        )
        if wallet.member_id:  # a gift card has none: it stays on stock's page
            return request.redirect(f"/my/club/{wallet.member_id.id}/history?wallet={wallet.id}")
        return super().portal_my_loyalty_card_history(card_id, *args, **kwargs)
