"""Paper stamp cards as sheets to cut: ten of ID-1 size on A4."""

from math import ceil

from odoo import api, models
from odoo.exceptions import UserError

from ..barcode import code128_svg
from .card_sheet import PDF
from .statement_pdf import to_pdf
from .statement_words import Words

PDF_CARDS = 500
WIDTH, HEIGHT, LARGEST = 76, 22, 13  # millimetres: the field of the rings, and one ring


class LoyaltyClubStampSheet(models.AbstractModel):
    """Draws stamp cards, on demand; nothing is kept."""

    _name = "loyalty.club.stamp.sheet"
    _description = "Sheet of Stamp Cards"

    @api.model
    def _most(self):
        """How many cards one document holds."""
        return PDF_CARDS

    @api.model
    def _render(self, program, members, blank):
        """Make a PDF of stamp cards in the language of the environment.

        :param program: loyalty.club.stamp.program, which the environment may read.
        :param members: loyalty.club.member whose cards carry name and barcode.
        :param blank: how many cards to write a name on.
        :returns: name of the file, its media type, its bytes.
        :raises AccessError: for members that the user may not read.
        """
        program.check_access("read")
        members.check_access("read")
        if not 0 < len(members) + max(blank, 0) <= PDF_CARDS:
            raise UserError(
                self.env._("One document holds 1 to %(most)s stamp cards.", most=PDF_CARDS)
            )
        return f"stamps-{program.id}.pdf", PDF, to_pdf(str(self._document(program, members, blank)))

    @api.model
    def _document(self, program, members, blank):
        program = program.with_env(self.env)
        words = Words(self.env, program.company_id)
        across, size = self._layout(program.stamps_needed)
        rings = [words.digits(str(ring)) for ring in range(1, program.stamps_needed + 1)]
        faces = [
            # sudo: whoever may read a member may read the name of it
            {"name": member.sudo().partner_id.name, "number": member.number}
            for member in members
        ]
        return self.env["ir.qweb"]._render(
            "loyalty_club.stamp_document",
            {
                "title": program.name,
                "club": program.club_id.name,
                "lang": words.code,
                "direction": "rtl" if words.right_to_left else "ltr",
                "start": "right" if words.right_to_left else "left",
                "lines": [rings[at : at + across] for at in range(0, len(rings), across)],
                "size": size,
                "reward": words.digits(program._reward_text()),
                "valid": words.day(program.date_to) if program.date_to else "",
                "barcode": code128_svg,
                "cards": faces + [{"name": "", "number": ""}] * max(blank, 0),
            },
        )

    @staticmethod
    def _layout(rings):
        """How many rings stand beside each other, and their size in millimetres: as large as
        the card allows, so that a rubber stamp fits.

        >>> LoyaltyClubStampSheet._layout(10)
        (5, 10.0)
        """

        def size(across):
            return min(WIDTH / across, HEIGHT / ceil(rings / across), LARGEST) - 1

        across = max(range(1, rings + 1), key=size)
        return across, round(size(across), 1)
