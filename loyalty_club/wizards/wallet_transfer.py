from decimal import Decimal
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import AMOUNT_DIGITS


class LoyaltyClubWalletTransfer(models.TransientModel):
    """Send value of a member to another, at a counter: both say the codes they were sent.

    The steps run in transactions of their own, so what became of the transfer is kept here
    as its reference and what was answered.
    """

    _name = "loyalty.club.wallet.transfer"
    _description = "Transfer Value"

    member_id = fields.Many2one(
        "loyalty.club.member", string="Sender", required=True, ondelete="cascade"
    )
    club_id = fields.Many2one(related="member_id.club_id", related_sudo=False)
    wallet_id = fields.Many2one(
        "loyalty.club.wallet",
        required=True,
        ondelete="cascade",
        domain="[('member_id', '=', member_id), ('kind_id.transferable', '=', True)]",
    )
    available = fields.Float(related="wallet_id.available", related_sudo=False)
    unit = fields.Char(related="wallet_id.unit", related_sudo=False)
    receiver_id = fields.Many2one(
        "loyalty.club.member",
        ondelete="cascade",
        domain="[('club_id', '=', club_id), ('id', '!=', member_id), ('state', '=', 'active')]",
    )
    amount = fields.Float(digits=AMOUNT_DIGITS)
    fee = fields.Float(compute="_compute_fee", digits=AMOUNT_DIGITS)
    key = fields.Char(required=True, readonly=True, default=lambda self: uuid4().hex)
    reference = fields.Char(readonly=True)
    status = fields.Char(readonly=True, default="new")
    message = fields.Char(readonly=True)
    code = fields.Char(string="One-time code")

    @api.model
    def default_get(self, names):
        """From a wallet: its member. From a member: the first wallet that can be sent from."""
        values = super().default_get(names)
        Wallet = self.env["loyalty.club.wallet"]
        if wallet := Wallet.browse(values.get("wallet_id")):
            values["member_id"] = wallet.member_id.id
        elif values.get("member_id"):
            values["wallet_id"] = Wallet.search(
                [
                    ("member_id", "=", values["member_id"]),
                    ("kind_id.transferable", "=", True),
                ],
                limit=1,
            ).id
        return values

    @api.depends("wallet_id", "amount")
    def _compute_fee(self):
        for wizard in self:
            amount = Decimal(str(wizard.amount or 0))
            wizard.fee = wizard.wallet_id.kind_id._transfer_fee(amount) if amount > 0 else 0

    # === ACTION METHODS === #

    def action_request(self):
        """Ask for the transfer and have a code sent to the sender.

        :raises UserError: with the reason when it is not possible.
        """
        self._check_user()
        if not self.receiver_id or not self.amount:
            raise UserError(self.env._("Choose who shall get it, and how much."))
        amount = Decimal(str(self.amount))
        return self._step("_request", self.wallet_id.id, self.receiver_id.id, amount, self.key)

    def action_confirm(self):
        """Say yes with the code that the sender, or then the receiver, reads out.

        :raises UserError: when the code is not right, or the transfer not possible any more.
        """
        self._check_user()
        return self._step("_confirm", self.reference, self._side(), self.code)

    def action_resend(self):
        """Have a new code sent to whoever has to confirm."""
        self._check_user()
        return self._step("_resend", self.reference, self._side())

    def action_cancel(self):
        """Call the transfer off."""
        self._check_user()
        return self._step("_cancel", self.reference)

    # === BUSINESS METHODS === #

    def _check_user(self):
        """:raises AccessError: for who may not use the club, or not see the wallet."""
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_user"):
            raise AccessError(self.env._("Only users of the customer club transfer value."))
        self.wallet_id.check_access("read")
        self.receiver_id.check_access("read")
        if self.wallet_id.member_id != self.member_id:
            raise UserError(self.env._("This wallet is not the sender's. Choose another."))
        # sudo: only whether it is a transfer from this wallet
        transfers = self.env["loyalty.club.transfer"].sudo()
        own = [("reference", "=", self.reference), ("sender_wallet_id", "=", self.wallet_id.id)]
        if self.reference and not transfers.search_count(own):
            raise UserError(self.env._("There is no such transfer."))

    def _side(self):
        return "receiver" if self.status == "waiting_receiver" else "sender"

    def _step(self, method, *args):
        answer = self.env["loyalty.club.transfer"]._step(method, *args)
        self.write(
            {
                "reference": answer["reference"],
                "status": answer["status"],
                "message": answer["message"],
                "code": False,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Transfer"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }


class LoyaltyClubTransferDecision(models.TransientModel):
    """Refuse a transfer that awaits approval, or undo one that was booked, with a reason."""

    _name = "loyalty.club.transfer.decision"
    _description = "Refuse or Undo a Transfer"

    transfer_id = fields.Many2one("loyalty.club.transfer", required=True, ondelete="cascade")
    act = fields.Selection([("refuse", "Refuse"), ("undo", "Undo")], required=True)
    reason = fields.Char(required=True)

    def action_decide(self):
        """Do it.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: for who takes part in it, and when it is not possible any more.
        """
        self.ensure_one()
        transfer = self.transfer_id
        transfer.check_access("read")
        transfer._check_manager(self.env._("Only a club manager decides about transfers."))
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Write the reason: it stays with the transfer."))
        if self.act == "undo":
            if transfer._takes_part():
                raise UserError(
                    self.env._(
                        "You sent or received this yourself. Another club manager has to undo it."
                    )
                )
            transfer._step("_undo", transfer.reference, reason)
        else:
            transfer._check_second_person()
            transfer._step("_cancel", transfer.reference, reason, "refused")
        return {"type": "ir.actions.act_window_close"}
