"""What the invoices of sales orders earn, and what credit notes take back."""

from odoo.addons.loyalty_club.domain.lots import ZERO
from odoo.addons.loyalty_club.models.card_terms import CREDITED
from odoo.addons.loyalty_club.models.pos_receipt import EARNED
from odoo.addons.loyalty_club.movement import Movement

from .sale_invoiced import NOTHING, invoiced
from .sale_lines import exact


class SaleEarning:
    """Orders before and after some of their invoices were posted, reset or cancelled.

    What an order has earned in all shall be what the club's terms give for what it was
    invoiced for, net of credit notes; the difference is booked. No more is granted at once
    than this change of the invoices is worth: invoices of the time before the club, or of
    a membership that was suspended, do not earn later.
    """

    def __init__(self, orders):
        # sudo: whoever posts the invoice; the ledger books on the club's behalf
        self.orders = orders.sudo()
        self.env = self.orders.env
        self.before = invoiced(self.orders)

    def settle(self):
        """Book what has changed since this object was made."""
        after = invoiced(self.orders)
        for order in self.orders:
            was, now = (bases.get(order.id, NOTHING) for bases in (self.before, after))
            if was != now:
                self._settle(order, was, now)

    def _settle(self, order, was, now):
        branch, club = order._club_place()
        if not club:
            return
        entries = self._entries(order)
        name = "included" if club.earn_basis == "tax_included" else "untaxed"
        change = (getattr(was, name), getattr(now, name))
        common = {
            "origin": ("sale.order", order.id),
            "branch_id": branch.id or None,
            "note": order.name,
        }
        key = f"so:{order.id}:invoiced:{len(entries) + 1}"
        entries = entries.filtered(lambda entry: entry.kind == "earn")
        entries = entries.filtered(lambda entry: entry.kind_id.type != "stamp")  # see SaleStamps
        by_card = entries.filtered(lambda entry: entry._credited_percent() is not None)
        rest = entries - by_card
        for kind in club._earning_kinds() | rest.kind_id:
            mine = rest.filtered(lambda entry, kind=kind: entry.kind_id == kind)
            part = "earn" if kind.type == "points" else f"earn:{kind.id}"
            earned = [kind._earned_for(amount) for amount in change]
            granted = self._granted_by_stock(order, kind)
            self._settle_kind(order, kind, mine, earned, common, f"{key}:{part}", granted)
        self._settle_card(order, club, by_card, change, common, key)

    def _settle_card(self, order, club, entries, change, common, key):
        """The percentage that the customer's card leaves as credit: that of the first invoice
        goes for the whole order."""
        if entries:
            kind, percent = entries[:1].kind_id, entries[:1]._credited_percent()
        elif (card := order._club_card_in_use()).discount_mode == "credit":
            kind, percent = club._card_credit_kind(), exact(card.discount_percent).normalize()
        else:
            return
        if kind:
            earned = [kind._credited(amount, percent) for amount in change]
            key = f"{key}:{CREDITED}:{kind.id}:{percent:f}"
            self._settle_kind(order, kind, entries, earned, common, key)

    def _settle_kind(self, order, kind, entries, change, common, key, granted=ZERO):
        """Bring what the order has earned of one kind of value in line with its invoices.

        :param change: what the order deserves by its invoices, before and now.
        :param granted: what it got from elsewhere.
        """
        before, target = change
        Debt = self.env["loyalty.club.debt"]
        earned = sum((Debt._net(entry) for entry in entries), ZERO)
        if earned > target:
            self._take_back(entries, earned - target, common, key)
            return
        gained = target - before
        missing = target - earned - granted
        self._earn(order, kind, min(missing, gained), common, key)

    def _entries(self, order):
        return self.env["loyalty.club.entry"].search(
            [
                ("origin_model", "=", "sale.order"),
                ("origin_id", "=", order.id),
                ("kind", "in", EARNED),
            ]
        )

    def _granted_by_stock(self, order, kind):
        """Points that stock gave for the order before the club took the program over."""
        rows = order.coupon_point_ids.filtered(
            lambda row: row.coupon_id.program_id.club_wallet_kind_id == kind
        )
        return sum((exact(row.points) for row in rows), ZERO)

    def _earn(self, order, kind, amount, common, key):
        member = self.env["loyalty.club.member"]._find(kind.club_id, order.partner_id)
        if amount <= 0 or member.state != "active":
            return
        wallet = kind._wallets_of(member)[member.id]
        if kind.type != "points":  # cashback: shown through a card of its own
            self.env["loyalty.card"]._club_create_for(kind, wallet)
        movement = Movement(wallet_id=wallet.id, amount=amount, kind="earn", key=key, **common)
        self.env["loyalty.club.wallet"]._post_or_raise([movement])
        self.env["loyalty.club.debt"]._settle(member, common, key)

    def _take_back(self, entries, excess, common, key):
        """Take back ``excess`` of what the order earned, from its newest earning first."""
        Debt = self.env["loyalty.club.debt"]
        for entry in entries:
            part = min(excess, Debt._net(entry))
            if part > 0:
                Debt._take_back(entry, part, common, key)
                excess -= part
