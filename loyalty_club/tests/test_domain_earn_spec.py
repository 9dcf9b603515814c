"""Specs of earning rules: two that are said to be apart never hold for the same sale."""

from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain.earn_rule import compile_rule
from odoo.addons.loyalty_club.domain.earn_spec import may_both_fire, new_spec, plain
from odoo.addons.loyalty_club.domain.sale import MemberFacts, Sale

BEGIN = datetime.fromisoformat("2026-04-30")
IDS = st.lists(st.integers(1, 3), max_size=2, unique=True).map(sorted)
DAYS = st.none() | st.sampled_from(["2026-05-01", "2026-05-04", "2026-05-07"])


@st.composite
def specs(draw):
    hours = sorted(draw(st.lists(st.integers(0, 24), min_size=2, max_size=2, unique=True)))
    first, last = draw(DAYS), draw(DAYS)
    return new_spec(
        kind=1,
        type="per_visit",
        params={"points": "1"},
        who={
            "tiers": draw(IDS),
            "segments": draw(IDS),
            "not_segments": draw(IDS),
            "kinds": draw(st.lists(st.sampled_from(["person", "company"]), max_size=1)),
        },
        where={
            "branches": draw(IDS),
            "channels": draw(st.lists(st.sampled_from(["pos", "sale"]), max_size=1)),
        },
        when={
            "from": first,
            "until": last if not (first and last) or first <= last else None,
            "weekdays": draw(IDS),
            "hour_from": str(hours[0]),
            "hour_until": str(hours[1]),
            "nth": draw(st.none() | st.integers(1, 3)),
        },
    )


SALES = st.builds(
    lambda hours, channel, branch, member: Sale(
        BEGIN + timedelta(hours=hours), channel, branch, member=member
    ),
    st.integers(0, 24 * 9),
    st.sampled_from(["pos", "sale"]),
    st.integers(1, 3),
    st.builds(
        MemberFacts,
        tier=st.none() | st.integers(1, 3),
        segments=st.frozensets(st.integers(1, 3), max_size=2),
        kinds=st.sampled_from(["person", "company"]).map(lambda kind: frozenset({kind})),
        purchases=st.integers(0, 2),
    ),
)


def holds(spec, sale):
    rule = compile_rule(1, spec)
    when = rule.when.fits_moment(sale) and rule.when.fits_member(sale)
    return when and rule.where.fits(sale) and rule.who.fits(sale)


class TestDomainEarnSpec(BaseCase):
    """What may be refused as overlapping, and what never is."""

    @settings(max_examples=500, deadline=None)
    @given(specs(), specs(), st.lists(SALES, min_size=5, max_size=20))
    def test_specs_that_are_apart_never_hold_together(self, one, other, sales):
        if not may_both_fire(one, other):
            for sale in sales:
                self.assertFalse(holds(one, sale) and holds(other, sale))

    @settings(max_examples=100, deadline=None)
    @given(specs(), specs())
    def test_order_makes_no_difference(self, one, other):
        self.assertEqual(may_both_fire(one, other), may_both_fire(other, one))
        self.assertTrue(may_both_fire(new_spec(), one))

    @given(st.decimals(-(10**9), 10**9, places=3))
    def test_numbers_are_written_exactly_and_once(self, number):
        text = plain(number)

        self.assertEqual(Decimal(text), number)
        self.assertNotIn("E", text.upper())
        self.assertEqual(plain(text), text)

    def test_each_spec_has_lists_of_its_own(self):
        new_spec()["who"]["tiers"].append(1)

        self.assertEqual(new_spec()["who"]["tiers"], [])

    def test_what_no_spec_has_is_refused(self):
        for given_ in ({"knid": 1}, {"who": {"teirs": []}}):
            with self.assertRaises(KeyError):
                new_spec(**given_)
