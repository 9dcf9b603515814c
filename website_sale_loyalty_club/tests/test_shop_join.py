from odoo import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.sale_loyalty_club.tests.common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestShopJoin(SaleClubCommon, HttpCase):
    """Guests see in the cart what joining brings; members are not asked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.cart = cls.env["sale.order"].create(
            {
                "partner_id": cls.website.user_id.partner_id.id,
                "website_id": cls.website.id,
                "order_line": [Command.create({"product_id": cls.tea.id})],
            }
        )
        cls.env["loyalty.club"].search([("id", "!=", cls.club.id)]).open_to_join = False

    def club_to_join(self, user):
        return self.website.with_user(user)._club_to_join()

    def test_a_cart_promises_what_the_terms_give(self):
        self.assertIn("10", self.cart._club_promise(self.club))

        self.club.earn_points = 0

        self.assertEqual(self.cart._club_promise(self.club), "")

    def test_delivery_earns_nothing(self):
        before = self.cart._club_promise(self.club)
        self.cart.order_line = [
            Command.create({"product_id": self.tea.id, "is_delivery": True, "price_unit": 500})
        ]

        self.assertEqual(self.cart._club_promise(self.club), before)

    def test_guests_are_asked_and_members_are_not(self):
        public = self.website.user_id
        member = self.env["res.users"].create(
            {
                "login": "sara.shop",
                "partner_id": self.member.partner_id.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )

        self.assertEqual(self.club_to_join(public), self.club)
        self.assertFalse(self.club_to_join(member))

    def test_a_closed_club_asks_nobody(self):
        self.club.open_to_join = False

        self.assertFalse(self.club_to_join(self.website.user_id))

    def test_the_cart_of_a_guest_leads_to_the_club(self):
        product = self.tea.product_tmpl_id
        product.write({"is_published": True, "sale_ok": True})
        self.authenticate(None, None)
        self.url_open(
            "/shop/cart/add",
            json={
                "params": {
                    "product_template_id": product.id,
                    "product_id": self.tea.id,
                    "quantity": 1,
                }
            },
        )

        page = self.url_open("/shop/cart").text

        self.assertIn(f"/club/join/{self.club.id}?redirect=/shop/cart", page)
