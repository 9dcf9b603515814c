from datetime import timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.loyalty_club.clock import today_in
from odoo.addons.sale_loyalty_club.tests.common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestEarlyAccess(SaleClubCommon):
    """What goes on sale on a day, members of some levels buy earlier."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.basic, cls.gold = cls.env["loyalty.club.tier"].create(
            [
                {"name": "Member", "club_id": cls.club.id, "sequence": 1},
                {
                    "name": "Gold",
                    "club_id": cls.club.id,
                    "sequence": 2,
                    "min_spend": 1000,
                    "early_access_days": 3,
                },
            ]
        )
        cls.basic._recompute(cls.club)
        cls.today = today_in(cls.company)
        cls.tea.product_tmpl_id.is_published = True
        cls.sara = new_test_user(
            cls.env, "sara.early", groups="base.group_portal", partner_id=cls.partner.id
        )

    def opens_in(self, days):
        self.tea.product_tmpl_id.club_opens_on = self.today + timedelta(days=days)
        self.env.flush_all()

    def sees(self, user):
        """Whether a user finds the product, by the rules and in the shop's own search."""
        products = self.env["product.template"].with_user(user)
        own = [("id", "=", self.tea.product_tmpl_id.id)]
        website = self.website.with_user(user)
        by_rule = products.search_count(own)
        in_shop = products.search_count([*own, *website._product_domain()])
        variant = (
            self.env["product.product"].with_user(user).search_count([("id", "=", self.tea.id)])
        )
        self.assertEqual(by_rule, in_shop)
        self.assertEqual(by_rule, variant)
        return bool(by_rule)

    def test_before_the_day_nobody_sees_it(self):
        self.opens_in(4)
        self.gold._grant(self.member, self.gold)

        self.assertFalse(self.sees(self.sara))
        self.assertFalse(self.sees(self.website.user_id))

    def test_the_level_sees_it_earlier(self):
        self.opens_in(3)
        self.assertFalse(self.sees(self.sara))

        self.gold._grant(self.member, self.gold)
        self.env.invalidate_all()

        self.assertTrue(self.sees(self.sara))
        self.assertFalse(self.sees(self.website.user_id))

    def test_a_level_of_another_company_opens_nothing_here(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        club = self.env["loyalty.club"].create({"name": "Other", "company_id": elsewhere.id})
        tiers = self.env["loyalty.club.tier"]
        tiers.create({"name": "Early", "club_id": club.id, "early_access_days": 30})
        outcomes = self.env["loyalty.club.enrolment"]._enrol_partners(club, self.partner, "pos")
        tiers._recompute(club)
        self.env.invalidate_all()
        self.assertEqual(outcomes[self.partner].member.tier_id.early_access_days, 30)
        self.opens_in(4)

        self.assertFalse(self.sees(self.sara))

    def test_from_the_day_on_everybody_does(self):
        self.opens_in(0)

        self.assertTrue(self.sees(self.sara))
        self.assertTrue(self.sees(self.website.user_id))

    def test_the_cart_offers_rewards_at_the_price_of_the_level(self):
        reward = self.reward.copy(
            {"discount_mode": "per_order", "discount": 5, "required_points": 100}
        )
        self.gold.reward_discount_percent = 20
        self.give_points(80)
        cart = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "website_id": self.website.id,
                "order_line": [Command.create({"product_id": self.tea.id})],
            }
        )

        for given in (False, True):
            if given:
                self.gold._grant(self.member, self.gold)
                self.env.invalidate_all()
            offered = cart._get_claimable_and_showable_rewards().values()
            with self.subTest(given=given):
                self.assertEqual(reward in self.env["loyalty.reward"].union(*offered), given)

    def test_what_came_into_a_cart_too_early_is_not_paid(self):
        cart = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "website_id": self.website.id,
                "order_line": [Command.create({"product_id": self.tea.id})],
            }
        )
        self.opens_in(3)

        self.assertFalse(cart._is_cart_ready())
        with self.assertRaisesRegex(ValidationError, "on sale from"):
            cart._check_cart_is_ready_to_be_paid()
        self.gold._grant(self.member, self.gold)
        self.env.invalidate_all()
        self.assertTrue(cart._is_cart_ready())
