"""What a sales order shows of the club, and to which shop it belongs."""

from odoo import fields, models

from odoo.addons.loyalty_club.const import AMOUNT_DIGITS
from odoo.addons.loyalty_club.models.pos_receipt import EARNED, SPENT


class SaleOrder(models.Model):
    _inherit = "sale.order"

    club_points_earned = fields.Float(
        string="Points earned",
        compute="_compute_club_points",
        digits=AMOUNT_DIGITS,
        help="Points that the order's invoices earned, less what returns took back.",
    )
    club_points_spent = fields.Float(
        string="Points spent", compute="_compute_club_points", digits=AMOUNT_DIGITS
    )
    club_point_name = fields.Char(compute="_compute_club_points")
    club_entry_count = fields.Integer(string="Club entries", compute="_compute_club_points")

    # === COMPUTE METHODS === #

    def _compute_club_points(self):
        """What the ledger says about each order: nothing is stored twice. One query."""
        # sudo: whoever may read the order may read what it earned and spent
        Entry = self.env["loyalty.club.entry"].sudo()
        origin = [("origin_model", "=", "sale.order"), ("origin_id", "in", self.ids)]
        by_order = Entry.search(origin, order="id").grouped("origin_id") if self.ids else {}
        for order in self:
            entries = by_order.get(order.id, Entry)
            points = entries.filtered(lambda entry: entry.kind_id.type == "points")
            owed = entries.filtered(lambda entry: entry.kind_id.type == "debt")
            earned = (points | owed).filtered(lambda entry: entry.kind in EARNED)
            spent = points.filtered(lambda entry: entry.kind in SPENT)
            order.club_points_earned = sum(earned.mapped("amount"))
            order.club_points_spent = -sum(spent.mapped("amount"))
            order.club_point_name = points.club_id[:1].point_name
            order.club_entry_count = len(entries)

    # === ACTION METHODS === #

    def action_view_club_entries(self):
        """Open the ledger entries of the order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.entry_action")
        domain = [("origin_model", "=", "sale.order"), ("origin_id", "=", self.id)]
        return dict(action, domain=domain, context={})

    # === BUSINESS METHODS === #

    def _club_place(self):
        """Shop and club of the order: those of its warehouse, else the company's club.

        :returns: loyalty.club.branch and loyalty.club, each one record or none.
        """
        self.ensure_one()
        branch = self.warehouse_id.club_branch_id
        return branch, branch.club_id or self.env["loyalty.club"]._for_company(self.company_id)

    def _club_channel(self):
        """Through which channel it was sold, as earning rules know it."""
        return "sale"
