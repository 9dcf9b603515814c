from decimal import Decimal

from odoo.tests import tagged

from ..movement import Movement
from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestSavings(PortalCase):
    """What membership has been worth, worked out from the ledger."""

    def book(self, wallet, amount, kind):
        movement = Movement(
            wallet_id=wallet.id, amount=Decimal(amount), kind=kind, key=f"save:{next(self.keys)}"
        )
        self.env["loyalty.club.wallet"]._post_or_raise([movement])
        self.member.invalidate_recordset(["saved_amount"])

    def test_points_count_at_the_value_of_a_point(self):
        self.book(self.points, 100, "earn")
        self.assertEqual(self.member.saved_amount, 0)

        self.book(self.points, -30, "spend")

        self.assertAlmostEqual(self.member.saved_amount, 3.0)

    def test_credit_counts_as_far_as_nobody_paid_for_it(self):
        paid = self.new_kind("ewallet")._wallets_of(self.member)[self.member.id]
        self.book(paid, 50, "topup")
        self.book(paid, -20, "spend")
        self.assertEqual(self.member.saved_amount, 0)

        given = self.new_kind("cashback")._wallets_of(self.member)[self.member.id]
        self.book(given, 40, "grant")
        self.book(given, -15, "spend")

        self.assertAlmostEqual(self.member.saved_amount, 15.0)
        self.assertIn("You have saved so far", self.url_open("/my/club").text)

    def test_many_members_cost_one_statement(self):
        members = self.member | self.other
        members.invalidate_recordset()
        before = self.env.cr.sql_log_count

        members.mapped("saved_amount")

        self.assertLessEqual(self.env.cr.sql_log_count - before, 4)
