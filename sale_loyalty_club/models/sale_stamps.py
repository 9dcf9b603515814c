"""Stamps for what the invoices of sales orders say was bought, and for credit notes back again."""

from odoo.addons.loyalty_club.clock import today_in
from odoo.addons.loyalty_club.domain.lots import ZERO
from odoo.addons.loyalty_club.domain.stamps import Bought
from odoo.addons.loyalty_club.models.pos_stamps import categories

from .sale_lines import exact


def invoiced_goods(orders):
    """What posted invoices less credit notes say was bought, as stamp cards count it.

    :returns: dict of order to list of Bought, in the company's currency.
    """
    return {
        order: [
            Bought(line.product_id.id, categories(line.product_id), *figures)
            for line in order.order_line
            if _counts(line) and (figures := _figures(line))[0]
        ]
        for order in orders
    }


def _counts(line):
    return (
        line.product_id
        and not line.reward_id
        and not line.is_downpayment
        and not line._is_delivery()
        and not line._club_stored_value()
        and line.product_id.id not in line.env["loyalty.club"]._fee_products()
    )


def _figures(line):
    """Quantity and amount of a line, in the unit in which it was ordered."""
    quantity, amount = ZERO, ZERO
    for moved in line.invoice_lines.filtered(lambda moved: moved.parent_state == "posted"):
        sign = -1 if moved.move_type == "out_refund" else 1
        unit = moved.product_uom_id or line.product_uom_id
        in_unit = unit._compute_quantity(moved.quantity, line.product_uom_id, round=False)
        rate = moved.move_id.invoice_currency_rate or 1.0
        quantity += sign * exact(in_unit)
        amount += sign * exact(moved.price_total / rate)
    return quantity, amount


class SaleStamps:
    """Orders before and after some of their invoices changed, as :class:`.sale_earning.SaleEarning`
    sees them: stamps are given for the change alone."""

    def __init__(self, orders):
        # sudo: whoever posts the invoice; the ledger books on the club's behalf
        self.orders = orders.sudo()
        self.env = self.orders.env
        self.Program = self.env["loyalty.club.stamp.program"]
        # Clubs without stamp cards pay for one query.
        self.before = invoiced_goods(self.orders) if self.Program.search_count([], limit=1) else {}

    def settle(self):
        """Book what has changed since this object was made."""
        if not self.before:
            return
        after = invoiced_goods(self.orders)
        for order, was in self.before.items():
            if after[order] != was:
                self._settle(order, was, after[order])

    def _settle(self, order, was, now):
        branch, club = order._club_place()
        if not club:
            return
        moved = self._entries(order)
        # Each change has a key of its own, also one that only takes back.
        key = f"so:{order.id}:stamps:{len(moved) + 1}"
        entries = moved.filtered(lambda entry: entry.kind == "earn")
        programs = self.Program._in_force(club, today_in(order.company_id))
        common = {
            "origin": ("sale.order", order.id),
            "branch_id": branch.id or None,
            "note": order.name,
        }
        for program in programs | entries.kind_id.stamp_program_ids:
            mine = entries.filtered(lambda entry, kind=program.kind_id: entry.kind_id == kind)
            change = program._stamps_for(was), program._stamps_for(now)
            self._settle_program(order, program, mine, change, common, key)

    def _settle_program(self, order, program, entries, change, common, key):
        before, target = change
        net = self.env["loyalty.club.debt"]._net
        left = {entry: net(entry) for entry in entries}
        excess = sum(left.values(), ZERO) - target
        for entry in entries:
            part = min(excess, left[entry])
            if part > 0:
                program._take_back(entry, part, common, key)
                excess -= part
        member = self.env["loyalty.club.member"]._find(program.club_id, order.partner_id)
        missing = min(-excess, target - before)
        if missing > 0 and member.state == "active" and program.active:
            stamped = program._stamped(member, missing, common, key)
            self.env["loyalty.club.wallet"]._post_or_raise([stamped])
            program._complete(member, common, key)

    def _entries(self, order):
        """Entries that brought stamps for ``order`` or took them back, the newest first."""
        return self.env["loyalty.club.entry"].search(
            [
                ("origin_model", "=", "sale.order"),
                ("origin_id", "=", order.id),
                ("kind", "in", ("earn", "refund_earn")),
                ("kind_id.type", "=", "stamp"),
            ],
            order="id DESC",
        )
