from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestSaleOrder(SaleClubCommon):
    """Spending points on sales orders: stock's screens, the club's ledger."""

    def test_confirmation_spends_points(self):
        self.give_points(300)

        order = self.confirmed(self.tea, reward=self.reward)

        self.assertEqual(order.amount_total, 70)
        self.assertEntries(order, ("spend", -300))
        self.assertPoints(0)
        self.assertEqual(self.entries(order).branch_id, self.branch)
        self.assertEqual(self.entries(order).user_id, self.seller)

    def test_quotation_spends_nothing(self):
        self.give_points(300)

        order = self.order(self.tea)
        self.redeem(order)

        self.assertEqual(order.amount_total, 70)
        self.assertPoints(300)

    def test_order_earns_nothing_by_itself(self):
        order = self.confirmed((self.tea, 5))

        self.assertFalse(sum(order.sudo().coupon_point_ids.mapped("points")))
        self.assertPoints(0)

    def test_cancellation_refills_the_very_lots(self):
        self.give_points(40)
        self.give_points(60)
        lots = self.points_card().club_wallet_id.lot_ids.sorted("id")
        order = self.confirmed((self.tea, 1), reward=self.reward)
        self.assertEqual(lots.mapped("remaining"), [0, 0])

        order._action_cancel()

        self.env.invalidate_all()
        self.assertEqual(lots.mapped("remaining"), [40, 60])
        self.assertEqual(self.points_card().club_wallet_id.lot_ids.sorted("id"), lots)
        self.assertEntries(order, ("spend", -100), ("refund_spend", 100))
        self.assertPoints(100)

    def test_history_lines_stay_after_cancellation(self):
        card = self.give_points(100)
        order = self.confirmed(self.tea, reward=self.reward)

        order._action_cancel()

        history = self.env["loyalty.history"].search(
            [("card_id", "=", card.id), ("order_model", "=", "sale.order")], order="id"
        )
        self.assertEqual(history.mapped("order_id"), [order.id, order.id])
        self.assertEqual(history.mapped("used"), [100, 0])
        self.assertEqual(history.mapped("issued"), [0, 100])

    def test_order_can_be_confirmed_again_after_cancellation(self):
        self.give_points(100)
        order = self.confirmed(self.tea, reward=self.reward)
        order._action_cancel()
        order.action_draft()
        self.redeem(order)

        order.action_confirm()

        self.assertEntries(order, ("spend", -100), ("refund_spend", 100), ("spend", -100))
        self.assertPoints(0)

    def test_each_order_of_a_batch_has_entries_of_its_own(self):
        other = self.new_member("Omid")
        self.give_points(100)
        self.give_points(50, other)
        first, second = self.order(self.tea), self.order(self.tea, partner=other.partner_id)
        self.redeem(first)
        self.redeem(second)

        (first | second).action_confirm()

        self.assertEntries(first, ("spend", -100))
        self.assertEntries(second, ("spend", -50))

    def test_points_gone_meanwhile_refuse_the_confirmation(self):
        card = self.give_points(100)
        order = self.order(self.tea)
        self.redeem(order)
        card.with_user(self.env.ref("base.user_admin")).points = 40

        with self.assertRaises(ValidationError):
            order.action_confirm()

        self.assertEqual(order.state, "draft")
        self.assertPoints(40)

    def test_blocked_member_cannot_spend(self):
        self.give_points(100)
        order = self.order(self.tea)
        self.redeem(order)
        self.member.action_suspend()

        with self.assertRaisesRegex(UserError, "blocked"):
            order.action_confirm()

        self.assertPoints(100)

    def test_card_of_another_customer_is_refused(self):
        self.give_points(100)
        order = self.order(self.tea)
        self.redeem(order)
        order.partner_id = self.new_member("Omid").partner_id

        with self.assertRaisesRegex(UserError, "does not belong"):
            order.action_confirm()

        self.assertPoints(100)

    def test_customer_confirms_on_the_web(self):
        """A web shop confirms as the public user, with the rights of the system."""
        self.give_points(300)
        order = self.order(self.tea)
        self.redeem(order)

        order.with_user(self.env.ref("base.public_user")).sudo().action_confirm()

        self.assertEntries(order, ("spend", -300))
        self.assertEqual(self.entries(order).user_id, self.env.ref("base.public_user"))

    def test_salesperson_cancels_and_changes_the_customer(self):
        """Stock forgets that salespeople may not touch its own rows, and refuses both."""
        other = self.new_member("Omid")
        order = self.order(self.tea)
        order._update_programs_and_rewards()
        order.partner_id = other.partner_id
        order._update_programs_and_rewards()
        order.action_confirm()

        order.action_cancel()

        self.assertEqual(order.state, "cancel")

    def test_smart_button_tells_what_the_ledger_says(self):
        self.give_points(300)
        order = self.confirmed((self.tea, 2), reward=self.reward)
        self.invoice(order)

        self.env.invalidate_all()
        self.assertEqual(order.club_points_earned, 17)
        self.assertEqual(order.club_points_spent, 300)
        self.assertEqual(order.club_entry_count, 2)
        action = order.action_view_club_entries()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found.sorted("id"), self.entries(order))

    def test_program_without_limit_counts_no_orders(self):
        self.give_points(100)
        self.confirmed(self.tea, reward=self.reward)

        self.assertEqual(self.program.total_order_count, 0)


@tagged("post_install", "-at_install")
class TestSaleOrderOfOtherKinds(SaleClubCommon):
    """Programs the club does not keep, and other companies."""

    def test_unmanaged_program_stays_stock(self):
        stock = self.new_program("loyalty", applies_on="both", name="Stock")
        order = self.confirmed((self.tea, 2))

        card = self.env["loyalty.card"].search([("program_id", "=", stock.id)])
        self.assertEqual(card.points, 200)
        self.assertEqual(card.history_ids.issued, 200)
        self.assertEntries(order)

        order._action_cancel()
        self.env.invalidate_all()
        self.assertEqual(card.points, 0)

    def test_unmanaged_card_can_still_be_written_by_stock(self):
        stock = self.new_program("ewallet", self.product("Top-up", 50), name="Stock wallet")
        card = self.env["loyalty.card"].create(
            {"program_id": stock.id, "partner_id": self.partner.id, "points": 30}
        )

        order = self.confirmed(self.tea, reward=stock.reward_ids)

        self.assertEqual((order.amount_total, card.points), (70, 0))

    def test_card_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        club = self.env["loyalty.club"].create({"name": "Other Club", "company_id": other.id})
        member = self.env["loyalty.club.member"].create(
            {"partner_id": self.partner.id, "club_id": club.id}
        )
        card = self.give_points(100, member)
        order = self.order(self.tea)
        order._update_programs_and_rewards()
        order.action_confirm()

        with self.assertRaisesRegex(UserError, "does not belong"):
            self.env["sale.order.line"].create(
                {
                    "order_id": order.id,
                    "name": "Reward",
                    "product_id": club.program_id.reward_ids.discount_line_product_id.id,
                    "price_unit": -10,
                    "reward_id": club.program_id.reward_ids.id,
                    "coupon_id": card.id,
                    "points_cost": 100,
                }
            )

        self.assertPoints(100, member)
