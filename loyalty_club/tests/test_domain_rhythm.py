"""Rhythm, stages and months: the examples, and what must hold of any of them."""

import doctest
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import lifecycle, periods, rhythm
from odoo.addons.loyalty_club.domain.codes import InputError

START = date(2024, 1, 1)
days = st.lists(st.integers(0, 700).map(lambda ahead: START + timedelta(days=ahead)), max_size=12)
CLOCK = datetime.fromisoformat("2015-01-01")
ZONES = ("Asia/Tehran", "Europe/Brussels", "America/St_Johns", "Australia/Lord_Howe", "UTC")


class TestDomainRhythm(BaseCase):
    def test_doctests(self):
        for module in (rhythm, lifecycle, periods):
            result = doctest.testmod(module)
            self.assertEqual(result.failed, 0)
            self.assertGreater(result.attempted, 0)

    @given(days)
    @settings(deadline=None, database=None)
    def test_gaps_reach_from_the_first_visit_to_the_last(self, visited):
        own = rhythm.rhythm_of(visited)

        self.assertEqual(own.visits, len(set(visited)))
        if visited:
            self.assertEqual(own.gap_sum, (max(visited) - min(visited)).days)
        self.assertEqual(own, rhythm.rhythm_of([*reversed(visited), *visited]))

    @given(st.integers(3, 12), st.integers(1, 90))
    @settings(deadline=None, database=None)
    def test_who_comes_like_clockwork_is_regular(self, visits, gap):
        own = rhythm.rhythm_of(START + timedelta(days=gap * number) for number in range(visits))

        self.assertEqual(rhythm.mean_gap(own), gap)
        self.assertEqual(rhythm.gap_spread(own), 0)
        self.assertEqual(rhythm.behaviour(own), "regular")
        last = START + timedelta(days=gap * (visits - 1))
        self.assertEqual(rhythm.expected_on(last, own), last + timedelta(days=gap))

    def test_a_spread_of_half_the_mean_is_still_regular(self):
        # Gaps of 10 and 30: mean 20, spread 10.
        self.assertEqual(rhythm.behaviour(rhythm.Rhythm(3, 40, 1000)), "regular")
        self.assertEqual(rhythm.behaviour(rhythm.Rhythm(3, 40, 1001)), "irregular")

    def test_overdue_begins_with_the_day_that_fills_the_factor(self):
        own = rhythm.rhythm_of([START, START + timedelta(days=45), START + timedelta(days=90)])

        self.assertFalse(rhythm.is_overdue(67, own, Decimal("1.5")))
        self.assertTrue(rhythm.is_overdue(68, own, Decimal("1.5")))
        self.assertFalse(rhythm.is_overdue(9999, rhythm.Rhythm(2, 45, 2025), Decimal(1)))

    def test_a_stage_without_conditions_takes_everybody_who_is_left(self):
        stages = [lifecycle.Stage("never", bought="never"), lifecycle.Stage("others")]
        bought = lifecycle.Facts(last_on=START, first_on=START)

        self.assertEqual(lifecycle.stage_of(stages, lifecycle.Facts(), START), "never")
        self.assertEqual(lifecycle.stage_of(stages, bought, START), "others")
        self.assertIsNone(lifecycle.stage_of(stages[:1], bought, START))

    def test_the_alias_must_be_a_name(self):
        for alias in ("", "s; drop", "S", 's"'):
            with self.assertRaises(InputError):
                lifecycle.sql_stage([], alias, "v")

    @given(
        st.sampled_from(ZONES),
        st.integers(0, 378_000_000).map(lambda seconds: CLOCK + timedelta(seconds=seconds)),
    )
    @settings(deadline=None, database=None, max_examples=200)
    def test_clocks_by_their_changes_are_the_clocks_of_the_zone(self, zone, moment):
        changes = periods.clock_changes(zone, date(2015, 1, 1), date(2026, 12, 31))

        ahead = [seconds for since, seconds in changes if since <= moment][-1]

        local = moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone))
        self.assertEqual(moment + timedelta(seconds=ahead), local.replace(tzinfo=None))

    def test_months_end_where_the_next_begins(self):
        for jalali in (False, True):
            ends = periods.month_ends(date(2023, 1, 15), date(2026, 2, 1), jalali=jalali)
            self.assertGreater(len(ends), 35)
            for end in ends:
                first = end + timedelta(days=1)
                self.assertEqual(periods.month_start(first, jalali=jalali), first)
                self.assertLess(
                    periods.month_label(end, jalali=jalali),
                    periods.month_label(first, jalali=jalali),
                )
        self.assertEqual(periods.month_ends(date(2026, 1, 1), date(2026, 1, 31)), [])
