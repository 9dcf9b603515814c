"""What members read of transfers on their pages: terms, a look ahead, and where one stands."""

from decimal import Decimal

from odoo import api, models

from ..domain import transfer as rules
from ..domain.transfer import short_name
from .transfer_rules import TransferRules


class LoyaltyClubTransfer(models.Model):
    _inherit = "loyalty.club.transfer"

    # === BEFORE IT IS ASKED FOR === #

    @api.model
    def _preview(self, wallet, receiver, amount):
        """What sending ``amount`` would cost and take, by the rules of now; nothing is written.

        :param wallet: loyalty.club.wallet of the sender.
        :param receiver: loyalty.club.member.
        :param amount: Decimal in the wallet's unit.
        :returns: dict of ``receiver`` (short name), ``amount``, ``fee`` and ``total``
            (Decimals), and whether it needs a ``code``, the ``receiver_confirms``, and a
            manager's ``approval``.
        :raises UserError: with the reason why it is not possible.
        """
        kind = wallet.kind_id
        TransferRules.check_people(wallet, receiver)
        target = wallet.search([("kind_id", "=", kind.id), ("member_id", "=", receiver.id)])
        checks = TransferRules(wallet, target)
        fee, usage = kind._transfer_fee(amount), checks.usage()
        checks.check_amount(amount, fee, usage)
        return {
            "receiver": short_name(receiver.partner_id.name),
            "amount": amount,
            "fee": fee,
            "total": amount + fee,
            "code": not self._goes_without_code(wallet, amount, usage),
            "receiver_confirms": kind.transfer_receiver_confirms,
            "approval": kind._transfer_needs_approval(amount),
        }

    @api.model
    def _goes_without_code(self, wallet, amount, usage):
        """Whether the signed-in member sends this little by a click alone.

        :param usage: :class:`~..domain.transfer.Usage` of the sender.
        """
        free = Decimal(str(wallet.kind_id.transfer_free_amount))
        own = self.env.user.partner_id == wallet.member_id.partner_id
        return own and not rules.needs_code(amount, free, usage)

    @api.model
    def _of_member(self, member, limit):
        """The latest transfers that ``member`` takes part in.

        What its sender has not confirmed is nobody else's business.
        """
        return self.search(
            [
                "|",
                ("sender_id", "=", member.id),
                "&",
                ("receiver_id", "=", member.id),
                "|",
                ("sender_confirmed_at", "!=", False),
                ("undoes_id", "!=", False),
            ],
            limit=limit,
        )

    # === WHERE IT STANDS === #

    def _other_told(self, side):
        """Whom it goes to or comes from, as ``side`` reads it in a list."""
        self.ensure_one()
        if side == "sender":
            return self.env._("To %(name)s", name=short_name(self.receiver_id.partner_id.name))
        return self.env._("From %(name)s", name=short_name(self.sender_id.partner_id.name))

    def _told(self, side):
        """A sentence for one side: where the transfer stands, and what is to be done.

        :param side: ``sender`` or ``receiver``.
        """
        self.ensure_one()
        if side == "sender":
            return self._message()
        words = {
            "amount": self.kind_id._format_shown(self._exact("amount")),
            "sender": short_name(self.sender_id.partner_id.name),
        }
        sentences = {
            "waiting_receiver": lambda: self.env._(
                "%(sender)s wants to send you %(amount)s. Enter the code that was sent to "
                "%(address)s.",
                address=self.code_to or "",
                **words,
            ),
            "waiting_approval": lambda: self.env._(
                "%(sender)s wants to send you %(amount)s. A club manager has to approve it.",
                **words,
            ),
            "done": lambda: self.env._("%(sender)s has sent you %(amount)s.", **words),
        }
        return sentences.get(self.state, self._message)()


class LoyaltyClubWalletKind(models.Model):
    _inherit = "loyalty.club.wallet.kind"

    def _transfer_needs_approval(self, amount):
        """Whether a manager has to agree to a transfer of ``amount``."""
        self.ensure_one()
        return bool(self.transfer_approval_above and amount > self.transfer_approval_above)

    def _transfer_terms(self):
        """The terms of sending value of this kind, as sentences for a member."""
        self.ensure_one()
        told = [self._transfer_fee_text()]
        if self.transfer_minimum:
            told.append(self._least_told(self.transfer_minimum))
        if self.transfer_day_amount:
            most = self._format_shown(self.transfer_day_amount)
            told.append(self.env._("At most %(amount)s a day.", amount=most))
        if self.transfer_day_count:
            told.append(
                self.env._("At most %(count)s transfers a day.", count=self.transfer_day_count)
            )
        if self.transfer_value_hours:
            told.append(
                self.env._(
                    "What came in during the last %(hours)s hours stays.",
                    hours=self.transfer_value_hours,
                )
            )
        if self.transfer_receiver_confirms:
            told.append(self.env._("The receiver confirms with a code, too."))
        if self.transfer_approval_above:
            above = self._format_shown(self.transfer_approval_above)
            told.append(self.env._("Above %(amount)s a club manager has to approve.", amount=above))
        return told

    def _transfer_fee_text(self):
        fixed = self.transfer_fee_fixed and self._format_shown(self.transfer_fee_fixed)
        percent = self.transfer_fee_percent and f"{self.transfer_fee_percent:g}"
        if fixed and percent:
            return self.env._(
                "You pay a fee of %(fixed)s and %(percent)s %% of the amount.",
                fixed=fixed,
                percent=percent,
            )
        if fixed:
            return self.env._("You pay a fee of %(fixed)s.", fixed=fixed)
        if percent:
            return self.env._("You pay a fee of %(percent)s %% of the amount.", percent=percent)
        return self.env._("It costs nothing.")
