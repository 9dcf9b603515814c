"""A cashier whose till hears nothing of the server, at a real till in a real browser."""

from odoo.tests import tagged

from .test_pos_tender import TenderCommon
from .till_common import TillBrowserCommon


@tagged("post_install", "-at_install")
class TestOfflineTours(TenderCommon, TillBrowserCommon):
    """One till of the test shop; Sara has 30 of credit."""

    def setUp(self):
        super().setUp()
        self.post(-70, wallet=self.purse)

    def cashier_does(self, tour, **cookies):
        super().cashier_does(tour, **cookies)
        return self.env["pos.order"].search([("config_id", "=", self.till.id)], order="id")

    def test_number_that_was_scanned_earns_when_the_till_is_back(self):
        order = self.cashier_does("ClubOfflineNumber")

        self.assertEqual(order.partner_id, self.member.partner_id)
        self.assertPoints(10)
        self.assertLedgerSound()

    def test_payment_within_the_limit_is_settled_when_the_till_is_back(self):
        self.till.club_offline_limit = 50

        order = self.cashier_does("ClubOfflineAllowance")

        self.assertEqual(order.payment_ids.mapped("amount"), [50, 50])
        self.assertFigures(0, wallet=self.purse)
        missing = self.env["loyalty.club.shortfall"].search([("order_id", "=", order.id)])
        self.assertEqual((missing.amount, missing.allowance_id.amount), (20, 50))
        self.assertLedgerSound()

    def test_without_a_limit_nothing_is_paid_until_the_till_is_back(self):
        orders = self.cashier_does("ClubOfflineRefused")

        self.assertFalse(orders.filtered(lambda order: order.state == "paid"))
        self.assertEqual((self.purse.balance, self.purse.held), (30, 30))
