"""A cashier takes payments out of the club's wallets, at a real till in a real browser."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..models import one_time_code
from .test_pos_tender import TenderCommon
from .till_common import TillBrowserCommon


@tagged("post_install", "-at_install")
class TestPaymentTours(TenderCommon, TillBrowserCommon):
    """One till of the test shop; Sara has 60 of credit and 300 points, worth 0.1 each."""

    def setUp(self):
        super().setUp()
        self.post(-40, wallet=self.purse)
        self.post(300)

    def orders(self):
        return self.env["pos.order"].search([("config_id", "=", self.till.id)], order="id")

    def paid(self, order):
        return {
            payment.payment_method_id.name: (payment.amount, payment.club_entry_id.amount)
            for payment in order.payment_ids
        }

    def test_any_mix_is_paid_and_goes_back(self):
        self.cashier_does("ClubPayMix")

        sale, back = self.orders()
        expected = {"Credit": (60, -60), "Points": (10, -100), "Card machine": (30, 0)}
        self.assertEqual(self.paid(sale), expected)
        self.assertEqual(back.amount_total, -100)
        self.assertFigures(60, wallet=self.purse)
        self.assertFigures(300)
        holds = self.Hold.search([("wallet_id.member_id", "=", self.purse.member_id.id)])
        self.assertEqual(holds.mapped("state").count("released"), 1)
        self.assertLedgerSound()

    def test_what_is_not_used_is_let_go(self):
        self.cashier_does("ClubPayLetGo")

        self.assertFigures(60, wallet=self.purse)
        holds = self.Hold.search([("wallet_id", "=", self.purse.id)])
        self.assertEqual(holds.mapped("state"), ["released", "released"])

    def test_pin_is_typed_unseen(self):
        self.env["loyalty.club.card"]._issue(self.club, self.member)._set_pin("2741")

        self.cashier_does("ClubPayPin")

        self.assertEqual(self.paid(self.orders())["Credit"], (60, -60))

    def test_gift_card_pays_by_its_code(self):
        program = self.new_program("gift_card", self.product("Gift", 80), self.gift_kind)
        order = self.sell([self.line(program.rule_ids.product_ids)])
        card = program.coupon_ids

        self.cashier_does("ClubPayGiftCard", club_gift=card.code)

        sale = self.orders() - order
        self.assertEqual(self.paid(sale)["Gift card"], (80, -80))
        self.assertEqual(card.club_wallet_id.balance, 0)

    def test_credit_is_topped_up_by_any_amount(self):
        product = self.product(
            "Top-up", 50, pos_categ_ids=[Command.set(self.tea.pos_categ_ids.ids)]
        )
        program = self.new_program("ewallet", product, self.credit_kind, name="Credit")
        program.trigger_product_ids = product

        self.cashier_does("ClubPayTopUp")

        self.assertEqual(self.orders().mapped("amount_total"), [75, 100])
        self.assertFigures(35, wallet=self.purse)
        self.assertLedgerSound()

    def test_code_is_sent_to_the_customer_and_told(self):
        self.member.partner_id.phone = "+989121234567"
        self.credit_kind.code_above = 50
        with patch.object(one_time_code.secrets, "randbelow", lambda _limit: 271828):
            self.cashier_does("ClubPayCode", club_code="271828")

        self.assertFigures(60, held=60, wallet=self.purse)

    def test_a_lost_answer_and_a_reload_hold_once(self):
        self.cashier_does("ClubPayLostAnswer")

        self.assertEqual(self.paid(self.orders())["Credit"], (60, -60))
        self.assertEqual(self.Hold.search_count([("wallet_id", "=", self.purse.id)]), 1)
        self.assertLedgerSound()

    def test_nothing_is_paid_offline(self):
        self.cashier_does("ClubPayOffline")

        self.assertFigures(60, held=60, wallet=self.purse)
