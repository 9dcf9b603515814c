from odoo.tests import tagged

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestPosLines(ClubCommon):
    """A till turns the sign of all subtotals of an order that returns something."""

    def exchange(self):
        """Bring a tea (100) back and take a cake (30) in the same order."""
        sale = self.sell(partner=self.member.partner_id)
        cake = self.product("Cake", 30)
        return self.sell([self.return_line(sale.lines), self.line(cake)], self.member.partner_id)

    def test_till_sends_turned_signs(self):
        order = self.exchange()

        self.assertEqual(order.amount_total, -70)
        self.assertEqual(order.lines.mapped("price_subtotal"), [100, -30])

    def test_exchange_counts_what_was_kept(self):
        order = self.exchange()

        purchase = self.env["loyalty.club.purchase"].search([("origin_id", "=", order.id)])
        self.assertEqual((purchase.amount, purchase.refund), (-70, True))
        self.assertEqual(order.club_points_earned, 3 - 10)
        self.assertPoints(3)
