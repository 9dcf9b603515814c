from odoo import Command
from odoo.exceptions import ValidationError
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

    def test_somebody_elses_card_is_refused(self):
        foreign = self.card(10, member=self.new_member("Nima"))
        order = self.order()

        with self.assertRaisesRegex(ValidationError, "is not one of"):
            order.sudo().club_card_id = foreign

    def test_card_of_another_club_is_refused(self):
        club = self.env["loyalty.club"].create({"name": "Other"})
        member = self.env["loyalty.club.member"]._enrol(club, self.partner)
        order = self.order()

        with self.assertRaisesRegex(ValidationError, "is not one of"):
            order.sudo().club_card_id = self.env["loyalty.club.card"]._issue(club, member)

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

    def test_confirmed_line_keeps_its_price_when_the_quantity_changes(self):
        for act in (lambda card: card._report_lost("Test"), lambda card: card._replace("Worn")):
            order = self.confirmed_with(self.card(10))
            act(order.sudo().club_card_id)

            order.order_line.product_uom_qty = 3

            self.assertEqual(order.order_line.discount, 10)
            self.assertEqual(order.amount_total, 270)

    def test_confirmed_line_keeps_the_percentage_that_was_agreed(self):
        card = self.card(10)
        order = self.confirmed()
        card.discount_percent = 50

        order.order_line.product_uom_qty = 3

        self.assertEqual(order.order_line.discount, 10)

    def test_open_order_goes_on_with_the_card_that_replaced_the_chosen_one(self):
        old = self.card(10)
        order = self.order()
        old._replace("Worn")

        order.order_line.product_uom_qty = 3

        self.assertEqual(order.order_line.discount, 10)

    def test_open_order_loses_what_no_card_gives_any_more(self):
        card = self.card(10)
        order = self.order()
        card._report_lost("Test")

        order.order_line.product_uom_qty = 3

        self.assertEqual(order.order_line.discount, 0)

    def confirmed_with(self, card):
        order = self.confirmed()
        self.assertEqual(order.sudo().club_card_id, card)
        return order

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

    def test_order_of_another_customer_earns_nothing_by_a_card(self):
        self.card(5, "credit")
        order = self.confirmed((self.tea, 3))
        other = self.new_member("Nima")
        # As a merge of contacts does it: past every rule.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET partner_id = %s WHERE id = %s", (other.partner_id.id, order.id)
        )
        self.env.invalidate_all()

        self.invoice(order)

        self.assertEqual(self.cashback._wallets_of(other)[other.id].balance, 0)
        self.assertEqual(self.credited(), 0)

    def test_card_that_replaced_the_orders_card_charges_its_percentage(self):
        old = self.card(5, "credit")
        order = self.confirmed((self.tea, 3))
        old._replace("Worn")

        self.invoice(order)

        self.assertEqual(self.credited(), 15)

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
