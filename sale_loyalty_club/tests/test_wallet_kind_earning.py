from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestWalletKindEarning(SaleClubCommon):
    """Cashback on invoices, bonus on top-ups, on sales orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cashback = cls.new_kind("cashback")
        cls.cashback.cashback_percent = 5
        cls.topup = cls.product("Top-up", 50)
        cls.credit_kind = cls.new_kind("ewallet")
        cls.credit_program = cls.new_program("ewallet", cls.topup, cls.credit_kind)
        cls.cashback_program = cls.env["loyalty.program"]._club_create_stored_value_program(
            cls.cashback
        )

    def balance(self, kind):
        self.env.invalidate_all()
        return kind._wallets_of(self.member)[self.member.id].balance

    # --- cashback --------------------------------------------------------------------

    def test_invoice_gives_points_and_cashback(self):
        order = self.confirmed((self.tea, 3))

        self.invoice(order)

        self.assertEntries(order, ("earn", 30), ("earn", 15))
        self.assertEqual(self.balance(self.cashback), 15)

    def test_credit_note_takes_both_back(self):
        order = self.confirmed((self.tea, 3))
        invoice = self.invoice(order)

        self.credit(invoice, Tea=1)

        self.assertPoints(20)
        self.assertEqual(self.balance(self.cashback), 10)

    def test_cashback_pays_an_order_on_its_conditions(self):
        self.cashback.terms_id = self.env["loyalty.club.terms"].create(
            {"name": "From 200", "club_id": self.club.id, "minimum_basket": 200}
        )
        self.invoice(self.confirmed((self.tea, 3)))
        reward = self.cashback_program.reward_ids

        with self.assertRaisesRegex(UserError, "conditions of use"), self.env.cr.savepoint():
            self.confirmed(reward=reward)
        self.confirmed((self.tea, 2), reward=reward)

        self.assertEqual(self.balance(self.cashback), 0)

    def test_setting_an_invoice_back_and_posting_it_again_earns_once(self):
        order = self.confirmed((self.tea, 3))
        invoice = self.invoice(order)

        invoice.button_draft()
        self.assertEqual(self.balance(self.cashback), 0)
        invoice.action_post()

        self.assertEqual(self.balance(self.cashback), 15)
        self.assertPoints(30)

    # --- bonus -----------------------------------------------------------------------

    def offer(self, pays, gets):
        self.credit_kind.topup_offer_ids = [Command.create({"pays": pays, "gets": gets})]

    def test_who_pays_in_advance_gets_more(self):
        self.offer(100, 110)

        order = self.confirmed((self.topup, 3))

        self.assertEntries(order, ("topup", 150), ("bonus", 10))

    def test_bonus_follows_a_changed_quantity(self):
        self.offer(100, 110)
        order = self.confirmed((self.topup, 3))

        order.order_line.product_uom_qty = 1

        self.assertEqual(self.balance(self.credit_kind), 50)

    def test_cancelled_order_takes_credit_and_bonus_back(self):
        self.offer(100, 110)
        order = self.confirmed((self.topup, 2))

        order._action_cancel()

        self.assertEqual(self.balance(self.credit_kind), 0)

    def test_offer_made_later_changes_nothing_of_earlier_orders(self):
        order = self.confirmed((self.topup, 2))
        self.offer(100, 110)

        order.order_line.name = "Changed"

        self.assertEntries(order, ("topup", 100))
