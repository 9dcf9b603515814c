"""Gift cards as a document to hand over: what one is worth, until when, and its code."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.image import image_data_uri

from ..barcode import code128_svg, qr_svg
from .card_sheet import PDF
from .statement_pdf import to_pdf
from .statement_words import Words

_MOST = 100  # on one document
_MAIN, _ON = "#714b67", "#fff"  # where the club has no colour of its own


class LoyaltyClubGiftCardSheet(models.AbstractModel):
    """Draws gift cards that the club keeps, a page for each, on demand; nothing is kept."""

    _name = "loyalty.club.gift.card.sheet"
    _description = "Gift Cards to Print"

    # === BUSINESS METHODS === #

    @api.model
    def _render(self, cards):
        """Make a PDF in the language of the environment.

        :param cards: loyalty.card, which the environment may read.
        :returns: name of the file, its media type, its bytes.
        :raises AccessError: for cards that the user may not read.
        :raises UserError: when there is none that the club keeps, or too many to draw.
        """
        cards.check_access("read")
        # sudo: whoever reads a gift card reads what it is worth and whose club it is
        cards = cards.filtered("club_gift_card").sudo()
        if not cards:
            raise UserError(self.env._("There is no gift card of the club to print."))
        if len(cards) > _MOST:
            raise UserError(
                self.env._("At most %(limit)s gift cards are printed at a time.", limit=_MOST)
            )
        return "gift-cards.pdf", PDF, to_pdf(str(self._document(cards)))

    @api.model
    def _document(self, cards):
        """The whole document as HTML."""
        words = Words(self.env, cards.company_id[:1] or self.env.company)
        return self.env["ir.qweb"]._render(
            "loyalty_club.gift_card_document",
            {
                "lang": words.code,
                "direction": "rtl" if words.right_to_left else "ltr",
                "end": "left" if words.right_to_left else "right",
                "cards": [
                    self._face(card, words) for card in cards.with_context(lang=self.env.lang)
                ],
            },
        )

    @api.model
    def _face(self, card, words):
        """What stands on one card."""
        wallet = card.club_wallet_id
        kind, club = wallet.kind_id, wallet.club_id
        look = club._look()
        return {
            "club": club.name,
            "logo": image_data_uri(club.logo) if club.logo else "",
            "main": look.main if look else _MAIN,
            "on": look.on if look else _ON,
            "amount": words.digits(kind._format_shown(wallet.available)),
            "in_words": self._in_words(kind.currency_id, club.company_id, wallet.available),
            "valid": words.day(wallet.valid_until or card.expiration_date),
            "code": card.code,
            "barcode": code128_svg(card.code),
            "qr": qr_svg(card.code),
        }

    @api.model
    def _in_words(self, currency, company, amount):
        """The amount in words, in the unit in which customers read it."""
        if not currency:
            return ""
        if currency._is_shown_as_toman(company):
            tomans = currency.amount_to_text(amount / 10).split(" ")
            unit = currency.currency_unit_label or ""
            return " ".join([word for word in tomans if word != unit] + [self.env._("toman")])
        return currency.amount_to_text(amount)


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    club_gift_card = fields.Boolean(
        compute="_compute_club_gift_card", help="A gift card that the club keeps."
    )

    # === COMPUTE METHODS === #

    def _compute_club_gift_card(self):
        for card in self:
            # sudo: whether a card is the club's does not depend on who asks
            card.club_gift_card = card.sudo().club_wallet_id.kind_id.bearer

    # === ACTION METHODS === #

    def action_print_gift_card(self):
        """Open these gift cards as a document to hand over.

        :raises AccessError: for cards that the user may not read.
        :raises UserError: when the club keeps none of them.
        """
        self.check_access("read")
        kept = self.filtered("club_gift_card")
        if not kept:
            raise UserError(self.env._("There is no gift card of the club to print."))
        ids = ",".join(map(str, kept.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/loyalty_club/gift-cards/{ids}",
            "target": "new",
        }
