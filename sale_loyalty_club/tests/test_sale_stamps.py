from odoo import Command
from odoo.tests import tagged

from .common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestSaleStamps(SaleClubCommon):
    """Stamp cards on sales orders: stamps come with invoices and go with credit notes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stamps = cls.env["loyalty.club.stamp.program"].create(
            {
                "name": "Third tea",
                "club_id": cls.club.id,
                "earn_by": "unit",
                "product_ids": [Command.set(cls.tea.ids)],
                "stamps_needed": 3,
                "reward_amount": 50,
            }
        )

    def on_card(self):
        self.env.invalidate_all()
        return self.stamps.kind_id._wallets_of(self.member)[self.member.id].balance

    def test_invoice_brings_stamps_and_credit_note_takes_them(self):
        order = self.confirmed((self.tea, 2))
        self.assertEqual(self.on_card(), 0)

        invoice = self.invoice(order)
        self.assertEqual(self.on_card(), 2)

        self.credit(invoice, Tea=1)
        self.assertEqual(self.on_card(), 1)

    def test_full_card_brings_its_reward_and_is_opened_again(self):
        invoice = self.invoice(self.confirmed((self.tea, 4)))
        self.assertEqual(self.on_card(), 1)
        self.assertPoints(40 + 50)

        self.credit(invoice, Tea=2)

        self.assertEqual(self.on_card(), 2)
        self.assertPoints(20)

    def test_setting_an_invoice_back_and_posting_it_again_stamps_once(self):
        invoice = self.invoice(self.confirmed((self.tea, 2)))

        invoice.button_draft()
        self.assertEqual(self.on_card(), 0)
        invoice.action_post()

        self.assertEqual(self.on_card(), 2)

    def test_invoices_of_the_time_before_the_program_bring_nothing_later(self):
        self.stamps.active = False
        order = self.confirmed((self.tea, 2))
        order.order_line.qty_to_invoice = 1
        first = order.sudo()._create_invoices()
        first.invoice_line_ids.quantity = 1
        first.with_user(self.accountant).action_post()
        self.stamps.active = True

        self.invoice(order)

        self.assertEqual(self.on_card(), 1)

    def test_every_credit_note_takes_its_stamps_back(self):
        self.stamps.stamps_needed = 10
        invoice = self.invoice(self.confirmed((self.tea, 3)))

        self.credit(invoice, Tea=1)
        self.credit(invoice, Tea=1)
        self.assertEqual(self.on_card(), 1)

        self.credit(invoice, Tea=1)
        self.assertEqual(self.on_card(), 0)

    def test_a_membership_fee_is_no_stamp(self):
        fee = self.product("Membership", 50.0, type="service")
        self.club.fee_product_id = fee
        self.stamps.product_ids = False

        self.invoice(self.confirmed(fee, self.tea))

        self.assertEqual(self.on_card(), 1)

    def test_what_was_stamped_is_taken_back_though_the_program_ended(self):
        invoice = self.invoice(self.confirmed((self.tea, 2)))
        self.stamps.date_to = "2020-01-01"

        self.credit(invoice)

        self.assertEqual(self.on_card(), 0)
