"""Limited rewards on sales orders: the same terms as at a till."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.loyalty_club.clock import today_in

from .common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestSaleRewards(SaleClubCommon):
    """A reward of which there is one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.new_member("Mina")
        cls.cup = cls.five_off(club_quantity=1)

    def test_last_one_goes_once_and_comes_back_with_a_cancelled_order(self):
        self.give_points(50)
        self.give_points(50, self.other)
        order = self.confirmed(reward=self.cup)
        self.assertEqual(order.amount_total, 95)
        self.assertEqual(self.cup.club_left, 0)

        self.assertNotIn(self.cup, self.offered(self.order(partner=self.other.partner_id)))

        order.with_context(disable_cancel_warning=True).action_cancel()
        self.env.invalidate_all()
        self.assertEqual(self.cup.club_left, 1)
        self.assertIn(self.cup, self.offered(self.order(partner=self.other.partner_id)))
        self.assertLedgerSound()

    def test_two_quotations_want_the_last_one(self):
        self.give_points(50)
        self.give_points(50, self.other)
        first, second = self.order(), self.order(partner=self.other.partner_id)
        self.redeem(first, self.cup)
        self.redeem(second, self.cup)

        first.action_confirm()
        with self.assertRaises(UserError) as caught:
            second.action_confirm()

        self.assertIn("nothing left", str(caught.exception))

    def test_a_reward_whose_day_is_over_says_so(self):
        self.give_points(50)
        order = self.order()
        self.cup.club_until = today_in(self.company) - timedelta(days=1)

        card = self.points_card()
        order._update_programs_and_rewards()
        answer = order._apply_program_reward(self.cup.with_user(self.seller), card)

        self.assertIn("until", answer["error"])

    def test_a_confirmed_order_keeps_what_was_agreed(self):
        self.give_points(50)
        order = self.confirmed(reward=self.cup)

        order._update_programs_and_rewards()
        order.order_line[0].product_uom_qty = 2

        self.assertEqual(order.amount_total, 195)
        self.assertEqual(self.cup.club_left, 0)

    def test_points_pay_for_a_part_of_the_goods_at_most(self):
        self.give_points(1000)
        self.reward.club_share = 30
        order = self.order((self.tea, 2))

        line = self.redeem(order)

        self.assertEqual((line.price_total, line.points_cost), (-60, 600))
        order.action_confirm()
        self.assertPoints(400)
        with self.assertRaisesRegex(UserError, "worth more"), self.env.cr.savepoint():
            line.write({"price_unit": -61, "points_cost": 610})
            self.env.flush_all()
        self.assertLedgerSound()
