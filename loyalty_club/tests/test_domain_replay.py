"""What-if: the histories of members judged by sets of rules, against the plain engine."""

import doctest
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import replay as domain_replay
from odoo.addons.loyalty_club.domain import replay_rows
from odoo.addons.loyalty_club.domain.earn_rules import compile_rule, evaluate
from odoo.addons.loyalty_club.domain.earn_spec import new_spec
from odoo.addons.loyalty_club.domain.replay import Given, outstanding, replay
from odoo.addons.loyalty_club.domain.replay_rows import Row, settle
from odoo.addons.loyalty_club.domain.replay_rules import RuleSet
from odoo.addons.loyalty_club.domain.sale import UNKNOWN_PRODUCT, MemberFacts, Sale, SaleLine

START = datetime(2025, 1, 1)  # noqa: DTZ001 - the shop's clock has no zone
BASIC = new_spec(source="basic", kind=1, params={"points": "1", "per_amount": "10"})
MONEY = st.integers(1, 500_000).map(lambda cents: Decimal(cents) / 100)
WEEKDAYS = st.lists(st.integers(0, 6), max_size=3, unique=True)


def rule_set(*specs):
    specs = dict(enumerate(specs, 1))
    return RuleSet(specs, {number: compile_rule(number, spec) for number, spec in specs.items()})


def row(day, amount, **values):
    return Row(START + timedelta(days=day), Decimal(amount), **values)


def given_by(rows, *specs, member=None, history=True):
    return replay(rows, member or MemberFacts(), [rule_set(*specs)], history).given[0]


def amounts(*args, **kwargs):
    return [(one.row, one.amount) for one in given_by(*args, **kwargs)]


@st.composite
def specs(draw):
    """A rule that needs no goods, with conditions of every kind."""
    kind_of_earning = draw(
        st.sampled_from(
            [
                ("per_amount", {"points": "3", "per_amount": "7"}),
                ("per_unit", {"points": "2"}),
                ("per_visit", {"points": "5"}),
                ("percent", {"percent": "2.5"}),
                ("multiplier", {"factor": "1.5"}),
            ]
        )
    )
    return new_spec(
        kind=draw(st.sampled_from([1, 2])),
        type=kind_of_earning[0],
        params=kind_of_earning[1],
        sequence=draw(st.integers(0, 3)),
        rounding=draw(st.sampled_from(["down", "half_up", "up"])),
        step=draw(st.sampled_from(["1", "0.01", "5"])),
        minimum_amount=draw(st.sampled_from(["0", "50"])),
        minimum_quantity=draw(st.sampled_from(["0", "2"])),
        who={
            "tiers": draw(st.sampled_from([[], [1], [2]])),
            "segments": draw(st.sampled_from([[], [7]])),
            "not_segments": draw(st.sampled_from([[], [8]])),
        },
        where={
            "branches": draw(st.sampled_from([[], [4]])),
            "channels": draw(st.sampled_from([[], ["pos"]])),
        },
        when={
            "weekdays": sorted(draw(WEEKDAYS)),
            "from": draw(st.sampled_from([None, "2025-01-20"])),
            "until": draw(st.sampled_from([None, "2025-02-20"])),
            "hour_until": draw(st.sampled_from(["24", "24", "12"])),
            "every_nth": draw(st.sampled_from([None, None, 3])),
            "within_days": draw(st.sampled_from([None, None, 10])),
            "occasions": draw(
                st.sampled_from(
                    [
                        [],
                        [],
                        [{"calendar": "gregorian", "month": 2, "day": 1, "before": 5, "after": 5}],
                        [{"calendar": "birthday", "before": 20, "after": 20}],
                    ]
                )
            ),
        },
        stacking=draw(st.sampled_from(["add", "add", "exclusive", "replaces_basic"])),
        group=draw(st.sampled_from([None, None, "best"])),
    )


@st.composite
def open_rules(draw):
    """A rule for everybody at any time: only how much, and beside which others."""
    code, params = draw(
        st.sampled_from(
            [
                ("per_amount", {"points": "3", "per_amount": "7"}),
                ("per_visit", {"points": "5"}),
                ("percent", {"percent": "2.5"}),
                ("multiplier", {"factor": "3"}),
            ]
        )
    )
    return new_spec(
        kind=1,
        type=code,
        params=params,
        sequence=draw(st.integers(0, 3)),
        minimum_amount=draw(st.sampled_from(["0", "1000", "3000"])),
        minimum_quantity=draw(st.sampled_from(["0", "2"])),
        stacking=draw(st.sampled_from(["add", "add", "exclusive", "replaces_basic"])),
        group=draw(st.sampled_from([None, None, "best"])),
    )


