from odoo.tests import tagged

from odoo.addons.loyalty_club.tests.erasure_common import NAME, ErasureCommon


@tagged("post_install", "-at_install")
class TestErasureOfBuyer(ErasureCommon):
    def test_sales_orders_name_an_erased_member_nowhere(self):
        member = self.zeynab()
        order = self.env["sale.order"].create(
            {
                "partner_id": member.partner_id.id,
                "note": f"<p>Call {NAME} first</p>",
                "client_order_ref": NAME,
                "order_line": [(0, 0, {"product_id": self.tea.id, "name": f"Tea for {NAME}"})],
            }
        )
        order.action_confirm()
        order.message_post(body=f"{NAME} is in a hurry")

        erasure = self.erase(member)

        self.assertEqual(self.traces(), [])
        self.assertFalse(erasure.left)
        self.assertLedgerSound()
