"""Earning rules at the till: what sales bring, and what it costs."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.pos_sale import sale_lines
from ..models.pos_settlement import PosSettlement
from .earn_engine_common import EarnEngineCommon


@tagged("post_install", "-at_install")
class TestEarnEngine(EarnEngineCommon):
    """What a sale at the till brings."""

    def test_without_rules_a_sale_earns_by_the_terms_of_the_club(self):
        order = self.sell([self.line(), self.line(self.bread)], self.partner)

        self.assertEqual(self.awards(order), {"Terms of the club": 14})
        self.assertEqual(self.entries(order).amount, 14)
        self.assertKept(order, 14)

    def test_rule_for_a_category_counts_the_ones_below_it(self):
        self.active(
            name="Double", type="multiplier", factor=2, category_ids=[Command.set(self.drinks.ids)]
        )

        order = self.sell([self.line(), self.line(self.bread)], self.partner)

        self.assertEqual(self.awards(order), {"Terms of the club": 14, "Double": 10})
        self.assertEqual(order.club_points_earned, 24)

    def test_points_discount_and_cashback_come_from_one_purchase(self):
        cashback = self.new_kind("cashback")
        cashback.cashback_percent = 5
        self.active(name="Visit")
        card = self.give_points(100)

        order = self.sell([self.line(qty=2), self.reward_line(card, 100)], self.partner)

        self.assertEqual(self.awards(order), {"Terms of the club": 19, "Visit": 5, "cashback": 9.5})
        self.assertFigures(9.5, wallet=self.wallet_of(self.member, cashback))
        self.assertFigures(24)
        self.assertLedgerSound()

    def test_tags_of_goods_count(self):
        self.bread.product_tmpl_id.product_tag_ids = [Command.create({"name": "Green"})]
        self.active(
            name="Green",
            type="per_unit",
            tag_ids=[Command.set(self.bread.product_tmpl_id.product_tag_ids.ids)],
        )

        order = self.sell([self.line(), self.line(self.bread, qty=3)], self.partner)

        self.assertEqual(self.awards(order)["Green"], 15)

    def test_what_was_paid_by_a_means_earns_more(self):
        self.active(
            name="Card pays",
            type="multiplier",
            factor=3,
            base="paid",
            payment_method_ids=[Command.set(self.bank_method.ids)],
        )

        order = self.sell(partner=self.partner)

        self.assertEqual(self.awards(order), {"Terms of the club": 10, "Card pays": 20})

    def test_what_was_paid_with_prepaid_credit_earns_by_its_rule(self):
        credit = self.new_kind("ewallet")
        self.env["loyalty.program"]._club_create_stored_value_program(credit)
        wallet = self.wallet_of(self.member, credit)
        self.post(60, "topup", wallet=wallet)
        self.env["loyalty.card"]._club_create_for(credit, wallet)
        self.active(
            name="Stars",
            type="per_amount",
            points=2,
            per_amount=10,
            base="paid",
            wallet_kind_ids=[Command.set(credit.ids)],
        )

        order = self.sell([self.line(), self.reward_line(wallet.card_ids, 60)], self.partner)

        self.assertEqual(self.awards(order), {"Terms of the club": 4, "Stars": 12})

    def test_group_has_a_method_of_its_own(self):
        self.active(
            name="Friends' method",
            type="per_amount",
            points=3,
            per_amount=10,
            stacking="replaces_basic",
            segment_ids=[Command.set(self.friends.ids)],
        )
        self.friends._add(self.member)

        order = self.sell(partner=self.partner)
        other = self.sell(partner=self.new_member("Reza").partner_id)

        self.assertEqual(self.awards(order), {"Friends' method": 30})
        self.assertEqual(self.awards(other), {"Terms of the club": 10})

    def test_channel_branch_and_time_of_the_shop_count(self):
        other = self.env["loyalty.club.branch"].create({"name": "Other", "club_id": self.club.id})
        self.active(name="Here", branch_ids=[Command.set(self.branch.ids)], channel_pos=True)
        self.active(name="There", branch_ids=[Command.set(other.ids)])
        self.active(name="On line", channel_website=True)

        order = self.sell(partner=self.partner)

        self.assertEqual(self.awards(order), {"Terms of the club": 10, "Here": 5})

    def test_condition_over_the_whole_sale(self):
        self.active(
            name="Either", condition="['|', ('amount', '>=', 150), ('days_since_last', '<=', 3)]"
        )

        orders = [self.sell(partner=self.partner) for _number in range(2)]

        self.assertEqual([self.awards(order).get("Either") for order in orders], [None, 5])

    def test_sale_is_judged_by_the_terms_of_its_moment(self):
        self.till_session.start_at = fields.Datetime.now() - timedelta(hours=3)
        earlier = fields.Datetime.now() - timedelta(hours=1)
        self.club.earn_points = 2

        late = self.sell(partner=self.partner, date_order=fields.Datetime.to_string(earlier))
        now = self.sell(partner=self.partner)

        self.assertEqual([self.entries(order).amount for order in (late, now)], [10, 20])

    def test_suspended_member_and_unknown_customer_earn_nothing(self):
        self.active()
        self.member.action_suspend()

        self.assertFalse(self.entries(self.sell(partner=self.partner)))
        self.assertFalse(self.entries(self.sell()))

    def test_version_that_cannot_be_read_stops_no_sale(self):
        Version = self.env["loyalty.club.earn.version"]
        broken = {"source": "tier", "kind": self.points.id, "type": "of a lost addon"}
        Version._note(self.club, "tier", self.env["loyalty.club.tier"], [broken])

        with mute_logger("odoo.addons.loyalty_club.models.earn_engine"):
            order = self.sell(partner=self.partner)

        self.assertEqual(self.awards(order), {"Terms of the club": 10})

    def test_card_that_was_shown_brings_more(self):
        card = self.env["loyalty.club.card"]._issue(self.club, self.member)
        self.active(name="Card", card_shown=True)

        shown = self.sell(partner=self.partner, club_card_code=card.number)
        named = self.sell(partner=self.partner)

        self.assertEqual([self.awards(order).get("Card") for order in (shown, named)], [5, None])

    # --- repeated purchases ----------------------------------------------------------

    def test_nth_purchase(self):
        self.active(name="Third", nth=3)

        orders = [self.sell(partner=self.partner) for _number in range(4)]

        found = [self.awards(order).get("Third") for order in orders]
        self.assertEqual(found, [None, None, 5, None])

    def test_purchase_that_came_back_wholly_is_none(self):
        self.active(name="First", nth=1)
        first = self.sell(partner=self.partner)
        self.sell([self.return_line(first.lines)], self.partner)

        again = self.sell(partner=self.partner)

        self.assertEqual(self.awards(first)["First"], 0)
        self.assertEqual(self.awards(again)["First"], 5)

    def test_days_in_a_row(self):
        self.active(name="Three days", streak_count=3, streak_unit="day")
        self.till_session.start_at = fields.Datetime.now() - timedelta(days=5)
        self.begin_rules(days=9)
        found = []
        for days in (3, 2, 2, 1, 0):
            moment = fields.Datetime.now() - timedelta(days=days)
            order = self.sell(partner=self.partner, date_order=fields.Datetime.to_string(moment))
            found.append(self.awards(order).get("Three days"))
        self.assertEqual(found, [None, None, None, 5, None])

    def begin_rules(self, **delta):
        """Let every version have begun earlier, as if tests had lasted that long."""
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE loyalty_club_earn_version DISABLE TRIGGER USER;"
            "UPDATE loyalty_club_earn_version SET valid_from = %s WHERE source = 'rule';"
            "ALTER TABLE loyalty_club_earn_version ENABLE TRIGGER USER",
            [fields.Datetime.now() - timedelta(**delta)],
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    # --- caps ------------------------------------------------------------------------

    def test_cap_of_a_day_holds_over_several_sales(self):
        self.active(name="Visit", cap_member_day=8)

        orders = [self.sell(partner=self.partner) for _number in range(3)]

        self.assertEqual([self.awards(order).get("Visit") for order in orders], [5, 3, None])
        award = self.entries(orders[1]).award_ids.filtered("rule_id")
        self.assertEqual((award.capped, award.exact), ("member_day", 5))

    def test_months_of_a_cap_are_those_of_the_country(self):
        rule = self.active(name="Visit", cap_member_month=5)
        self.sell(partner=self.partner)
        engine = self.env["loyalty.club.earn.engine"]
        in_force = engine._rules(self.club, fields.Datetime.now())
        rules = [one for one in in_force if one.version == rule.version_ids.id]
        self.assertEqual(len(rules), 1)
        self.date_awards("2026-03-25 12:00:00")
        for country, moment, month in (
            (False, "2026-03-31 12:00:00", 5),
            (False, "2026-04-01 12:00:00", 0),
            ("base.ir", "2026-04-20 12:00:00", 5),
            ("base.ir", "2026-04-21 12:00:00", 0),
            ("base.ir", "2026-03-20 12:00:00", 0),
        ):
            self.company.country_id = country and self.env.ref(country)
            at = fields.Datetime.to_datetime(moment)
            used = engine._used(self.club, self.member, rules, at)
            self.assertEqual(used[rules[0].version].month, month, (country, moment))

    def date_awards(self, moment):
        """Let everything have been given at ``moment``."""
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE loyalty_club_earn_award DISABLE TRIGGER USER;"
            "UPDATE loyalty_club_earn_award SET date = %s;"
            "ALTER TABLE loyalty_club_earn_award ENABLE TRIGGER USER",
            [moment],
        )
        self.env.invalidate_all()

    def test_tax_counts_as_the_terms_of_the_club_say(self):
        self.active(
            name="Drinks",
            type="per_amount",
            points=1,
            per_amount=10,
            category_ids=[Command.set(self.drinks.ids)],
        )
        for basis, points in (("tax_included", 11), ("tax_excluded", 10)):
            self.club.earn_basis = basis
            partner = self.new_member(basis).partner_id
            lines = [self.line(price_subtotal_incl=110), self.line(self.bread)]

            self.assertEqual(self.awards(self.sell(lines, partner))["Drinks"], points)

    def test_foreign_money_counts_by_its_value_in_the_clubs_currency(self):
        order = self.sell([self.line(price=200)], self.partner)
        order.currency_rate = 2.0

        (line,) = sale_lines(self.club, order.lines)

        self.assertEqual((line.amount, line.quantity), (100, 1))

    def test_goods_that_came_back_free_what_they_took_of_a_cap(self):
        self.active(name="Visit", cap_member_total=5)
        first = self.sell(partner=self.partner)
        self.sell([self.return_line(first.lines)], self.partner)

        self.assertEqual(self.awards(self.sell(partner=self.partner))["Visit"], 5)

    def test_cap_of_all_members_together(self):
        self.active(name="Visit", cap_rule_total=7)

        orders = [self.sell(partner=self.new_member(name).partner_id) for name in ("A", "B", "C")]

        self.assertEqual([self.awards(order).get("Visit") for order in orders], [5, 2, None])

    def test_cap_of_all_members_counts_what_was_summed_up_and_what_came_since(self):
        rule = self.active(name="Visit", cap_rule_total=17)
        Total = self.env["loyalty.club.earn.total"]
        buyers = [self.new_member(name).partner_id for name in "ABCDE"]
        found = []
        for partner in buyers:
            order = self.sell(partner=partner)
            found.append(self.awards(order).get("Visit"))
            Total._cron_sum_up()
            Total.flush_model()
            self.env.cr.execute(
                "UPDATE loyalty_club_earn_total SET seen_on = seen_on - INTERVAL '2 hours'"
            )
            Total.invalidate_model()

        self.assertEqual(found, [5, 5, 5, 2, None])
        self.assertEqual(Total.search([("rule_id", "=", rule.id)]).amount, 17)

    def test_what_was_given_in_the_last_hour_is_not_summed_up(self):
        """Another sale that took a lower number may still be under way."""
        rule = self.active(name="Visit", cap_rule_total=100)
        for _number in range(3):
            self.sell(partner=self.partner)
            self.env["loyalty.club.earn.total"]._cron_sum_up()

        total = self.env["loyalty.club.earn.total"].search([("rule_id", "=", rule.id)])
        self.assertEqual((total.amount, total.up_to), (0, 0))

    def test_merged_membership_brings_no_second_cap(self):
        self.active(name="Visit", cap_member_total=5)
        twin = self.new_member("Sarah")
        self.sell(partner=twin.partner_id)

        twin._merge_into(self.member)

        self.assertNotIn("Visit", self.awards(self.sell(partner=self.partner)))


@tagged("post_install", "-at_install")
class TestEarnCost(EarnEngineCommon):
    """Rules cost a sale a fixed number of statements, however many there are."""

    def statements(self, lines):
        """SQL statements by which the club books a sale of ``lines``."""
        counts = []
        run = PosSettlement.run

        def counted(settlement):
            settlement.env.invalidate_all()  # as little is known as in the request of a till
            before = settlement.env.cr.sql_log_count
            run(settlement)
            counts.append(settlement.env.cr.sql_log_count - before)

        with patch.object(PosSettlement, "run", counted):
            self.sell(lines, self.partner)
        return counts[0]

    def demanding(self, number):
        """A rule that asks for everything that can be asked."""
        tag = self.env["product.tag"].create({"name": f"Tag {number}"})
        return self.active(
            name=f"Rule {number}",
            sequence=number,
            tag_ids=[Command.set(tag.ids)],
            category_ids=[Command.set(self.drinks.ids)],
            segment_ids=[Command.set(self.friends.ids)],
            payment_method_ids=[Command.set(self.bank_method.ids)],
            every_nth=1 + number % 2,
            within_days=30,
            cap_member_day=50,
            cap_rule_total=5000,
            condition="[('sex', '!=', 'male'), ('amount', '>', 1)]",
        )

    def test_thirty_rules_cost_as_many_statements_as_one(self):
        self.friends._add(self.member)
        products = [self.product(f"Tea {n}", 10.0 + n, categ_id=self.hot.id) for n in range(20)]
        plain = self.statements([self.line()]) and self.statements([self.line()])
        self.demanding(0)
        self.statements([self.line()])
        one = self.statements([self.line()])
        for number in range(1, 30):
            self.demanding(number)
        self.statements([self.line()])

        many = self.statements([self.line(product) for product in products])

        self.assertEqual(many, one)
        self.assertLess(one - plain, 12)

    def test_rules_that_ask_nothing_of_the_member_read_nothing_of_her(self):
        self.statements([self.line()])
        plain = self.statements([self.line()])
        self.active(name="Visit")
        self.statements([self.line()])

        self.assertEqual(self.statements([self.line()]), plain)
