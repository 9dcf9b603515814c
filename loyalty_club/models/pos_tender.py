"""The part of a till order that is paid, or paid back, with value of the club."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.exceptions import UserError

from ..domain.lots import ZERO
from ..movement import Movement
from .hold_capture import HoldCapture
from .pos_lines import money, total_included
from .pos_tender_return import TenderReturn
from .wallet_holds import HoldDesk

# An order that comes this long after it was paid was handed over before the server knew of it:
# to refuse it would only keep it on the till.
_LATE = timedelta(minutes=2)


class PosTender:
    """What was held for the order's payments is taken with it; what goes back, goes back to the
    very lots that had paid.

    :param settlement: :class:`~.pos_settlement.PosSettlement`.
    """

    def __init__(self, settlement):
        self.settlement = settlement
        self.env = settlement.env
        self.order = settlement.order
        self.payments = self.order.payment_ids.filtered(
            lambda payment: payment.payment_method_id.club_wallet_kind_id and payment.amount
        )
        self.paying = self.payments.filtered(lambda payment: payment.amount > 0)
        self.giving_back = self.payments - self.paying
        self.keys = {}  # payment -> key of the movement that takes it
        self.capture = None
        self.returns = None

    # --- taken -----------------------------------------------------------------------

    def debits(self, basket):
        """Movements that take what the payments say.

        :param basket: what is bought, for value that is given on conditions.
        :raises UserError: when a payment is not what was held for it.
        """
        if not self.paying:
            return []
        self._check_what_is_paid()
        keys = [self._key_of(payment) for payment in self.paying]
        self._check_once(keys)
        self.capture = HoldCapture(self.env, keys)
        holds = self.capture.lock()
        held, charged = [], []
        for payment, key in zip(self.paying, keys, strict=True):
            hold = holds.get(key)
            if hold and hold.origin == self.settlement.origin:
                continue  # taken before, with this very order
            if hold:
                hold = self._check_hold(payment, hold)
            if hold and hold.state == "open":
                held.append(hold)
                self.keys[payment] = f"hold:{key}"
            else:
                charged += self._without_hold(payment, hold, basket)
        common = self.settlement.common()
        return self.capture.movements(held, basket=basket, **common) + charged

    def _key_of(self, payment):
        return f"till:{payment.club_key or payment.uuid}"

    def _check_once(self, keys):
        if len(set(keys)) < len(keys):
            raise UserError(
                self.env._("Two payments of this order are one. Remove one, then pay again.")
            )

    def _check_what_is_paid(self):
        """Value buys goods: neither money that is handed out as change, nor other value."""
        club = self.settlement.club
        bought = self.order.amount_total
        stored = self.env["loyalty.program"]._club_stored_value_products()
        lines = self.settlement.sold.filtered(lambda line: line.product_id.id in stored)
        goods = money(bought) - total_included(lines)
        paid = sum((money(payment.amount) for payment in self.payments), ZERO)
        if paid > max(goods, ZERO) + money(self.order.currency_id.rounding) / 2:
            raise UserError(
                self.env._(
                    "%(paid)s would be paid with value of %(club)s, but only %(goods)s of this "
                    "order can be: it buys neither cash nor gift cards and credit. Lower the "
                    "payment.",
                    paid=self.order.currency_id.format(float(paid)),
                    goods=self.order.currency_id.format(float(max(goods, ZERO))),
                    club=club.name,
                )
            )

    def _check_hold(self, payment, hold):
        """The hold is this payment's: of the order's customer, and of this very amount.

        :returns: the hold; let go when goods are gone for another amount, which is then charged.
        :raises UserError: when it is not, or was used for something else.
        """
        wallet = self.env["loyalty.club.wallet"].browse(hold.wallet_id)
        kind = payment.payment_method_id.club_wallet_kind_id
        holder = wallet.member_id._survivor().partner_id
        mine = wallet.kind_id == kind and (kind.bearer or holder == self.order.partner_id)
        if not mine:
            raise UserError(
                self.env._(
                    "The payment with “%(kind)s” is of another customer. Remove it, and let this "
                    "order's customer pay.",
                    kind=kind.name,
                )
            )
        other = hold.pays != money(payment.amount)
        if other and hold.state != "captured" and self._is_late(payment):
            HoldDesk(self.env).release(hold.key)
            return hold._replace(state="released")
        if other or hold.state == "captured":
            raise UserError(
                self.env._(
                    "The payment of %(amount)s with “%(kind)s” is not what was held for it. "
                    "Remove it, then pay again.",
                    amount=self.order.currency_id.format(payment.amount),
                    kind=kind.name,
                )
            )
        return hold

    # --- without a hold --------------------------------------------------------------

    def _without_hold(self, payment, hold, basket):
        """Nothing is held any more: it is charged, if there is enough.

        :returns: movements to be posted with the others.
        :raises UserError: when it was never held, and the customer still stands at the till.
        """
        late = self._is_late(payment)
        kind = payment.payment_method_id.club_wallet_kind_id
        if not hold and not late:
            raise UserError(
                self.env._(
                    "%(amount)s of “%(kind)s” was never held for this order. Remove the payment, "
                    "then pay again.",
                    amount=self.order.currency_id.format(payment.amount),
                    kind=kind.name,
                )
            )
        wallet = self._wallet(payment, hold)
        movement = wallet and self._charge(payment, wallet, hold, basket)
        if movement and not late:
            self.keys[payment] = movement.key
            return [movement]
        self._charge_late(payment, wallet, movement, hold)
        return []

    def _is_late(self, payment):
        """Whether the goods were handed over before the server knew of the payment."""
        offline = self.env["loyalty.club.offline.allowance"]._of(payment)
        return bool(offline) or self.order.date_order < fields.Datetime.now() - _LATE

    def _wallet(self, payment, hold):
        """The wallet that is charged, or none."""
        if hold:
            return self.env["loyalty.club.wallet"].browse(hold.wallet_id)._successor()
        kind = payment.payment_method_id.club_wallet_kind_id
        member = self.env["loyalty.club.member"]._find(kind.club_id, self.order.partner_id)
        if kind.bearer or not member:
            return self.env["loyalty.club.wallet"]
        return kind._wallets_of(member)[member.id]

    def _charge(self, payment, wallet, hold, basket):
        method = payment.payment_method_id
        rate = method._club_rate(self.order.currency_id)
        amount = money(payment.amount)
        same = hold and hold.pays == amount
        units = hold.amount if same else method._club_units(amount, rate)
        return units and Movement(
            wallet_id=wallet.id,
            amount=-units,
            kind="spend",
            key=f"{self.settlement.key}:pay:{payment.uuid}",
            basket=basket,
            **self.settlement.common(),
        )

    def _charge_late(self, payment, wallet, movement, hold):
        """The goods are gone: what can be taken is taken, the rest is on the manager's list."""
        taken = asked = ZERO
        if movement:
            asked = -movement.amount
            if hold or not self._needs_consent(payment, wallet, asked):
                taken = self.env["loyalty.club.debt"]._take(replace(movement, basket=None))
        if taken:
            self.keys[payment] = movement.key
        if taken < asked or not asked:
            part = 1 - taken / asked if asked else Decimal(1)
            self.env["loyalty.club.shortfall"]._note(
                payment, wallet, money(payment.amount) * part, asked - taken
            )

    def _needs_consent(self, payment, wallet, units):
        """Whether the holder would have been asked for a PIN or a code."""
        kind = payment.payment_method_id.club_wallet_kind_id
        cards = wallet.member_id.card_ids.filtered(lambda card: card.pin_hash and card.in_force)
        return bool(kind.type != "points" and cards) or kind._needs_code(wallet, units)

    # --- given back ------------------------------------------------------------------

    def credits(self):
        """Movements that give back what returned goods had been paid with.

        :raises UserError: when more would go back by one way than was paid by it.
        """
        if not (self.giving_back or self.settlement.returned):
            return []
        original = self.settlement.returned.refunded_orderline_id.order_id[:1]
        self.returns = TenderReturn(self, original)
        return self.returns.movements()

    def booked(self, movements, outcomes):
        """Note what was taken, with the holds and with the payments."""
        entries = {
            movement.key: outcome.entry_id
            for movement, outcome in zip(movements, outcomes, strict=True)
        }
        if self.capture:
            self.capture.end(entries)
        late = [key for key in self.keys.values() if key not in entries]
        late = late and self.env["loyalty.club.entry"].search_fetch(
            [("idempotency_key", "in", late)], ["idempotency_key", "wallet_id"]
        )
        late = {entry.idempotency_key: entry for entry in late}
        entries |= {key: entry.id for key, entry in late.items()}
        wallets = {movement.key: movement.wallet_id for movement in movements}
        for payment, key in self.keys.items():
            wallet_id = wallets.get(key) or late[key].wallet_id.id
            payment.write({"club_entry_id": entries[key], "club_wallet_id": wallet_id})
        if self.returns:
            self.returns.forward()
