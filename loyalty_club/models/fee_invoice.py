"""Fees on invoices: they count from when the invoice is paid."""

from decimal import Decimal

from odoo import api, models

from ..domain.lots import ZERO

_PAID = ("in_payment", "paid", "reversed")


class AccountMove(models.Model):
    _inherit = "account.move"

    # === CRUD METHODS === #

    def write(self, vals):
        """Posted, reset to draft or cancelled: a fee is paid for, given back, or was never."""
        result = super().write(vals)
        if "state" in vals:
            self._club_settle_fees()
        return result

    # === BUSINESS METHODS === #

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        self._club_settle_fees()
        return result

    def _club_settle_fees(self):
        """Note for whom and for how many fees these invoices pay, credit notes left out.

        The till's own invoices are the till's.
        """
        fees = self.env["loyalty.club"]._fee_products()
        # sudo: whoever invoices or notes a payment; the club notes what it means
        invoices = self.sudo().filtered(lambda move: move.move_type == "out_invoice")
        invoices |= self.sudo().reversed_entry_id.filtered(
            lambda move: move.move_type == "out_invoice"
        )
        for invoice in invoices if fees or self._club_has_fees(invoices) else ():
            if not invoice.pos_order_ids:
                invoice._club_settle_fee(fees)

    @api.model
    def _club_has_fees(self, invoices):
        domain = [("origin_model", "=", self._name), ("origin_id", "in", invoices.ids)]
        # sudo: see _club_settle_fees
        return bool(self.env["loyalty.club.fee.payment"].sudo().search_count(domain, limit=1))

    def _club_settle_fee(self, fees):
        payments = self.env["loyalty.club.fee.payment"]
        back = self.reversal_move_ids.filtered(lambda move: move.state == "posted")
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        products = lines.product_id.filtered(lambda product: product.id in fees)
        for product in products | payments._of(self).product_id:
            paid = self.state == "posted" and self.payment_state in _PAID
            bought = lines.filtered(lambda li, p=product: li.product_id == p)
            returned = back.invoice_line_ids.filtered(lambda li, p=product: li.product_id == p)
            kept = sum(bought.mapped("quantity")) - sum(returned.mapped("quantity")) if paid else 0
            known = payments._of(self).member_id[:1]
            member = known or (self._club_fee_member(product) if kept > 0 else known)
            amount = -_balance(bought | returned) if paid else ZERO
            payments._bring_in_line(self, product, member, max(int(kept), 0), max(amount, ZERO))

    def _club_fee_member(self, product):
        """The membership that a fee on this invoice pays for; made, if there is none.

        Who cannot become a member is told on the invoice: the money came in, whatever it means.
        """
        club = self.env["loyalty.club"]._of_fee(product)
        partner = self._club_fee_partner(product)
        outcome = self.env["loyalty.club.enrolment"]._enrol_partners(club, partner, "sale")[partner]
        if not outcome.ok:
            self.message_post(
                body=self.env._("The membership fee was not noted: %(why)s", why=outcome.text)
            )
        return outcome.member

    def _club_fee_partner(self, _product):
        """For whom the fee is; who is invoiced, as far as nothing else says so."""
        return self.partner_id

    @api.model
    def _club_check_fees(self):
        """Look again at invoices that paid a fee and are not paid any more: undoing a payment
        tells nobody."""
        payments = self.env["loyalty.club.fee.payment"].sudo()  # sudo: a pass of the system
        sums = payments._read_group(
            [("origin_model", "=", self._name)],
            ["origin_id"],
            having=[("quantity:sum", ">", 0)],
        )
        invoices = self.sudo().search(
            [("id", "in", [row[0] for row in sums]), ("payment_state", "not in", _PAID)]
        )
        invoices._club_settle_fees()


def _balance(lines):
    """What invoice lines come to in the currency of their company, as a Decimal."""
    return sum((Decimal(str(line.balance)) for line in lines), ZERO)
