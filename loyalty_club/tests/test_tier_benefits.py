from datetime import timedelta
from decimal import Decimal

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .tier_benefit_common import BenefitCommon


@tagged("post_install", "-at_install")
class TestTierBenefits(BenefitCommon):
    """A level brings its members something, at each sale and only while they have it."""

    # --- points ----------------------------------------------------------------------

    def test_a_level_multiplies_what_purchases_earn(self):
        self.gold.earn_multiplier = 1.5
        self.give(self.gold)

        self.sell([self.line()], self.partner)

        self.assertPoints(15)

    def test_other_levels_earn_what_everybody_earns(self):
        self.gold.earn_multiplier = 1.5
        self.give(self.silver)

        self.sell([self.line()], self.partner)

        self.assertPoints(10)

    def test_each_multiplier_is_kept_as_a_version(self):
        versions = self.env["loyalty.club.earn.version"]
        mine = [("tier_id", "=", self.gold.id)]

        self.gold.earn_multiplier = 2
        self.assertEqual(versions.search(mine).spec["params"], {"factor": "2"})
        self.assertEqual(versions.search(mine).spec["who"]["tiers"], self.gold.ids)

        self.gold.earn_multiplier = 1
        self.assertFalse(versions.search([*mine, ("valid_until", "=", False)]))

    def test_nothing_is_noted_of_a_level_that_multiplies_nothing(self):
        self.gold.color = 4

        versions = self.env["loyalty.club.earn.version"]
        self.assertFalse(versions.search([("source", "=", "tier"), ("club_id", "=", self.club.id)]))

    @mute_logger("odoo.sql_db")
    def test_benefits_that_make_no_sense_are_refused(self):
        for name, value in (
            ("earn_multiplier", 0),
            ("reward_discount_percent", 100),
            ("credit_limit", -1),
            ("early_access_days", -1),
        ):
            with self.subTest(name), self.assertRaises(IntegrityError), self.cr.savepoint():
                self.gold[name] = value
                self.gold.flush_recordset()

    # --- rewards for fewer points ----------------------------------------------------

    def claim(self, points, value):
        card = self.points_card()
        return self.sell([self.line(), self.reward_line(card, points, value=value)], self.partner)

    def test_the_same_reward_costs_a_level_fewer_points(self):
        self.gold.reward_discount_percent = 20
        self.give(self.gold)
        self.give_points(80)

        self.claim(80, 10)

        self.assertPoints(9)  # 90 left to pay earn 9

    def test_others_pay_them_all(self):
        self.gold.reward_discount_percent = 20
        self.give(self.silver)
        self.give_points(80)

        with self.assertRaisesRegex(UserError, "worth more than the points"):
            self.claim(80, 10)

    def test_not_even_a_level_pays_less_than_its_share(self):
        self.gold.reward_discount_percent = 20
        self.give(self.gold)
        self.give_points(80)

        with self.assertRaisesRegex(UserError, "worth more than the points"):
            self.claim(79, 10)

    def test_a_free_product_costs_a_level_fewer_points(self):
        self.gold.reward_discount_percent = 25
        gift = self.product("Cup", 30.0)
        reward = self.env["loyalty.reward"].create(
            {
                "program_id": self.program.id,
                "reward_type": "product",
                "reward_product_id": gift.id,
                "reward_product_qty": 1,
                "required_points": 100,
            }
        )
        for percent, points, fits in ((25, 75, True), (25, 74, False), (0, 99, False)):
            with self.subTest(points=points, percent=percent):
                claim = (Decimal(points), Decimal(30), 1, Decimal(100), Decimal(percent))
                if fits:
                    reward._club_check_claim(*claim)
                else:
                    with self.assertRaises(UserError):
                        reward._club_check_claim(*claim)

    def test_two_free_products_cost_twice_the_share(self):
        reward = self.reward.copy({"reward_type": "product", "required_points": 100})
        reward.reward_product_qty = 1

        reward._club_check_claim(Decimal(150), Decimal(60), 2, Decimal(100), Decimal(25))
        with self.assertRaises(UserError):
            reward._club_check_claim(Decimal(149), Decimal(60), 2, Decimal(100), Decimal(25))

    def test_rewards_in_reach_tell_the_levels_price(self):
        self.gold.reward_discount_percent = 20
        self.reward.copy({"discount_mode": "per_order", "discount": 5, "required_points": 100})
        self.give(self.gold)
        self.give_points(80)

        rewards = self.member._rewards_in_reach()

        self.assertIn("80", rewards[1]["cost"])
        self.assertTrue(rewards[1]["ready"])

    # --- points on reaching it -------------------------------------------------------

    def gifts(self):
        """What the member got for reaching levels."""
        self.env.invalidate_all()
        entries = self.env["loyalty.club.entry"].search(
            [("member_id", "=", self.member.id), ("origin_model", "=", "loyalty.club.tier.change")]
        )
        return entries.mapped("amount")

    def test_who_reaches_a_level_gets_its_points_once(self):
        self.silver.gift_amount = 50

        self.sell([self.line(qty=6)], self.partner)
        self.sell([self.line()], self.partner)

        self.assertEqual(self.gifts(), [50])

    def test_goods_that_come_back_and_are_bought_again_bring_no_second_gift(self):
        self.silver.gift_amount = 50
        for _time in range(2):
            order = self.sell([self.line(qty=6)], self.partner)
            self.sync(self.payload([self.return_line(order.lines, 6)], self.partner))
            self.silver._recompute(self.club)
            self.assertEqual(self.level(), self.basic)
        self.sell([self.line(qty=6)], self.partner)

        self.assertEqual(self.level(), self.silver)
        self.assertEqual(self.gifts(), [50])

    def test_who_loses_an_archived_level_reaches_nothing(self):
        self.sell([self.line(qty=10)], self.partner)
        self.assertEqual(self.level(), self.gold)
        self.silver.gift_amount = 50

        self.gold.active = False
        self.silver._recompute(self.club)

        self.assertEqual(self.level(), self.silver)
        self.assertFalse(self.gifts())

    def test_a_gift_that_is_no_whole_step_any_more_stops_no_sale(self):
        self.silver.gift_amount = 55
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE loyalty_club_wallet_kind SET rounding = 10 WHERE id = %s",
            [self.club.points_kind_id.id],
        )
        self.env.invalidate_all()

        self.sell([self.line(qty=6)], self.partner)

        self.assertEqual(self.level(), self.silver)

    def test_a_level_costs_whole_steps_of_points(self):
        with self.assertRaisesRegex(ValidationError, "whole steps"):
            self.silver.points_price = 10.5

    # --- clubs that are over ---------------------------------------------------------

    def test_levels_of_an_archived_club_bring_nothing_at_a_sale(self):
        self.gold.payment_term_id = self.env["account.payment.term"].create({"name": "60 days"})
        self.give(self.gold)
        self.assertTrue(self.partner._club_payment_tiers(self.company))

        self.club.active = False

        self.assertFalse(self.partner._club_payment_tiers(self.company))

    # --- prices, terms, limits -------------------------------------------------------

    def pricelist(self, name):
        group = self.env.ref("product.group_product_pricelist")
        self.env.ref("base.group_user").implied_ids = [Command.link(group.id)]
        return self.env["product.pricelist"].create(
            {"name": name, "company_id": self.company.id, "sequence": 99}
        )

    def test_prices_of_the_level_come_before_those_of_the_club(self):
        self.club.pricelist_id, self.gold.pricelist_id = map(self.pricelist, ("Club", "Gold"))
        self.assertEqual(self.partner.property_product_pricelist, self.club.pricelist_id)

        self.give(self.gold)
        self.assertEqual(self.partner.property_product_pricelist, self.gold.pricelist_id)

        own = self.pricelist("Own")
        self.partner.specific_property_product_pricelist = own
        self.env.invalidate_all()
        self.assertEqual(self.partner.property_product_pricelist, own)

    def test_prices_of_a_level_are_nobody_elses(self):
        self.gold.pricelist_id = self.pricelist("Gold")
        stranger = self.env["res.partner"].create({"name": "Stranger"})

        self.assertNotEqual(stranger.property_product_pricelist, self.gold.pricelist_id)

        self.give(self.gold)
        self.member.state = "suspended"
        self.env.invalidate_all()
        self.assertNotEqual(self.partner.property_product_pricelist, self.gold.pricelist_id)

    def invoice(self, partner):
        return self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": partner.id}
        )

    def test_invoices_go_by_the_terms_of_the_level(self):
        terms = self.env["account.payment.term"].create({"name": "60 days"})
        own = self.env["account.payment.term"].create({"name": "Own"})
        self.gold.payment_term_id = terms
        self.assertNotEqual(self.invoice(self.partner).invoice_payment_term_id, terms)

        self.give(self.gold)
        self.assertEqual(self.invoice(self.partner).invoice_payment_term_id, terms)

        self.partner.property_payment_term_id = own
        self.assertEqual(self.invoice(self.partner).invoice_payment_term_id, own)

    def test_who_buys_for_a_firm_pays_by_the_firms_level(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": firm.id})
        member = self.env["loyalty.club.member"].create(
            {"partner_id": firm.id, "club_id": self.club.id}
        )
        self.gold.payment_term_id = self.env["account.payment.term"].create({"name": "60 days"})
        self.give(self.gold, member)

        self.assertEqual(self.invoice(buyer).invoice_payment_term_id, self.gold.payment_term_id)

    def test_a_level_raises_what_may_be_owed(self):
        self.company.account_use_credit_limit = True
        self.gold.credit_limit = 200
        self.give(self.gold)
        invoice = self.invoice(self.partner)

        warnings = [
            self.env["account.move"]._build_credit_warning_message(invoice, current_amount=amount)
            for amount in (200, 201)
        ]

        self.assertFalse(warnings[0])
        self.assertIn("Gold", warnings[1])

    def test_a_limit_on_the_contact_comes_first(self):
        self.company.account_use_credit_limit = True
        self.gold.credit_limit = 200
        self.give(self.gold)
        self.partner.credit_limit = 1000

        warning = self.env["account.move"]._build_credit_warning_message(
            self.invoice(self.partner), current_amount=500
        )

        self.assertFalse(warning)

    def test_benefits_end_with_the_level(self):
        terms = self.env["account.payment.term"].create({"name": "60 days"})
        self.gold.payment_term_id = terms
        self.give(self.gold, until=self.today)

        self.gold._recompute(self.club, today=self.today + timedelta(days=1))

        self.assertNotEqual(self.invoice(self.partner).invoice_payment_term_id, terms)

    # --- at the till and on the receipt ----------------------------------------------

    def test_the_till_learns_of_the_level(self):
        self.gold.reward_discount_percent = 15
        self.sell([self.line(qty=6)], self.partner)

        answer = self.till.with_user(self.cashier)._club_customer(self.partner.id)

        self.assertEqual(answer["tier"]["name"], "Silver")
        self.assertEqual(answer["tier"]["next"], "Gold")
        self.assertEqual(answer["tier"]["percent"], 60)
        self.assertIn("400", answer["tier"]["way"])
        self.assertEqual(answer["tier"]["reward_percent"], 0)
        self.give(self.gold)
        answer = self.till.with_user(self.cashier)._club_customer(self.partner.id)
        self.assertEqual(answer["tier"]["reward_percent"], 15)

    def test_a_customer_who_is_no_member_has_no_level(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})

        self.assertIs(self.till._club_customer(stranger.id)["tier"], False)

    def test_the_receipt_tells_the_level_and_the_way(self):
        order = self.sell([self.line(qty=6)], self.partner)

        told = order.with_user(self.cashier).club_tier

        self.assertEqual(told["name"], "Silver")
        self.assertIn("400", told["way"])
        self.assertIn("Gold", told["way"])
        self.assertFalse(self.sell().club_tier)

    def test_receipts_cost_the_same_queries_for_many(self):
        members = [self.new_member(f"Member {number}") for number in range(5)]
        orders = self.env["pos.order"].union(
            *(self.sell(partner=member.partner_id) for member in members)
        )
        self.env.invalidate_all()
        orders[:1].mapped("club_tier")  # what is kept in memory for all

        counts = []
        for some in (orders[:1], orders):
            self.env.invalidate_all()
            started = self.cr.sql_log_count
            some.mapped("club_tier")
            counts.append(self.cr.sql_log_count - started)

        self.assertEqual(*counts)

    def test_the_members_form_shows_the_way(self):
        self.sell([self.line(qty=6)], self.partner)

        form = Form(self.member)

        self.assertEqual(form.tier_way_percent, 60)
        self.assertIn("400", form.tier_way_text)

    def test_a_level_says_what_it_brings(self):
        self.gold.write({"earn_multiplier": 1.5, "reward_discount_percent": 10})

        self.assertEqual(
            self.gold._benefit_lines(),
            ["1.5 times the points", "Rewards for 10 % fewer points"],
        )
        self.assertEqual(self.basic._benefit_lines(), [])