@st.composite
def histories(draw):
    """Purchases of some weeks, oldest first."""
    moments = sorted(draw(st.lists(st.integers(0, 24 * 60), min_size=1, max_size=8)))
    return [
        Row(
            START + timedelta(hours=hour),
            draw(MONEY),
            channel=draw(st.sampled_from(["pos", "sale"])),
            branch=draw(st.sampled_from([None, 4])),
            quantity=Decimal(draw(st.integers(1, 4))),
        )
        for hour in moments
    ]


MEMBERS = st.builds(
    MemberFacts,
    tier=st.sampled_from([None, 1, 2]),
    segments=st.sampled_from([frozenset(), frozenset({7}), frozenset({7, 8})]),
    birth_gregorian=st.sampled_from([0, 115]),
)


class TestAgainstTheEngine(BaseCase):
    """The way through the history gives what the engine gives for one sale after the other."""

    @settings(deadline=None, max_examples=400)
    @given(histories(), MEMBERS, st.lists(specs(), max_size=4))
    def test_a_history_gives_what_its_sales_give_one_by_one(self, rows, member, rules):
        rules = [BASIC, *rules]
        compiled = [compile_rule(number, spec) for number, spec in enumerate(rules, 1)]
        expected, days = set(), ()
        for number, one in enumerate(rows):
            facts = MemberFacts(
                tier=member.tier,
                segments=member.segments,
                birth_gregorian=member.birth_gregorian,
                purchases=number,
                days=days,
            )
            line = SaleLine(UNKNOWN_PRODUCT, quantity=one.quantity, amount=one.amount)
            sale = Sale(one.moment, one.channel, one.branch, (line,), member=facts)
            expected |= {
                (number, award.version, award.amount) for award in evaluate(compiled, sale, {})
            }
            if one.moment.date() not in days:
                days = (one.moment.date(), *days)

        found = given_by(rows, *rules, member=member)

        self.assertEqual({(one.row, one.version, one.amount) for one in found}, expected)

    @settings(deadline=None, max_examples=200)
    @given(histories(), MEMBERS, st.lists(specs(), max_size=3))
    def test_goods_whose_lines_are_known_earn_as_those_whose_are_not(self, rows, member, rules):
        named = [
            one._replace(
                lines=(SaleLine(UNKNOWN_PRODUCT, quantity=one.quantity, amount=one.amount),)
            )
            for one in rows
        ]

        self.assertEqual(
            set(given_by(rows, BASIC, *rules, member=member)),
            set(given_by(named, BASIC, *rules, member=member)),
        )

    @settings(deadline=None, max_examples=300)
    @given(MONEY, st.integers(1, 3), st.lists(open_rules(), min_size=1, max_size=4))
    def test_rules_that_all_hold_give_by_the_short_way_what_they_give_by_the_long_one(
        self, amount, quantity, rules
    ):
        one = row(0, amount, quantity=Decimal(quantity))
        line = SaleLine(UNKNOWN_PRODUCT, quantity=one.quantity, amount=one.amount)

        self.assertEqual(
            set(given_by([one], BASIC, *rules)),
            set(given_by([one._replace(lines=(line,))], BASIC, *rules)),
        )

    @settings(deadline=None)
    @given(histories(), st.lists(specs(), max_size=3), st.lists(specs(), max_size=3))
    def test_two_sides_do_not_disturb_each_other(self, rows, before, after):
        member = MemberFacts(tier=1, segments=frozenset({7}))
        sides = [rule_set(BASIC, *before), rule_set(BASIC, *after)]

        together = replay(rows, member, sides).given

        self.assertEqual(together[0], given_by(rows, BASIC, *before, member=member))
        self.assertEqual(together[1], given_by(rows, BASIC, *after, member=member))


