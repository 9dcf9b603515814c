"""Messages of the club as notifications on the member's own devices."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..web_push import payload_of

# What only informs. Codes and warnings go to the mobile, which shows who somebody is.
_INFORMING = frozenset(
    {"purchase", "notice", "expiry_notice", "transfer_sent", "transfer_received"}
)
# These name the mobile that is told, though it is the member's usual one.
_ALWAYS = frozenset({"purchase"})
_WAITS = 24 * 3600  # seconds for a device that is switched off
_PAGES = {"purchase": "history", "transfer_sent": "history", "transfer_received": "history"}


class LoyaltyClubOutbox(models.Model):
    """What informs a member goes to the devices on which she turned notifications on; where no
    device takes it, it goes by SMS or e-mail as ever.

    A message with the channel ``push`` goes to devices alone; its address is the membership's id.
    Whoever queues one has asked ``member._agreed`` for its purpose.
    """

    _inherit = "loyalty.club.outbox"

    channel = fields.Selection(selection_add=[("push", "Notification")])
    devices_first = fields.Boolean(readonly=True, help="Tried on the member's devices first.")

    # === BUSINESS METHODS === #

    @api.model
    def _queue_texts(self, kind, texts):
        """See above; a text that goes to another address than the contact's stays with that."""
        first = kind in _INFORMING
        return super()._queue_texts(
            kind,
            [
                {
                    **text,
                    "devices_first": first and ("address" not in text or kind in _ALWAYS),
                }
                for text in texts
            ],
        )

    @api.model
    def _masked(self, channel, address):
        return "" if channel == "push" else super()._masked(channel, address)

    # === SENDING === #

    def _deliver(self):
        if self.channel == "push" or self.devices_first:
            taken = self._deliver_to_devices()
            if taken:
                names = ", ".join(dict.fromkeys(taken.mapped("name")))
                self.write({"channel": "push", "sent_to": names})
                return None
        if self.channel == "push":
            raise UserError(self.env._("None of the member's devices took the notification."))
        return super()._deliver()

    def _deliver_to_devices(self):
        """The devices that took this message, loyalty.club.push.device."""
        # sudo: devices are read by nobody but the sender
        devices = self.env["loyalty.club.push.device"].sudo()
        if self.channel == "push":
            domain = Domain("member_id", "=", int(self.address or 0))
        elif self.partner_id:
            domain = Domain("member_id.partner_id", "=", self.partner_id.id)
            domain &= Domain("company_id", "=", self.company_id.id)
        else:
            return devices
        seconds = _WAITS
        if self.expires_at:
            left = (self.expires_at - fields.Datetime.now()).total_seconds()
            seconds = max(60, min(_WAITS, int(left)))
        return devices._reached(domain)._push(self._payload, seconds)

    def _payload(self, device):
        """The notification of this message for one device."""
        member, club = device.member_id, device.club_id
        lang = member.partner_id.lang or self.env.lang or "en_US"
        page = _PAGES.get(self.kind, "")
        return payload_of(
            self.subject or club.with_context(lang=lang).name,
            self.body or "",
            url=f"/my/club/{member.id}" + (f"/{page}" if page else ""),
            icon=club._icon_address(192),
            lang=lang.partition("_")[0],
            dir=self.env["res.lang"]._get_data(code=lang).direction or "ltr",
            tag=f"club-{self.id}",
        )
