"""What must hold for any earning rules and any basket."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import earn_rule
from odoo.addons.loyalty_club.domain.earn_rules import evaluate
from odoo.addons.loyalty_club.domain.earning import points_for_amount
from odoo.addons.loyalty_club.domain.sale import MemberFacts, Used

from .earn_words import BREAD, DAIRY, MILK, D, amounts, basic, bought, line, paid_with_points, rule

MONEY = st.decimals(0, 10**6, places=2)
LINES = st.lists(
    st.builds(
        line,
        st.sampled_from([MILK, BREAD]),
        quantity=st.integers(1, 9),
        amount=MONEY,
        tags=st.sampled_from([frozenset(), frozenset({9})]),
    ),
    min_size=1,
    max_size=6,
)
WHAT = st.fixed_dictionaries(
    {},
    optional={
        "products": st.just([MILK]),
        "tags": st.just([9]),
        "not_categories": st.just([DAIRY]),
    },
)
CAPPED = st.dictionaries(st.sampled_from(earn_rule.CAPS), st.integers(0, 500).map(str), max_size=3)
USED = st.builds(Used, *[st.integers(0, 400).map(Decimal)] * 4)
TERMS = st.one_of(
    st.tuples(st.just("per_amount"), st.builds(lambda n: {"points": str(n), "per_amount": "7"},
                                               st.integers(1, 9))),
    st.tuples(st.just("per_unit"), st.just({"points": "2"})),
    st.tuples(st.just("per_visit"), st.just({"points": "11"})),
    st.tuples(st.just("percent"), st.just({"percent": "3.3"})),
    st.tuples(st.just("multiplier"), st.just({"factor": "1.7"})),
)  # fmt: skip


@st.composite
def rule_sets(draw, stackings=("add", "add", "exclusive", "replaces_basic")):
    rules = [basic(rounding=draw(st.sampled_from(["down", "half_up", "up"])))]
    for version in range(2, draw(st.integers(2, 6))):
        kind_of, params = draw(TERMS)
        rules.append(
            rule(
                version,
                kind_of,
                params,
                sequence=draw(st.integers(0, 3)),
                what=draw(WHAT),
                caps=draw(CAPPED),
                minimum_amount=str(draw(st.sampled_from([0, 0, 1000]))),
                stacking=draw(st.sampled_from(stackings)),
                group=draw(st.sampled_from([None, None, "one"])),
                step=draw(st.sampled_from(["1", "0.01"])),
            )
        )
    return rules


class TestDomainEarnRulesProperties(BaseCase):
    """Splitting, order, caps and returns."""

    @settings(max_examples=200, deadline=None)
    @given(rule_sets(), LINES, st.data())
    def test_a_basket_split_over_lines_earns_the_same(self, rules, lines, data):
        split = []
        for one in lines:
            part = data.draw(st.integers(0, 100)) / D(100)
            split += [
                replace(one, quantity=one.quantity * part, amount=one.amount * part),
                replace(one, quantity=one.quantity * (1 - part), amount=one.amount * (1 - part)),
            ]
        points = paid_with_points(data.draw(MONEY) / 7)
        self.assertEqual(
            amounts(rules, bought(*lines, points)), amounts(rules, bought(*split, points))
        )

    @settings(max_examples=200, deadline=None)
    @given(rule_sets(), LINES, st.data())
    def test_neither_the_order_of_lines_nor_that_of_rules_matters(self, rules, lines, data):
        shuffled = data.draw(st.permutations(rules)), data.draw(st.permutations(lines))
        self.assertEqual(
            evaluate(rules, bought(*lines), {}),
            evaluate(shuffled[0], bought(*shuffled[1]), {}),
        )

    @settings(max_examples=200, deadline=None)
    @given(rule_sets(stackings=("add",)), LINES, st.data())
    def test_sequence_matters_to_exclusive_rules_alone(self, rules, lines, data):
        rules = [replace(one, group=None) for one in rules]
        moved = [replace(one, sequence=data.draw(st.integers(0, 9))) for one in rules]
        self.assertEqual(amounts(rules, bought(*lines)), amounts(moved, bought(*lines)))

    @settings(max_examples=300, deadline=None)
    @given(rule_sets(), LINES, USED)
    def test_caps_are_never_exceeded(self, rules, lines, used):
        by_version = {one.version: one for one in rules}
        before = dict.fromkeys(by_version, used)
        for award in evaluate(rules, bought(*lines), before):
            given = (Decimal(0), used.day, used.month, used.total, used.rule_total)
            for cap, so_far in zip(earn_rule.CAPS, given, strict=True):
                limit = by_version[award.version].caps.get(cap)
                if limit is not None:
                    self.assertLessEqual(so_far + award.amount, limit)
            self.assertGreater(award.amount, 0)
            self.assertEqual(award.amount % by_version[award.version].step, 0)

    @settings(max_examples=200, deadline=None)
    @given(rule_sets(), LINES, USED)
    def test_all_kept_is_worth_what_was_earned(self, rules, lines, used):
        sale = bought(*lines, member=MemberFacts(purchases=4, days=(date(2026, 5, 1),)))
        before = {one.version: used for one in rules}
        earned = evaluate(rules, sale, before)
        self.assertEqual(evaluate(rules, sale, before, kept=sale.lines), earned)
        fired = {award.version for award in earned}
        again = [
            one
            for one in rules
            if one.version in fired or one.is_basic or one.stacking == "replaces_basic"
        ]
        self.assertEqual(evaluate(again, sale, before, judged=fired), earned)

    @settings(max_examples=200, deadline=None)
    @given(rule_sets(stackings=("add",)), LINES, st.data())
    def test_less_kept_is_never_worth_more(self, rules, lines, data):
        rules = [replace(one, group=None) for one in rules]
        kept = [
            replace(one, quantity=one.quantity * part, amount=one.amount * part)
            for one in lines
            if (part := data.draw(st.integers(0, 10)) / D(10))
        ]
        earned = amounts(rules, bought(*lines))
        for version, amount in amounts(rules, bought(*lines), kept=kept).items():
            self.assertLessEqual(amount, earned.get(version, 0))

    @settings(max_examples=200, deadline=None)
    @given(LINES, st.sampled_from(["down", "half_up", "up"]), st.integers(1, 999))
    def test_the_basic_terms_are_the_old_formula(self, lines, rounding, per_amount):
        terms = basic(rounding=rounding, per_amount=str(per_amount))
        expected = points_for_amount(
            sum((one.amount for one in lines), D(0)), D(1), D(per_amount), rounding=rounding
        )
        self.assertEqual(amounts([terms], bought(*lines)).get(1, 0), expected)
