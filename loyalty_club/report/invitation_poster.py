"""A sheet to hang up: the club, what it offers, and the QR code by which one joins."""

from odoo import api, models

from ..barcode import qr_svg
from .card_sheet import PDF
from .statement_pdf import to_pdf
from .statement_words import Words


class LoyaltyClubInvitationPoster(models.AbstractModel):
    """Draws the poster of an invitation, on demand; nothing is kept."""

    _name = "loyalty.club.invitation.poster"
    _description = "Poster of an Invitation"

    @api.model
    def _render(self, invitation):
        """Make a PDF in the language of the environment.

        :param invitation: loyalty.club.invitation that the environment may read.
        :returns: name of the file, its media type, its bytes.
        """
        invitation.check_access("read")
        return f"invitation-{invitation.id}.pdf", PDF, to_pdf(str(self._document(invitation)))

    @api.model
    def _document(self, invitation):
        club = invitation.club_id.with_env(self.env)
        words = Words(self.env, invitation.company_id)
        return self.env["ir.qweb"]._render(
            "loyalty_club.invitation_poster",
            {
                "club": club.name,
                "terms": words.digits(club.terms),
                "lang": words.code,
                "direction": "rtl" if words.right_to_left else "ltr",
                "qr": qr_svg(invitation.public_url),
                "valid": words.day(invitation.expires_on) if invitation.expires_on else "",
            },
        )
