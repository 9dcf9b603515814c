"""A sheet to hang up: the club, what it offers, and the QR code by which one joins."""

from odoo import api, models
from odoo.tools.image import image_data_uri

from ..barcode import qr_svg
from .card_sheet import PDF
from .statement_pdf import to_pdf
from .statement_words import Words

_MAIN = "#714b67"  # where the club has no colour of its own


class LoyaltyClubInvitationPoster(models.AbstractModel):
    """Draws the poster of an invitation, or of a club, on demand; nothing is kept."""

    _name = "loyalty.club.invitation.poster"
    _description = "Poster of an Invitation"

    @api.model
    def _render(self, invitation):
        """Make a PDF in the language of the environment.

        :param invitation: loyalty.club.invitation that the environment may read.
        :returns: name of the file, its media type, its bytes.
        """
        invitation.check_access("read")
        document = self._document(
            invitation.club_id, invitation.public_url, last=invitation.expires_on
        )
        return f"invitation-{invitation.id}.pdf", PDF, to_pdf(str(document))

    @api.model
    def _render_club(self, club):
        """The poster of a club that anybody may join, made as :meth:`_render` makes it."""
        club.check_access("read")
        return f"club-{club.id}.pdf", PDF, to_pdf(str(self._document(club, club.join_url)))

    @api.model
    def _document(self, club, url, last=None):
        """The sheet as a document.

        :param url: what the QR code says.
        :param last: last day on which it counts, or none.
        """
        club = club.with_env(self.env)
        words = Words(self.env, club.company_id)
        kind = club._welcome_kind()
        gift = club.welcome_amount and kind and kind._format_shown(club.welcome_amount)
        look = club._look()
        return self.env["ir.qweb"]._render(
            "loyalty_club.invitation_poster",
            {
                "club": club.name,
                "logo": image_data_uri(club.logo) if club.logo else "",
                "main": look.main if look else _MAIN,
                "on": look.on if look else "#fff",
                "ink": look.ink if look else _MAIN,
                "gift": words.digits(gift or ""),
                "terms": words.digits(club.member_terms or ""),
                "lang": words.code,
                "direction": "rtl" if words.right_to_left else "ltr",
                "qr": qr_svg(url),
                "valid": words.day(last) if last else "",
            },
        )
