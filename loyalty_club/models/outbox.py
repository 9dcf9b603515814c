import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..domain.phone import is_mobile, mask_phone

_logger = logging.getLogger(__name__)
_MAX_ATTEMPTS = 5
# What stands on paper only for as long as it is needed.
_SECRETS = {"body": False, "address": False}


class LoyaltyClubOutbox(models.Model):
    """Messages that follow a movement. They are written with it and sent later, so that
    a failing mail server or printer of PDFs never undoes or blocks a sale.

    What a text says and where it goes is read by no user, and forgotten once it was sent.
    """

    _name = "loyalty.club.outbox"
    _inherit = ["loyalty.club.own.work"]
    _description = "Outgoing Message"
    _order = "id desc"
    _rec_name = "kind"

    kind = fields.Selection(
        [
            ("new_card", "New card"),
            ("one_time_code", "One-time code"),
            ("transfer_request", "Transfer to confirm"),
            ("transfer_received", "Transfer received"),
            ("transfer_sent", "Transfer sent"),
            ("contact_changed", "Contact details changed"),
            ("expiry_notice", "Value about to expire"),
            ("invitation", "Invitation"),
            ("purchase", "After a purchase"),
            ("notice", "Notice"),
        ],
        required=True,
        readonly=True,
    )
    card_id = fields.Many2one("loyalty.card", readonly=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Recipient", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    channel = fields.Selection([("sms", "SMS"), ("email", "E-mail")], readonly=True)
    sent_to = fields.Char(string="Sent to", readonly=True, help="Masked except for its end.")
    address = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    subject = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    body = fields.Text(readonly=True, groups=fields.NO_ACCESS)
    expires_at = fields.Datetime(
        string="Valid until", readonly=True, help="Later it is not sent any more."
    )
    state = fields.Selection(
        [("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Failed")],
        string="Status",
        required=True,
        readonly=True,
        default="waiting",
    )
    attempts = fields.Integer(readonly=True)
    try_after = fields.Datetime(string="Next attempt", readonly=True)
    last_error = fields.Char(string="Last error", readonly=True)

    _waiting_index = models.Index("(id) WHERE state = 'waiting'")

    # === CRUD METHODS === #

    def write(self, vals):
        if vals.keys() - {"state", "attempts"} and not self.env.su:
            raise UserError(self.env._("A message is not edited; it can only be tried again."))
        return super().write(vals)

    # === ACTION METHODS === #

    def action_retry(self):
        """Try failed messages again; those that are no longer valid stay as they are."""
        self.check_access("write")
        now = fields.Datetime.now()
        again = self.filtered(
            lambda message: (
                message.state == "failed" and (not message.expires_at or message.expires_at > now)
            )
        )
        again.write({"state": "waiting", "attempts": 0})
        again.sudo().try_after = False  # sudo: part of trying again, which the write allowed
        self._send_soon()

    # === BUSINESS METHODS === #

    @api.model
    def _queue_new_card(self, cards):
        """Remember to send the e-mail that goes with new cards."""
        return self.create(
            [
                {"kind": "new_card", "card_id": card.id, "company_id": card.company_id.id}
                for card in cards
            ]
        )

    @api.model
    def _queue_texts(self, kind, texts):
        """Remember to send texts to people: by SMS, else by e-mail.

        Written in the caller's transaction and sent right after it. People who can be
        reached nowhere are left out.

        :param kind: one of the field's keys.
        :param texts: list of dicts with ``partner_id``, ``company_id``, ``subject`` and
            ``body``, in the person's language (see :meth:`_in_language_of`); optionally
            ``expires_at``, after which it is not sent any more, and ``channel`` with
            ``address`` when it goes elsewhere than to what the contact says now, or to
            somebody of whom there is no contact (then without ``partner_id``).
        :returns: the messages.
        """
        known = [text["partner_id"] for text in texts if text.get("partner_id")]
        partners = {
            partner.id: partner
            # sudo: the messages are theirs; nothing of them is shown
            for partner in self.env["res.partner"].sudo().browse(known)
        }
        rows = []
        for text in texts:
            if text.get("address"):
                channel, address = text["channel"], text["address"]
            else:
                channel, address = self._address_of(partners[text["partner_id"]])
            if address:
                where = {
                    "kind": kind,
                    "channel": channel,
                    "address": address,
                    "sent_to": self._masked(channel, address),
                }
                rows.append({**text, **where})
        # sudo: messages are queued by what happens, not by who may write messages
        messages = self.sudo().create(rows)
        if messages:
            self._send_soon()
        return messages

    @api.model
    def _address_of(self, partner):
        """Where ``partner`` is reached: channel and address, or twice None."""
        partner = partner.sudo()  # sudo: the message is hers; nothing of it is shown
        number = partner.phone and partner._phone_format(number=partner.phone)
        if number and is_mobile(number):
            return "sms", number
        if partner.email_normalized:
            return "email", partner.email_normalized
        return None, None

    @api.model
    def _masked(self, channel, address):
        """An address for eyes that need only recognise it."""
        if channel == "sms":
            return mask_phone(address)
        name, _at, host = address.partition("@")
        return f"{name[:1]}***@{host}"

    @api.model
    def _in_language_of(self, partner):
        """An environment whose texts are in the language and the money of ``partner``."""
        lang = partner.sudo().lang or self.env.lang  # sudo: see _address_of
        return self.with_context(lang=lang, club_for_customers=True).env

    @api.model
    def _send_soon(self, at=None):
        # sudo: whoever queues a message wakes the cron that sends it
        self.env.ref("loyalty_club.cron_outbox").sudo()._trigger(at)

    # === SENDING === #

    @api.model
    def _cron_send(self, limit=100):
        """Send what is waiting; each message in a transaction of its own."""
        due = [
            ("state", "=", "waiting"),
            "|",
            ("try_after", "=", False),
            ("try_after", "<=", fields.Datetime.now()),
        ]
        waiting = self.search(due, order="id", limit=limit)
        for message in waiting:
            if message := message.try_lock_for_update():
                message._send()
            if self.env["ir.cron"]._commit_progress(1) <= 0:
                break

    def _send(self):
        """Send one message; after five failures it waits for a person."""
        self.ensure_one()
        now = fields.Datetime.now()
        if self.expires_at and self.expires_at <= now:
            error = self.last_error or self.env._("It could not be sent while it was valid.")
            self.write({"state": "failed", "last_error": error, **_SECRETS})
            return
        try:
            with self.env.cr.savepoint():
                self._deliver()
        except Exception as error:
            attempts = self.attempts + 1
            again = fields.Datetime.add(now, minutes=2 ** (attempts - 1))
            _logger.info("Message %s of the club was not sent: %s", self.id, error)
            self.write(
                {
                    "attempts": attempts,
                    "last_error": ": ".join(str(part) for part in error.args)[:500],
                    "state": "failed" if attempts >= _MAX_ATTEMPTS else "waiting",
                    "try_after": again,
                }
            )
            self._send_soon(again)
        else:
            self.write({"state": "sent", "last_error": False, **_SECRETS})

    def _deliver(self):
        if self.kind == "new_card":
            self.card_id._send_creation_communication()
        elif self.channel == "sms":
            self._deliver_sms()
        else:
            self._deliver_email()

    def _deliver_sms(self):
        """Through Odoo's SMS, which keeps no copy.

        :raises UserError: with the provider's reason.
        """
        company = self.company_id or self.env.company
        sms = (
            self.env["sms.sms"]
            .sudo()  # sudo: only administrators have rights on outgoing SMS
            .with_company(company)
            .create({"number": self.address, "body": self.body})
        )
        sms.send(unlink_sent=False)
        if sms.state == "error":
            reasons = dict(sms._fields["failure_type"]._description_selection(self.env))
            raise UserError(reasons.get(sms.failure_type) or sms.failure_type)
        sms.unlink()

    def _deliver_email(self):
        """Through Odoo's mail, which keeps no copy.

        :raises MailDeliveryException: when no server takes it.
        """
        company = self.company_id or self.env.company
        mail = (
            self.env["mail.mail"]
            .sudo()  # sudo: only administrators have rights on outgoing mail
            .with_company(company)
            .create(
                {
                    "subject": self.subject,
                    "body_html": plaintext2html(self.body),
                    "email_from": company.email_formatted or self.env.user.email_formatted,
                    "email_to": self.address,
                    "auto_delete": True,
                }
            )
        )
        mail.send(raise_exception=True)
        if mail.exists() and mail.state == "exception":
            raise UserError(mail.failure_reason)
