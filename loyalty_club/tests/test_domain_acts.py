"""Limits, pauses and distances, for whatever figures."""

import doctest
import math
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import acts, places
from odoo.addons.loyalty_club.domain.acts import (
    SPANS,
    ActTerms,
    Tally,
    judge,
    next_start,
    span_start,
    weighted_score,
)
from odoo.addons.loyalty_club.domain.places import Position, distance, is_within, read_position

DAYS = st.dates(date(1990, 1, 1), date(2080, 12, 31))
CALENDARS = st.sampled_from(["gregorian", "jalali"])
LIMITED = st.sampled_from(SPANS)
TERMS = st.builds(
    ActTerms,
    amount=st.integers(1, 50).map(Decimal),
    times=st.dictionaries(LIMITED, st.integers(1, 5)),
    pause=st.integers(0, 40),
)
PLACES = st.builds(Position, st.floats(-90, 90), st.floats(-180, 180))


class TestActs(BaseCase):
    def test_examples(self):
        for module in (acts, places):
            self.assertFalse(doctest.testmod(module).failed)

    @settings(deadline=None)
    @given(LIMITED, DAYS, CALENDARS)
    def test_spans_follow_each_other_without_gap(self, span, day, calendar):
        start, after = span_start(span, day, calendar), next_start(span, day, calendar)
        self.assertLessEqual(start, day)
        if span != "total":
            self.assertGreater(after, day)
            self.assertEqual(span_start(span, after, calendar), after)
            self.assertEqual(span_start(span, after - timedelta(days=1), calendar), start)

    @settings(deadline=None)
    @given(TERMS, CALENDARS, st.lists(st.integers(0, 20), min_size=1, max_size=60))
    def test_no_limit_is_ever_passed_and_every_wait_ends_when_it_says(self, terms, calendar, steps):
        """A member who tries again and again, days apart, is counted as by hand."""
        day, given_on = date(2026, 1, 1), []
        for step in steps:
            day += timedelta(days=step)
            verdict = judge(terms, self.tally(given_on, day, calendar), day, calendar)
            if verdict.refused:
                self.assertFalse(verdict.amount)
                if verdict.again:
                    self.assertGreater(verdict.again, day)
                    later = judge(
                        terms,
                        self.tally(given_on, verdict.again, calendar),
                        verdict.again,
                        calendar,
                    )
                    self.assertFalse(later.refused)
            else:
                given_on.append(day)
        for span, times in terms.times.items():
            starts = [span_start(span, one, calendar) for one in given_on]
            self.assertLessEqual(max(map(starts.count, starts), default=0), times)
        for one, other in pairwise(given_on):
            self.assertGreaterEqual((other - one).days, terms.pause)

    def tally(self, given_on, day, calendar):
        return Tally(
            {
                span: sum(one >= span_start(span, day, calendar) for one in given_on)
                for span in SPANS
            },
            max(given_on, default=None),
        )

    @settings(deadline=None)
    @given(TERMS, st.integers(0, 60).map(Decimal))
    def test_room_is_never_passed_and_nothing_is_lost(self, terms, room):
        verdict = judge(terms, Tally(), date(2026, 1, 1), "gregorian", room=room)

        self.assertLessEqual(verdict.amount, room)
        if not verdict.refused:
            self.assertEqual(verdict.amount + verdict.cut, terms.amount)
        else:
            self.assertLess(room, terms.step)

    @settings(deadline=None)
    @given(
        st.lists(
            st.tuples(st.integers(0, 9), st.integers(0, 10), st.just(10)), min_size=1, max_size=8
        )
    )
    def test_a_weighted_score_lies_between_the_lowest_and_the_highest(self, rows):
        figures = [tuple(map(Decimal, row)) for row in rows]

        score = weighted_score(figures)

        shares = [10 * reached for weight, reached, _highest in figures if weight]
        if shares:
            self.assertLessEqual(min(shares) - Decimal("0.01"), score)
            self.assertLessEqual(score, max(shares) + Decimal("0.01"))
        else:
            self.assertEqual(score, 0)


class TestPlaces(BaseCase):
    @settings(deadline=None)
    @given(PLACES, PLACES)
    def test_a_distance_is_the_same_both_ways_and_at_most_half_round(self, one, other):
        there = distance(one, other)

        self.assertTrue(math.isclose(there, distance(other, one), abs_tol=1e-3))
        self.assertTrue(0 <= there <= math.pi * places.EARTH + 1)

    @settings(deadline=None)
    @given(PLACES, st.integers(10, 50000), st.floats(0, 1000))
    def test_whoever_stands_there_is_there(self, place, radius, accuracy):
        here = place._replace(accuracy=accuracy)

        self.assertEqual(is_within(here, place, radius), "yes")

    def test_what_a_telephone_says_of_its_accuracy_helps_nobody_over_the_fence(self):
        place = Position(35.7, 51.4)
        away = Position(35.7, 51.41, 999)  # 900 m off

        self.assertEqual(is_within(away, place, 500), "no")

    @settings(deadline=None)
    @given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
    def test_whatever_is_sent_is_a_place_on_earth_or_none(self, latitude, longitude, accuracy):
        found = read_position(latitude, longitude, accuracy)

        self.assertTrue(found is None or abs(found.latitude) <= 90)
