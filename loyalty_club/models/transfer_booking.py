from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..movement import Movement
from ..transaction import in_short_transaction
from .transfer_rules import TransferRules


class LoyaltyClubTransfer(models.Model):
    """How a transfer reaches the ledger: held while it waits, booked as a whole, undone."""

    _inherit = "loyalty.club.transfer"

    # === ACTION METHODS === #

    def action_approve(self):
        """Book transfers that await approval.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: for who asked for it, or takes part in it, and when the value is
            not there any more.
        """
        self.check_access("read")
        self._check_second_person()
        for transfer in self:
            self._step("_approve", transfer.reference)
        self.invalidate_recordset()

    def action_refuse(self):
        """Ask for the reason, then refuse what awaits approval."""
        return self._action_decide("refuse")

    def action_undo(self):
        """Ask for the reason, then send a mistaken transfer back."""
        return self._action_decide("undo")

    def _action_decide(self, act):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_club.transfer_decision_action"
        )
        return dict(action, context={"default_transfer_id": self.id, "default_act": act})

    def _is_own(self):
        """Whoever takes part in a transfer does not decide about it either."""
        return super()._is_own() or self._takes_part()

    def _takes_part(self):
        """Whether who is asking now is the sender or the receiver, under any login."""
        me = self.env.user.sudo().partner_id  # sudo: one's own contact
        # sudo: contacts of members are compared, not shown
        people = self.sudo().sender_id.partner_id | self.sudo().receiver_id.partner_id
        return me in people

    # === STEPS === #

    @api.model
    def _step(self, method, *args):
        """Run one step in a short transaction of its own; locks are held no longer than that.

        :param method: name of a step of this model.
        :returns: what became of the transfer, see :meth:`_summary`.
        :raises UserError: when it is not possible; nothing has changed then.
        """

        def work(env):
            # sudo: nobody has rights to write transfers; the door has checked who asks
            return getattr(env[self._name].sudo(), method)(*args)._summary()

        return in_short_transaction(self.env, work)

    @api.model
    def _undo(self, reference, reason):
        """Send a mistaken transfer back, with its fee; that the caller may was checked.

        Above the limit of approval another manager has to agree.

        :param reason: a person's words, kept with both.
        :raises UserError: when it cannot be undone, or the value is not there any more.
        """
        original = self._locked(reference)
        ended = original.undone_by_ids
        if open_ := ended.filtered(lambda t: t.state in ("waiting_approval", "done")):
            return open_
        if original.state != "done" or original.undoes_id:
            raise UserError(self.env._("Only a transfer that was booked can be undone, once."))
        undo = self._quiet().create(
            {
                "client_key": f"undo:{reference}:{len(ended)}",
                "sender_wallet_id": original.receiver_wallet_id.id,
                "receiver_wallet_id": original.sender_wallet_id.id,
                "amount": original.amount,
                "undoes_id": original.id,
                "reason": reason,
                "maker_id": self.env.uid,
            }
        )
        undo._go_on()
        return undo

    @api.model
    def _cron_expire(self, limit=200):
        """Let transfers lapse that nobody confirmed or approved in time."""
        due = self.search(
            [("state", "=like", "waiting%"), ("expires_at", "<=", fields.Datetime.now())],
            order="id",
            limit=limit,
        )
        for transfer in due:
            in_short_transaction(
                self.env, lambda env, r=transfer.reference: env[self._name]._lapse(r)
            )
            if self.env["ir.cron"]._commit_progress(1) <= 0:
                break

    @api.model
    def _lapse(self, reference):
        transfer = self._locked(reference)
        if transfer.state.startswith("waiting") and transfer.expires_at <= fields.Datetime.now():
            transfer._end("expired", None)

    # --- mechanics -------------------------------------------------------------------

    def _wait(self, state):
        """Hold the value while somebody has to say yes.

        Nothing is held for an undoing: what a receiver has who is suspended by now cannot be
        held, yet it is taken back when a second manager agrees.

        :raises UserError: when it is not there to be held.
        """
        hours = self.kind_id.transfer_wait_hours
        values = {
            "state": state,
            "expires_at": fields.Datetime.add(fields.Datetime.now(), hours=hours),
        }
        if not self.hold_key and not self.undoes_id:
            values["hold_key"] = f"transfer:{self.reference}"
            Hold = self.env["loyalty.club.hold"]
            outcome = Hold._authorize(
                self.sender_wallet_id.id,
                self._exact("amount") + self._exact("fee"),
                values["hold_key"],
                # Longer than the transfer itself waits, for both its answers: it lapses first.
                minutes=(2 * hours + 1) * 60,
                origin=(self._name, self.id),
                older_than=self._older_than(),
            )
            if not outcome.ok:
                raise UserError(Hold._refusal_text(self.sender_wallet_id, outcome))
        self._quiet().write(values)

    def _end(self, state, reason):
        """End a transfer that is not booked; what was held is free again."""
        self._release()
        self._quiet().write({"state": state, "reason": reason or self.reason, "code_to": False})
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _release(self):
        """Let the value go; returns whether it was still held."""
        if not self.hold_key:
            return False
        outcome = self.env["loyalty.club.hold"]._release(self.hold_key)
        return outcome.ok and not outcome.replayed

    def _book(self):
        """Book both entries and the fee, or nothing.

        :raises UserError: with the ledger's reason.
        """
        # Somebody may have released the hold by hand: then nothing is promised any more.
        held_on = self._held_on() if self._release() else None
        movements = self._movements(held_on)
        Wallet = self.env["loyalty.club.wallet"]
        outcomes = Wallet._post_together(movements)
        if refusal := Wallet._refusal_text_in(movements, outcomes):
            raise UserError(refusal)
        entries = {
            movement.key.rpartition(":")[2]: outcome.entry_id
            for movement, outcome in zip(movements, outcomes, strict=True)
        }
        self._quiet().write(
            {
                "state": "done",
                "done_at": fields.Datetime.now(),
                "out_entry_id": entries["out"],
                "in_entry_id": entries["in"],
                "fee_entry_id": entries.get("fee"),
            }
        )
        self._notify()

    def _movements(self, held_on):
        """What the ledger books, in one piece.

        :param held_on: the shop's day on which the value was held, if it still was: what has
            expired since serves it.
        """
        key = f"transfer:{self.reference}"
        sender, receiver = self.sender_wallet_id.id, self.receiver_wallet_id.id
        amount, original = self._exact("amount"), self.undoes_id
        common = {"origin": (self._name, self.id), "note": self.reason or None}
        debit = {"as_of": held_on, "older_than": self._older_than(), **common}
        # What is undone leaves the very lots it had come into.
        takes_back = original.in_entry_id.id or None
        movements = [
            Movement(sender, -amount, "transfer_out", f"{key}:out", reverses_id=takes_back, **debit)
        ]
        if fee := self._exact("fee"):
            movements.append(Movement(sender, -fee, "fee", f"{key}:fee", **debit))
        movements.append(
            Movement(receiver, amount, "transfer_in", f"{key}:in", carries=f"{key}:out", **common)
        )
        if original.fee_entry_id:
            movements.append(
                Movement(
                    receiver,
                    original._exact("fee"),
                    "fee",
                    f"{key}:fee",
                    reverses_id=original.fee_entry_id.id,
                    restore=True,
                    **common,
                )
            )
        return movements

    def _held_on(self):
        """The shop's day on which the value was held."""
        hold = self.env["loyalty.club.hold"].search([("key", "=", self.hold_key)])
        return hold.day or None

    def _older_than(self):
        """Undoing takes back what has just come in."""
        if self.undoes_id:
            return None
        return TransferRules(self.sender_wallet_id, self.receiver_wallet_id).older_than

    def _exact(self, name):
        return Decimal(str(self[name]))
