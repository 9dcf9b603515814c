from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestMinting(SaleClubCommon):
    """Whoever may edit an order may write anything on its lines, and still makes no points."""

    def setUp(self):
        super().setUp()
        self.give_points(200)
        self.paid = self.confirmed(self.tea, reward=self.reward)
        self.line_ = self.paid.order_line.filtered("reward_id")
        self.give_points(10)

    def refused(self, call, *args):
        with self.assertRaises(UserError), self.env.cr.savepoint():
            call(*args)
        self.env.invalidate_all()
        self.assertPoints(10)
        self.assertEntries(self.paid, ("spend", -200))

    def test_cost_cannot_become_negative(self):
        self.refused(self.line_.write, {"points_cost": -100000})

    def test_cost_cannot_be_lowered(self):
        self.refused(self.line_.write, {"points_cost": 1})

    def test_cost_cannot_vanish(self):
        self.refused(self.line_.write, {"points_cost": 0})

    def test_discount_cannot_be_raised(self):
        self.refused(self.line_.write, {"price_unit": -90})

    def test_card_cannot_be_taken_off_the_reward(self):
        self.refused(self.line_.write, {"coupon_id": False})

    def test_card_cannot_be_exchanged(self):
        other = self.new_member("Omid")
        card = self.give_points(500, other)
        self.refused(self.line_.write, {"coupon_id": card.id})
        self.assertPoints(500, other)

    def test_line_with_negative_cost_cannot_be_added(self):
        values = {
            "order_id": self.paid.id,
            "name": "Reward",
            "product_id": self.reward.discount_line_product_id.id,
            "price_unit": 0,
            "reward_id": self.reward.id,
            "coupon_id": self.line_.coupon_id.id,
            "points_cost": -500,
        }
        self.refused(self.line_.create, values)
        self.refused(self.line_.create, dict(values, reward_id=False))

    def test_negative_cost_on_a_quotation_is_worked_out_anew(self):
        order = self.order(self.tea)
        self.redeem(order)
        order.order_line.filtered("reward_id").points_cost = -500

        order.action_confirm()

        self.assertEntries(order, ("spend", -10))

    def test_order_confirmed_by_writing_its_state_spends_too(self):
        order = self.order(self.tea)
        self.redeem(order)

        order.write({"state": "sale"})
        self.assertEntries(order, ("spend", -10))

        order._action_cancel()
        self.assertPoints(10)

    def test_order_confirmed_by_writing_its_state_is_checked(self):
        order = self.order(self.tea)
        self.redeem(order).points_cost = -500

        self.refused(order.write, {"state": "sale"})

    def test_card_cannot_be_reached_through_the_order(self):
        card = self.line_.coupon_id
        manager = self.seller
        manager.group_ids += self.env.ref("sales_team.group_sale_manager")
        order = self.order(self.tea).with_user(manager)
        self.refused(order.write, {"applied_coupon_ids": [(1, card.id, {"points": 5000})]})
        self.refused(
            order.write, {"applied_coupon_ids": [(1, card.id, {"expiration_date": "2099-01-01"})]}
        )
        self.refused(
            order.write, {"coupon_point_ids": [(0, 0, {"coupon_id": card.id, "points": 5000})]}
        )

    def test_what_an_order_puts_onto_a_card_is_not_typed(self):
        topup = self.product("Top-up", 50)
        self.new_program("ewallet", topup, self.new_kind("ewallet"))
        order = self.confirmed(topup)
        manager = self.seller
        manager.group_ids += self.env.ref("sales_team.group_sale_manager")

        with self.assertRaises(AccessError):
            order.with_user(manager).coupon_point_ids.filtered("points").points = 5000

    def test_stock_code_within_an_order_touches_points_alone(self):
        """Within an order's settlement nobody's own rights reach the holder of a card."""
        card = self.line_.coupon_id.with_user(self.seller)
        stranger = self.new_member("Omid").partner_id

        with self.paid._club_settled():
            card.points = 5000
            for values in ({"partner_id": stranger.id}, {"code": "X"}, {"active": False}):
                with self.assertRaises(AccessError):
                    card.write(values)

        self.assertPoints(10)
