"""Rewards that members took beforehand are sent with a sales order."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestSaleTaken(SaleClubCommon):
    """Sara has 100 points, and has taken 5 off for 10 of them, or a cup for 40."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cup = cls.five_off(club_quantity=5)
        cls.gift = cls.env["loyalty.reward"].create(
            {
                "program_id": cls.program.id,
                "reward_type": "product",
                "reward_product_id": cls.product("Cup", 30).id,
                "required_points": 40,
                "description": "A cup",
            }
        )

    def setUp(self):
        super().setUp()
        self.card = self.give_points(100)
        self.wallet = self.card.club_wallet_id

    def take(self, reward, key="request-1", member=None):
        return self.env["loyalty.club.reward.taken"]._take(member or self.member, reward, key)

    def sent(self, taken, confirm=True):
        """An order on which the reward was put by its code."""
        order = self.order()
        order._update_programs_and_rewards()
        status = order._try_apply_code(taken.code.lower())
        self.assertNotIn("error", status)
        ((card, reward),) = status.items()
        self.assertFalse(order._apply_program_reward(reward, card))
        order._update_programs_and_rewards()
        if confirm:
            order.action_confirm()
        self.env.invalidate_all()
        return order

    def assertFigures(self, balance, held):
        self.env.invalidate_all()
        self.assertEqual((self.wallet.balance, self.wallet.held), (balance, held))

    def test_discount_is_collected_with_the_order(self):
        taken = self.take(self.cup)
        order = self.sent(taken, confirm=False)
        self.assertEqual(order.amount_total, 95)
        self.assertEqual(taken.state, "open")
        self.assertFigures(100, 10)

        order.action_confirm()
        self.assertEqual(taken.state, "collected")
        self.assertEqual((taken.origin_model, taken.origin_id), ("sale.order", order.id))
        self.assertEntries(order, ("spend", -10))
        self.assertFigures(90, 0)
        self.assertEqual(self.cup.club_left, 4)

    def test_the_last_points(self):
        self.gift.required_points = 100
        taken = self.take(self.gift)
        order = self.sent(taken)

        line = order.order_line.filtered("reward_id")
        self.assertEqual((line.product_uom_qty, line.price_total), (1, 0))
        self.assertEqual(taken.state, "collected")
        self.assertFigures(0, 0)

    def test_one_cup_not_as_many_as_there_are_points(self):
        order = self.sent(self.take(self.gift))

        line = order.order_line.filtered("reward_id")
        self.assertEqual(line.product_uom_qty, 1)
        self.assertEntries(order, ("spend", -40))

    def test_price_of_the_day_it_was_taken(self):
        taken = self.take(self.cup)
        self.cup.required_points = 30
        order = self.sent(taken)

        self.assertEntries(order, ("spend", -10))
        self.assertFigures(90, 0)

    def test_cancelled_order_gives_back(self):
        taken = self.take(self.cup)
        order = self.sent(taken)
        order.with_context(disable_cancel_warning=True).action_cancel()

        self.assertFigures(100, 0)
        self.assertEqual(taken.state, "returned")
        self.assertEqual(self.cup.club_left, 5)

    def test_line_emptied_on_a_confirmed_order(self):
        taken = self.take(self.cup)
        order = self.sent(taken)
        order.order_line.filtered("reward_id").product_uom_qty = 0

        self.assertFigures(100, 0)
        self.assertEqual(taken.state, "returned")

    def test_without_its_line_it_waits(self):
        taken = self.take(self.cup)
        order = self.sent(taken, confirm=False)
        order.order_line.filtered("reward_id").unlink()
        order.action_confirm()

        self.assertEqual(taken.state, "open")
        self.assertFigures(100, 10)

    def test_not_collected_twice(self):
        taken = self.take(self.cup)
        first, second = self.sent(taken, confirm=False), self.sent(taken, confirm=False)
        second.action_confirm()
        self.assertEqual(taken.state, "collected")

        first.action_confirm()  # it pays for itself: the reward is on it, the code was used
        self.assertEntries(first, ("spend", -10))
        self.assertEqual(taken.origin_id, second.id)
        answer = self.order()._try_apply_code(taken.code)
        self.assertIn("collected already", answer["error"])

    def test_too_few_points_without_the_code(self):
        self.gift.required_points = 100
        taken = self.take(self.gift)
        first = self.sent(taken, confirm=False)
        self.sent(taken)
        with self.assertRaises(UserError):
            first.action_confirm()

    def test_somebody_elses_code_does_not_exist(self):
        other = self.new_member("Mina")
        self.give_points(50, other)
        taken = self.take(self.cup, member=other)
        answer = self.order()._try_apply_code(taken.code)

        self.assertTrue(answer.get("not_found"))
        self.assertEqual(taken.state, "open")
        taken._cancel()
