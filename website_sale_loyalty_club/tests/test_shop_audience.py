"""In the web shop: discounts and free delivery for certain members, and what a cart would earn."""

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.loyalty_club.tests.earn_rule_common import EarnRuleCommon
from odoo.addons.loyalty_club.tests.test_program_audience import AudienceCommon
from odoo.addons.sale_loyalty_club.tests.common import SaleClubCommon


class ShopAudienceCommon(SaleClubCommon, AudienceCommon, EarnRuleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.tea.product_tmpl_id.is_published = True

    def cart(self, partner=None):
        """A cart after the customer has put tea into it, as the shop updates it."""
        cart = self.env["sale.order"].create(
            {
                "partner_id": (partner or self.partner).id,
                "website_id": self.website.id,
                "pricelist_id": self.pricelist.id,
                "order_line": [Command.create({"product_id": self.tea.id})],
            }
        )
        cart._verify_cart_after_update()
        return cart


@tagged("post_install", "-at_install")
class TestShopAudience(ShopAudienceCommon):
    def test_members_get_it_in_their_cart_and_visitors_do_not(self):
        self.assertEqual(self.cart().amount_total, 90)
        self.assertEqual(self.cart(self.stranger).amount_total, 100)
        self.assertEqual(self.cart(self.website.user_id.partner_id).amount_total, 100)

    def test_visitor_who_signs_in_gets_it_and_loses_it_again(self):
        cart = self.cart(self.website.user_id.partner_id)

        cart.partner_id = self.partner
        cart._verify_cart_after_update()
        self.assertEqual(cart.amount_total, 90)

        cart.partner_id = self.stranger
        cart._verify_cart_after_update()
        self.assertEqual(cart.amount_total, 100)

    def test_free_delivery_is_a_service_for_certain_members(self):
        self.promo.active = False
        free = self.Program.create(
            {
                "name": "Delivery for regulars",
                "program_type": "promotion",
                "applies_on": "current",
                "trigger": "auto",
                "company_id": self.company.id,
                "club_segment_ids": [Command.set(self.regulars.ids)],
                "rule_ids": [Command.create({"reward_point_mode": "order"})],
                "reward_ids": [Command.create({"reward_type": "shipping", "required_points": 1})],
            }
        )
        carrier = self.env["delivery.carrier"].create(
            {
                "name": "Courier",
                "product_id": self.product("Delivery", 10.0, type="service").id,
                "fixed_price": 10.0,
            }
        )

        def delivered(partner):
            cart = self.cart(partner)
            cart.set_delivery_line(carrier, 10)
            cart._verify_cart_after_update()
            return cart

        mine, theirs = delivered(self.partner), delivered(self.stranger)

        self.assertEqual((mine.amount_total, theirs.amount_total), (100, 110))
        self.assertEqual(mine.order_line.reward_id, free.reward_ids)

    def test_rule_for_the_website_gives_for_carts_alone(self):
        self.active(name="Online", points=7, channel_website=True)
        self.promo.active = False

        quoted = self.cart()._club_quote()["earned"]
        by_order = self.order()._club_quote()["earned"]

        self.assertEqual([row["amount"] for row in quoted], [17])
        self.assertEqual([row["amount"] for row in by_order], [10])

    def test_a_cart_promises_guests_what_a_first_purchase_brings(self):
        self.active(name="Welcome", points=30, nth=1)
        cart = self.cart(self.website.user_id.partner_id)

        self.assertIn("40", cart._club_promise(self.club))


@tagged("post_install", "-at_install")
class TestShopQuote(ShopAudienceCommon, HttpCase):
    def test_members_read_in_the_cart_what_it_brings_and_what_is_missing(self):
        self.active(name="Campaign 17", note="A gift from 150 on", points=50, minimum_amount=150)
        self.active(name="Secret", points=99, minimum_amount=160)
        new_test_user(
            self.env, "sara.cart", groups="base.group_portal", partner_id=self.partner.id, name="S"
        )
        self.authenticate("sara.cart", "sara.cart")
        self.url_open(
            "/shop/cart/add",
            json={
                "params": {
                    "product_template_id": self.tea.product_tmpl_id.id,
                    "product_id": self.tea.id,
                    "quantity": 1,
                }
            },
        )

        page = self.url_open("/shop/cart").text.replace("\N{NO-BREAK SPACE}", " ")

        self.assertIn("This order brings you", page)
        self.assertIn("9 points", page)  # 100 less her 10 %
        self.assertIn("A gift from 150 on", page)
        self.assertNotIn("Campaign 17", page)
        self.assertNotIn("99", page.split("o_club_quote")[1].split("</div>")[0])

    def test_guests_read_no_quote(self):
        self.authenticate(None, None)

        self.assertNotIn("o_club_quote", self.url_open("/shop/cart").text)
