"""Readers of chips that stand beside a till, or at an entrance, and speak HTTP."""

import hmac
import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..domain.card_number import chip_forms, mask_chip, normalise_card
from ..domain.codes import InputError

# What a reader may send in a minute; a queue of visitors at a turnstile sends less.
_READS = (120, 60)
# Wrong addresses from one network: whoever guesses at 256 bits gets no further anyway.
_WRONG = (10, 3600)


class PosConfig(models.Model):
    """The door of a till's card reader.

    Whoever knows the reader's address may tell this one till that a card was shown, and
    nothing else: it learns no name, no balance, and can book nothing.
    """

    _inherit = "pos.config"

    club_reader_token = fields.Char(
        copy=False,
        readonly=True,
        groups="point_of_sale.group_pos_manager",
        help="Secret end of the address to which this till's card reader sends what it reads.",
    )
    club_reader_url = fields.Char(
        string="Address for a card reader",
        compute="_compute_club_reader_url",
        groups="point_of_sale.group_pos_manager",
        help="A reader of RFID or NFC chips sends what it reads here, by POST, as the field "
        "“uid” of a form or of JSON. The customer then appears at this till.",
    )

    _club_reader_token_unique = models.UniqueIndex(
        "(club_reader_token) WHERE club_reader_token IS NOT NULL"
    )

    @api.depends("club_reader_token")
    def _compute_club_reader_url(self):
        for config in self:
            token = config.club_reader_token
            base = config.get_base_url()
            config.club_reader_url = token and f"{base}/loyalty_club/reader/{token}"

    # === ACTION METHODS === #

    def action_club_reader_address(self):
        """Make the reader's address, or a new one: the old one is worth nothing then.

        :raises AccessError: for anyone but a manager of the Point of Sale.
        """
        self._club_set_reader_token(secrets.token_urlsafe(32))

    def action_club_reader_remove(self):
        """Make the reader's address worth nothing.

        :raises AccessError: for anyone but a manager of the Point of Sale.
        """
        self._club_set_reader_token(False)

    def _club_set_reader_token(self, token):
        self.ensure_one()
        if not self.env.user.has_group("point_of_sale.group_pos_manager"):
            raise AccessError(
                self.env._("A manager of the Point of Sale connects readers with tills.")
            )
        self.write({"club_reader_token": token})

    # === BUSINESS METHODS === #

    @api.model
    def _club_read(self, token, read):
        """Tell the till of a reader that a card was shown.

        :param token: end of the reader's address.
        :param read: what the reader read: a chip's identifier or a card's number.
        :returns: ``told``, ``refused`` (the card may not be used; the till says why),
            ``unknown`` (no card of the club), ``wait`` (too often; also of wrong addresses), or
            None for an address that is none.
        """
        limits = self.env["loyalty.club.rate.limit"]
        config = self._club_of_reader(token)
        if not config:  # only those who guess are slowed down, not a reader in the same shop
            allowed = limits._allow(f"reader:wrong:{limits._who()}", *_WRONG)
            return None if allowed else "wait"
        if not limits._allow(f"reader:{config.id}", *_READS):
            return "wait"
        try:
            normalise_card(read)
        except InputError:  # nothing that stands on a card or in a chip
            return "unknown"
        # the card's club and company are the till's
        answer = config.with_company(config.company_id).with_context(
            allowed_company_ids=config.company_id.ids
        )
        answer = answer._club_identify(read)
        forms = chip_forms(read)
        answer["read"] = mask_chip(forms[0]) if forms else read
        config._notify("CLUB_CARD_READ", answer)
        if answer["message"]:
            return "refused"
        return "told" if answer["partner_id"] else "unknown"

    @api.model
    def _club_of_reader(self, token):
        """The till to which a reader's address leads, or none."""
        config = self.search([("club_reader_token", "=", token)], limit=1) if token else self
        same = config and hmac.compare_digest(config.club_reader_token, token)
        return config if same else self.browse()
