import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .. import keyring
from ..domain import keywords, opaque
from ..domain.phone import mask_phone
from .member_agreed import MARKETING
from .rate_limit import HOUR

_KEPT_DAYS = 180
_ANSWERS = (3, HOUR)  # confirmations to one number: each costs money
_RETURNS = (10, HOUR)  # times one number says yes again
_VERDICTS = [("stop", "No more messages"), ("start", "Messages again"), ("unknown", "Other")]


class LoyaltyClubInboundSms(models.Model):
    """Text messages that people sent back, as the provider handed them over.

    What they say is not kept, only what was understood; so is the sender, but for its end.
    """

    _name = "loyalty.club.inbound.sms"
    _inherit = ["loyalty.club.own.work"]
    _description = "Received SMS"
    _order = "id desc"
    _log_access = False
    _rec_name = "sender"

    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    date = fields.Datetime(string="Received on", required=True, readonly=True, index=True)
    sender = fields.Char(string="From", readonly=True, help="Masked except for its end.")
    message = fields.Char(string="Provider's number", readonly=True)
    verdict = fields.Selection(_VERDICTS, string="Understood as", required=True, readonly=True)
    member_count = fields.Integer(string="Members", readonly=True)
    answered = fields.Boolean(readonly=True, help="The sender was told what was done.")

    _message_unique = models.UniqueIndex(
        "(club_id, message) WHERE message IS NOT NULL", "This message was received before."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _receive(self, club, sender, text, message=None):
        """Do what somebody asked for by SMS; the same message twice is one message.

        :param club: loyalty.club whose number it was sent to.
        :param sender: the sender's number in any writing.
        :param text: what the message says.
        :param message: the provider's number of the message, if it gives one.
        :returns: the record, or an empty one when the message was received before.
        """
        verdict = keywords.read(text) or "unknown"
        number, members = self._sender(club, sender)
        received = self._note(club, number, verdict, message)
        if not received or not number or verdict == "unknown":
            return received
        proof = self._proof(number, message)
        if verdict == keywords.STOP:
            # Never counted: whoever wants to be left alone is, however often she says so.
            members._withdraw("sms", "sms", proof)
            if not members:
                self.env["loyalty.club.consent.change"]._blacklist("sms", {number})
            received.answered = received._answer(club, members, number)
        elif members and self.env["loyalty.club.rate.limit"]._allow(
            f"sms-start:{club.id}:{number}", *_RETURNS
        ):
            self._give_again(members, proof)
            received.answered = received._answer(club, members, number)
        received.member_count = len(members)
        return received

    @api.model
    def _note(self, club, number, verdict, message):
        """Keep that the message came; nothing when it came before."""
        message = (message or "").strip()
        if len(message) > 64:
            message = hashlib.sha256(message.encode()).hexdigest()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_club_inbound_sms
                       (club_id, company_id, date, sender, message, verdict, member_count, answered)
                VALUES (%s, %s, %s, %s, %s, %s, 0, FALSE)
                ON CONFLICT (club_id, message) WHERE message IS NOT NULL DO NOTHING
                RETURNING id
                """,
                club.id,
                club.company_id.id,
                fields.Datetime.now(),
                mask_phone(number or ""),
                message or None,
                verdict,
            )
        )
        row = self.env.cr.fetchone()
        return self.browse(row and row[0])

    @api.model
    def _sender(self, club, text):
        """The number that sent a message, and the members who have it.

        Providers leave the country out: of what the digits may mean, a member's number counts.
        """
        numbers = club._mobiles(text)
        for number in numbers:
            members = self._members(club, number)
            if members:
                return number, members
        return next(iter(numbers), None), self.env["loyalty.club.member"]

    @api.model
    def _members(self, club, number):
        """Everybody in the club who has this number: by a “no” they are all left alone."""
        members = self.env["loyalty.club.member"]
        return members.search(
            [
                ("club_id", "=", club.id),
                ("merged_into_id", "=", False),
                ("state", "!=", "closed"),
                "|",
                ("mobile", "=", number),
                ("partner_id.phone_sanitized", "=", number),
            ]
        )

    @api.model
    def _give_again(self, members, proof):
        """Undo what was ended by SMS; who ended nothing says yes to offers by SMS."""
        ended = members.consent_ids.filtered(
            lambda consent: (
                consent.channel == "sms" and consent.source == "sms" and not consent.given
            )
        )
        codes = set(ended.purpose_id.filtered("use_sms").mapped("code")) | {MARKETING}
        asked = self.env["loyalty.club.purpose"]._asked(members.club_id)
        choices = {
            (purpose.code, "sms"): True
            for purpose in asked
            if purpose.code in codes and purpose.use_sms
        }
        members._set_consents(choices, "sms", proof)

    @api.model
    def _proof(self, number, message):
        return f"{message or 'SMS'}, {mask_phone(number)}"[:100]

    def _answer(self, club, members, number):
        """Tell the sender what was done, but not for ever: False when she was told enough."""
        limits = self.env["loyalty.club.rate.limit"]
        if not limits._allow(f"sms-answer:{club.id}:{number}", *_ANSWERS):
            return False
        partner = members.partner_id[:1]
        outbox = self.env["loyalty.club.outbox"]
        told = outbox._in_language_of(partner) if partner else outbox.env
        name = club.with_env(told).name
        if self.verdict == keywords.STOP:
            body = told._(
                "%(club)s: you get no more offers by SMS. To get them again, answer 12.",
                club=name,
            )
        else:
            body = told._(
                "%(club)s: you get offers by SMS again. To end them, answer 11.", club=name
            )
        text = {
            "partner_id": partner.id,
            "company_id": club.company_id.id,
            "subject": name,
            "body": body,
            "channel": "sms",
            "address": number,
        }
        return bool(outbox._queue_texts("notice", [text]))

    @api.autovacuum
    def _gc_old(self):
        """Forget old messages; what they changed is kept as answers of the members."""
        before = fields.Datetime.subtract(fields.Datetime.now(), days=_KEPT_DAYS)
        self.env.cr.execute(SQL("DELETE FROM loyalty_club_inbound_sms WHERE date < %s", before))


class LoyaltyClub(models.Model):
    """The address that the club's SMS provider hands received messages to."""

    _inherit = "loyalty.club"

    sms_door_number = fields.Integer(readonly=True, copy=False, groups="loyalty_club.group_manager")
    sms_door_url = fields.Char(
        string="Address for received SMS",
        compute="_compute_sms_door_url",
        groups="loyalty_club.group_manager",
        help="Whoever knows it can answer in the name of your members: give it to your SMS "
        "provider alone.",
    )

    @api.depends("sms_door_number")
    def _compute_sms_door_url(self):
        for club in self:
            number = club.sms_door_number
            token = opaque.seal(self._sms_door_secret(), club.id, number) if number else ""
            club.sms_door_url = (
                f"{club.get_base_url()}/loyalty_club/sms/{token}" if token else False
            )

    def action_new_sms_address(self):
        """Make the address for received SMS anew; the one until now answers no more.

        :raises AccessError: for anyone but a club manager.
        """
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(self.env._("The address for received SMS is a club manager's."))
        for club in self:
            club.sms_door_number += 1
        return True

    @api.model
    def _of_sms_address(self, secret):
        """The club that an address for received SMS belongs to, or none."""
        numbers = opaque.unseal(self._sms_door_secret(), secret, 2)
        if not numbers or not numbers[1]:  # 0: no address was made yet
            return self.browse()
        club = self.browse(numbers[0]).exists()
        return club.filtered(lambda found: found.active and found.sms_door_number == numbers[1])

    @api.model
    def _sms_door_secret(self):
        return keyring.secret(self.env.cr.dbname, "sms_door")