class TestReturns(BaseCase):
    """What came back earned nothing; the rest earned what the rules give for it."""

    @settings(deadline=None)
    @given(st.lists(st.tuples(st.booleans(), st.integers(1, 100)), max_size=12))
    def test_what_was_kept_is_what_was_bought_less_what_came_back(self, steps):
        rows, balance = [], Decimal(0)
        for number, (back, amount) in enumerate(steps):
            amount = min(Decimal(amount), balance) if back else Decimal(amount)
            if amount:
                rows.append(row(number, -amount if back else amount, refund=back))
                balance += -amount if back else amount

        kept, _undone = settle(rows)

        self.assertEqual(sum(kept), balance)
        self.assertTrue(
            all(0 <= keep <= max(one.amount, 0) for keep, one in zip(kept, rows, strict=True))
        )

    def test_a_return_belongs_to_the_purchase_that_its_document_names(self):
        rows = [row(0, 100), row(1, 100), row(2, -100, refund=True, undoes=0)]

        self.assertEqual(amounts(rows, BASIC), [(1, 10)])

    def test_a_return_of_something_older_takes_nothing_away(self):
        rows = [row(0, 100), row(1, -100, refund=True, undoes=-1)]

        self.assertEqual(amounts(rows, BASIC), [(0, 10)])

    def test_half_a_return_leaves_half_of_every_line(self):
        milk = SaleLine(1, 1, frozenset({9}), quantity=Decimal(2), amount=Decimal(60))
        bread = SaleLine(2, 2, quantity=Decimal(1), amount=Decimal(40))
        per_milk = new_spec(
            kind=1, type="per_unit", params={"points": "10"}, what={"categories": [9]}
        )
        rows = [row(0, 100, lines=(milk, bread)), row(1, -50, refund=True)]

        self.assertEqual(amounts(rows, per_milk), [(0, 10)])

    def test_a_return_that_is_undone_brings_the_purchase_back(self):
        rows = [row(0, 100), row(1, -100, refund=True), row(2, 100, refund=True)]

        self.assertEqual(amounts(rows, BASIC), [(0, 10)])

    def test_what_came_back_wholly_is_no_earlier_purchase(self):
        second = new_spec(kind=1, type="per_visit", params={"points": "7"}, when={"nth": 2})
        rows = [row(0, 100), row(1, -100, refund=True), row(2, 100), row(3, 100)]

        self.assertEqual(amounts(rows, second), [(3, 7)])


class TestHistory(BaseCase):
    def test_purchases_of_before_the_period_count_but_are_not_judged(self):
        third = new_spec(kind=1, type="per_visit", params={"points": "7"}, when={"nth": 3})
        rows = [row(0, 10, counts=False), row(1, 10, counts=False), row(2, 10)]

        self.assertEqual(amounts(rows, third), [(2, 7)])
        self.assertEqual(amounts(rows, BASIC), [(2, 1)])

    def test_caps_of_a_day_a_month_and_a_budget_are_kept(self):
        visit = {"kind": 1, "type": "per_visit", "params": {"points": "7"}}
        rows = [row(0, 10), row(0, 10), row(1, 10), row(40, 10)]

        def capped(**caps):
            spec = new_spec(**visit, caps=caps)
            return [int(amount) for _row, amount in amounts(rows, spec)]

        self.assertEqual(capped(member_day="10"), [7, 3, 7, 7])
        self.assertEqual(capped(member_month="10"), [7, 3, 7])
        self.assertEqual(capped(member_total="15"), [7, 7, 1])
        self.assertEqual(capped(rule_total="8"), [7, 1])

    def test_a_budget_is_shared_by_all_members(self):
        spec = new_spec(kind=1, type="per_visit", params={"points": "7"}, caps={"rule_total": "10"})
        shared = rule_set(spec)

        found = [replay([row(0, 10)], MemberFacts(), [shared]).given[0] for _ in range(3)]

        self.assertEqual([[int(one.amount) for one in gifts] for gifts in found], [[7], [3], []])


class TestOutstanding(BaseCase):
    """What would still be owed on the last day."""

    def test_doctests(self):
        for module in (domain_replay, replay_rows):
            with self.subTest(module=module.__name__):
                result = doctest.testmod(module)
                self.assertEqual(result.failed, 0)
                self.assertGreater(result.attempted, 0)

    def gifts(self, *days):
        return [Given(n, day, 1, 1, Decimal(10)) for n, day in enumerate(days)]

    def owed(self, days, last_day, until, renewed=(), active=None):
        found = outstanding(
            self.gifts(*days), active or days, {1: last_day}, frozenset(renewed), until
        )
        return found.get(1, 0)

    def test_the_last_day_itself_still_counts(self):
        days = [date(2025, 1, 1)]

        self.assertEqual(self.owed(days, lambda day: date(2025, 6, 30), date(2025, 6, 30)), 10)
        self.assertEqual(self.owed(days, lambda day: date(2025, 6, 30), date(2025, 7, 1)), 0)
        self.assertEqual(self.owed(days, lambda day: None, date(2125, 7, 1)), 10)

    def test_activity_in_time_keeps_alive_and_too_late_does_not(self):
        def month(day):
            return day + timedelta(days=30)

        first, until = date(2025, 1, 1), date(2025, 3, 1)
        in_time, late = first + timedelta(days=30), first + timedelta(days=31)

        self.assertEqual(self.owed([first], month, until, [1], [first, in_time]), 10)
        self.assertEqual(self.owed([first], month, until, [1], [first, late]), 0)
