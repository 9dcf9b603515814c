from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.loyalty_club.tests.earn_rule_common import EarnRuleCommon
from odoo.addons.sale_loyalty_club.tests.common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestProductPromise(SaleClubCommon, EarnRuleCommon, HttpCase):
    """The page of a product says what buying it brings: to members, and to who may become one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.env["loyalty.club"].search([("id", "!=", cls.club.id)]).public_page = False
        cls.tea.product_tmpl_id.write({"is_published": True, "taxes_id": [Command.clear()]})
        new_test_user(
            cls.env,
            "sara.promise",
            groups="base.group_portal",
            name="Sara",
            partner_id=cls.partner.id,
        )

    def text(self, login=None):
        self.authenticate(login, login)
        page = self.url_open(self.tea.product_tmpl_id.website_url).text
        return page.replace("\N{NO-BREAK SPACE}", " ")

    def info(self, quantity=1):
        answer = self.url_open(
            "/website_sale/get_combination_info",
            json={
                "params": {
                    "product_template_id": self.tea.product_tmpl_id.id,
                    "product_id": self.tea.id,
                    "combination": [],
                    "add_qty": quantity,
                }
            },
        )
        return answer.json()["result"]["club_promise"].replace("\N{NO-BREAK SPACE}", " ")

    def test_guests_read_what_members_get_and_how_to_join(self):
        page = self.text()

        self.assertIn("Members get 10 points for it.", page)
        self.assertIn(f"/club/join/{self.club.id}?redirect=", page)

    def test_members_read_what_it_brings_them(self):
        page = self.text("sara.promise")

        self.assertIn("It brings you 10 points.", page)
        self.assertNotIn(f"/club/join/{self.club.id}", page)

    def test_rules_for_the_product_count(self):
        self.active(
            name="Tea time", points=7, product_tmpl_ids=[Command.set(self.tea.product_tmpl_id.ids)]
        )

        self.assertIn("17 points", self.text())

    def test_another_quantity_brings_something_else(self):
        self.authenticate(None, None)

        self.assertIn("30 points", self.info(3))
        self.assertEqual(self.info(10_000_000), "")
        self.assertEqual(self.info(-1), "")

    def test_the_shop_shows_prices_with_tax_or_without_and_the_club_counts_its_own_way(self):
        tax = self.env["account.tax"].create(
            {"name": "10 % on top", "amount": 10, "company_id": self.company.id}
        )
        self.tea.taxes_id = tax
        self.authenticate(None, None)
        for shown, basis, points in (
            ("tax_included", "tax_included", 11),
            ("tax_excluded", "tax_included", 11),
            ("tax_included", "tax_excluded", 10),
            ("tax_excluded", "tax_excluded", 10),
        ):
            self.website.show_line_subtotals_tax_selection = shown
            self.club.earn_basis = basis
            self.env.flush_all()
            with self.subTest(shown=shown, basis=basis):
                self.assertIn(f"{points} points", self.info())

    def test_where_nobody_joins_and_what_earns_nothing_promise_nothing(self):
        self.authenticate(None, None)
        self.club.open_to_join = False
        self.assertEqual(self.info(), "")
        self.club.open_to_join = True
        self.assertTrue(self.info())

        self.club.earn_points = 0
        self.assertEqual(self.info(), "")

    def test_a_fee_earns_nothing(self):
        self.tea.type = "service"
        self.club.fee_product_id = self.tea
        self.authenticate(None, None)

        self.assertEqual(self.info(), "")

    def test_suspended_members_are_promised_nothing(self):
        self.member.action_suspend()

        self.assertNotIn("It brings you", self.text("sara.promise"))
