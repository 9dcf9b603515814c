"""Cards as files for whoever prints them: sheets (PDF), and lists of numbers (xlsx)."""

import io

from odoo import api, models
from odoo.exceptions import UserError

from ..barcode import code128_svg, qr_svg
from ..domain import card_number
from .statement_pdf import to_pdf
from .statement_words import Words
from .statement_xlsx import harmless

# As many as are drawn in some ten seconds; more come in several files.
PDF_CARDS = 500
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Cards beside and below each other, and blanks around them, in millimetres; cards are ID-1
# (ISO/IEC 7810): 85.6 by 54. On the sheet lines show where to cut.
LAYOUTS = {
    "a4": {"page": "210mm 297mm", "margin": "13.5mm 19.4mm", "cut": True},
    "cr80": {"page": "85.6mm 54mm", "margin": "0", "cut": False},
}
_WIDTHS = (8, 24, 26, 20, 20, 16, 18)


class LoyaltyClubCardSheet(models.AbstractModel):
    """Draws cards, on demand; nothing is kept."""

    _name = "loyalty.club.card.sheet"
    _description = "Sheet of Cards"

    # === BUSINESS METHODS === #

    @api.model
    def _render(self, cards, layout):
        """Make a file of ``cards`` in the language of the environment.

        :param cards: loyalty.club.card of one club, which the environment may read.
        :param layout: ``a4``, sheets to cut; ``cr80``, a page for each card, as printers of
            plastic cards take them; ``xlsx``, the numbers.
        :returns: name of the file, its media type, its bytes.
        :raises AccessError: for cards that the user may not read.
        :raises UserError: when there is none, or too many to draw.
        """
        if not cards:
            raise UserError(self.env._("There is no card to print."))
        cards.check_access("read")
        # sudo: whoever may read a card may read whose it is, of which batch and shop
        cards = cards.sudo().sorted(lambda card: (card.serial, card.number))
        name = f"cards-{cards[0].number}" + (f"-{cards[-1].number}" if len(cards) > 1 else "")
        if layout == "xlsx":
            return f"{name}.xlsx", XLSX, self._workbook(cards)
        if len(cards) > PDF_CARDS:
            raise UserError(
                self.env._(
                    "At most %(limit)s cards are drawn into one document. Choose fewer, or take "
                    "the list of numbers.",
                    limit=PDF_CARDS,
                )
            )
        return f"{name}.pdf", PDF, to_pdf(str(self._document(cards, layout)))

    @api.model
    def _most(self):
        """How many cards one document holds."""
        return PDF_CARDS

    # --- drawn -----------------------------------------------------------------------

    @api.model
    def _document(self, cards, layout):
        """The whole document as HTML."""
        words = Words(self.env, cards.company_id[:1])
        club = cards.club_id[:1]
        return self.env["ir.qweb"]._render(
            "loyalty_club.card_document",
            {
                "title": club.with_env(self.env).sudo().name,
                "lang": words.code,
                "direction": "rtl" if words.right_to_left else "ltr",
                "start": "right" if words.right_to_left else "left",
                "end": "left" if words.right_to_left else "right",
                "layout": LAYOUTS[layout],
                "cards": [self._face(card, words) for card in cards],
            },
        )

    @api.model
    def _face(self, card, words):
        """What stands on the face of a card."""
        discount = card.discount_percent if card.discount_mode == "discount" else 0
        return {
            "number": card_number.grouped(card.number),
            "holder": card.member_id.partner_id.name or "",
            "valid": words.day(card.expires_on) if card.expires_on else "",
            "discount": f"{discount:g}" if discount else "",
            "barcode": code128_svg(card.number),
            "qr": qr_svg(card.number),
        }

    # --- listed ----------------------------------------------------------------------

    @api.model
    def _workbook(self, cards):
        """The numbers, for the printer's shop: as text, so that no digit is lost."""
        # Loaded only where somebody asks for a workbook
        from xlsxwriter import Workbook

        output = io.BytesIO()
        words = Words(self.env, cards.company_id[:1])
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False}
        with Workbook(output, options) as book:
            sheet = book.add_worksheet()
            if words.right_to_left:
                sheet.right_to_left()
            for column, width in enumerate(_WIDTHS):
                sheet.set_column(column, column, width)
            sheet.write_row(0, 0, self._heading(), book.add_format({"bold": True, "bottom": 1}))
            sheet.freeze_panes(1, 0)
            states = dict(cards._fields["state"]._description_selection(self.env))
            for line, card in enumerate(cards, 1):
                sheet.write_number(line, 0, line)
                for column, text in enumerate(self._row(card, words, states), 1):
                    sheet.write_string(line, column, harmless(text))
        return output.getvalue()

    @api.model
    def _heading(self):
        return (
            self.env._("No."),
            self.env._("Barcode and QR code"),
            self.env._("As printed"),
            self.env._("Batch"),
            self.env._("Shop"),
            self.env._("Valid until"),
            self.env._("Status"),
        )

    @api.model
    def _row(self, card, words, states):
        return (
            card.number,
            card_number.grouped(card.number),
            card.batch_id.name or "",
            card.branch_id.name or "",
            words.day(card.expires_on) if card.expires_on else "",
            states[card.state],
        )
