"""What a paid till order means for the club: one object per order, run once.

The order's lines are the only source. Numbers the till computed are never taken over:
what a reward costs is checked, what is earned, sold or given back is worked out here.
"""

from collections import defaultdict
from decimal import Decimal

from odoo.exceptions import UserError

from ..domain.earning import refunded_share, round_to
from ..domain.lots import ZERO
from ..movement import Authority, Movement, authority

PAID = ("paid", "done", "invoiced")


class PosSettlement:
    """Spending, selling, returning and earning of one paid order."""

    def __init__(self, order):
        # sudo: the cashier sells; the ledger books on the club's behalf
        self.order = order.sudo()
        self.env = self.order.env
        self.club = self.order.config_id._club()
        self.branch = self.order.config_id.club_branch_id
        self.key = f"pos:{order.uuid}"
        self.origin = ("pos.order", order.id)
        self.sold = self.order.lines.filtered(lambda line: not line.refunded_orderline_id)
        self.returned = self.order.lines - self.sold
        self.sold_before = False

    def run(self):
        """Book the order; the caller's transaction is undone when something is refused."""
        if not self.club:
            return
        Wallet = self.env["loyalty.club.wallet"]
        self._check_returned_money()
        self.env["loyalty.club.purchase"]._record_pos(self.order)
        member = self._member()
        debits = self._spending() + self._stored_value_back()
        credits_ = self._given_back() + self._stored_value_sold()
        earned = self._earning(member)
        Wallet._post_or_raise(debits + credits_ + earned)
        if earned:
            self.env["loyalty.club.debt"]._settle(member, self._common(), self.key)
        self._take_back()

    # --- what the order consists of --------------------------------------------------

    def _common(self):
        return {"origin": self.origin, "branch_id": self.branch.id or None, "note": self.order.name}

    def _member(self):
        return self.env["loyalty.club.member"]._find(self.club, self.order.partner_id)

    def _stored_value_program(self, line):
        """The managed gift card or prepaid credit program whose product the line sells."""
        program_id, managed = self._stored_value().get(line.product_id.id, (None, False))
        return self.env["loyalty.program"].browse(program_id if managed else ())

    def _stored_value(self):
        return self.env["loyalty.program"]._club_stored_value_products()

    def _base(self, lines):
        """Net amount of ``lines`` that earns: what was paid with points or a wallet stands
        there as a negative line, and stored value sold is left out."""
        tax_included = self.club.earn_basis == "tax_included"
        return sum(
            (
                _money(line.price_subtotal_incl if tax_included else line.price_subtotal)
                for line in lines
                if line.product_id.id not in self._stored_value()
            ),
            ZERO,
        )

    # --- spending --------------------------------------------------------------------

    def _spending(self):
        """Take the points of the order's rewards; each claim is checked first."""
        claims = defaultdict(lambda: self.env["pos.order.line"])
        for line in self.sold:
            if line.coupon_id.club_wallet_id and line.reward_id:
                claims[line.coupon_id, line.reward_id, line.reward_identifier_code] |= line
        costs = defaultdict(lambda: ZERO)
        goods = sum((_money(line.price_subtotal_incl) for line in self.sold
                     if not line.is_reward_line), ZERO)
        for (card, reward, _code), lines in claims.items():
            costs[card] += self._claim(card, reward, lines, goods)
        return [
            Movement(
                wallet_id=card.club_wallet_id.id,
                amount=-cost,
                kind="spend",
                key=f"{self.key}:spend:{card.club_wallet_id.id}",
                **self._common(),
            )
            for card, cost in costs.items()
        ]

    def _claim(self, card, reward, lines, goods):
        """Points of one claimed reward, after checking that it is what it says.

        :raises UserError: when the reward is not the card's, or worth more than it costs.
        """
        holder = card.club_wallet_id.member_id.partner_id
        if reward.program_id != card.program_id or holder and holder != self.order.partner_id:
            raise UserError(
                self.env._(
                    "The card %(code)s does not belong to this customer or reward. "
                    "Remove the reward and choose the customer again.",
                    code=card.code,
                )
            )
        cost = card._club_amount(sum(lines.mapped("points_cost")))
        value = -sum((_money(line.price_subtotal_incl) for line in lines), ZERO)
        quantity = sum(lines.mapped("qty"))
        reward._club_check_claim(cost, value, quantity, goods)
        return cost

    def _check_returned_money(self):
        """A return never pays out more money than was paid.

        Goods bought partly with points come back with their reward line; without it the
        points would turn into cash.

        :raises UserError: naming both amounts.
        """
        for original in self.returned.refunded_orderline_id.order_id:
            if not original.lines.coupon_id.club_wallet_id:
                continue
            paid = sum((_money(line.price_subtotal_incl) for line in original.lines), ZERO)
            back = -sum(
                (_money(line.price_subtotal_incl) for line in _returns_of(original)), ZERO
            )
            if back > paid + Decimal(str(self.order.currency_id.rounding)):
                currency = self.order.currency_id
                raise UserError(
                    self.env._(
                        "%(back)s would be returned for %(order)s, but only %(paid)s was paid in "
                        "money; the rest was paid with points. Return the reward line as well.",
                        back=currency.format(float(back)),
                        paid=currency.format(float(paid)),
                        order=original.name,
                    )
                )

    # --- stored value: gift cards and prepaid credit ----------------------------------

    def _stored_value_sold(self):
        """Credit and gift cards bought with this order; cards are made once per order."""
        movements = []
        if any(self._stored_value_program(line) for line in self.sold):
            self.sold_before = bool(
                self.env["loyalty.card"].search_count(
                    [
                        ("source_pos_order_id", "=", self.order.id),
                        ("club_wallet_id", "!=", False),
                    ],
                    limit=1,
                )
            )
        for line in self.sold:
            program = self._stored_value_program(line)
            if not program or line.qty <= 0 or line.is_reward_line:
                continue
            kind = program.club_wallet_kind_id
            if kind.bearer and not self.sold_before:
                movements += self._gift_cards(line, program)
            elif not kind.bearer:
                movements.append(self._top_up(line, kind))
        return movements

    def _top_up(self, line, kind):
        """Credit bought at the till goes to the buyer's own wallet.

        :raises UserError: when no customer is on the order.
        """
        partner = self.order.partner_id
        if not partner:
            raise UserError(
                self.env._("Choose the customer whose “%(kind)s” is topped up.", kind=kind.name)
            )
        member = self.env["loyalty.club.member"]._enrol(
            kind.club_id, partner, channel="pos", branch=self.branch
        )
        wallet = kind._wallets_of(member)[member.id]
        self.env["loyalty.card"]._club_create_for(kind, wallet)
        return self._stored(wallet, "topup", _money(line.price_subtotal_incl), line.uuid)

    def _gift_cards(self, line, program):
        """One card per unit sold, each worth what was paid for it."""
        kind = program.club_wallet_kind_id
        step = Decimal(str(kind.rounding))
        each = round_to(_money(line.price_subtotal_incl) / Decimal(str(line.qty)), step, "down")
        movements = []
        with authority(Authority("issue", "issue", self.key, origin=self.origin)):
            for unit in range(int(line.qty)):
                card = self._gift_card(line, program, unit)
                missing = each - _money(card.points)
                if missing:
                    movements.append(
                        self._stored(card.club_wallet_id, "issue", missing, f"{line.uuid}:{unit}")
                    )
        return movements

    def _gift_card(self, line, program, unit):
        """The card sold: the plastic one whose code was read, or a new one."""
        code = line.club_gift_code if not unit else False
        Card = self.env["loyalty.card"]
        card = Card.search([("code", "=", code)], limit=1) if code else Card
        if card and (card.program_id != program or card.source_pos_order_id or card.use_count):
            raise UserError(
                self.env._("The gift card %(code)s was sold before. Take another.", code=code)
            )
        if not card:
            values = {"program_id": program.id, "source_pos_order_id": self.order.id}
            if code:
                values["code"] = code
            card = Card.with_context(loyalty_no_mail=True, tracking_disable=True).create(values)
            self.env["loyalty.club.outbox"]._queue_new_card(card)
        else:
            card.source_pos_order_id = self.order
        return card

    def _stored_value_back(self):
        """Take back what returned gift cards or top-ups were worth.

        Refused by the ledger when it was already spent.
        """
        movements = []
        for line in self.returned:
            if not self._stored_value_program(line):
                continue
            sold = line.refunded_orderline_id
            prefix = f"pos:{sold.order_id.uuid}:stored:{sold.uuid}"
            entries = self.env["loyalty.club.entry"].search(
                [("idempotency_key", "=like", f"{prefix}%")], order="id"
            )
            open_entries = entries.filtered(lambda entry: not entry.reversal_ids)
            if open_entries and open_entries[0].kind == "topup":
                movements.append(self._reverse(line, open_entries[0]))
            else:
                for entry in open_entries[: int(-line.qty)]:
                    movements.append(self._reverse(line, entry))
        return movements

    def _reverse(self, line, entry):
        return Movement(
            wallet_id=entry.wallet_id.id,
            amount=-_money(entry.amount),
            kind="refund_topup",
            key=f"{self.key}:stored:{line.uuid}:{entry.id}",
            reverses_id=entry.id,
            **self._common(),
        )

    def _stored(self, wallet, kind, amount, part):
        return Movement(
            wallet_id=wallet.id,
            amount=round_to(amount, Decimal(str(wallet.kind_id.rounding)), "down"),
            kind=kind,
            key=f"{self.key}:stored:{part}",
            **self._common(),
        )

    # --- returns ---------------------------------------------------------------------

    def _given_back(self):
        """Points spent on what came back return to the very lots they were taken from."""
        movements = []
        for original in self.returned.refunded_orderline_id.order_id:
            for card, share in self._spent_share(original).items():
                for entry_id, spent in card._club_spent(("pos.order", original.id)):
                    total = self._spent_by(entry_id)
                    due = share - (total - spent)
                    if due > 0:
                        movements.append(
                            Movement(
                                wallet_id=card.club_wallet_id.id,
                                amount=due,
                                kind="refund_spend",
                                key=f"{self.key}:unspend:{entry_id}",
                                reverses_id=entry_id,
                                restore=True,
                                **self._common(),
                            )
                        )
        return movements

    def _spent_by(self, entry_id):
        return -_money(self.env["loyalty.club.entry"].browse(entry_id).amount)

    def _spent_share(self, original):
        """What has to be given back in all for what has come back so far, by card."""
        shares = defaultdict(lambda: ZERO)
        back = defaultdict(lambda: ZERO)
        for line in _returns_of(original):
            back[line.refunded_orderline_id.id] -= Decimal(str(line.qty))
        for line in original.lines:
            card = line.coupon_id
            if card.club_wallet_id and line.points_cost and back.get(line.id):
                shares[card] += refunded_share(
                    card._club_amount(line.points_cost),
                    Decimal(str(line.qty)),
                    back[line.id],
                    Decimal(str(card.club_wallet_id.kind_id.rounding)),
                )
        return shares

    # --- earning ---------------------------------------------------------------------

    def _earning(self, member):
        """Points for what was bought and not returned, to an active member."""
        if member.state != "active":
            return []
        points = self.club._points_for(self._base(self.sold))
        if not points:
            return []
        kind = self.club.points_kind_id
        wallet = kind._wallets_of(member)[member.id]
        return [
            Movement(
                wallet_id=wallet.id,
                amount=points,
                kind="earn",
                key=f"{self.key}:earn:{wallet.id}",
                **self._common(),
            )
        ]

    def _take_back(self):
        """Take back what returned goods had earned: what is kept equals what the rule gives
        for what the customer keeps."""
        for original in self.returned.refunded_orderline_id.order_id:
            entry = self.env["loyalty.club.entry"].search(
                [
                    ("origin_model", "=", "pos.order"),
                    ("origin_id", "=", original.id),
                    ("kind", "=", "earn"),
                ],
                limit=1,
            )
            if not entry:
                continue
            sold = original.lines.filtered(lambda line: not line.refunded_orderline_id)
            kept = self._base(sold) + self._base(_returns_of(original))
            earned = sum((_money(e.amount) for e in entry | entry.reversal_ids), ZERO)
            excess = earned - entry.club_id._points_for(kept)
            if excess > 0:
                self.env["loyalty.club.debt"]._take_back(entry, excess, self._common(), self.key)


def _money(value):
    """A stored float as the exact decimal it stands for."""
    return Decimal(str(value))


def _returns_of(order):
    """Lines by which goods of ``order`` have come back, in paid orders."""
    lines = order.lines.refund_orderline_ids
    return lines.filtered(lambda line: line.order_id.state in PAID)
