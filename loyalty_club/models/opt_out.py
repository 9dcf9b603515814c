from odoo import api, models

from .. import keyring
from ..domain import opaque

# Places of channels in a token; new ones are added at the end. 0: all channels.
_CHANNELS = (None, "sms", "email", "push", "phone", "general")


class LoyaltyClubMember(models.Model):
    """A link in each message by which the reader ends them, without signing in."""

    _inherit = "loyalty.club.member"

    def _stop_url(self, purpose, channel=None):
        """The address at which this member ends one kind of message; it never expires.

        :param purpose: loyalty.club.purpose of the member's club, or its code.
        :param channel: key of ``const.CONSENT_CHANNELS``; None: on all channels.
        """
        self.ensure_one()
        if isinstance(purpose, str):
            purposes = self.env["loyalty.club.purpose"]._asked(self.club_id)
            purpose = purposes.filtered(lambda asked: asked.code == purpose)
        purpose.ensure_one()
        token = opaque.seal(self._stop_secret(), self.id, purpose.id, _CHANNELS.index(channel))
        return f"{self.get_base_url()}/loyalty_club/stop/{token}"

    def _stop_headers(self, purpose, channel="email"):
        """Headers of an e-mail that let the mail program offer one-click ending (RFC 8058)."""
        return {
            "List-Unsubscribe": f"<{self._stop_url(purpose, channel)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }

    @api.model
    def _stop_of(self, token):
        """What a link ends: member, purpose and channel, or None when no link of ours says so.

        :returns: (loyalty.club.member as superuser, loyalty.club.purpose, channel or None).
        """
        numbers = opaque.unseal(self._stop_secret(), token, 3)
        if not numbers or numbers[2] >= len(_CHANNELS):
            return None
        # sudo: whoever holds the link may end these messages, and sees nothing of the member
        member = self.env["loyalty.club.member"].sudo().browse(numbers[0]).exists()
        purpose = self.env["loyalty.club.purpose"].sudo().browse(numbers[1]).exists()
        if not member or purpose.club_id != member.club_id:
            return None
        return member, purpose, _CHANNELS[numbers[2]]

    @api.model
    def _stop_secret(self):
        return keyring.secret(self.env.cr.dbname, "stop")
