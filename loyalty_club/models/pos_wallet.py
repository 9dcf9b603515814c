from datetime import timedelta
from decimal import Decimal, InvalidOperation

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..domain.codes import is_request_key
from ..movement import Movement
from ..transaction import in_short_transaction
from .hold import HoldOutcome

_REFUND_WITHIN = timedelta(days=1)  # later a manager gives back


class PosConfig(models.Model):
    """What a till does with a customer's wallet while the customer waits.

    Each act is a transaction of its own; the answer is an envelope that a till can read
    without knowing errors: ``{"club": 1, "status", "reason", "message", "available"}``. Any
    other answer means "unknown": send the same request with the same key again.
    """

    _inherit = "pos.config"

    def _club_authorize(self, wallet_id, amount, key, pin=None):
        """Hold ``amount`` of a wallet for a payment at this till.

        :param wallet_id: id of a wallet of this till's club.
        :param amount: decimal number as text, in the wallet's unit.
        :param key: made by the till before it asks; kept with the payment.
        :param pin: as the customer typed it; needed where a card of hers has a PIN, for
            anything but points.
        :returns: the envelope; status ``open`` or ``refused``.
        :raises UserError: for what is no amount, no key, or no wallet of this club.
        """
        wallet = self._club_wallet(wallet_id)
        amount = self._club_amount(wallet, amount)
        key = self._club_till_key(key)
        if refusal := self._club_pin_refusal(wallet, pin):
            return refusal
        details = {
            "origin": (self._name, self.id),
            "branch_id": self.club_branch_id.id or None,
            "note": self.name,
        }
        outcome = in_short_transaction(
            self.env,
            lambda env: (
                env["loyalty.club.hold"]
                .sudo()  # sudo: the till was checked; the ledger books for it
                ._authorize(wallet.id, amount, key, **details)
            ),
        )
        return self._club_envelope(wallet, outcome)

    def _club_capture(self, key, amount=None):
        """Take what was held at this till, or a part of it.

        :param amount: decimal number as text; None for all of it.
        :returns: the envelope; status ``captured`` or ``refused``.
        :raises AccessError: when another till authorised it, for anyone but a manager of
            the Point of Sale.
        """
        wallet = self._club_wallet_of_hold(self._club_till_key(key))
        amount = None if amount is None else self._club_amount(wallet, amount)
        return self._club_end(wallet, "_capture", self._club_till_key(key), amount)

    def _club_release(self, key):
        """Let a hold of this till go, because the payment was cancelled.

        :returns: the envelope; status ``released`` or ``refused``.
        :raises AccessError: as :meth:`_club_capture`.
        """
        key = self._club_till_key(key)
        return self._club_end(self._club_wallet_of_hold(key), "_release", key)

    def _club_charge(self, wallet_id, amount, key, pin=None):
        """Spend from a wallet at once, for what is not sold through the till's own orders.

        :param pin: as for :meth:`_club_authorize`.
        :returns: the envelope; status ``posted``, ``replayed`` or ``refused``.
        """
        wallet = self._club_wallet(wallet_id)
        amount, key = self._club_amount(wallet, amount), self._club_till_key(key)
        if refusal := self._club_pin_refusal(wallet, pin):
            return refusal
        movement = Movement(
            wallet_id=wallet.id,
            amount=-amount,
            kind="spend",
            key=key,
            origin=("pos.config", self.id),
            branch_id=self.club_branch_id.id or None,
            note=self.name,
        )
        return self._club_book(wallet, movement)

    def _club_refund(self, charge, amount, key):
        """Give back what this till took from a wallet within a day: into the same wallet and
        the very lots, and in all never more than was taken.

        :param charge: key of the charge, or of the hold that was captured.
        :param amount: decimal number as text.
        :param key: made by the till for this refund.
        :returns: the envelope; status ``posted``, ``replayed`` or ``refused``.
        :raises AccessError: when another till took it, or it was taken earlier, for anyone but
            a manager of the Point of Sale.
        """
        charge = self._club_till_key(charge)
        # sudo: as for wallets; the entry's wallet is checked right after
        entry = self.env["loyalty.club.entry"].sudo()
        entry = entry.search_fetch(
            [("idempotency_key", "in", (charge, f"hold:{charge}")), ("amount", "<", 0)],
            ["wallet_id", "origin_model", "origin_id", "date"],
        )
        if not entry:
            raise UserError(self.env._("This till's club has no such payment to give back."))
        wallet = self._club_wallet(entry.wallet_id.id)
        if not self._club_is_mine(entry) or entry.date < fields.Datetime.now() - _REFUND_WITHIN:
            self._club_require_manager(
                self.env._(
                    "A cashier gives back what her own till took within the last day. Ask a "
                    "manager of the Point of Sale."
                )
            )
        movement = Movement(
            wallet_id=wallet.id,
            amount=self._club_amount(wallet, amount),
            kind="refund_spend",
            key=self._club_till_key(key),
            origin=("pos.config", self.id),
            branch_id=self.club_branch_id.id or None,
            reverses_id=entry.id,
            restore=True,
            note=self.name,
        )
        return self._club_book(wallet, movement)

    # --- what a till may ask ---------------------------------------------------------

    def _club_wallet(self, wallet_id):
        """A wallet of this till's club, without the user's own rights on wallets.

        :raises AccessError: for anyone but a user of the Point of Sale.
        """
        self.ensure_one()
        if not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(self.env._("Only cashiers use customers' wallets at a till."))
        self.check_access("read")
        club = self.sudo()._club()  # sudo: which club a till serves is not the cashier's secret
        # sudo: cashiers read no wallets; this one is checked to be of their till's club
        wallet = self.env["loyalty.club.wallet"].sudo().browse(self._club_id(wallet_id)).exists()
        if not club or wallet.club_id != club:
            raise UserError(self.env._("This till's club has no such wallet. Look it up again."))
        return wallet

    def _club_wallet_of_hold(self, key):
        # sudo: as for wallets; the hold's wallet is checked right after
        hold = self.env["loyalty.club.hold"].sudo()
        hold = hold.search_fetch([("key", "=", key)], ["wallet_id", "origin_model", "origin_id"])
        if not hold:
            raise UserError(self.env._("This payment was never authorised. Start it again."))
        wallet = self._club_wallet(hold.wallet_id.id)
        if not self._club_is_mine(hold):
            self._club_require_manager(
                self.env._(
                    "Another till began this payment: end it there, or ask a manager of the "
                    "Point of Sale."
                )
            )
        return wallet

    def _club_is_mine(self, record):
        """Whether this very till made a hold or an entry."""
        return (record.origin_model, record.origin_id) == (self._name, self.id)

    @api.model
    def _club_require_manager(self, text):
        """:raises AccessError: with ``text``, for anyone but a manager of the Point of Sale."""
        if not self.env.user.has_group("point_of_sale.group_pos_manager"):
            raise AccessError(text)

    @api.model
    def _club_id(self, value):
        return value if isinstance(value, int) and 0 < value < 2**31 else 0

    @api.model
    def _club_amount(self, wallet, text):
        """``text`` as a positive amount of the wallet's steps.

        :raises UserError: when it is not.
        """
        try:
            amount = Decimal(text) if isinstance(text, str) and len(text) < 30 else Decimal("NaN")
        except InvalidOperation:
            amount = Decimal("NaN")
        step = Decimal(str(wallet.kind_id.rounding))
        if not amount.is_finite() or not 0 < amount < 10**15 or amount % step:
            raise UserError(
                self.env._(
                    "Enter an amount above zero, in whole steps of %(step)s.",
                    step=wallet.kind_id._format(step),
                )
            )
        return amount

    @api.model
    def _club_till_key(self, key):
        if not is_request_key(key):
            raise UserError(self.env._("The request carries no usable key. Reload the till."))
        return f"till:{key}"

    def _club_pin_refusal(self, wallet, pin):
        """The envelope that refuses for want of a card's PIN; None when it may go on.

        Any card of hers counts, shown or not: else the thief would show none.
        """
        if wallet.kind_id.type == "points" or not wallet.member_id:
            return None
        cards = wallet.env["loyalty.club.card"].search(
            [
                ("member_id", "=", wallet.member_id.id),
                ("state", "=", "active"),
                "|",
                ("pin_hash", "!=", False),
                ("pin_required", "=", True),
            ]
        )
        cards = cards.filtered("in_force")
        typed = pin if isinstance(pin, str) and len(pin) < 30 else ""
        found = set()
        for card in cards:
            found.add(card._check_pin(typed) if typed or not card.pin_hash else "asked")
            if "ok" in found:
                break
        if not found or "ok" in found:
            return None
        # sudo: the till was checked; what can be spent is no secret to it
        free = self.env["loyalty.club.hold"].sudo()._available(wallet.id)
        return self._club_answer(
            HoldOutcome("refused", "pin", None, free), self._club_pin_text(found)
        )

    @api.model
    def _club_pin_text(self, found):
        """A sentence for the cashier.

        :param found: what ``card._check_pin`` said, or ``asked``.
        """
        if "limited" in found:
            return self.env._("The PIN was wrong too often. Try again later, or pay otherwise.")
        if "asked" in found:
            return self.env._("This customer's card has a PIN. Let the customer type it.")
        if "wrong" in found:
            return self.env._("This is not the card's PIN. Let the customer type it again.")
        return self.env._("This customer's card is to get a PIN first. Set it on the card.")

    # --- answers ---------------------------------------------------------------------

    def _club_book(self, wallet, movement):
        """Post one movement in a short transaction; the envelope."""

        def post(env):
            # sudo: the till was checked; the ledger books for it
            outcome = env["loyalty.club.wallet"].sudo()._post([movement])[0]
            free = outcome.balance
            if outcome.ok:  # what is held and pending is not to be used
                free = env["loyalty.club.hold"].sudo()._available(movement.wallet_id)
            return HoldOutcome(outcome.status, outcome.reason, outcome.entry_id, free)

        return self._club_envelope(wallet, in_short_transaction(self.env, post))

    def _club_end(self, wallet, method, *arguments):
        def work(env):
            # sudo: the till was checked; the ledger books for it
            return getattr(env["loyalty.club.hold"].sudo(), method)(*arguments)

        return self._club_envelope(wallet, in_short_transaction(self.env, work))

    def _club_envelope(self, wallet, outcome):
        message = None
        if not outcome.ok:
            message = self.env["loyalty.club.hold"]._refusal_text(wallet, outcome)
        return self._club_answer(outcome, message)

    @api.model
    def _club_answer(self, outcome, message):
        return {
            "club": 1,
            "status": outcome.status,
            "reason": outcome.reason,
            "message": message,
            "available": str(outcome.available),
        }
