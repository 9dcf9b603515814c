"""What stands against a transfer, and the sentence that says so."""

from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..clock import end_of, today_in
from ..domain import transfer


class TransferRules:
    """The rules of one transfer, asked under the lock of both wallets.

    :param sender: loyalty.club.wallet that shall pay.
    :param receiver: loyalty.club.wallet of the same kind that shall get it; none when it is
        yet to be made.
    """

    def __init__(self, sender, receiver):
        self.env = sender.env
        self.sender = sender
        self.receiver = receiver
        self.kind = sender.kind_id
        self.now = fields.Datetime.now()

    @property
    def older_than(self):
        """The moment before which value must have come in, or None."""
        hours = self.kind.transfer_value_hours
        return self.now - timedelta(hours=hours) if hours else None

    # --- who -------------------------------------------------------------------------

    @classmethod
    def check_people(cls, wallet, receiver):
        """Refuse what the two persons, or the kind of value, do not allow.

        :param wallet: the sender's loyalty.club.wallet.
        :param receiver: loyalty.club.member.
        :raises UserError: with the reason.
        """
        kind, sender = wallet.kind_id, wallet.member_id
        if not sender or not kind.transferable or not kind.active:
            raise UserError(
                wallet.env._(
                    "“%(kind)s” cannot be sent to other members. Choose another wallet.",
                    kind=kind.name,
                )
            )
        if receiver == sender or receiver.partner_id == sender.partner_id:
            raise UserError(
                wallet.env._("Sender and receiver are the same. Choose another member.")
            )
        if receiver.club_id != kind.club_id:
            raise UserError(
                wallet.env._("The receiver is not a member of %(club)s.", club=kind.club_id.name)
            )
        if sender.state != "active" or wallet.state != "active":
            raise UserError(
                wallet.env._("This membership is not active, so nothing can be sent from it.")
            )
        if receiver.state != "active":
            text = wallet.env._("The receiver's membership is not active and cannot receive.")
            raise UserError(cls._of_receiver(wallet.env, text))
        cls._check_contact(kind, sender, receiver)

    @staticmethod
    def _of_receiver(env, text):
        """Why a receiver cannot receive: ``text`` for the club's staff. Another member learns
        only that it is so: what the club knows of one member is no other member's business."""
        return text if env.user._is_internal() else env._("This member cannot receive now.")

    @classmethod
    def _check_contact(cls, kind, sender, receiver):
        changed, hours = sender.contact_changed_at, kind.transfer_freeze_hours
        if changed and changed + timedelta(hours=hours) > fields.Datetime.now():
            raise UserError(
                kind.env._(
                    "The phone number, e-mail address, password or PIN was changed lately. For "
                    "safety nothing can be sent for %(hours)s hours after that.",
                    hours=hours,
                )
            )
        outbox = kind.env["loyalty.club.outbox"]
        unreachable = not outbox._address_of(receiver.partner_id)[1]
        if kind.transfer_receiver_confirms and unreachable:
            text = kind.env._(
                "The receiver has to confirm, but the club knows neither a mobile number nor "
                "an e-mail address of this member."
            )
            raise UserError(cls._of_receiver(kind.env, text))

    # --- how much --------------------------------------------------------------------

    def check_amount(self, amount, fee, usage):
        """Refuse an amount that the terms or the wallet do not allow.

        :param usage: from :meth:`usage`.
        :raises UserError: with the reason.
        """
        step = Decimal(str(self.kind.rounding))
        if amount <= 0 or amount % step:
            raise UserError(
                self.env._(
                    "Enter a positive amount, in whole steps of %(step)s.",
                    step=self.kind._format_told(step),
                )
            )
        limits = self.kind._transfer_limits()
        reason = transfer.refusal(amount, limits, usage)
        if reason:
            raise UserError(self._limit_text(reason, limits, usage))
        self._check_available(amount + fee, fee)

    def _check_available(self, total, fee):
        available = Decimal(str(self.sender.available))
        if available < total:
            words = {
                "total": self.kind._format_told(total),
                "available": self.kind._format_told(available),
            }
            raise UserError(
                self.env._(
                    "%(total)s would be needed, with the fee, but only %(available)s can be used. "
                    "Send less.",
                    **words,
                )
                if fee
                else self.env._("Only %(available)s can be used. Send less.", **words)
            )
        if self.older_than and (aged := self._aged()) < total:
            raise UserError(
                self.env._(
                    "Only value that has been in the wallet for %(hours)s hours can be sent: "
                    "that is %(aged)s now.",
                    hours=self.kind.transfer_value_hours,
                    aged=self.kind._format_told(aged),
                )
            )

    def _aged(self):
        """Value that has been in the sender's wallet for long enough, a Decimal."""
        self.env["loyalty.club.lot"].flush_model()
        self.env.cr.execute(
            SQL(
                "SELECT COALESCE(SUM(remaining), 0)::text FROM loyalty_club_lot"
                " WHERE wallet_id = %s AND remaining > 0 AND date < %s AND NOT pending"
                " AND (expires_on IS NULL OR expires_on >= %s)",
                self.sender.id,
                self.older_than,
                today_in(self.kind.company_id),
            )
        )
        return Decimal(self.env.cr.fetchone()[0])

    def usage(self, besides=None):
        """What both sides have done today: :class:`~..domain.transfer.Usage`.

        What only waits for its sender does not count: nobody uses up another's limit by
        asking. A transfer counts on the day on which its sender confirmed it.

        :param besides: loyalty.club.transfer that is being judged and does not count itself.
        """
        today = today_in(self.kind.company_id)
        midnight = end_of(self.kind.company_id, today - timedelta(days=1))
        self.env["loyalty.club.transfer"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT COALESCE(SUM(amount) FILTER (WHERE sender_wallet_id = %(sender)s), 0)::text,
                       COUNT(*) FILTER (WHERE sender_wallet_id = %(sender)s),
                       COALESCE(SUM(amount) FILTER (WHERE receiver_wallet_id = %(receiver)s),
                                0)::text,
                       COUNT(*) FILTER (WHERE receiver_wallet_id = %(receiver)s),
                       COALESCE(SUM(amount) FILTER (WHERE sender_wallet_id = %(sender)s
                                                      AND without_code), 0)::text
                  FROM loyalty_club_transfer
                 WHERE (sender_wallet_id = %(sender)s OR receiver_wallet_id = %(receiver)s)
                   -- asked for less than an hour before it was confirmed: this serves the index
                   AND date >= %(midnight)s::timestamp - interval '1 hour'
                   AND sender_confirmed_at >= %(midnight)s
                   AND undoes_id IS NULL AND id <> %(besides)s
                   AND state IN ('waiting_receiver', 'waiting_approval', 'done')
                """,
                sender=self.sender.id,
                receiver=self.receiver.id or 0,
                midnight=midnight,
                besides=besides.id if besides else 0,
            )
        )
        sent, sent_count, received, received_count, free = self.env.cr.fetchone()
        return transfer.Usage(
            Decimal(sent),
            sent_count,
            Decimal(received),
            received_count,
            Decimal(free),
            (today - self.sender.member_id.join_date).days,
        )

    def _limit_text(self, reason, limits, usage):
        def money(amount):
            return self.kind._format_told(max(amount, transfer.ZERO))

        texts = {
            "minimum": lambda: self.env._(
                "At least %(minimum)s can be sent.", minimum=money(limits.minimum)
            ),
            "member_days": lambda: self.env._(
                "Members can send value after %(days)s days of membership.",
                days=limits.member_days,
            ),
            "sent_count": lambda: self.env._(
                "No more than %(count)s transfers can be sent in a day. Try again tomorrow.",
                count=limits.sent_count,
            ),
            "sent_amount": lambda: self.env._(
                "Only %(left)s more can be sent today.",
                left=money(limits.sent_amount - usage.sent_amount),
            ),
            "received_count": lambda: self.env._(
                "The receiver has had as many transfers today as are allowed. Try again tomorrow."
            ),
            "received_amount": lambda: self.env._(
                "The receiver would get more in a day than is allowed. Send less, or try again "
                "tomorrow."
            ),
        }
        text = texts[reason]()
        return self._of_receiver(self.env, text) if reason.startswith("received") else text
