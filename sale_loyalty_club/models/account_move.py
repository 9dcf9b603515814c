from contextlib import contextmanager

from odoo import models

from .sale_earning import SaleEarning
from .sale_stamps import SaleStamps


class AccountMove(models.Model):
    """Customer invoices of sales orders earn points and are purchases, while posted."""

    _inherit = "account.move"

    # === ACTION METHODS === #

    def button_draft(self):
        with self._club_booked():
            return super().button_draft()

    def button_cancel(self):
        with self._club_booked():
            return super().button_cancel()

    # === BUSINESS METHODS === #

    def _post(self, soft=True):
        with self._club_booked():
            return super()._post(soft)

    @contextmanager
    def _club_booked(self):
        """Let invoices change their state, then book what that means for their orders.

        In the transaction of the change: the purchase journal, points earned or taken back,
        and for credit notes what the order had taken from cards or put onto them.
        """
        # sudo: whoever invoices; the ledger books on the club's behalf
        moves = self.sudo().filtered(lambda move: move.move_type in ("out_invoice", "out_refund"))
        lines = (moves | moves.reversed_entry_id).line_ids
        orders = lines.sale_line_ids.order_id
        if not orders:
            yield
            return
        earning, stamps = SaleEarning(orders), SaleStamps(orders)
        yield
        self.env["loyalty.club.purchase"]._record_sale(moves=moves)
        earning.settle()
        stamps.settle()
        with orders._club_settled():
            orders._club_ask_settlement(changed=False)
