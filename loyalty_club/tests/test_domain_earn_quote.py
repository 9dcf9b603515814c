"""What a basket would earn: never another figure than the sale itself, and no empty promise."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..domain.earn_quote import quote
from ..domain.earn_rule import compile_rule
from ..domain.earn_rules import evaluate
from ..domain.sale import NO_PRODUCT, Sale, SaleLine, Used

POINTS, MONEY = 5, 6
NOON = datetime.fromisoformat("2026-05-04 12:00")
CARD = "method:3"


def rule(version, **spec):
    return compile_rule(version, {"kind": POINTS, "type": "per_visit", **spec})


BASIC = rule(
    1, source="basic", type="per_amount", params={"points": "1", "per_amount": "10"}, sequence=0
)


def goods(amount, quantity=1, product=1, category=9):
    return SaleLine(
        product, product, frozenset({category}), quantity=Decimal(quantity), amount=Decimal(amount)
    )


def basket(*lines, **values):
    return Sale(NOON, lines=lines, **values)


def totals(rules, sale, used=None):
    sums = {}
    for award in evaluate(rules, sale, used or {}):
        sums[award.kind] = sums.get(award.kind, 0) + award.amount
    return sums


@st.composite
def rule_sets(draw):
    """Terms of a club and some rules with thresholds, caps and preferences among them."""
    rules = [BASIC]
    for version in range(2, draw(st.integers(2, 6))):
        kind = draw(st.sampled_from([POINTS, MONEY]))
        earning = draw(
            st.sampled_from(
                [
                    {"type": "per_visit", "params": {"points": "7"}},
                    {"type": "per_amount", "params": {"points": "3", "per_amount": "25"}},
                    {"type": "per_unit", "params": {"points": "2"}},
                    {"type": "multiplier", "params": {"factor": "2"}},
                ]
            )
        )
        caps = draw(st.sampled_from([{}, {"sale": "5"}, {"member_day": "9"}]))
        rules.append(
            rule(
                version,
                **{**earning, "kind": kind},
                sequence=draw(st.integers(0, 3)),
                minimum_amount=str(draw(st.sampled_from([0, 50, 333]))),
                minimum_quantity=str(draw(st.sampled_from([0, 3]))),
                what=draw(st.sampled_from([{}, {"categories": [9]}, {"not_categories": [9]}])),
                where=draw(st.sampled_from([{}, {"methods": [3]}, {"card": True}])),
                stacking=draw(st.sampled_from(["add", "add", "exclusive"])),
                caps=caps,
            )
        )
    return rules


amounts = st.decimals("0.5", "400", places=2)
baskets = st.builds(
    lambda lines, taken: basket(*lines, SaleLine(NO_PRODUCT, amount=-taken)),
    st.lists(
        st.builds(goods, amounts, st.integers(1, 4), st.integers(1, 3), st.sampled_from([8, 9])),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([Decimal(0), Decimal(0), Decimal(30)]),
)


def fulfilled(sale, more):
    """The basket after the customer did what was missing."""
    if more.measure == "means":
        return replace(sale, paid={min(more.means): max(sale.amount, Decimal(0))})
    if more.measure == "card":
        return replace(sale, card_shown=True)
    line = more.line
    if line is None:
        return None  # of any goods: which, is up to the customer
    if more.measure == "quantity":
        price = line.amount / line.quantity
        more_of_it = replace(line, quantity=more.amount, amount=more.amount * price)
    else:
        more_of_it = replace(line, quantity=Decimal(0), amount=more.amount)
    return replace(sale, lines=(*sale.lines, more_of_it))


@tagged("post_install", "-at_install")
class TestDomainEarnQuote(BaseCase):
    @given(rule_sets(), baskets)
    @settings(deadline=None)
    def test_a_quote_is_what_the_sale_earns(self, rules, sale):
        used = {2: Used(day=Decimal(4))}

        self.assertEqual(quote(rules, sale, used).awards, evaluate(rules, sale, used))

    @given(rule_sets(), baskets)
    @settings(deadline=None)
    def test_what_is_promised_for_more_is_given(self, rules, sale):
        before = totals(rules, sale)

        for more in quote(rules, sale, {}).more:
            self.assertGreater(more.brings, 0)
            done = fulfilled(sale, more)
            if done:
                after = totals(rules, done)
                gained = after.get(more.kind, 0) - before.get(more.kind, 0)
                self.assertEqual(gained, more.brings)

    @given(amounts)
    @settings(deadline=None)
    def test_a_step_less_than_what_is_missing_is_too_little(self, amount):
        gift = rule(2, params={"points": "50"}, minimum_amount="500")
        unit = Decimal("0.01")

        for more in quote([BASIC, gift], basket(goods(amount)), {}, unit).more:
            enough = totals([BASIC, gift], basket(goods(amount + more.amount)))
            little = totals([BASIC, gift], basket(goods(amount + more.amount - unit)))
            now = totals([BASIC, gift], basket(goods(amount)))
            self.assertEqual(enough[POINTS] - now.get(POINTS, 0), more.brings)
            self.assertLess(little.get(POINTS, 0), enough[POINTS])

    def test_the_nearest_comes_first_and_what_costs_nothing_before_it(self):
        gift = rule(2, params={"points": "50"}, minimum_amount="200")
        by_card = rule(3, params={"points": "4"}, where={"methods": [3]})

        more = quote([BASIC, gift, by_card], basket(goods(95)), {}).more

        self.assertEqual(
            [(one.measure, one.amount, one.brings) for one in more],
            [("means", 0, 4), ("amount", 5, 1), ("amount", 105, 61)],
        )
        self.assertEqual(more[0].means, {CARD})

    def test_goods_of_the_right_sort_are_what_is_missing(self):
        tea = rule(
            2,
            type="per_unit",
            params={"points": "5"},
            what={"categories": [9]},
            minimum_quantity="3",
        )
        cup = goods(20, 2)

        more = quote([tea], basket(cup, goods(500, product=2, category=8)), {}).more

        self.assertEqual([(one.amount, one.brings, one.line) for one in more], [(1, 15, cup)])

    def test_discounts_of_the_whole_basket_are_seen_through(self):
        coffee = rule(2, params={"points": "5"}, what={"categories": [9]}, minimum_amount="100")
        sale = basket(
            goods(90), goods(110, product=2, category=8), SaleLine(NO_PRODUCT, amount=Decimal(-100))
        )

        more = quote([coffee], sale, {}).more[0]

        reached = replace(sale, lines=(*sale.lines, goods(more.amount)))
        short = replace(sale, lines=(*sale.lines, goods(more.amount - 2)))
        self.assertEqual(totals([coffee], reached), {POINTS: 5})
        self.assertEqual(totals([coffee], short), {})

    def test_a_cap_that_is_reached_promises_nothing(self):
        capped = rule(
            2,
            type="per_amount",
            params={"points": "1", "per_amount": "100"},
            caps={"member_day": "3"},
        )

        self.assertEqual(quote([capped], basket(goods(50)), {2: Used(day=Decimal(3))}).more, [])

    def test_an_empty_basket_is_quoted_nothing(self):
        answer = quote([BASIC], basket(), {})

        self.assertEqual((answer.awards, answer.more), ([], []))
