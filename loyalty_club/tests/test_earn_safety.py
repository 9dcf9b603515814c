"""What nobody may gain, and no sale may fail, by rules: odd baskets, exchanges, clocks."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import ValidationError

from .earn_engine_common import EarnEngineCommon


class TestEarnSafety(EarnEngineCommon):
    """Baskets that look like more than they are."""

    def test_discount_by_a_line_of_its_own_takes_its_part_of_every_rule(self):
        drinks = [Command.set(self.drinks.ids)]
        self.active(name="Drinks", type="per_amount", per_amount=10, category_ids=drinks)
        self.active(name="Unit", type="per_unit", points=5)
        discount = self.product("Discount", 0.0)

        order = self.sell([self.line(), self.line(discount, price=-50)], self.partner)

        self.assertEqual(self.awards(order), {"Terms of the club": 5, "Drinks": 25, "Unit": 5})

    def test_exchange_counts_what_it_was_paid_with(self):
        cash = self.bank_method.copy({"name": "Vouchers"})
        self.env.cr.execute(  # stock lets nobody add one while the till is open
            "INSERT INTO pos_config_pos_payment_method_rel VALUES (%s, %s)",
            [self.till.id, cash.id],
        )
        self.env.invalidate_all()
        self.active(
            name="Card pays",
            points=1,
            type="per_amount",
            per_amount=10,
            base="paid",
            payment_method_ids=[Command.set(self.bank_method.ids)],
        )
        payload = self.payload([self.line()], self.partner)
        payload["payment_ids"][0][2]["payment_method_id"] = cash.id
        by_cash, by_card = self.sync(payload), self.sell(partner=self.partner)
        self.assertEqual(self.awards(by_cash).get("Card pays"), None)
        self.assertEqual(self.awards(by_card).get("Card pays"), 10)

        found = []
        for original in (by_cash, by_card):
            lines = [self.return_line(original.lines), self.line(self.bread, qty=3)]
            payload = self.payload(lines, self.partner)
            payload["amount_total"] = payload["amount_paid"] = 20
            payload["payment_ids"][0][2]["amount"] = 20
            found.append(self.awards(self.sync(payload)).get("Card pays"))

        self.assertEqual(found, [2, 12])

    def test_exchange_loses_nothing_by_a_limit_that_what_came_back_had_used(self):
        self.active(name="Visit", cap_member_day=5)
        order = self.sell(partner=self.partner)

        exchange = self.sell(
            [self.return_line(order.lines), self.line(self.bread, qty=3)], self.partner
        )

        self.assertKept(order, 0)
        self.assertEqual(self.awards(exchange), {"Terms of the club": 12, "Visit": 5})

    def test_order_of_a_day_to_come_is_one_of_today(self):
        self.active(name="Visit", cap_member_day=5)
        days = [fields.Datetime.now() + timedelta(days=number) for number in (0, 40, 80)]

        orders = [
            self.sell(partner=self.partner, date_order=fields.Datetime.to_string(day))
            for day in days
        ]

        self.assertEqual([self.awards(order).get("Visit") for order in orders], [5, None, None])

    def test_step_of_a_kind_is_a_term_of_rules_too(self):
        kind = self.new_kind("cashback")
        kind.rounding = 0.5
        self.active(name="Credit", type="percent", percent=0.5, kind_id=kind.id)

        kind.rounding = 1
        order = self.sell([self.line(price=150)], self.partner)

        self.assertEqual(self.awards(order), {"Terms of the club": 15})

    def test_kind_whose_rules_round_otherwise_keeps_its_step(self):
        kind = self.new_kind("cashback")
        kind.rounding = 0.5
        self.active(name="Credit", type="percent", percent=1, kind_id=kind.id, step=0.5)

        with self.assertRaisesRegex(ValidationError, "Credit"):
            kind.rounding = 1

    def test_kind_that_a_rule_gives_is_not_archived(self):
        kind = self.new_kind("cashback")
        self.active(name="Credit", type="percent", percent=10, kind_id=kind.id)

        with self.assertRaisesRegex(ValidationError, "Credit"):
            kind.active = False

    def test_return_brings_no_basic_points_for_goods_with_a_method(self):
        self.active(
            name="Method",
            type="per_amount",
            points=1,
            per_amount=1000,
            category_ids=[Command.set(self.drinks.ids)],
            stacking="replaces_basic",
        )
        self.active(name="Large", points=7, minimum_amount=130)
        order = self.sell([self.line(), self.line(self.bread)], self.partner)
        self.assertEqual(self.awards(order), {"Terms of the club": 4, "Large": 7})

        self.sell([self.return_line(order.lines[1])], self.partner)

        self.assertKept(order, 0)

    def test_return_leaves_what_basic_terms_give_where_a_method_no_longer_holds(self):
        self.active(
            name="Method",
            type="per_amount",
            points=3,
            per_amount=10,
            minimum_quantity=2,
            category_ids=[Command.set(self.drinks.ids)],
            stacking="replaces_basic",
        )
        order = self.sell([self.line(qty=2), self.line(self.bread)], self.partner)
        self.assertEqual(self.awards(order), {"Terms of the club": 4, "Method": 60})

        self.sell([self.return_line(order.lines[0])], self.partner)

        self.assertKept(order, 14)
        self.sell([self.return_line(order.lines[0])], self.partner)
        self.assertKept(order, 4)
        self.sell([self.return_line(order.lines[1])], self.partner)
        self.assertKept(order, 0)
