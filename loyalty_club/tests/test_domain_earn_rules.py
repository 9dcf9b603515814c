"""What earning rules give: arithmetic, caps, stacking, returns."""

import doctest
from dataclasses import replace

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import earn_rule, earn_rules, earn_types, sale
from odoo.addons.loyalty_club.domain.earn_rules import evaluate, relevant, trace
from odoo.addons.loyalty_club.domain.earn_types import EARN_TYPES, earn_type
from odoo.addons.loyalty_club.domain.earning import points_for_amount
from odoo.addons.loyalty_club.domain.sale import UNKNOWN_PRODUCT, MemberFacts, SaleLine, Used

from .earn_words import (
    BREAD,
    CASHBACK,
    DAIRY,
    FOOD,
    GOLD,
    MILK,
    D,
    amounts,
    basic,
    bought,
    line,
    paid_with_points,
    rule,
)


class TestDomainEarnRules(BaseCase):
    """One rule, and what several of them give together."""

    def test_doctests(self):
        for module in (earn_rule, earn_rules, earn_types, sale):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 0)
            self.assertFalse(result.failed)

    # --- how much --------------------------------------------------------------------

    def test_basic_terms_give_what_they_always_gave(self):
        for amount in ("0", "-5", "9.99", "10", "259.99", "1e7"):
            with self.subTest(amount):
                found = amounts([basic(rounding="half_up")], bought(line(amount=amount)))
                expected = points_for_amount(D(amount), D(1), D(10), rounding="half_up")
                self.assertEqual(found.get(1, 0), expected)

    def test_a_third_of_three_thirds_is_a_whole(self):
        """Divisions leave no tail that would be rounded away."""
        thirds = [line(amount=D(100) / 3) for _ in range(3)]
        self.assertEqual(amounts([basic()], bought(*thirds)), {1: 10})

    def test_goods_of_a_rule_bear_their_share_of_what_was_paid_with_points(self):
        per_dairy = rule(
            2, "per_amount", {"points": "1", "per_amount": "1"}, what={"categories": [DAIRY]}
        )
        sale = bought(line(MILK, amount=100), line(BREAD, amount=200), paid_with_points(150))
        self.assertEqual(amounts([per_dairy], sale), {2: 50})

    def test_points_by_unit_by_visit_and_percent(self):
        rules = [
            rule(2, "per_unit", {"points": "3"}, what={"products": [MILK]}),
            rule(3, "per_visit", {"points": "7"}),
            rule(4, "percent", {"percent": "2.5"}, kind=CASHBACK, step="0.01"),
        ]
        sale = bought(line(MILK, quantity=2, amount=33), line(BREAD, amount=20.2))
        self.assertEqual(amounts(rules, sale), {2: 6, 3: 7, 4: D("1.33")})

    def test_rounding_is_the_rules_own_and_happens_once(self):
        sale = bought(line(amount=5), line(BREAD, amount=5.1))
        for rounding, points in (("down", 1), ("half_up", 1), ("up", 2)):
            with self.subTest(rounding):
                self.assertEqual(amounts([basic(rounding=rounding)], sale), {1: points})

    def test_multiplier_gives_only_what_comes_on_top_of_the_basic_terms(self):
        double = rule(2, "multiplier", {"factor": "2.5"}, what={"products": [MILK]})
        sale = bought(line(MILK, amount=100), line(BREAD, amount=999))
        self.assertEqual(amounts([basic(), double], sale), {1: 109, 2: 15})

    def test_multipliers_add_up_and_do_not_multiply_each_other(self):
        rules = [basic(), *(rule(n, "multiplier", {"factor": "2"}) for n in (2, 3))]
        self.assertEqual(amounts(rules, bought()), {1: 10, 2: 10, 3: 10})

    def test_what_was_paid_by_a_card_earns_more_but_only_that(self):
        stars = rule(2, "multiplier", {"factor": "3"}, base="paid", where={"methods": [8]})
        sale = bought(line(amount=100), paid={"method:8": D(40), "method:9": D(60)})
        self.assertEqual(amounts([basic(), stars], sale), {1: 10, 2: 8})

    def test_what_was_paid_from_a_wallet_earns_only_by_its_own_rule(self):
        stars = rule(
            2,
            "per_amount",
            {"points": "2", "per_amount": "10"},
            base="paid",
            where={"wallet_kinds": [4]},
        )
        sale = bought(line(amount=100), paid_with_points(70, kind=4))
        sale = replace(sale, paid={"method:8": D(30), "kind:4": D(70)})
        self.assertEqual(amounts([basic(), stars], sale), {1: 3, 2: 14})
        self.assertEqual(amounts([stars], bought(paid={"method:8": D(100)})), {})

    def test_goods_that_all_came_back_bring_nothing(self):
        rules = [basic(), rule(2), rule(3, "per_unit", {"points": "1"})]
        self.assertEqual(amounts(rules, bought(line(quantity=0, amount=0))), {})

    def test_a_purchase_paid_with_points_is_a_visit_but_no_amount(self):
        sale = bought(line(amount=100), paid_with_points(100))
        self.assertEqual(amounts([basic(), rule(2)], sale), {2: 7})

    # --- whether ---------------------------------------------------------------------

    def test_least_amount_and_quantity_are_of_the_goods_of_the_rule(self):
        few = rule(2, what={"products": [MILK]}, minimum_quantity="2")
        cheap = rule(3, what={"products": [MILK]}, minimum_amount="150")
        sale = bought(line(MILK, quantity=1, amount=100), line(BREAD, quantity=5, amount=500))
        found = [verdict.reason for verdict in trace([few, cheap], sale, {})]
        self.assertEqual(found, ["minimum_quantity", "minimum_amount"])
        sale = bought(line(MILK, quantity=2, amount=150))
        self.assertEqual(amounts([few, cheap], sale), {2: 7, 3: 7})

    def test_who_what_and_where(self):
        member = MemberFacts(tier=GOLD, segments=frozenset({1, 2}), kinds=frozenset({"staff"}))
        sale = bought(
            line(MILK, tags=frozenset({9})),
            branch=4,
            channel="website",
            card_shown=True,
            paid={"method:8": D(100)},
            member=member,
        )
        fits = (
            {"who": {"tiers": [GOLD]}},
            {"who": {"segments": [2, 3]}},
            {"who": {"not_segments": [3], "kinds": ["staff"]}},
            {"what": {"categories": [FOOD]}},
            {"what": {"tags": [9], "products": [BREAD]}},
            {"what": {"not_products": [BREAD]}},
            {"where": {"branches": [4], "channels": ["website"]}},
            {"where": {"methods": [8], "card": True}},
            {"when": {"weekdays": [0], "hour_from": "9", "hour_until": "12.5"}},
        )
        misfits = (
            ({"who": {"tiers": [GOLD + 1]}}, "who"),
            ({"who": {"segments": [3]}}, "who"),
            ({"who": {"segments": [1], "not_segments": [2]}}, "who"),
            ({"who": {"kinds": ["customer"]}}, "who"),
            ({"what": {"products": [BREAD]}}, "what"),
            ({"what": {"categories": [FOOD], "not_categories": [DAIRY]}}, "what"),
            ({"what": {"not_tags": [9]}}, "what"),
            ({"where": {"branches": [5]}}, "where"),
            ({"where": {"channels": ["pos"]}}, "where"),
            ({"where": {"methods": [9]}}, "where"),
            ({"when": {"weekdays": [1]}}, "when"),
            ({"when": {"hour_until": "12"}}, "when"),
        )
        for spec in fits:
            with self.subTest(spec):
                self.assertEqual(amounts([rule(**spec)], sale), {2: 7})
        for spec, reason in misfits:
            with self.subTest(spec):
                self.assertEqual(trace([rule(**spec)], sale, {})[0].reason, reason)
        self.assertEqual(relevant([rule(where={"branches": [5]})], sale), [])

    def test_goods_nobody_knows_serve_rules_for_everything_alone(self):
        sale = bought(SaleLine(UNKNOWN_PRODUCT, amount=D(100)))
        rules = [basic(), rule(2), rule(3, what={"not_products": [BREAD]})]
        rules.append(rule(4, condition=[("product_ids", "not in", [BREAD])]))
        self.assertEqual(amounts(rules, sale), {1: 10, 2: 7})
        self.assertEqual(trace(rules, sale, {})[3].reason, "unknown")

    # --- caps ------------------------------------------------------------------------

    def test_each_cap_cuts_to_what_is_left_and_says_so(self):
        used = Used(D(4), D(14), D(24), D(34))
        for cap, limit, left in (
            ("sale", "5", 5),
            ("member_day", "5", 1),
            ("member_month", "15", 1),
            ("member_total", "26", 2),
            ("rule_total", "37", 3),
        ):
            with self.subTest(cap):
                (award,) = evaluate([rule(caps={cap: limit})], bought(), {2: used})
                self.assertEqual((award.amount, award.capped, award.exact), (left, cap, 7))
        self.assertEqual(amounts([rule(caps={"member_day": "3"})], bought(), {2: used}), {})
        (award,) = evaluate([rule(caps={"member_day": "11"})], bought(), {2: used})
        self.assertEqual((award.amount, award.capped), (7, None), "what just fits is not cut")

    def test_caps_give_whole_steps(self):
        capped = rule(2, "per_visit", {"points": "9"}, step="0.5", caps={"sale": "3.7"})
        self.assertEqual(amounts([capped], bought()), {2: D("3.5")})

    # --- several rules ---------------------------------------------------------------

    def test_exclusive_rule_shuts_out_later_rules_of_its_kind_alone(self):
        rules = [
            basic(sequence=99),
            rule(2, sequence=1),
            rule(3, sequence=2, stacking="exclusive"),
            rule(4, sequence=3),
            rule(5, sequence=3, kind=CASHBACK),
            rule(6, "multiplier", {"factor": "2"}, sequence=4, source="tier"),
        ]
        self.assertEqual(amounts(rules, bought()), {1: 10, 2: 7, 3: 7, 5: 7, 6: 10})

    def test_exclusive_rule_that_gives_nothing_shuts_nobody_out(self):
        spent = rule(2, stacking="exclusive", caps={"member_day": "7"})
        used = {2: Used(day=D(7))}
        self.assertEqual(amounts([spent, rule(3)], bought(), used), {3: 7})

    def test_of_a_group_only_the_best_award_counts(self):
        rules = [
            rule(n, "per_visit", {"points": str(points)}, group="spring")
            for n, points in ((2, 5), (3, 9), (4, 9))
        ]
        found = trace([*rules, rule(5)], bought(), {})
        self.assertEqual([verdict.reason for verdict in found], ["group", None, "group", None])

    def test_a_groups_own_method_takes_the_place_of_the_basic_terms(self):
        method = rule(
            2,
            "per_amount",
            {"points": "3", "per_amount": "10"},
            stacking="replaces_basic",
            what={"products": [MILK]},
            who={"segments": [1]},
        )
        double = rule(3, "multiplier", {"factor": "2"})
        sale = bought(line(MILK, amount=100), line(BREAD, amount=50))
        inside = sale.knowing(MemberFacts(segments=frozenset({1})))
        self.assertEqual(amounts([basic(), method, double], inside), {1: 5, 2: 30, 3: 35})
        self.assertEqual(amounts([basic(), method, double], sale), {1: 15, 3: 15})

    def test_goods_have_one_method_the_first_that_fits(self):
        first = rule(2, "per_unit", {"points": "1"}, stacking="replaces_basic", sequence=1,
                     what={"products": [MILK]})  # fmt: skip
        second = rule(3, "per_unit", {"points": "5"}, stacking="replaces_basic", sequence=2)
        sale = bought(line(MILK), line(BREAD))
        self.assertEqual(amounts([basic(), first, second], sale), {2: 1, 3: 5})

    def test_a_method_of_earning_is_in_no_group(self):
        method = rule(2, "per_visit", {"points": "1"}, stacking="replaces_basic", group="one")
        best = rule(3, "per_visit", {"points": "9"}, group="one")
        self.assertEqual(amounts([basic(), method, best], bought()), {2: 1, 3: 9})

    def test_a_method_that_gives_nothing_more_still_takes_the_place_of_the_basic_terms(self):
        poor = {"points": "1", "per_amount": "1000"}
        less_than_a_step = rule(2, "per_amount", poor, stacking="replaces_basic")
        used_up = rule(
            3,
            "per_amount",
            {"points": "3", "per_amount": "10"},
            stacking="replaces_basic",
            caps={"member_day": "30"},
        )
        self.assertEqual(amounts([basic(), less_than_a_step], bought()), {})
        spent = {3: Used(day=D(30))}
        self.assertEqual(amounts([basic(), used_up], bought(), spent), {})

    def test_a_rule_that_fails_stops_no_other(self):
        broken = rule(2, "per_amount", {"points": "1", "per_amount": "0"})
        huge = rule(4, "per_unit", {"points": "1e60"})
        with self.assertLogs("odoo.addons.loyalty_club.domain.earn_rules", "ERROR") as logs:
            found = trace([basic(), broken, rule(3), huge], bought(), {})
        self.assertEqual([verdict.reason for verdict in found], [None, "failed", None, "failed"])
        self.assertIn("version 2", logs.output[0])

    # --- returns ---------------------------------------------------------------------

    def test_what_held_at_the_sale_is_not_asked_again_but_the_basket_is(self):
        friday = rule(2, when={"weekdays": [4], "nth": 3}, who={"tiers": [GOLD]})
        large = rule(3, minimum_amount="80")
        some = rule(4, condition=["|", ("tier_id", "=", GOLD), ("amount", ">", 500)])
        every = rule(5, condition=[("tier_id", "=", GOLD), ("amount", ">", 80)])
        judged = {2, 3, 4, 5}
        kept = [line(amount=50)]
        self.assertEqual(
            amounts([friday, large, some, every], bought(), kept=kept, judged=judged),
            {2: 7, 4: 7},
        )

    # --- plug-ins --------------------------------------------------------------------

    def test_a_type_of_another_file_may_not_take_the_place_of_one(self):
        with self.assertRaises(ValueError):

            @earn_type("percent")
            class Percent:
                pass

        self.assertEqual(EARN_TYPES["percent"].__module__, earn_types.__name__)

    def test_every_type_refuses_what_it_cannot_work_with(self):
        for code, params, problem in (
            ("per_amount", {"points": "1", "per_amount": "0"}, "per_amount_value"),
            ("per_amount", {"points": "x", "per_amount": "1"}, "points_number"),
            ("percent", {"percent": "101"}, "percent_value"),
            ("per_unit", {"points": "0"}, "points_value"),
            ("per_visit", {}, "points_number"),
            ("multiplier", {"factor": "1"}, "factor_value"),
            ("multiplier", {"factor": "Infinity"}, "factor_number"),
        ):
            with self.subTest(code, problem=problem):
                self.assertEqual(EARN_TYPES[code].check(params), [problem])
