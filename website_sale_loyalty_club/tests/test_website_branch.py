from odoo.tests import tagged

from odoo.addons.sale_loyalty_club.tests.common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestWebsiteBranch(SaleClubCommon):
    """Orders of a website count for its branch; others for their warehouse's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.web_branch = cls.env["loyalty.club.branch"].create(
            {"name": "Web shop", "club_id": cls.club.id, "code": "WEB"}
        )

    def journal_of_paid(self, order):
        order.action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.action_post()
        return self.env["loyalty.club.purchase"].search(
            [("origin_model", "=", "account.move"), ("origin_id", "=", invoice.id)]
        )

    def test_order_of_a_website_counts_for_its_branch(self):
        self.website.club_branch_id = self.web_branch

        purchase = self.journal_of_paid(self.order(website_id=self.website.id))

        self.assertRecordValues(
            purchase,
            [{"branch_id": self.web_branch.id, "channel": "website", "club_id": self.club.id}],
        )
        entry = self.points_card().club_wallet_id.entry_ids
        self.assertEqual(entry.branch_id, self.web_branch)
        self.assertEqual(self.web_branch.website_ids, self.website)

    def test_website_without_branch_leaves_it_to_the_warehouse(self):
        self.website.club_branch_id = False

        purchase = self.journal_of_paid(self.order(website_id=self.website.id))

        self.assertRecordValues(purchase, [{"branch_id": self.branch.id, "channel": "website"}])

    def test_order_of_a_salesperson_is_no_website_order(self):
        self.website.club_branch_id = self.web_branch

        purchase = self.journal_of_paid(self.order())

        self.assertRecordValues(purchase, [{"branch_id": self.branch.id, "channel": "sale"}])
