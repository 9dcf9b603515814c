"""What the till is told a basket would bring, and where it is shown why something was earned."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .earn_rule_common import EarnRuleCommon


@tagged("post_install", "-at_install")
class TestEarnQuote(EarnRuleCommon):
    """Tea for 100 is a drink; every 10 bring a point."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.drinks = cls.env["product.category"].create({"name": "Drinks"})
        cls.tea.categ_id = cls.drinks
        cls.bread = cls.product("Bread", 45.0)
        cls.partner = cls.member.partner_id

    def basket(self, *products, partner=None, **values):
        return {
            "partner_id": (partner or self.partner).id,
            "lines": [
                {
                    "product_id": product.id,
                    "qty": 1,
                    "price_subtotal": product.list_price,
                    "price_subtotal_incl": product.list_price,
                }
                for product in products or (self.tea,)
            ],
            **values,
        }

    def quote(self, basket, user=None):
        return self.till.with_user(user or self.cashier).club_quote(basket)

    def amounts(self, answer):
        return {row["name"]: row["amount"] for row in answer["earned"]}

    def missing(self, answer):
        return [(row["measure"], row["amount"], row["brings"]) for row in answer["missing"]]

    # --- what it would earn ---------------------------------------------------------------

    def test_quote_is_what_the_sale_books(self):
        self.active(
            name="Double", type="multiplier", factor=2, category_ids=[Command.set(self.drinks.ids)]
        )
        self.new_kind("cashback").cashback_percent = 5

        quoted = self.amounts(self.quote(self.basket(self.tea, self.bread)))
        order = self.sell([self.line(), self.line(self.bread)], self.partner)

        entries = self.env["loyalty.club.entry"].search(
            [("origin_model", "=", "pos.order"), ("origin_id", "=", order.id)]
        )
        self.assertEqual(quoted, {entry.kind_id.name: entry.amount for entry in entries})
        self.assertEqual(len(quoted), 2)

    def test_nothing_is_written(self):
        before = self.env["loyalty.club.entry"].search_count([]), self.points_card().points

        self.quote(self.basket())

        after = self.env["loyalty.club.entry"].search_count([]), self.points_card().points
        self.assertEqual(before, after)

    def test_discount_on_the_basket_counts(self):
        basket = self.basket(self.tea)
        basket["lines"].append(
            {
                "product_id": self.reward.discount_line_product_id.id,
                "qty": 1,
                "price_subtotal": -30,
                "price_subtotal_incl": -30,
                "reward_id": self.reward.id,
            }
        )

        self.assertEqual(self.amounts(self.quote(basket)), {self.club.points_kind_id.name: 7})

    def test_gift_cards_and_fees_earn_nothing(self):
        product = self.product("Gift card", 50.0)
        kind = self.new_kind("gift_card")
        self.new_program("gift_card", product, kind)

        self.assertEqual(self.amounts(self.quote(self.basket(product))), {})

    # --- what is missing for more ---------------------------------------------------------

    def test_missing_amount_tells_what_it_brings(self):
        self.active(name="Gift", points=50, minimum_amount=150)

        answer = self.quote(self.basket(self.tea, self.bread))

        self.assertEqual(self.missing(answer), [("amount", 5, 51)])
        self.assertIn("more brings 51 points", answer["missing"][0]["text"])

    def test_missing_units_name_the_goods(self):
        self.active(
            name="Three", points=50, minimum_quantity=3, category_ids=[Command.set(self.drinks.ids)]
        )

        answer = self.quote(self.basket(self.tea, self.bread))

        self.assertIn(("quantity", 2, 70), self.missing(answer))
        texts = "\n".join(row["text"] for row in answer["missing"])
        self.assertIn("2 more of “Tea”", texts)
        self.assertNotIn("Bread", texts)

    def test_another_way_to_pay_is_named(self):
        self.active(
            name="By card", points=9, payment_method_ids=[Command.set(self.bank_method.ids)]
        )

        answer = self.quote(self.basket())
        self.assertEqual(self.missing(answer)[0], ("means", 0, 9))
        self.assertIn("Pay with Card machine", answer["missing"][0]["text"])

        payment = {"payment_method_id": self.bank_method.id, "amount": 100}
        paid = self.quote(self.basket(payments=[payment]))
        self.assertEqual(self.amounts(paid), {self.club.points_kind_id.name: 19})
        self.assertNotIn("means", [row["measure"] for row in paid["missing"]])

    def test_next_level_is_told(self):
        Tier = self.env["loyalty.club.tier"]
        Tier.create({"name": "Silver", "club_id": self.club.id, "sequence": 1})
        Tier.create({"name": "Gold", "club_id": self.club.id, "sequence": 2, "min_spend": 500})
        Tier._promote(self.member)

        told = self.quote(self.basket())["tier"]

        self.assertEqual((told["tier"], told["reaches"], told["next"]), ("Silver", "", "Gold"))
        # The basket of 100 counts.
        self.assertEqual(told["missing"], ["$\xa0400.00 of purchases"])
        self.assertEqual((told["percent"], told["way"]), (20, f"{told['missing'][0]} more to Gold"))

    def test_level_that_the_basket_reaches_is_told(self):
        Tier = self.env["loyalty.club.tier"]
        Tier.create({"name": "Silver", "club_id": self.club.id, "sequence": 1})
        for sequence, (name, spend, points, visits) in enumerate(
            (("Gold", 100, 10, 1), ("Platinum", 130, 30, 3)), start=2
        ):
            Tier.create(
                {
                    "name": name,
                    "club_id": self.club.id,
                    "sequence": sequence,
                    "need": "all",
                    "min_spend": spend,
                    "min_points": points,
                    "min_visits": visits,
                }
            )
        Tier._promote(self.member)

        told = self.quote(self.basket())["tier"]

        levels = (told["tier"], told["reaches"], told["next"])
        self.assertEqual(levels, ("Silver", "Gold", "Platinum"))
        # 10 points and one purchase come with the basket.
        self.assertEqual(
            set(told["missing"]), {"20 points", "2 purchases", "$\xa030.00 of purchases"}
        )
        self.assertTrue(told["way"].startswith("This purchase reaches Gold · "))
        self.assertEqual(Tier._running(self.club, self.member.ids)[0].figures["spend"], 0)

    # --- who may ask, and what nonsense is answered -----------------------------------------

    def test_only_cashiers_ask(self):
        stranger = new_test_user(self.env, "no_cashier", groups="base.group_user")

        with self.assertRaises(AccessError):
            self.quote(self.basket(), stranger)

    def test_who_is_no_active_member_is_quoted_nothing(self):
        self.assertIs(self.quote(self.basket() | {"partner_id": False}), False)
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.assertIs(self.quote(self.basket(partner=stranger)), False)
        self.member.action_suspend()
        self.assertIs(self.quote(self.basket()), False)

    def test_nonsense_of_a_till_is_no_basket(self):
        partner = {"partner_id": self.partner.id}
        for nonsense in (
            {"lines": [{"product_id": "1 OR 1=1", "qty": None}]},
            {"lines": ["tea", 7, {"product_id": 2**40, "price_subtotal_incl": float("nan")}]},
            {"lines": [{"product_id": self.tea.id, "qty": 1, "price_subtotal_incl": 1e300}]},
            {"payments": ["cash", {"amount": "much"}], "card_shown": "yes"},
        ):
            with self.subTest(nonsense=nonsense):
                self.assertEqual(self.quote(partner | nonsense)["earned"], [])
        self.assertIs(self.quote("tea"), False)

    def test_costs_a_fixed_number_of_queries(self):
        for number in range(5):
            self.active(name=f"Rule {number}", points=5, minimum_amount=9000 + number, nth=1)
        wide = self.basket(*[self.tea, self.bread] * 10)
        self.quote(wide)

        def queries(basket):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.quote(basket)
            return self.env.cr.sql_log_count - before

        narrow = self.basket(self.tea, self.bread)
        queries(narrow)  # what is kept in memory from now on

        self.assertEqual(queries(wide), queries(narrow))
        self.assertLessEqual(queries(wide), 15)  # till, club, company and user among them

    # --- why it was earned ------------------------------------------------------------------

    def test_till_order_tells_what_it_earned_and_why(self):
        self.active(name="Gift", points=50)

        order = self.sell([self.line()], self.partner)

        self.env.invalidate_all()
        lines = order.with_user(self.cashier).club_explanation.splitlines()
        self.assertEqual(len(lines), 2)
        self.assertIn("10 points", lines[0])
        self.assertIn("Gift: 50 points", lines[1])

    def test_nothing_is_put_into_words_for_a_till_that_does_not_show_it(self):
        order = self.sell([self.line()], self.partner)

        (told,) = order._load_pos_data_read(order, self.till)

        self.assertNotIn("club_explanation", told)
        self.assertLessEqual({"club_tier", "lines", "amount_total", "uuid"}, told.keys())

    def test_members_read_the_rules_words_and_not_its_name(self):
        self.active(name="Campaign 17", note="A gift for you", points=50)
        self.active(name="Campaign 18", points=5)
        order = self.sell([self.line()], self.partner)
        self.env.invalidate_all()
        entries = self.env["loyalty.club.entry"].search(
            [("origin_model", "=", "pos.order"), ("origin_id", "=", order.id)]
        )

        text = entries._explained_to_members()[entries.id]

        self.assertEqual(
            text.replace("\N{NO-BREAK SPACE}", " "),
            "Purchase 10 points · A gift for you 50 points · Extra 5 points",
        )

    def test_plain_purchase_needs_no_words(self):
        order = self.sell([self.line()], self.partner)
        self.env.invalidate_all()
        entries = self.env["loyalty.club.entry"].search(
            [("origin_model", "=", "pos.order"), ("origin_id", "=", order.id)]
        )

        self.assertEqual(entries._explained_to_members(), {})
