from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestSaleTier(SaleClubCommon):
    """On sales orders members have what their level brings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.basic, cls.gold = cls.env["loyalty.club.tier"].create(
            [
                {"name": "Member", "club_id": cls.club.id, "sequence": 1},
                {"name": "Gold", "club_id": cls.club.id, "sequence": 2, "min_spend": 1000},
            ]
        )
        cls.basic._recompute(cls.club)

    def give(self):
        self.gold._grant(self.member, self.gold)
        self.env.invalidate_all()

    def test_orders_and_their_invoices_go_by_the_terms_of_the_level(self):
        self.gold.payment_term_id = self.env["account.payment.term"].create({"name": "60 days"})
        self.assertNotEqual(self.order().payment_term_id, self.gold.payment_term_id)

        self.give()
        order = self.confirmed()

        self.assertEqual(order.payment_term_id, self.gold.payment_term_id)
        invoice = order.sudo()._create_invoices()
        self.assertEqual(invoice.invoice_payment_term_id, self.gold.payment_term_id)

    def test_terms_on_the_contact_come_first(self):
        own = self.env["account.payment.term"].create({"name": "Own"})
        self.gold.payment_term_id = self.env["account.payment.term"].create({"name": "60 days"})
        self.partner.property_payment_term_id = own
        self.give()

        self.assertEqual(self.order().payment_term_id, own)

    def test_the_warning_goes_by_the_limit_of_the_level(self):
        self.company.account_use_credit_limit = True
        self.gold.credit_limit = 150
        self.give()

        small, large = self.order(), self.order((self.tea, 2))

        self.assertFalse(small.partner_credit_warning)
        self.assertIn("Gold", large.partner_credit_warning)

    # --- rewards for fewer points ----------------------------------------------------

    def five_off(self, points):
        return self.reward.copy(
            {"discount_mode": "per_order", "discount": 5, "required_points": points}
        )

    def offered(self):
        """Rewards that a new order offers."""
        self.env.invalidate_all()
        order = self.order()
        order._update_programs_and_rewards()
        return self.env["loyalty.reward"].union(*order._get_claimable_rewards().values())

    def test_a_reward_costs_a_level_fewer_points(self):
        reward = self.five_off(100)
        self.gold.reward_discount_percent = 20
        self.give()
        self.give_points(80)

        order = self.confirmed(reward=reward)

        self.assertEqual(sum(order.order_line.mapped("points_cost")), 80)
        self.assertPoints(0)

    def test_it_is_offered_only_where_points_are_enough(self):
        reward = self.five_off(100)
        self.gold.reward_discount_percent = 20
        self.give()
        for more, offered in ((79, False), (1, True)):
            self.give_points(more)
            with self.subTest(points=self.points_card().points):
                self.assertEqual(reward in self.offered(), offered)

    def test_others_are_not_offered_it(self):
        reward = self.five_off(100)
        self.gold.reward_discount_percent = 20
        self.give_points(80)

        self.assertNotIn(reward, self.offered())
        self.give_points(20)
        self.assertIn(reward, self.offered())

    def test_each_point_is_worth_more(self):
        self.gold.reward_discount_percent = 20
        self.give()
        self.give_points(80)

        order = self.confirmed(reward=self.reward)

        self.assertEqual(order.amount_total, 90)  # 100 points' worth, of 0.1 each
        self.assertPoints(0)

    def test_all_points_can_be_spent_where_shares_leave_a_fraction(self):
        self.gold.reward_discount_percent = 15
        self.give()
        self.give_points(86)  # buy as much as 101.18 of others do

        order = self.confirmed(reward=self.reward)

        self.assertEqual(order.amount_total, 89.9)
        self.assertPoints(0)

    def test_what_a_card_has_is_told_as_it_is(self):
        self.gold.reward_discount_percent = 20
        self.give()
        card = self.give_points(80)

        self.assertEqual(self.order()._get_real_points_for_coupon(card), 80)

    def test_nobody_takes_it_for_less_than_her_level_pays(self):
        reward = self.five_off(100)
        self.gold.reward_discount_percent = 20
        self.give()
        self.give_points(100)
        order = self.confirmed(reward=reward)
        line = order.order_line.filtered("points_cost")

        with self.assertRaisesRegex(UserError, "worth more than the points"):
            line.points_cost = 79

    def test_what_was_paid_comes_back(self):
        reward = self.five_off(100)
        self.gold.reward_discount_percent = 20
        self.give()
        self.give_points(100)
        order = self.confirmed(reward=reward)
        self.assertPoints(20)

        order._action_cancel()

        self.assertPoints(100)
