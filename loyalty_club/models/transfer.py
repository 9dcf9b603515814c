from decimal import Decimal
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import AMOUNT_DIGITS
from ..domain.codes import typed
from .transfer_rules import TransferRules

_SENDER_MINUTES = 30  # how long a request waits for its sender's code
STATES = [
    ("waiting_sender", "Waiting for the sender"),
    ("waiting_receiver", "Waiting for the receiver"),
    ("waiting_approval", "Awaiting approval"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
    ("refused", "Refused"),
    ("expired", "Lapsed"),
]
WAITING = ("waiting_sender", "waiting_receiver", "waiting_approval")


class LoyaltyClubTransfer(models.Model):
    """Value that one member sends to another: asked for, confirmed by one-time code, booked.

    All steps run in short transactions of their own, see :meth:`_step`, under the lock of
    both wallets. While the receiver or a manager has to say yes, the value is held. Nothing
    of a transfer is ever edited; a mistaken one is undone by another.
    """

    _name = "loyalty.club.transfer"
    _description = "Transfer"
    _inherit = ["loyalty.club.own.work", "loyalty.club.approval"]
    _order = "id desc"
    _rec_name = "reference"

    reference = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: uuid4().hex
    )
    client_key = fields.Char(required=True, readonly=True, help="Made by whoever asked.")
    sender_wallet_id = fields.Many2one(
        "loyalty.club.wallet",
        string="From wallet",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    receiver_wallet_id = fields.Many2one(
        "loyalty.club.wallet", string="To wallet", required=True, readonly=True, ondelete="restrict"
    )
    sender_id = fields.Many2one(
        related="sender_wallet_id.member_id",
        store=True,
        precompute=True,
        string="Sender",
        index=True,
        help="The member who sends.",
    )
    receiver_id = fields.Many2one(
        related="receiver_wallet_id.member_id",
        store=True,
        precompute=True,
        string="Receiver",
        index=True,
        help="The member who gets it.",
    )
    kind_id = fields.Many2one(related="sender_wallet_id.kind_id", store=True, precompute=True)
    club_id = fields.Many2one(related="kind_id.club_id", store=True, precompute=True)
    company_id = fields.Many2one(related="kind_id.company_id", store=True, precompute=True)
    unit = fields.Char(related="kind_id.unit")
    amount = fields.Float(digits=AMOUNT_DIGITS, required=True, readonly=True)
    fee = fields.Float(digits=AMOUNT_DIGITS, readonly=True, default=0.0)
    state = fields.Selection(
        STATES, string="Status", required=True, readonly=True, default="waiting_sender", index=True
    )
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    expires_at = fields.Datetime(string="Lapses at", readonly=True)
    without_code = fields.Boolean(
        readonly=True, help="A small amount, sent by the signed-in member without a code."
    )
    sender_confirmed_at = fields.Datetime(string="Sender confirmed", readonly=True)
    receiver_confirmed_at = fields.Datetime(string="Receiver confirmed", readonly=True)
    code_to = fields.Char(string="Code sent to", readonly=True, help="Masked except for its end.")
    done_at = fields.Datetime(string="Booked at", readonly=True)
    reason = fields.Char(readonly=True)
    hold_key = fields.Char(readonly=True)
    out_entry_id = fields.Many2one(
        "loyalty.club.entry", string="Entry of the sender", readonly=True, ondelete="restrict"
    )
    fee_entry_id = fields.Many2one(
        "loyalty.club.entry", string="Entry of the fee", readonly=True, ondelete="restrict"
    )
    in_entry_id = fields.Many2one(
        "loyalty.club.entry", string="Entry of the receiver", readonly=True, ondelete="restrict"
    )
    undoes_id = fields.Many2one("loyalty.club.transfer", readonly=True, ondelete="restrict")
    undone_by_ids = fields.One2many("loyalty.club.transfer", "undoes_id")

    _reference_unique = models.Constraint("UNIQUE (reference)", "A transfer has one reference.")
    _key_unique = models.Constraint(
        "UNIQUE (sender_wallet_id, client_key)", "This transfer was already asked for."
    )
    _sound = models.Constraint(
        "CHECK (amount > 0 AND fee >= 0 AND sender_wallet_id <> receiver_wallet_id)",
        "A transfer moves something, from one wallet to another.",
    )
    _booked_whole = models.Constraint(
        "CHECK ((state = 'done') = (out_entry_id IS NOT NULL)"
        " AND (out_entry_id IS NULL) = (in_entry_id IS NULL))",
        "A transfer has both entries or none.",
    )
    _sent_index = models.Index("(sender_wallet_id, date)")
    _received_index = models.Index("(receiver_wallet_id, date)")
    _due_index = models.Index("(expires_at) WHERE state LIKE 'waiting%'")
    _undone_once = models.UniqueIndex(
        "(undoes_id) WHERE undoes_id IS NOT NULL AND state IN ('waiting_approval', 'done')",
        "This transfer was already undone.",
    )

    # === COMPUTE METHODS === #

    @api.depends("amount", "kind_id", "sender_id", "receiver_id")
    def _compute_display_name(self):
        for transfer in self:
            transfer.display_name = self.env._(
                "%(amount)s from %(sender)s to %(receiver)s",
                amount=transfer.kind_id._format(transfer.amount),
                sender=transfer.sender_id.display_name,
                receiver=transfer.receiver_id.display_name,
            )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Transfers are kept. Undo a mistaken one instead."))

    # === STEPS, each inside a short transaction === #

    @api.model
    def _request(self, wallet_id, receiver_id, amount, key):
        """Ask for a transfer; the same key has one effect.

        :param wallet_id: the sender's wallet; that the caller may use it was checked.
        :param receiver_id: loyalty.club.member who shall get it.
        :param amount: Decimal in the wallet's unit.
        :param key: made by the client before it asks.
        :returns: the transfer; it waits for a code, or is further already.
        :raises UserError: with the reason why it is not possible.
        """
        wallet = self.env["loyalty.club.wallet"].browse(wallet_id)
        receiver = self.env["loyalty.club.member"].browse(receiver_id)
        self._read_ahead(wallet, receiver)
        target = self._wallet_of(wallet.kind_id, receiver)
        self._lock_wallets(wallet | target)
        if earlier := self._earlier(wallet, receiver, amount, key):
            return earlier
        TransferRules.check_people(wallet, receiver)
        transfer = self._ask(wallet, target, amount, key)
        if transfer.without_code:
            transfer._go_on()
        else:
            transfer._send_code("sender")
        return transfer

    @api.model
    def _confirm(self, reference, side, code):
        """Say yes by one-time code; said twice, it counts once.

        :param side: ``sender`` or ``receiver``; that the caller is it was checked.
        :raises UserError: when the code is not right, or the transfer no longer possible.
        """
        transfer = self._locked(reference)
        if transfer[f"{side}_confirmed_at"]:
            return transfer
        transfer._check_waiting(f"waiting_{side}")
        service = self.env["loyalty.club.one.time.code"]
        answer = service._check(f"transfer_{side}", reference, typed(code or ""))
        if answer != "ok":
            raise UserError(service._check_text(answer))
        transfer._quiet().write({f"{side}_confirmed_at": fields.Datetime.now(), "code_to": False})
        if side == "sender":
            checks = TransferRules(transfer.sender_wallet_id, transfer.receiver_wallet_id)
            checks.check_people(transfer.sender_wallet_id, transfer.receiver_id)
            usage = checks.usage(besides=transfer)
            checks.check_amount(Decimal(str(transfer.amount)), Decimal(str(transfer.fee)), usage)
        transfer._go_on()
        return transfer

    @api.model
    def _resend(self, reference, side):
        """Send the side that is waited for a new code."""
        transfer = self._locked(reference)
        transfer._check_waiting(f"waiting_{side}")
        transfer._send_code(side)
        return transfer

    @api.model
    def _cancel(self, reference, reason=None, state="cancelled"):
        """Call a transfer off before it is booked; its value is free again."""
        transfer = self._locked(reference)
        if transfer.state != state:
            if transfer.state not in WAITING:
                raise UserError(transfer._message())
            transfer._end(state, reason)
        return transfer

    @api.model
    def _approve(self, reference):
        """Book what awaits approval; that the caller may approve it was checked."""
        transfer = self._locked(reference)
        transfer._check_waiting("waiting_approval")
        transfer._quiet()._decided()
        transfer._book()
        return transfer

    def _go_on(self):
        """After a yes: ask who is asked next, or book.

        :raises UserError: when the sender has not said yes.
        """
        if not (self.sender_confirmed_at or self.undoes_id):
            raise UserError(self.env._("The sender has not confirmed this transfer."))
        kind = self.kind_id
        if (
            kind.transfer_receiver_confirms
            and not self.receiver_confirmed_at
            and not self.undoes_id
        ):
            self._wait("waiting_receiver")
            self._send_code("receiver")
        elif kind._transfer_needs_approval(self.amount):
            self._wait("waiting_approval")
            self._ask_second_person()
        else:
            self._book()

    # --- mechanics -------------------------------------------------------------------

    @api.model
    def _ask(self, wallet, target, amount, key):
        """Write a new transfer down, if the terms allow it."""
        fee = wallet.kind_id._transfer_fee(amount)
        checks = TransferRules(wallet, target)
        usage = checks.usage()
        checks.check_amount(amount, fee, usage)
        without_code = self._goes_without_code(wallet, amount, usage)
        now = fields.Datetime.now()
        return self._quiet().create(
            {
                "client_key": key,
                "sender_wallet_id": wallet.id,
                "receiver_wallet_id": target.id,
                "amount": amount,
                "fee": fee,
                "maker_id": self.env.uid,
                "without_code": without_code,
                "sender_confirmed_at": now if without_code else False,
                "expires_at": fields.Datetime.add(now, minutes=_SENDER_MINUTES),
            }
        )

    def _quiet(self):
        """Without the chatter's own bookkeeping: a transfer says itself what became of it."""
        return self.with_context(tracking_disable=True)

    @api.model
    def _earlier(self, wallet, receiver, amount, key):
        """What this key asked for before, if anything.

        :raises UserError: when it asked for something else.
        """
        earlier = self.search(
            [("sender_wallet_id", "=", wallet.id), ("client_key", "=", key)], limit=1
        )
        if earlier and (earlier.receiver_id, Decimal(str(earlier.amount))) != (receiver, amount):
            raise UserError(
                self.env._(
                    "This request was already made with other figures. Begin a new transfer."
                )
            )
        return earlier

    def _check_waiting(self, state):
        """:raises UserError: when it does not wait for this, or no longer."""
        if self.state != state:
            raise UserError(self._message())
        if self.expires_at <= fields.Datetime.now():
            raise UserError(self.env._("This transfer has lapsed. Begin a new one."))
