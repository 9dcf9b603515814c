"""The general ledger owes what the wallets hold, to the last unit, however time is cut."""

import doctest
from collections import defaultdict
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.const import ENTRY_KINDS
from odoo.addons.loyalty_club.domain import posting
from odoo.addons.loyalty_club.domain.earning import round_to
from odoo.addons.loyalty_club.domain.posting import (
    COST,
    LIABILITY,
    REVALUATION,
    Booked,
    counter_role,
    due,
)

ROLES = sorted(set(posting.COUNTER_ROLES.values()))
amounts = st.decimals(-(10**9), 10**9, places=3, allow_nan=False, allow_infinity=False)
movements = st.lists(st.tuples(st.sampled_from(ROLES), amounts), max_size=30)
values = st.decimals(0, 10**4, places=6, allow_nan=False, allow_infinity=False)
steps = st.sampled_from([Decimal(1), Decimal("0.01"), Decimal("0.05"), Decimal(10)])


class Books:
    """Postings one after the other, as the general ledger keeps them."""

    def __init__(self, step):
        self.step = step
        self.moved = defaultdict(Decimal)
        self.booked = {}

    def post(self, part, value):
        for role, amount in part:
            self.moved[role] += amount
        lines = due(self.moved, self.booked, value, self.step)
        for role, line in lines.items():
            units, exact, amount = self.booked.get(role, Booked())
            self.booked[role] = Booked(
                units + line.units, exact + line.units * value, amount + line.amount
            )
        return lines

    def amount(self, role):
        return self.booked.get(role, Booked()).amount


def cut(rows, places):
    """``rows`` in consecutive parts, cut at ``places`` (some of them perhaps empty)."""
    ends = sorted(place % (len(rows) + 1) for place in places)
    return [rows[a:b] for a, b in zip([0, *ends], [*ends, len(rows)], strict=True)]


class TestDomainPosting(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(posting)
        self.assertEqual(result.failed, 0)
        self.assertGreater(result.attempted, 0)

    def test_every_kind_of_entry_has_a_counter_role(self):
        self.assertEqual(set(posting.COUNTER_ROLES), {kind for kind, _label in ENTRY_KINDS})

    def test_only_what_was_sold_is_not_a_cost(self):
        different = {
            kind
            for kind in posting.COUNTER_ROLES
            if counter_role(kind) != counter_role(kind, sold=True)
        }

        self.assertEqual(different, {"issue"})

    @settings(max_examples=300, deadline=None)
    @given(movements, st.lists(st.integers(0, 40), max_size=8), values, steps)
    def test_however_the_days_are_cut_the_same_is_booked(self, rows, places, value, step):
        at_once, in_parts = Books(step), Books(step)

        at_once.post(rows, value)
        for part in cut(rows, places):
            in_parts.post(part, value)

        for role in (LIABILITY, REVALUATION, *ROLES):
            self.assertEqual(in_parts.amount(role), at_once.amount(role), role)

    @settings(max_examples=300, deadline=None)
    @given(st.lists(st.tuples(movements, values), min_size=1, max_size=6), steps)
    def test_after_each_posting_the_liability_is_what_the_wallets_are_worth(self, parts, step):
        books = Books(step)
        for part, value in parts:
            lines = books.post(part, value)

            worth = sum(books.moved.values(), Decimal(0)) * value
            self.assertEqual(books.amount(LIABILITY), round_to(worth, step))
            others = sum(line.amount for role, line in lines.items() if role != LIABILITY)
            self.assertEqual(lines[LIABILITY].amount, others)
            for role, line in lines.items():
                self.assertFalse(line.amount % step, role)

    @settings(max_examples=200, deadline=None)
    @given(st.lists(st.tuples(movements, values), min_size=1, max_size=6), steps)
    def test_no_role_is_further_from_its_exact_worth_than_the_roundings(self, parts, step):
        books = Books(step)
        for part, value in parts:
            books.post(part, value)

        for role in set(ROLES) - {COST}:
            exact = books.booked.get(role, Booked()).exact
            self.assertLessEqual(abs(books.amount(role) - exact), step / 2, role)
        cost = books.booked[COST]
        self.assertLessEqual(abs(cost.amount - cost.exact), step / 2 * (len(ROLES) + 2))

    @settings(max_examples=200, deadline=None)
    @given(movements, values, steps)
    def test_a_repeat_books_nothing(self, rows, value, step):
        books = Books(step)
        books.post(rows, value)

        repeat = books.post([], value)

        self.assertFalse([line for line in repeat.values() if line.amount or line.units])

    @settings(max_examples=200, deadline=None)
    @given(movements, values, values, steps)
    def test_a_new_value_of_a_point_is_no_reward_cost(self, rows, before, after, step):
        books = Books(step)
        books.post(rows, before)

        lines = books.post([], after)

        units = sum(books.moved.values(), Decimal(0))
        revalued = lines[REVALUATION].amount
        self.assertLessEqual(abs(revalued - units * (after - before)), step)
        self.assertLessEqual(abs(lines[COST].amount), step * 2)
