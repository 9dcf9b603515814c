"""Conditions of earning rules: read, refused, and decided in three-valued logic."""

import doctest
from datetime import date, datetime, time
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import conditions, sale_facts
from odoo.addons.loyalty_club.domain.conditions import ConditionError, compile_condition
from odoo.addons.loyalty_club.domain.sale import MemberFacts, Sale
from odoo.addons.loyalty_club.domain.sale_facts import FACTS, facts_of

from .earn_words import bought, line


def holds(*terms, **facts):
    return compile_condition(list(terms)).holds(facts)


class TestDomainConditions(BaseCase):
    """What a condition says of the facts of a sale."""

    def test_doctests(self):
        for module in (conditions, sale_facts):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 0)
            self.assertFalse(result.failed)

    def test_terms_without_a_sign_must_all_hold(self):
        terms = ("channel", "=", "pos"), ("amount", ">", 10)
        self.assertIs(holds(*terms, channel="pos", amount=Decimal(11)), True)
        self.assertIs(holds(*terms, channel="pos", amount=Decimal(10)), False)

    def test_what_is_not_known_decides_nothing_and_hides_nothing(self):
        gold, large = ("tier_id", "=", 3), ("amount", ">=", 100)
        self.assertIsNone(holds(gold))
        self.assertIsNone(holds("!", gold))
        self.assertIs(holds("|", gold, large, amount=Decimal(100)), True)
        self.assertIsNone(holds("|", gold, large, amount=Decimal(99)))
        self.assertIs(holds(gold, large, amount=Decimal(99)), False)
        self.assertIsNone(holds(gold, large, amount=Decimal(100)))

    def test_nothing_is_neither_more_nor_less_than_anything(self):
        for operator in ("<", "<=", ">", ">="):
            self.assertIs(holds(("days_since_last", operator, 5), days_since_last=None), False)
        self.assertIs(holds(("days_since_last", "!=", 5), days_since_last=None), True)
        self.assertIs(holds(("tier_id", "=", False), tier_id=None), True)
        self.assertIs(holds(("tag_ids", "=", False), tag_ids=frozenset()), True)

    def test_lists_of_goods_hold_where_they_meet(self):
        facts = {"tag_ids": frozenset({1, 2})}
        self.assertIs(holds(("tag_ids", "in", [2, 3]), **facts), True)
        self.assertIs(holds(("tag_ids", "not in", [2, 3]), **facts), False)
        self.assertIs(holds(("tag_ids", "=", 3), **facts), False)
        self.assertIs(holds(("category_ids", "child_of", [7]), category_ids=frozenset({7})), True)

    def test_values_are_read_as_what_the_fact_is(self):
        self.assertIs(holds(("date", ">=", "2026-05-04"), date=date(2026, 5, 4)), True)
        self.assertIs(holds(("amount", "=", 0.1), amount=Decimal("0.1")), True)
        self.assertIs(holds(("is_company", "=", True), is_company=False), False)

    def test_what_cannot_be_read_is_refused_with_its_reason(self):
        for domain, code in (
            ("amount > 5", "form"),
            ([("amount", ">")], "form"),
            (["|", ("amount", ">", 5)], "form"),
            (["&"], "form"),
            ([("partner_id.name", "=", "x")], "fact"),
            ([(["amount"], "=", 1)], "fact"),
            ([("channel", ">", "pos")], "operator"),
            ([("tier_id", "ilike", "gold")], "operator"),
            ([("tier_id", "any", [])], "operator"),
            ([("amount", ">", "much")], "value"),
            ([("amount", ">", float("nan"))], "value"),
            ([("amount", ">", False)], "value"),
            ([("date", "=", "4 May")], "value"),
            ([("tier_id", "=", "gold")], "value"),
            ([("amount", ">", 5)] * 500, "long"),
        ):
            with self.subTest(domain=str(domain)[:60]):
                with self.assertRaises(ConditionError) as caught:
                    compile_condition(domain)
                self.assertEqual(caught.exception.code, code)

    def test_every_fact_is_found_for_a_sale(self):
        facts = facts_of(bought(line(), member=MemberFacts(joined=date(2026, 1, 1))))
        self.assertEqual(facts.keys(), FACTS.keys())

    def test_own_days_are_kept_in_either_calendar(self):
        norouz = Sale(
            datetime.combine(date(2026, 3, 21), time(9)),
            member=MemberFacts(birth_jalali=101, birth_gregorian=320),
        )
        facts = facts_of(norouz)
        self.assertEqual((facts["is_birthday"], facts["is_birthday_jalali"]), (False, True))


TERMS = st.sampled_from(
    [("tier_id", "=", 3), ("amount", ">", 5), ("channel", "=", "pos"), ("card_shown", "=", True)]
)
TREES = st.recursive(
    TERMS.map(lambda term: [term]),
    lambda inner: st.one_of(
        inner.map(lambda tree: ["!", *tree]),
        st.builds(lambda sign, a, b: [sign, *a, *b], st.sampled_from("&|"), inner, inner),
    ),
    max_leaves=12,
)
ALL = {"tier_id": [3, 4], "amount": [4, 6], "channel": ["pos", "sale"], "card_shown": [True, False]}
KNOWN = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in ALL.items()})


class TestDomainConditionsProperties(BaseCase):
    """Knowing less never turns an answer into the other one."""

    @settings(max_examples=300, deadline=None)
    @given(TREES, KNOWN, st.sets(st.sampled_from(sorted(ALL))))
    def test_what_is_decided_with_less_is_decided_the_same_with_more(self, tree, facts, hidden):
        condition = compile_condition(tree)
        whole = condition.holds(facts)
        part = condition.holds({name: v for name, v in facts.items() if name not in hidden})
        self.assertIn(whole, (True, False))
        self.assertIn(part, (whole, None))

    @settings(max_examples=300, deadline=None)
    @given(TREES, KNOWN)
    def test_a_contrary_is_the_contrary(self, tree, facts):
        straight = compile_condition(tree).holds(facts)
        self.assertIs(compile_condition(["!", *tree]).holds(facts), not straight)
