"""What sales orders earn by rules, whatever is invoiced and credited in which order."""

import random

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.loyalty_club.tests.earn_rule_common import EarnRuleCommon

from .common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestSaleEarning(SaleClubCommon, EarnRuleCommon):
    """Tea for 100 is a drink, bread for 40 is none; every 10 bring a point."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.drinks = cls.env["product.category"].create({"name": "Drinks"})
        cls.tea.categ_id = cls.drinks
        cls.bread = cls.product("Bread", 40.0)

    def double_drinks(self, **values):
        return self.active(
            name="Double drinks",
            type="multiplier",
            factor=2,
            category_ids=[Command.set(self.drinks.ids)],
            **values,
        )

    def given(self, order):
        """What each rule has given for an order in all: dict of its name to the sum."""
        self.env.invalidate_all()
        sums = {}
        for award in self.entries(order).award_ids:
            name = award._source_name()
            sums[name] = sums.get(name, 0) + award.amount
        return {name: amount for name, amount in sums.items() if amount}

    def earned(self, order):
        """What is left of the points that an order earned."""
        return sum(self.entries(order).mapped("amount"))

    def assertKept(self, order, **expected):
        """The rules gave so much, and the ledger says the same."""
        self.assertEqual(self.given(order), expected)
        self.assertEqual(self.earned(order), sum(expected.values()))

    def partly(self, order, **quantities):
        """Invoice so many of the products of these names."""
        for line in order.order_line:
            line.qty_to_invoice = quantities.get(line.product_id.name, 0)
        move = order.sudo()._create_invoices()
        for line in move.invoice_line_ids:
            line.quantity = quantities.get(line.product_id.name, 0)
        move.invoice_line_ids.filtered(lambda line: not line.quantity).unlink()
        move.with_user(self.accountant).action_post()
        return move

    def test_rules_give_for_the_goods_they_name(self):
        self.double_drinks()

        order = self.confirmed((self.tea, 2), (self.bread, 1))
        self.invoice(order)

        self.assertKept(order, **{"Terms of the club": 24, "Double drinks": 20})
        self.assertEqual(order.club_points_earned, 44)

    def test_credit_note_takes_back_what_its_goods_had_brought(self):
        self.double_drinks()
        order = self.confirmed((self.tea, 2), (self.bread, 1))
        invoice = self.invoice(order)

        self.credit(invoice, Tea=1)
        self.assertKept(order, **{"Terms of the club": 14, "Double drinks": 10})
        self.credit(invoice, Tea=1)
        self.assertKept(order, **{"Terms of the club": 4})

    def test_a_minimum_that_is_missed_after_a_return_takes_the_gift_back(self):
        self.active(name="Gift", points=50, minimum_amount=200)
        order = self.confirmed((self.tea, 2), (self.bread, 1))
        invoice = self.invoice(order)
        self.assertKept(order, **{"Terms of the club": 24, "Gift": 50})

        self.credit(invoice, Bread=1)
        self.assertKept(order, **{"Terms of the club": 20, "Gift": 50})
        self.credit(invoice, Tea=1)
        self.assertKept(order, **{"Terms of the club": 10})

    def test_invoices_in_parts_bring_what_one_would(self):
        self.double_drinks(cap_sale=15)
        self.active(name="Gift", points=50, minimum_amount=200)
        order = self.confirmed((self.tea, 3), (self.bread, 1))

        self.partly(order, Tea=1)
        self.assertKept(order, **{"Terms of the club": 10, "Double drinks": 10})
        self.partly(order, Tea=2, Bread=1)

        self.assertKept(order, **{"Terms of the club": 34, "Double drinks": 15, "Gift": 50})

    def test_limit_of_a_day_counts_other_orders_and_not_this_one_twice(self):
        self.double_drinks(cap_member_day=15)
        first = self.confirmed((self.tea, 1))
        self.invoice(first)
        second = self.confirmed((self.tea, 2))
        self.partly(second, Tea=1)
        self.assertKept(second, **{"Terms of the club": 10, "Double drinks": 5})

        self.partly(second, Tea=1)

        self.assertKept(second, **{"Terms of the club": 20, "Double drinks": 5})

    def test_first_purchase_is_one_order_however_often_it_is_invoiced(self):
        self.active(name="Welcome", points=30, nth=1)
        first = self.confirmed((self.tea, 2))
        self.partly(first, Tea=1)
        self.partly(first, Tea=1)
        second = self.confirmed()
        self.invoice(second)

        self.assertKept(first, **{"Terms of the club": 20, "Welcome": 30})
        self.assertKept(second, **{"Terms of the club": 10})

    def test_what_was_ordered_is_judged_by_the_rules_of_that_moment(self):
        rule = self.double_drinks()
        order = self.confirmed((self.tea, 2))
        order.date_order = "2026-01-01 10:00:00"  # before there was the rule
        self.invoice(order)
        self.assertKept(order, **{"Terms of the club": 20})

        later = self.confirmed((self.tea, 2))
        self.partly(later, Tea=1)
        rule.action_stop()
        self.partly(later, Tea=1)
        self.assertKept(later, **{"Terms of the club": 20, "Double drinks": 20})

    def test_terms_that_change_between_two_invoices_count_once_and_as_they_were(self):
        order = self.confirmed((self.tea, 2))
        self.partly(order, Tea=1)

        self.club.earn_points = 3
        self.partly(order, Tea=1)

        self.assertKept(order, **{"Terms of the club": 20})

    def test_rule_for_sales_orders_is_for_them_alone(self):
        self.active(name="By order", points=7, channel_sale=True)
        self.active(name="At the till", points=9, channel_pos=True)

        order = self.confirmed()
        self.invoice(order)

        self.assertKept(order, **{"Terms of the club": 10, "By order": 7})

    def test_setting_an_invoice_back_and_posting_it_again_earns_once(self):
        self.double_drinks()
        order = self.confirmed((self.tea, 2))
        invoice = self.invoice(order)

        invoice.button_draft()
        self.assertKept(order)
        invoice.action_post()

        self.assertKept(order, **{"Terms of the club": 20, "Double drinks": 20})

    def test_discount_takes_its_part_of_what_rules_give(self):
        self.double_drinks()
        order = self.order((self.tea, 2), (self.bread, 5))
        order.order_line = [Command.create({"product_id": self.tea.id, "price_unit": -40})]
        order.action_confirm()
        self.invoice(order)

        # 400 of goods cost 360; the tea for 200 of it bears half of the 40.
        self.assertKept(order, **{"Terms of the club": 36, "Double drinks": 18})

    def test_in_whatever_order_invoices_and_credit_notes_come_what_is_kept_counts(self):
        """Random histories: rules that ask about the goods alone forget how they came about."""
        self.double_drinks()
        self.active(name="Gift", points=50, minimum_amount=250)
        dice = random.Random(7)
        for _history in range(4):
            order = self.confirmed((self.tea, 4), (self.bread, 4))
            kept, moves = {"Tea": 0, "Bread": 0}, []
            for _step in range(5):
                name = dice.choice(["Tea", "Bread"])
                if kept[name] < 4 and dice.random() < 0.6:
                    moves.append((self.partly(order, **{name: 1}), name))
                    kept[name] += 1
                elif moves:
                    move, name = moves.pop(dice.randrange(len(moves)))
                    self.credit(move)
                    kept[name] -= 1
            tea, bread = 100 * kept["Tea"], 40 * kept["Bread"]
            wanted = {"Terms of the club": (tea + bread) // 10, "Double drinks": tea // 10}
            wanted["Gift"] = 50 if tea + bread >= 250 else 0
            self.assertKept(order, **{name: amount for name, amount in wanted.items() if amount})

    def test_tier_and_journal_follow_the_invoice(self):
        silver, gold = self.env["loyalty.club.tier"].create(
            [
                {"name": name, "club_id": self.club.id, "sequence": number, "min_spend": spend}
                for number, (name, spend) in enumerate((("Silver", 0), ("Gold", 150)), 1)
            ]
        )
        order = self.confirmed((self.tea, 2))
        self.assertNotEqual(self.member.tier_id, gold)

        self.invoice(order)

        self.assertEqual(self.member.tier_id, gold)
        self.assertTrue(silver)

    # --- what is told -----------------------------------------------------------------------

    def test_order_tells_what_it_earned_and_why(self):
        self.double_drinks()
        order = self.confirmed((self.tea, 2))
        self.assertFalse(order.club_explanation)

        self.invoice(order)

        self.env.invalidate_all()
        lines = order.club_explanation.splitlines()
        self.assertEqual(len(lines), 2)
        self.assertIn("Double drinks: 20", lines[1])

    def test_quotation_tells_what_it_would_earn_and_what_is_missing(self):
        self.active(name="Gift", note="A gift from 250 on", points=50, minimum_amount=250)
        order = self.order((self.tea, 2))

        answer = order._club_quote()

        self.assertEqual([row["amount"] for row in answer["earned"]], [20])
        self.assertEqual(
            [(row["amount"], row["brings"]) for row in answer["missing"]], [(10, 1), (50, 55)]
        )
        self.assertIn("20 points", order.club_quote)
        self.assertIn("brings 55 points", order.club_quote)
        order.action_confirm()
        self.invoice(order)
        self.env.invalidate_all()
        self.assertFalse(order.club_quote)
        self.assertEqual(self.earned(order), 20)

    def test_quote_is_what_the_invoice_brings(self):
        self.double_drinks()
        cashback = self.new_kind("cashback")
        cashback.cashback_percent = 5
        order = self.order((self.tea, 2), (self.bread, 1))
        quoted = {row["kind"]: row["amount"] for row in order._club_quote()["earned"]}

        order.action_confirm()
        self.invoice(order)

        booked = {entry.kind_id.id: entry.amount for entry in self.entries(order)}
        self.assertEqual(quoted, booked)

    def test_who_is_no_member_is_quoted_nothing(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})

        order = self.order(partner=stranger)

        self.assertFalse(order._club_quote())
        self.assertFalse(order.club_quote)

    def test_rules_that_are_not_advertised_are_told_to_staff_alone(self):
        self.active(name="Secret", points=50, minimum_amount=150)

        order = self.order()

        told = [row["brings"] for row in order._club_quote()["missing"]]
        shown = [row["brings"] for row in order._club_quote(advertised=True)["missing"]]
        self.assertEqual((told, shown), ([1, 55], [1]))

    def test_customer_reads_no_more_of_rules_than_what_members_are_told(self):
        self.active(name="Secret", points=50, minimum_amount=150)
        order = self.order()
        buyer = new_test_user(self.env, "sale_club_buyer", groups="base.group_portal")
        order.partner_id = buyer.partner_id
        mine = order.with_user(buyer)
        self.assertEqual(mine.read(["name"])[0]["name"], order.name)

        for name in ("club_quote", "club_explanation"):
            with self.assertRaises(AccessError):
                mine.read([name])
