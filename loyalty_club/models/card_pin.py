import hashlib
import hmac
import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .. import keyring
from ..domain import card_number
from ..domain.codes import InputError

# Tries at one card: a few, and not many more in a day.
_TRIES = ((5, 15 * 60), (10, 24 * 3600))
# Work of one comparison: 16 MB and some 30 ms. The pepper makes up for the few digits.
_COST = {"n": 2**14, "r": 8, "p": 1}


class LoyaltyClubCard(models.Model):
    """The PIN of a card: digits that only the holder knows.

    Kept as scrypt of an HMAC under a secret outside the database: whoever copies the database
    cannot try the ten thousand PINs there are. Tries are counted in transactions of their own.
    """

    _inherit = "loyalty.club.card"

    pin_hash = fields.Char(readonly=True, copy=False)
    pin_required = fields.Boolean(
        string="PIN to be set",
        readonly=True,
        help="The card it replaces had a PIN: this one is to get one as well.",
    )
    pin_set = fields.Boolean(string="Has a PIN", compute="_compute_pin_set", compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.depends("pin_hash")
    def _compute_pin_set(self):
        for card in self:
            card.pin_set = bool(card.pin_hash)

    # === BUSINESS METHODS === #

    def _set_pin(self, pin):
        """Give this card a PIN, in place of any it has.

        :param pin: four to eight digits of any keyboard.
        :raises AccessError: for anyone but a club user; in place of another PIN, for anyone but a
            club marketer.
        :raises UserError: for what is no PIN or is guessed first; when the card cannot be used.
        """
        self._keep_pin(self._pin_digest(pin))

    def _remove_pin(self):
        """Let this card be used without a PIN.

        :raises AccessError: for anyone but a club marketer.
        """
        self._keep_pin(None)

    def _check_pin(self, pin):
        """Compare a typed PIN with the card's.

        :param pin: as the holder typed it.
        :returns: ``ok``; ``wrong``; ``limited``, too many tries; ``unset``, the card is to get a
            PIN first; ``none``, it needs none.
        """
        self.ensure_one()
        card = self.sudo()  # sudo: nobody reads what is compared, whoever asks
        if not card.pin_hash:
            return "unset" if card.pin_required else "none"
        limits = self.env["loyalty.club.rate.limit"]
        for capacity, seconds in _TRIES:
            if not limits._allow(f"pin:{card.id}:{seconds}", capacity, seconds):
                return "limited"
        try:
            digits = card_number.typed_pin(pin or "")
        except InputError:
            return "wrong"
        salt, digest = card.pin_hash.split("$")
        if not hmac.compare_digest(card._scrypt(digits, salt), digest):
            return "wrong"
        for capacity, seconds in _TRIES:
            limits._give_back(f"pin:{card.id}:{seconds}", capacity, seconds)
        return "ok"

    # --- mechanics -------------------------------------------------------------------

    def _pin_digest(self, pin):
        """What is kept of ``pin``.

        :raises UserError: for what is no PIN, or is guessed first.
        """
        self.ensure_one()
        try:
            digits = card_number.typed_pin(pin or "")
        except InputError as error:
            raise UserError(
                {
                    "pin": self.env._("A PIN has four to eight digits."),
                    "pin_weak": self.env._(
                        "This PIN is guessed first: equal digits, digits in a row, or a year. "
                        "Choose another one."
                    ),
                }[error.code]
            ) from None
        salt = secrets.token_hex(16)
        return f"{salt}${self._scrypt(digits, salt)}"

    def _keep_pin(self, digest):
        self.ensure_one()
        self._check_issuer()
        card = self.sudo()  # sudo: cards are written by their own code alone
        marketer = self.env.su or self.env.user.has_group("loyalty_club.group_marketer")
        if card.pin_hash and not marketer:
            raise AccessError(
                self.env._("A PIN is removed, or replaced by another one, by a club marketer.")
            )
        if digest and card.state != "active":
            raise UserError(self._not_possible(card))
        if card.pin_hash:  # the first PIN is no change
            card.partner_id._club_contact_changed()
        card._turn(
            SQL("SELECT id FROM loyalty_club_card WHERE id = %s FOR NO KEY UPDATE", card.id),
            "pin_set" if digest else "pin_removed",
            pin_hash=digest,
            pin_required=False,
        )

    def _scrypt(self, digits, salt):
        pepper = keyring.secret(self.env.cr.dbname, "pin")
        # The club's own name of the card: a hash copied to another card says nothing there.
        peppered = hmac.new(pepper, f"{self.id}\0{digits}".encode(), hashlib.sha256).digest()
        return hashlib.scrypt(peppered, salt=bytes.fromhex(salt), **_COST).hex()
