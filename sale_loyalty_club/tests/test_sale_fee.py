from odoo.tests import tagged

from .common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestSaleFee(SaleClubCommon):
    """A membership fee on a sales order is paid for whoever ordered it, and earns nothing."""

    def test_the_fee_of_an_order_is_for_who_ordered(self):
        fee = self.product("Membership", 50.0, type="service")
        self.club.fee_product_id = fee
        newcomer = self.new_member("Mina")
        order = self.order(fee, self.tea, partner=newcomer.partner_id)
        order.partner_invoice_id = self.env["res.partner"].create({"name": "Employer"})
        order.action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.action_post()
        self.assertEqual(newcomer.state, "pending")

        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()

        self.assertEqual(newcomer.state, "active")
        self.assertTrue(newcomer.paid_until)

    def test_a_fee_earns_nothing(self):
        fee = self.product("Membership", 50.0, type="service")
        self.club.fee_product_id = fee
        order = self.order(fee, self.tea)
        order.action_confirm()

        order.sudo()._create_invoices().action_post()

        self.assertPoints(10)
