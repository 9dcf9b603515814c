"""Fees at the till: for membership, and for levels."""

from odoo.exceptions import UserError

from ..domain.lots import ZERO
from .pos_lines import money, returns_of, worth


class PosFee:
    """What fees in one paid order mean: a part of its settlement.

    :param settlement: :class:`~.pos_settlement.PosSettlement`.
    """

    def __init__(self, settlement):
        self.settlement = settlement
        self.env = settlement.env
        self.order = settlement.order
        self.payments = self.env["loyalty.club.fee.payment"]

    def settle(self, member):
        """Note what was paid, and what came back.

        :param member: loyalty.club.member of the order's customer, or empty: who pays the fee
            becomes a member.
        :returns: the membership after that.
        :raises UserError: when nobody was chosen who is or could be a member.
        """
        products = self.env["loyalty.club"]._fee_products()
        sold = self.settlement.sold.filtered(lambda line: line.product_id.id in products)
        if sold:
            for product in sold.product_id & self.settlement.club._fees_sold():
                member = member or self._enrolled()
                self._check_open(member, product)
                self._bring_in_line(self.order, product, member)
        back = self.settlement.returned.refunded_orderline_id.order_id
        for original in back:
            self._check_time(original)
            for product in self.payments._of(original).product_id:
                self._bring_in_line(original, product, member)
        return member

    def _check_open(self, member, product):
        """Nobody pays for a membership that is closed; what was noted before stays."""
        if member.state == "closed" and product not in self.payments._of(self.order).product_id:
            raise UserError(self.env["loyalty.club.enrolment"]._known(member).text)

    def _check_time(self, original):
        """The fee of a level is given back at a till for some days only."""
        lines = self.settlement.returned.filtered(
            lambda line: line.refunded_orderline_id.order_id == original
        )
        for tier in self.payments._of(original).tier_id:
            if tier.fee_product_id in lines.product_id:
                tier._check_fee_return(original)

    def _bring_in_line(self, order, product, member):
        sold = order.lines.filtered(
            lambda line: line.product_id == product and not line.refunded_orderline_id
        )
        returned = returns_of(order).filtered(lambda line: line.product_id == product)
        kept = sum(sold.mapped("qty")) + sum(returned.mapped("qty"))
        paid = sum(
            (
                worth(line, "price_subtotal") / money(line.order_id.currency_rate or 1)
                for line in sold | returned
            ),
            ZERO,
        )
        self.payments._bring_in_line(order, product, member, max(int(kept), 0), max(paid, ZERO))

    def _enrolled(self):
        club, partner = self.settlement.club, self.order.partner_id
        if not partner:
            raise UserError(
                self.env._(
                    "A membership fee is paid for somebody. Choose the customer, then go on."
                )
            )
        outcome = self.env["loyalty.club.enrolment"]._enrol_partners(
            club, partner, "pos", self.settlement.branch
        )[partner]
        if not outcome.ok:
            raise UserError(outcome.text)
        return outcome.member
