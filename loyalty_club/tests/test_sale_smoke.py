from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestSale(ClubCommon):
    def test_sale_earns_points(self):
        order = self.sell([self.line(qty=3)], self.member.partner_id)
        self.assertEqual(order.club_points_earned, 30)
        self.assertPoints(30)
        self.assertLedgerSound()

    def test_second_till_cannot_spend_the_same_points(self):
        card = self.give_points(100)
        lines = [self.line(), self.reward_line(card, 100)]
        self.sell(lines, self.member.partner_id)
        with self.assertRaises(UserError):
            self.sell([self.line(), self.reward_line(card, 100)], self.member.partner_id)
        self.assertLedgerSound()
