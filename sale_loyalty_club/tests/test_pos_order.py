from unittest import SkipTest

from odoo.tests import tagged

from .common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestTillOfSales(SaleClubCommon):
    """Sales orders paid at the till: each of the two documents books its own part."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "sale_order_origin_id" not in cls.env["pos.order.line"]._fields:
            raise SkipTest("tills take no sales orders here")
        cls.cashier.group_ids += cls.env.ref("sales_team.group_sale_salesman_all_leads")
        cls.accountant.group_ids += cls.env.ref("point_of_sale.group_pos_user")

    def pay_at_till(self, order):
        lines = [
            self.line(
                line.product_id,
                line.product_uom_qty,
                line.price_unit,
                sale_order_origin_id=order.id,
                sale_order_line_id=line.id,
            )
            for line in order.order_line
        ]
        return self.sell(lines, order.partner_id)

    def test_gift_card_of_the_order_is_issued_once(self):
        gift = self.product("Gift Card", 30)
        self.new_program("gift_card", gift, self.new_kind("gift_card"))
        order = self.order(gift)

        self.pay_at_till(order)

        self.assertEqual(order.state, "sale")
        self.assertEntries(order, ("issue", 30))
        self.assertEqual(self.entries(order).wallet_id.card_ids.points, 30)

    def test_order_paid_at_the_till_earns_there_and_spends_here(self):
        self.give_points(200)
        order = self.order(self.tea)
        self.redeem(order)

        paid = self.pay_at_till(order)

        self.assertEntries(order, ("spend", -200))
        self.assertEqual(paid.club_points_earned, 8)
        self.assertPoints(8)

    def test_down_payment_at_the_till_is_counted_with_the_goods(self):
        deposit = self.till.down_payment_product_id or self.product("Deposit", 40)
        self.till.down_payment_product_id = deposit
        order = self.confirmed(self.tea)

        paid = self.sell(
            [self.line(deposit, price=40, sale_order_origin_id=order.id)], self.partner
        )

        self.assertEqual(paid.club_points_earned, 0)
        self.assertFalse(
            self.env["loyalty.club.purchase"].search(
                [("origin_model", "=", "pos.order"), ("origin_id", "=", paid.id)]
            )
        )
        self.invoice(order)
        self.assertPoints(10)
