import hashlib
import hmac
import re
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import keyring
from ..domain import codes
from .rate_limit import HOUR

_DIGITS = 6
_ISSUES = (5, HOUR)  # codes sent to one person
# Texts to a bare number cost money and reach people who never asked for them.
_ISSUES_TO_NUMBER = {"number": _ISSUES, "number-day": (10, 24 * HOUR)}
_TRIES = (5, 24 * HOUR)  # at one code: a day outlives it
_TRIES_OF_ONE = (20, HOUR)  # at all codes of one person


class LoyaltyClubOneTimeCode(models.Model):
    """A short secret sent to a person, with which she says “yes” to one thing, once.

    Only an HMAC of the code is stored, under a secret outside the database. The tries at a
    code are counted by the rate limiter, in transactions of their own; that a code was used
    is written in the transaction of what it allowed.
    """

    _name = "loyalty.club.one.time.code"
    _inherit = ["loyalty.club.own.work"]
    _description = "One-time Code"
    _log_access = False
    _rec_name = "purpose"

    purpose = fields.Char(required=True, readonly=True)
    reference = fields.Char(required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", readonly=True, ondelete="cascade", index=True)
    holder = fields.Char(readonly=True, help="HMAC of the number of somebody unknown as yet.")
    nonce = fields.Char(required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True)
    expires_at = fields.Datetime(required=True, readonly=True)
    used_at = fields.Datetime(readonly=True)

    _what_index = models.Index("(reference, purpose, id)")
    _of_somebody = models.Constraint(
        "CHECK (partner_id IS NOT NULL OR holder IS NOT NULL)", "A code is sent to somebody."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _issue(self, purpose, partner, reference, minutes=5, about="", company=None):
        """Send ``partner`` a new code; earlier ones for the same thing are void from now on.

        :param purpose: short word of the caller, e.g. ``transfer_sender``.
        :param reference: what is confirmed, e.g. a transfer's reference.
        :param minutes: how long the code is valid.
        :param about: a sentence that says what is confirmed, in the person's language.
        :param company: res.company that the message comes from.
        :returns: where it was sent, hidden but for what the person recognises.
        :raises UserError: when the person can be reached nowhere, or was sent too many.
        """
        outbox = self.env["loyalty.club.outbox"]
        channel, address = outbox._address_of(partner)
        if not address:
            raise UserError(
                self.env._(
                    "%(name)s has neither a mobile number nor an e-mail address, so no code "
                    "can be sent. Ask for one and enter it on the contact.",
                    name=partner.display_name,
                )
            )
        limits = self.env["loyalty.club.rate.limit"]
        bucket = (f"otc-issue:{partner.id}", *_ISSUES)
        if not limits._allow(*bucket):
            raise UserError(limits._refusal_text(limits._wait(*bucket)))
        code, expires_at = self._make({"partner_id": partner.id}, purpose, reference, minutes)
        told = outbox._in_language_of(partner)
        outbox._queue_texts(
            "one_time_code",
            [
                {
                    "partner_id": partner.id,
                    "company_id": (company or self.env.company).id,
                    "subject": told._("Your code"),
                    "body": self._text(told, code, minutes, about),
                    "expires_at": expires_at,
                }
            ],
        )
        return outbox._masked(channel, address)

    @api.model
    def _issue_to_number(
        self, purpose, number, reference, minutes=5, about="", company=None, known=False
    ):
        """Send a new code to a mobile, whoever holds it: nobody is looked up.

        Neither the number nor the code is kept, only their HMACs; the message forgets the
        number when it has been sent.

        :param purpose: as in :meth:`_issue`.
        :param number: mobile in E.164.
        :param reference: what is confirmed; earlier codes for the same thing are void.
        :param minutes: how long the code is valid.
        :param about: a sentence that says what is confirmed, in the language of who asks.
        :param company: res.company that the message comes from.
        :param known: whether the number was confirmed in this browser before: codes that
            strangers ask for, and get wrong, then do not count against it.
        :returns: the number, hidden but for its end.
        :raises UserError: when too many were sent to this number.
        """
        limits = self.env["loyalty.club.rate.limit"]
        for bucket in self._number_buckets(number, known):
            if not limits._allow(*bucket):
                raise UserError(limits._refusal_text(limits._wait(*bucket)))
        outbox = self.env["loyalty.club.outbox"]
        holder = {"holder": self._holder(number, known)}
        code, expires_at = self._make(holder, purpose, reference, minutes)
        outbox._queue_texts(
            "one_time_code",
            [
                {
                    "company_id": (company or self.env.company).id,
                    "channel": "sms",
                    "address": number,
                    "subject": self.env._("Your code"),
                    "body": self._text(self.env, code, minutes, about),
                    "expires_at": expires_at,
                }
            ],
        )
        return outbox._masked("sms", number)

    @api.model
    def _number_proven(self, number):
        """The holder of ``number`` has typed a code: what was sent does not count against it."""
        limits = self.env["loyalty.club.rate.limit"]
        for bucket in self._number_buckets(number) + self._number_buckets(number, known=True):
            limits._give_back(*bucket)

    @api.model
    def _check(self, purpose, reference, code):
        """Compare a typed code, and use it up when it is right.

        :param code: as the person typed it, in digits of any keyboard.
        :returns: ``ok``; ``wrong``; ``over``, no more tries at this code; ``expired``, too
            late, used, or never sent; ``limited``, too many tries of this person.
        """
        issued = self.sudo().search(  # sudo: see _issue
            [("reference", "=", reference), ("purpose", "=", purpose)], order="id desc", limit=1
        )
        if not issued or issued.used_at or issued.expires_at <= fields.Datetime.now():
            return "expired"
        typed = re.sub(r"[\s-]", "", codes.typed(code))
        if not re.fullmatch(rf"[0-9]{{{_DIGITS}}}", typed):
            return "wrong"  # a slip of the keyboard, not a guess
        limits = self.env["loyalty.club.rate.limit"]
        of_person = (f"otc-person:{issued.partner_id.id or issued.holder}", *_TRIES_OF_ONE)
        if not limits._allow(*of_person):
            return "limited"
        if not limits._allow(f"otc-code:{issued.id}:{issued.nonce}", *_TRIES):
            return "over"
        digest = self._digest(purpose, reference, issued.nonce, typed)
        if not hmac.compare_digest(digest, issued.digest):
            return "wrong"
        limits._give_back(*of_person)
        return "ok" if issued._use() else "expired"

    @api.model
    def _check_text(self, answer):
        """A sentence for a person: why the code was not accepted, and what to do."""
        return {
            "wrong": self.env._("This is not the code that was sent. Look again."),
            "over": self.env._("There were too many wrong tries at this code. Ask for a new one."),
            "expired": self.env._("This code is no longer valid. Ask for a new one."),
            "limited": self.env._("There were too many wrong codes. Try again in an hour."),
        }[answer]

    # --- mechanics -------------------------------------------------------------------

    @api.model
    def _make(self, who, purpose, reference, minutes):
        """Store a new code's digest; returns the code and when it ends."""
        code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
        nonce = secrets.token_hex(8)
        expires_at = fields.Datetime.add(fields.Datetime.now(), minutes=minutes)
        self.sudo().create(  # sudo: codes belong to nobody; what they allow is checked by it
            {
                **who,
                "purpose": purpose,
                "reference": reference,
                "nonce": nonce,
                "digest": self._digest(purpose, reference, nonce, code),
                "expires_at": expires_at,
            }
        )
        return code, expires_at

    @api.model
    def _holder(self, number, known=False):
        return self._digest("holder", "known" if known else "", "", number)

    @api.model
    def _number_buckets(self, number, known=False):
        whose = "known:" if known else ""
        return [(f"otc-{name}:{whose}{number}", *size) for name, size in _ISSUES_TO_NUMBER.items()]

    def _use(self):
        """Mark the code as used; False when somebody else did at this moment."""
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_club_one_time_code SET used_at = %s"
                " WHERE id = %s AND used_at IS NULL RETURNING id",
                fields.Datetime.now(),
                self.id,
            )
        )
        self.invalidate_recordset(["used_at"])
        return bool(self.env.cr.fetchone())

    @api.model
    def _digest(self, purpose, reference, nonce, code):
        pepper = keyring.secret(self.env.cr.dbname, "codes")
        message = "\0".join((purpose, reference, nonce, code))
        return hmac.new(pepper, message.encode(), hashlib.sha256).hexdigest()

    @api.model
    def _text(self, told, code, minutes, about):
        text = told._(
            "Your code: %(code)s\nIt is valid for %(minutes)s minutes. Nobody from the shop will "
            "ever call you and ask for it.",
            code=code,
            minutes=minutes,
        )
        return f"{about}\n{text}" if about else text

    @api.autovacuum
    def _gc_old(self):
        """Forget codes that can no longer be used."""
        yesterday = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        self.env.cr.execute(
            SQL("DELETE FROM loyalty_club_one_time_code WHERE expires_at < %s", yesterday)
        )
