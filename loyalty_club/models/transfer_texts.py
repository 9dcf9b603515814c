from odoo import api, models

from ..domain.codes import InputError, is_member_number, typed
from ..domain.phone import normalise_phone
from ..domain.transfer import short_name

_CODE_MINUTES = {"sender": 5, "receiver": 15}


class LoyaltyClubTransfer(models.Model):
    """What people read of a transfer: members see of each other a short name, no more."""

    _inherit = "loyalty.club.transfer"

    # === WHOM === #

    @api.model
    def _find_receiver(self, club, text):
        """The member of ``club`` with this membership number or phone number.

        :param text: as a person typed it.
        :returns: loyalty.club.member, empty when none or more than one answers to it.
        """
        Member = self.env["loyalty.club.member"]
        number = "".join(typed(text).upper().split())
        if is_member_number(number):
            return Member.search([("club_id", "=", club.id), ("number", "=", number)])
        country = club.company_id.country_id.code or "IR"
        try:
            phone = normalise_phone(text, country)
        except InputError:
            return Member
        found = Member.search(
            [("club_id", "=", club.id), ("partner_id.phone_sanitized", "=", phone)], limit=2
        )
        return found if len(found) == 1 else Member

    # === WHAT BECAME OF IT === #

    def _summary(self):
        """A transfer as plain data, for whoever takes part in it.

        :returns: dict of ``reference``, ``status``, ``amount`` and ``fee`` (decimal strings),
            ``sender`` and ``receiver`` (short names), ``code_to`` and ``message``.
        """
        self.ensure_one()
        return {
            "reference": self.reference,
            "status": self.state,
            "amount": f"{self._exact('amount').normalize():f}",
            "fee": f"{self._exact('fee').normalize():f}",
            "sender": short_name(self.sender_id.partner_id.name),
            "receiver": short_name(self.receiver_id.partner_id.name),
            # Where the other one is reached is not the sender's business.
            "code_to": self.code_to if self.state == "waiting_sender" else "",
            "message": self._message(),
        }

    def _message(self):
        """A sentence for a person: where the transfer stands, and what is to be done."""
        amount = self.kind_id._format_shown(self._exact("amount"))
        receiver = short_name(self.receiver_id.partner_id.name)
        return {
            "waiting_sender": lambda: self.env._(
                "A code was sent to %(address)s. Enter it to send %(amount)s to %(receiver)s.",
                address=self.code_to,
                amount=amount,
                receiver=receiver,
            ),
            "waiting_receiver": lambda: self.env._(
                "%(amount)s is set aside. %(receiver)s was sent a code and has to confirm with it.",
                amount=amount,
                receiver=receiver,
            ),
            "waiting_approval": lambda: self.env._(
                "%(amount)s is set aside. A club manager has to approve the transfer.",
                amount=amount,
            ),
            "done": lambda: self.env._(
                "%(amount)s was sent to %(receiver)s.", amount=amount, receiver=receiver
            ),
            "cancelled": lambda: self.env._("This transfer was cancelled. Nothing was sent."),
            "refused": lambda: self.env._("This transfer was refused. Nothing was sent."),
            "expired": lambda: self.env._("This transfer has lapsed. Nothing was sent."),
        }[self.state]()

    # === WHAT IS SENT === #

    def _send_code(self, side):
        """Send one side a code, and say for what.

        :raises UserError: when it cannot be reached, or was sent too many.
        """
        member = self[f"{side}_id"]
        told = self.env["loyalty.club.outbox"]._in_language_of(member.partner_id)
        about = self.with_env(told)._about(side)
        address = self.env["loyalty.club.one.time.code"]._issue(
            f"transfer_{side}",
            member.partner_id,
            self.reference,
            minutes=_CODE_MINUTES[side],
            about=about,
            company=self.company_id,
        )
        self._quiet().write({"code_to": address})

    def _about(self, side):
        amount = self.kind_id._format_shown(self._exact("amount"))
        if side == "receiver":
            return self.env._(
                "%(sender)s wants to send you %(amount)s.",
                sender=short_name(self.sender_id.partner_id.name),
                amount=amount,
            )
        receiver = short_name(self.receiver_id.partner_id.name)
        if self.fee:
            return self.env._(
                "You are sending %(amount)s to %(receiver)s, for a fee of %(fee)s.",
                amount=amount,
                receiver=receiver,
                fee=self.kind_id._format_shown(self._exact("fee")),
            )
        return self.env._(
            "You are sending %(amount)s to %(receiver)s.", amount=amount, receiver=receiver
        )

    def _notify(self):
        """Tell both that value has moved: who did not want it notices at once."""
        outbox = self.env["loyalty.club.outbox"]
        for side in ("sender", "receiver"):
            partner = self[f"{side}_id"].partner_id
            if not outbox._address_of(partner)[1]:
                continue
            told = self.with_env(outbox._in_language_of(partner))
            subject, body = told._news(side)
            outbox._queue_texts(
                "transfer_sent" if side == "sender" else "transfer_received",
                [
                    {
                        "partner_id": partner.id,
                        "company_id": self.company_id.id,
                        "subject": subject,
                        "body": body,
                    }
                ],
            )

    def _news(self, side):
        """Subject and body for one side of a booked transfer, in this environment's language."""
        other = self.receiver_id if side == "sender" else self.sender_id
        words = {
            "amount": self.kind_id._format_shown(self._exact("amount")),
            "name": short_name(other.partner_id.name),
            "club": self.club_id.name,
        }
        if self.undoes_id:
            subject = self.env._("A transfer was undone")
            if side == "sender":
                body = self.env._(
                    "%(club)s has taken %(amount)s back that %(name)s had sent you by mistake.",
                    **words,
                )
            else:
                body = self.env._(
                    "%(club)s has returned you %(amount)s that you had sent to %(name)s.", **words
                )
        elif side == "sender":
            subject = self.env._("You have sent %(amount)s", amount=words["amount"])
            body = self.env._(
                "%(club)s: you have sent %(amount)s to %(name)s. If this was not you, tell the "
                "shop at once.",
                **words,
            )
        else:
            subject = self.env._("You have received %(amount)s", amount=words["amount"])
            body = self.env._("%(club)s: %(name)s has sent you %(amount)s.", **words)
        return subject, body
