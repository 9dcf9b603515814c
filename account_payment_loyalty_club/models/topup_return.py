"""A top-up that is paid back: what is left of it leaves the wallet."""

from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.loyalty_club.domain.lots import ZERO
from odoo.addons.loyalty_club.movement import Movement


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def action_refund(self, amount_to_refund=None):
        """Refuse to pay back what was spent; money that has left does not come back.

        :raises UserError: when less is left of a top-up than is to be paid back.
        """
        for payment in self.filtered("club_wallet_id"):
            payment._club_check_refund(Decimal(str(amount_to_refund or payment.amount)))
        return super().action_refund(amount_to_refund=amount_to_refund)

    def _club_check_refund(self, amount):
        # sudo: whoever minds the payments has no rights on the ledger
        payment = self.sudo()
        entries = payment._club_entries()
        left = payment._club_left()
        if entries and amount > left:
            kind = payment.club_wallet_id.kind_id
            raise UserError(
                self.env._(
                    "Only %(left)s of this top-up is left in the wallet of %(member)s: the rest "
                    "was spent. Refund at most that.",
                    left=kind._format(left),
                    member=payment.club_wallet_id.member_id.display_name,
                )
            )

    def _club_left(self):
        """What can be taken out of the wallet now, a Decimal."""
        wallet = self.club_wallet_id._successor()
        return Decimal(str(wallet.balance)) - Decimal(str(wallet.held))

    def _club_take_back(self):
        """For a refund that is done: take the credit back, and the bonus that what is kept does
        not earn; note what is missing."""
        source = self.source_transaction_id
        entries = source._club_entries()
        mine = [f"payment:{self.id}:{entry.id}" for entry in entries]
        if not entries or entries.search_count([("idempotency_key", "in", mine)], limit=1):
            return
        wallet = self.club_wallet_id._successor()
        self._club_lock_wallet(wallet)
        free, wanted = self._club_left(), Decimal(str(-self.amount))
        movements = []
        for key, (entry, due) in zip(mine, self._club_due(entries, wanted), strict=True):
            taken = min(due, free)
            free -= taken
            if entry.kind == "topup":
                wanted -= taken
            if taken > 0:
                movements.append(self._club_reversal(wallet, entry, taken, key))
        wallet._post_or_raise(movements)
        self._club_note(self._club_missing_text(wallet, wanted))

    def _club_due(self, entries, wanted):
        """Pairs of entry and what a refund of ``wanted`` takes of it, were it all there."""
        lapsed = entries._lapsed()
        kept = ZERO
        due = []
        for entry in entries:  # the top-up comes before its bonus
            amount, given_up = Decimal(str(entry.amount)), self._club_given_up(entry)
            if entry.kind == "topup":
                part = min(wanted, amount - given_up)
                kept = amount - given_up - part
            else:
                part = amount - min(amount, entry.kind_id._bonus_for(kept))
                part = min(part, amount - lapsed.get(entry.id, ZERO)) - given_up
            due.append((entry, max(part, ZERO)))
        return due

    def _club_given_up(self, entry):
        """What refunds have taken back of an entry so far."""
        return -sum((Decimal(str(part.amount)) for part in entry.reversal_ids), ZERO)

    def _club_reversal(self, wallet, entry, amount, key):
        return Movement(
            wallet.id,
            -amount,
            "bonus" if entry.kind == "bonus" else "refund_topup",
            key,
            reverses_id=entry.id,
            origin=(self._name, self.id),
            note=self.reference,
        )

    def _club_lock_wallet(self, wallet):
        """What is left is counted under the wallet's lock."""
        wallet.flush_recordset()
        self.env.cr.execute(
            SQL("SELECT id FROM loyalty_club_wallet WHERE id = %s FOR NO KEY UPDATE", wallet.id)
        )
        wallet.invalidate_recordset(["balance", "held"])

    def _club_missing_text(self, wallet, missing):
        if missing <= 0:
            return None
        return self.env._(
            "%(amount)s was paid back that had been spent before.",
            amount=wallet.kind_id._format(missing),
        )
