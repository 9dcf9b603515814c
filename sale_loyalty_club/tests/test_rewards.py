from odoo import Command
from odoo.tests import tagged

from .common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestRewards(SaleClubCommon):
    """What rewards of every form take, on quotations and on confirmed orders."""

    def test_points_are_charged_in_whole_steps_and_never_too_few(self):
        self.give_points(1000)
        odd = self.product("Odd", 33.34)

        order = self.confirmed(odd, reward=self.reward)

        self.assertEqual(order.amount_total, 0)
        self.assertEntries(order, ("spend", -334))

    def test_rewards_of_every_form_are_charged_what_they_cost(self):
        self.give_points(1000)
        cup = self.product("Cup", 20)
        form = {"program_id": self.program.id, "required_points": 100}
        free = {**form, "reward_type": "product", "reward_product_id": cup.id}
        percent = {**form, "reward_type": "discount", "discount_mode": "percent", "discount": 10}
        fixed = {**form, "reward_type": "discount", "discount_mode": "per_order", "discount": 15}
        for values, total, cost in ((free, 100, 1000), (percent, 90, 100), (fixed, 85, 100)):
            reward = self.env["loyalty.reward"].create(values)

            order = self.confirmed(self.tea, reward=reward)

            self.assertEqual(order.amount_total, total)
            self.assertEntries(order, ("spend", -cost))
            order._action_cancel()
        self.assertPoints(1000)

    def test_discount_on_several_taxes_is_one_claim(self):
        self.give_points(500)
        taxes = self.env["account.tax"].create(
            [
                {"name": f"T{rate}", "amount": rate, "price_include_override": "tax_excluded"}
                for rate in (7, 19)
            ]
        )
        goods = [self.product(tax.name, 33.33, taxes_id=[Command.set(tax.ids)]) for tax in taxes]

        order = self.confirmed(*goods, reward=self.reward)

        self.assertEqual(len(order.order_line), 4)
        self.assertAlmostEqual(order.amount_total, 75.33 - 50, delta=0.01)
        self.assertEntries(order, ("spend", -500))

    def test_discount_in_a_foreign_currency_costs_its_worth(self):
        self.give_points(300)
        order = self.order(self.tea, pricelist_id=self.foreign_pricelist(4).id)
        self.assertEqual(order.amount_total, 400)

        self.redeem(order)
        order.action_confirm()

        self.assertEqual(order.amount_total, 280)
        self.assertEntries(order, ("spend", -300))

    def test_last_points_below_the_least_amount_can_be_used_on_a_small_order(self):
        """A reward that asks for 100 points takes fewer when the order is worth fewer."""
        self.give_points(200)
        self.reward.required_points = 100
        order = self.confirmed(self.product("Cup", 5), reward=self.reward)

        self.assertEqual(order.amount_total, 0)
        self.assertEntries(order, ("spend", -50))

    def test_recomputing_a_confirmed_order_posts_only_the_difference(self):
        self.give_points(200)
        order = self.confirmed((self.tea, 1), reward=self.reward)
        self.assertPoints(0)

        order._update_programs_and_rewards()
        order._update_programs_and_rewards()

        self.assertEntries(order, ("spend", -200))
        self.assertEqual(order.amount_total, 80)

    def test_reward_added_to_a_confirmed_order_spends(self):
        self.give_points(200)
        order = self.confirmed(self.tea)

        self.redeem(order)

        self.assertEqual(order.amount_total, 80)
        self.assertEntries(order, ("spend", -200))
        self.assertPoints(0)

    def test_reward_removed_from_a_confirmed_order_gives_back(self):
        self.give_points(200)
        order = self.confirmed(self.tea, reward=self.reward)

        order.order_line.filtered("reward_id").product_uom_qty = 0

        self.assertEntries(order, ("spend", -200), ("refund_spend", 200))
        self.assertPoints(200)
