"""The way from an invoice to what it moved in the club, and back."""

from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    club_entry_count = fields.Integer(string="Club entries", compute="_compute_club_entry_count")

    # === COMPUTE METHODS === #

    def _compute_club_entry_count(self):
        """Entries of the orders behind the invoices: two queries for all of them."""
        orders = {move: move._club_orders() for move in self}
        # sudo: whoever reads the invoice may know how many entries there are
        counts = dict(
            self.env["loyalty.club.entry"]
            .sudo()
            ._read_group(
                [
                    ("origin_model", "=", "sale.order"),
                    ("origin_id", "in", [id_ for ids in orders.values() for id_ in ids]),
                ],
                ["origin_id"],
                ["__count"],
            )
        )
        for move in self:
            move.club_entry_count = sum(counts.get(id_, 0) for id_ in orders[move])

    # === ACTION METHODS === #

    def action_view_club_entries(self):
        """Open the ledger entries of the orders that the invoice is for."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.entry_action")
        domain = [("origin_model", "=", "sale.order"), ("origin_id", "in", self._club_orders())]
        return dict(action, domain=domain, context={})

    # === BUSINESS METHODS === #

    def _club_orders(self):
        """Ids of the sales orders behind a customer invoice or credit note."""
        if self.move_type not in ("out_invoice", "out_refund"):
            return []
        # sudo: only ids are read; the entries and orders themselves ask for rights
        return (self | self.reversed_entry_id).sudo().line_ids.sale_line_ids.order_id.ids
