from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.sale_loyalty_club.tests.common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestMembersOnly(SaleClubCommon, HttpCase):
    """Products for members are there for members alone: list, search, address and cart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.category = cls.env["product.public.category"].create({"name": "Teas"})
        cls.rare = cls.product("Rare Zarafshan", 80.0)
        cls.rare.product_tmpl_id.write(
            {
                "is_published": True,
                "club_only_ids": [Command.set(cls.club.ids)],
                "public_categ_ids": [Command.set(cls.category.ids)],
            }
        )
        cls.tea.product_tmpl_id.write(
            {"is_published": True, "public_categ_ids": [Command.set(cls.category.ids)]}
        )
        cls.sara = new_test_user(
            cls.env, "sara.only", groups="base.group_portal", partner_id=cls.partner.id, name="Sara"
        )
        cls.guest = new_test_user(cls.env, "guest.only", groups="base.group_portal", name="Guest")

    def sees(self, login, url):
        self.authenticate(login, login)
        answer = self.url_open(url)
        return answer.ok and "Zarafshan" in answer.text

    def places(self):
        slug = self.env["ir.http"]._slug
        return [
            f"/shop/category/{slug(self.category)}",
            "/shop?search=Rare",
            self.rare.product_tmpl_id.website_url,
        ]

    def test_members_find_it_everywhere(self):
        for url in self.places():
            with self.subTest(url=url):
                self.assertTrue(self.sees("sara.only", url))

    def test_others_find_it_nowhere(self):
        for login in ("guest.only", None):
            for url in self.places():
                with self.subTest(url=url, login=login):
                    self.assertFalse(self.sees(login, url))

    def test_others_cannot_put_it_into_the_cart(self):
        params = {
            "product_template_id": self.rare.product_tmpl_id.id,
            "product_id": self.rare.id,
            "quantity": 1,
        }
        for login, lines in (("guest.only", 0), ("sara.only", 1)):
            self.authenticate(login, login)
            self.url_open("/shop/cart/add", json={"params": params})
            bought = self.env["sale.order.line"].search(
                [("product_id", "=", self.rare.id), ("order_id.website_id", "!=", False)]
            )
            with self.subTest(login=login):
                self.assertEqual(len(bought), lines)

    def test_a_cart_from_before_the_membership_ended_is_not_paid(self):
        cart = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "website_id": self.website.id,
                "order_line": [Command.create({"product_id": self.rare.id})],
            }
        )
        self.assertTrue(cart._is_cart_ready())

        self.member.action_suspend()

        self.assertFalse(cart._is_cart_ready())
        with self.assertRaisesRegex(ValidationError, "Zarafshan"):
            cart._check_cart_is_ready_to_be_paid()

    def test_employees_and_members_read_it_and_others_do_not(self):
        def read_by(user):
            products = self.env["product.product"].with_user(user)
            return bool(products.search([("id", "=", self.rare.id)]))

        self.assertTrue(read_by(self.seller))
        self.assertTrue(read_by(self.sara))
        self.assertFalse(read_by(self.guest))
        self.assertFalse(read_by(self.website.user_id))
        self.member._close("Moved away")
        self.assertFalse(read_by(self.sara))

    # --- prices ----------------------------------------------------------------------

    def use_member_prices(self):
        group = self.env.ref("product.group_product_pricelist")
        self.env.ref("base.group_user").implied_ids += group
        special = self.env["product.pricelist"].create(
            {
                "name": "Members",
                "company_id": self.company.id,
                "website_id": self.website.id,
                "sequence": 0,
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "3_global",
                            "compute_price": "percentage",
                            "percent_price": 30,
                        }
                    )
                ],
            }
        )
        self.club.pricelist_id = special
        return special

    def available_to(self, user):
        return self.website.with_user(user).get_pricelist_available()

    def test_members_prices_are_for_members(self):
        special = self.use_member_prices()

        self.assertIn(special, self.available_to(self.sara))
        self.assertNotIn(special, self.available_to(self.guest))
        self.assertNotIn(special, self.available_to(self.website.user_id))

    def test_the_page_shows_a_member_her_price(self):
        self.use_member_prices()
        url = self.tea.product_tmpl_id.website_url

        self.authenticate("sara.only", "sara.only")
        mine = self.url_open(url).text
        self.authenticate(None, None)
        theirs = self.url_open(url).text

        self.assertIn("70.00", mine)
        self.assertNotIn("70.00", theirs)

    def test_a_sales_order_has_the_members_price(self):
        special = self.use_member_prices()

        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [Command.create({"product_id": self.tea.id})],
            }
        )

        self.assertEqual(order.pricelist_id, special)
        self.assertEqual(order.order_line.price_unit * (1 - order.order_line.discount / 100), 70)
