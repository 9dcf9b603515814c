"""Payments by which members top up their credit: booked on the club's ledger, once."""

from decimal import Decimal

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.loyalty_club.clock import today_in
from odoo.addons.loyalty_club.domain.earning import round_to
from odoo.addons.loyalty_club.movement import Movement


class PaymentTransaction(models.Model):
    """A payment of a member that is for her wallet.

    What has been paid is never lost: where the ledger refuses it, the payment says why, the
    club's managers are told, and it can be booked again.
    """

    _inherit = "payment.transaction"

    club_wallet_id = fields.Many2one(
        "loyalty.club.wallet",
        string="Tops up",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Wallet of the customer club that the payment is for.",
    )
    club_refusal = fields.Char(
        string="Not booked in the club",
        readonly=True,
        copy=False,
        help="Why the club's ledger did not take it, or not all of it.",
    )

    # === ACTION METHODS === #

    def action_club_credit(self):
        """Book a paid top-up that was refused; a second click finds it booked.

        :raises AccessError: for whoever may not change payments.
        """
        self.check_access("write")
        # sudo: whoever minds the payments has no rights on the ledger; what is booked is what
        # the provider has confirmed
        self.sudo().filtered("club_refusal")._club_settle()

    # === POST-PROCESSING === #

    def _post_process(self):
        """Book what is for the club's wallets, with the payment, once."""
        of_club = self.filtered("club_wallet_id")
        of_club._club_lock()
        result = super()._post_process()
        of_club._club_settle()
        return result

    def _create_payment(self, **extra_create_values):
        """What is paid for a wallet meets the club's postings on the clearing account."""
        # sudo: accounts of the club's kinds of value, for whoever processes payments
        clearing = self.sudo().club_wallet_id.kind_id.clearing_account_id
        if clearing:
            extra_create_values.setdefault("destination_account_id", clearing.id)
        return super()._create_payment(**extra_create_values)

    def _create_child_transaction(self, amount, is_refund=False, **custom_create_values):
        """Parts that are captured, and refunds, are for the same wallet."""
        if self.club_wallet_id:
            custom_create_values.setdefault("club_wallet_id", self.club_wallet_id.id)
        return super()._create_child_transaction(
            amount, is_refund=is_refund, **custom_create_values
        )

    # === ON THE LEDGER === #

    def _club_lock(self):
        """Nobody else books these payments until we are done; who was faster is found so."""
        if self:
            self.flush_recordset()
            self.env.cr.execute(
                SQL(
                    "SELECT id FROM payment_transaction WHERE id IN %s ORDER BY id"
                    " FOR NO KEY UPDATE",
                    tuple(self.ids),
                ),
                log_exceptions=False,  # being overtaken is no fault: it is tried again
            )

    def _club_settle(self):
        """Bring payments that are done onto the ledger, each for itself; a repeat books nothing."""
        for payment in self.sudo():  # sudo: ledger's door; the provider has confirmed the payment
            if payment.state != "done" or not payment.club_wallet_id:
                continue
            if payment.operation == "refund":
                payment._club_take_back()
            elif payment._club_is_paid_in():
                payment._club_credit()

    def _club_is_paid_in(self):
        """Whether its own amount was paid; not that of the parts in which it was captured."""
        captured = self.child_transaction_ids.filtered(
            lambda child: child.operation == self.operation and child.state in ("done", "cancel")
        )
        return self.amount > 0 and self.operation != "validation" and not captured

    def _club_credit(self):
        """Credit what was paid and its bonus, or note why not."""
        wallet = self.club_wallet_id._successor()
        if wallet.member_id.state == "closed":
            refusal = self.env._("The membership was closed before the payment arrived.")
        else:
            movements = self._club_movements(wallet)
            self.env["loyalty.card"]._club_create_for(wallet.kind_id, wallet)
            outcomes = wallet._post(movements)
            refusal = wallet._refusal_text_in(movements, outcomes)
        self._club_note(refusal)

    def _club_movements(self, wallet):
        """What the ledger books for this payment."""
        kind = wallet.kind_id
        paid = round_to(Decimal(str(self.amount)), Decimal(str(kind.rounding)), "down")
        common = {"origin": (self._name, self.id), "note": self.reference}
        movements = [Movement(wallet.id, paid, "topup", f"payment:{self.id}:topup", **common)]
        if offer := kind._offer_for(paid):
            last = offer.expiry_policy_id._expires_on(today_in(kind.company_id)) or None
            movements.append(
                Movement(
                    wallet.id,
                    kind._bonus_for(paid),
                    "bonus",
                    f"payment:{self.id}:bonus",
                    expires_on=last,
                    **common,
                )
            )
        return movements

    def _club_entries(self):
        """What this payment brought in, the top-up before its bonus."""
        # sudo: whoever minds the payments has no rights on the ledger's entries
        return (
            self.env["loyalty.club.entry"]
            .sudo()
            .search(
                [
                    ("origin_model", "=", self._name),
                    ("origin_id", "=", self.id),
                    ("amount", ">", 0),
                ],
                order="id",
            )
        )

    def _club_told(self):
        """What was added to the wallet, as a sentence for the member."""
        kind = self.club_wallet_id.kind_id
        added = sum(self._club_entries().mapped("amount"))
        return self.env._(
            "%(amount)s was added to “%(kind)s”.",
            amount=kind._format_shown(added),
            kind=kind.name,
        )

    def _club_note(self, refusal):
        """Keep why something was not booked, and tell the club's managers; None: all was."""
        if (self.club_refusal or None) == refusal:
            return
        self.club_refusal = refusal
        if refusal:
            self.club_wallet_id.member_id._tell_managers(
                self.env._("Online top-up %(reference)s", reference=self.reference), refusal
            )


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _tell_managers(self, summary, note):
        """Put something about this member on the list of each manager of her club's company."""
        self.ensure_one()
        managers = self.env.ref("loyalty_club.group_manager").all_user_ids.filtered(
            lambda user: self.company_id in user.company_ids
        )
        for manager in managers:
            self.activity_schedule(
                "mail.mail_activity_data_todo", summary=summary, note=note, user_id=manager.id
            )
