"""What the invoices of sales orders earn, and what credit notes take back."""

from collections import namedtuple

from odoo.addons.loyalty_club.domain.lots import ZERO
from odoo.addons.loyalty_club.models.card_terms import CREDITED
from odoo.addons.loyalty_club.models.pos_receipt import EARNED
from odoo.addons.loyalty_club.movement import Movement

from .sale_awards import SaleAwards
from .sale_basket import basis_of
from .sale_invoiced import invoiced
from .sale_lines import exact

# What an order deserves of one kind of value by its invoices, before and now.
Change = namedtuple("Change", "before target")


class SaleEarning:
    """Orders before and after some of their invoices were posted, reset or cancelled.

    What an order has earned in all shall be what the club's rules give for what it was
    invoiced for, net of credit notes; the difference is booked. The rules are those of the
    moment when it was ordered; one that has given something once asks about the goods alone
    from then on. No more is granted at once than this change of the invoices is worth: invoices
    of the time before the club, or of a membership that was suspended, do not earn later.
    """

    def __init__(self, orders):
        # sudo: whoever posts the invoice; the ledger books on the club's behalf
        self.orders = orders.sudo()
        self.env = self.orders.env
        self.before = invoiced(self.orders)

    def settle(self):
        """Book what has changed since this object was made."""
        after = invoiced(self.orders)
        members = self.env["loyalty.club.member"]
        for order in self.orders:
            was, now = (rows.get(order.id, ()) for rows in (self.before, after))
            if was != now:
                members |= self._settle(order, was, now)
        self.env["loyalty.club.tier"]._promote(members)

    def _settle(self, order, was, now):
        """:returns: the active member for whom the order was settled, or none."""
        branch, club = order._club_place()
        Member = self.env["loyalty.club.member"]
        if not club:
            return Member
        member = Member._find(club, order.partner_id)
        entries = self._entries(order)
        common = {
            "origin": ("sale.order", order.id),
            "branch_id": branch.id or None,
            "note": order.name,
        }
        key = f"so:{order.id}:invoiced:{len(entries) + 1}"
        entries = entries.filtered(lambda entry: entry.kind == "earn")
        entries = entries.filtered(lambda entry: entry.kind_id.type != "stamp")  # see SaleStamps
        by_card = entries.filtered(lambda entry: entry._credited_percent() is not None)
        self._settle_rules(order, club, member, entries - by_card, (was, now), common, key)
        change = [sum((basis_of(club, row) for row in rows), ZERO) for rows in (was, now)]
        self._settle_card(order, club, member, by_card, change, common, key)
        return member if member.state == "active" else Member

    # --- by the club's rules -----------------------------------------------------------

    def _settle_rules(self, order, club, member, entries, rows, common, key):
        """Bring what the order has earned by rules in line with its invoices."""
        if not entries and member.state != "active":
            return
        awards = SaleAwards(order, club, member or entries.member_id[:1], entries, *rows)
        movements = []
        kinds = club._earning_kinds() | awards.kinds() | entries.kind_id
        for kind in kinds:  # a club has few kinds of value
            mine = entries.filtered(lambda entry, kind=kind: entry.kind_id == kind)
            change = Change(awards.sum_before(kind), awards.sum_now(kind))
            missing = self._missing(mine, change, self._granted_by_stock(order, kind))
            if missing < 0:
                awards.take_back(self._take_back(mine, -missing, common, key))
            elif missing and member.state == "active":
                part = "earn" if kind.type == "points" else f"earn:{kind.id}"
                movements.append(self._earned(kind, member, missing, common, f"{key}:{part}"))
        self._post(movements, member, common, key, awards)
        awards.note()

    def _missing(self, entries, change, granted=ZERO):
        """What an order has yet to get of one kind of value; negative: what is to be taken back.

        :param granted: what it got from elsewhere.
        """
        net = self.env["loyalty.club.debt"]._net
        earned = sum((net(entry) for entry in entries), ZERO)
        if earned > change.target:
            return change.target - earned
        gained = change.target - change.before
        return max(min(change.target - earned - granted, gained), ZERO)

    def _post(self, movements, member, common, key, awards=None):
        """Book what was earned; what is owed from earlier returns is settled by it."""
        if not movements:
            return
        outcomes = self.env["loyalty.club.wallet"]._post_or_raise(movements)
        if awards:
            for movement, outcome in zip(movements, outcomes, strict=True):
                wallet = self.env["loyalty.club.wallet"].browse(movement.wallet_id)
                awards.give(wallet.kind_id, movement.amount, outcome.entry_id)
        self.env["loyalty.club.debt"]._settle(member, common, key)

    # --- by the customer's card ----------------------------------------------------------

    def _settle_card(self, order, club, member, entries, change, common, key):
        """The percentage that the customer's card leaves as credit: that of the first invoice
        goes for the whole order."""
        if entries:
            kind, percent = entries[:1].kind_id, entries[:1]._credited_percent()
        elif (card := order._club_card_in_use()).discount_mode == "credit":
            kind, percent = club._card_credit_kind(), exact(card.discount_percent).normalize()
        else:
            return
        if not kind:
            return
        key = f"{key}:{CREDITED}:{kind.id}:{percent:f}"
        missing = self._missing(
            entries, Change(*(kind._credited(amount, percent) for amount in change))
        )
        if missing < 0:
            self._take_back(entries, -missing, common, key)
        elif missing and member.state == "active":
            earned = self._earned(kind, member, missing, common, key)
            self._post([earned], member, common, key)

    # --- entries ---------------------------------------------------------------------------

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

    def _earned(self, kind, member, amount, common, key):
        wallet = kind._wallets_of(member)[member.id]
        if kind.type != "points":  # cashback: shown through a card of its own
            self.env["loyalty.card"]._club_create_for(kind, wallet)
        return Movement(wallet_id=wallet.id, amount=amount, kind="earn", key=key, **common)

    def _take_back(self, entries, excess, common, key):
        """Take back ``excess`` of what the order earned, from its newest earning first.

        :returns: dict of entry to what was taken back of it.
        """
        Debt = self.env["loyalty.club.debt"]
        taken = {}
        for entry in entries:
            part = min(excess, Debt._net(entry))
            if part > 0:
                Debt._take_back(entry, part, common, key)
                taken[entry] = part
                excess -= part
        return taken
