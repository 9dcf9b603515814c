from odoo import Command
from odoo.tests import tagged

from .common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestSaleCard(SaleClubCommon):
    """Cards of the club on sales orders: their percentage is taken off, or left as credit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cashback = cls.new_kind("cashback")

    def card(self, percent, mode="discount", member=None, **values):
        return self.env["loyalty.club.card"]._issue(
            self.club,
            member or self.member,
            discount_percent=percent,
            discount_mode=mode,
            **values,
        )

    def credited(self):
        self.env.invalidate_all()
        return self.cashback._wallets_of(self.member)[self.member.id].balance

    # --- percentage off -----------------------------------------------------------------

    def test_order_takes_off_what_the_customers_best_card_gives(self):
        self.card(5)
        best = self.card(12.5)
        self.card(50)._block("Test")

        order = self.order((self.tea, 2))

        self.assertEqual(order.sudo().club_card_id, best)
        self.assertEqual(order.order_line.discount, 12.5)
        self.assertEqual(order.amount_total, 175)

    def test_other_customers_pay_the_full_price(self):
        self.card(10)

        order = self.order(partner=self.new_member("Nima").partner_id)

        self.assertFalse(order.club_card_id)
        self.assertEqual(order.amount_total, 100)

    def test_changing_the_customer_takes_the_discount_away(self):
        self.card(10)
        order = self.order()
        self.assertEqual(order.amount_total, 90)

        order.partner_id = self.new_member("Nima").partner_id

        self.assertEqual(order.amount_total, 100)
        self.assertFalse(order.order_line.club_card_discount)

    def test_more_taken_off_by_hand_goes_before_the_card(self):
        card = self.card(10)
        order = self.order()
        order.order_line.discount = 20

        order.sudo().club_card_id = False
        order.sudo().club_card_id = card

        self.assertEqual(order.order_line.discount, 20)
        self.assertFalse(order.order_line.club_card_discount)

    def test_salesperson_may_let_the_card_go(self):
        self.card(10)
        order = self.order()

        order.sudo().club_card_id = False

        self.assertEqual(order.amount_total, 100)

    def test_somebody_elses_card_takes_nothing_off(self):
        foreign = self.card(10, member=self.new_member("Nima"))
        order = self.order()

        order.sudo().club_card_id = foreign

        self.assertEqual(order.amount_total, 100)

    def test_rewards_and_stored_value_keep_their_price(self):
        self.card(10)
        topup = self.product("Top-up", 50)
        self.new_program("ewallet", topup, self.new_kind("ewallet"))
        self.give_points(100)

        order = self.order(self.tea, topup)
        reward = self.redeem(order)

        by_product = {line.product_id: line.discount for line in order.order_line - reward}
        self.assertEqual(by_product, {self.tea: 10, topup: 0})
        self.assertEqual(reward.discount, 0)

    def test_confirmed_order_keeps_its_price_when_the_card_is_lost(self):
        card = self.card(10)
        order = self.confirmed()
        card._report_lost("Test")

        order.order_line = [Command.create({"product_id": self.tea.id})]

        self.assertEqual(order.order_line.mapped("discount"), [10, 0])
        self.assertEqual(order.sudo().club_card_id, card)

    # --- percentage as credit -------------------------------------------------------------

    def test_invoice_charges_the_percentage_as_credit(self):
        self.card(5, "credit")
        order = self.confirmed((self.tea, 3))
        self.assertEqual((order.amount_total, self.credited()), (300, 0))

        invoice = self.invoice(order)
        self.assertEqual(self.credited(), 15)

        self.credit(invoice, Tea=1)
        self.assertEqual(self.credited(), 10)
        self.assertPoints(20)

    def test_percentage_of_the_first_invoice_goes_for_the_whole_order(self):
        card = self.card(5, "credit")
        order = self.confirmed((self.tea, 3))
        invoice = self.invoice(order)
        card.discount_percent = 50

        self.credit(invoice)

        self.assertEqual(self.credited(), 0)

    def test_setting_an_invoice_back_and_posting_it_again_charges_once(self):
        self.card(5, "credit")
        invoice = self.invoice(self.confirmed((self.tea, 3)))

        invoice.button_draft()
        self.assertEqual(self.credited(), 0)
        invoice.action_post()

        self.assertEqual(self.credited(), 15)

    def test_credit_comes_beside_cashback_of_the_same_kind(self):
        self.card(5, "credit")
        self.cashback.cashback_percent = 2
        invoice = self.invoice(self.confirmed((self.tea, 2)))
        self.assertEqual(self.credited(), 14)

        self.credit(invoice, Tea=1)

        self.assertEqual(self.credited(), 7)
