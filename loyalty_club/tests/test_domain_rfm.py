"""RFM scores: equal behaviour has equal score, more is never worse, the cuts are exact."""

import doctest
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import rfm
from odoo.addons.loyalty_club.domain.codes import InputError

amounts = st.decimals(-(10**6), 10**9, places=2, allow_nan=False, allow_infinity=False)
measures = st.tuples(st.integers(0, 400), st.integers(0, 12), amounts | st.integers(0, 3))
members = st.lists(measures, max_size=40).map(
    lambda rows: [(member, *row) for member, row in enumerate(rows)]
)


def literal_score(values, value, sign=1):
    """Return the definition written out: ceil(5 · mean of the tied ranks / n), in fractions."""
    ordered = sorted(sign * other for other in values)
    ranks = [place for place, other in enumerate(ordered, 1) if other == sign * value]
    return ceil(5 * Fraction(sum(ranks), len(ranks)) / len(ordered))


class TestDomainRfm(BaseCase):
    def assertRefused(self, code, function, *args):
        with self.assertRaises(InputError) as caught:
            function(*args)
        self.assertEqual(caught.exception.code, code)

    def test_doctests(self):
        result = doctest.testmod(rfm)
        self.assertEqual(result.failed, 0)
        self.assertGreater(result.attempted, 0)

    @given(members)
    @settings(deadline=None, database=None)
    def test_scores_are_the_definition_written_out(self, rows):
        scores = rfm.rfm_scores(rows)
        buyers = [row for row in rows if row[2] > 0]

        self.assertEqual(set(scores), {row[0] for row in buyers})
        for member, *values in buyers:
            expected = [
                literal_score([row[at] for row in buyers], values[at - 1], sign)
                for at, sign in ((1, -1), (2, 1), (3, 1))
            ]
            self.assertEqual(list(scores[member][:3]), expected)
            self.assertEqual(scores[member].total, 10 * sum(expected))
            self.assertTrue(30 <= scores[member].total <= 150)

    @given(
        st.lists(st.integers(0, 60), min_size=1, max_size=80),
        st.integers(2, 10),
        st.integers(1, 30),
    )
    @settings(deadline=None, database=None)
    def test_groups_say_where_the_least_values_of_the_scores_are(self, values, scale, size):
        expected = {}
        for value, score in rfm.quintile_scores(values, scale=scale).items():
            expected[score] = min(value, expected.get(score, value))
        self.assertEqual(rfm.least_values(Counter(values), scale), expected)

        least = {}
        groups = Counter(value // size for value in values)
        for group, below in rfm.first_groups(groups, scale).items():
            within = Counter(value for value in values if value // size == group)
            least = rfm.least_values(within, scale, below=below, n=len(values)) | least

        self.assertEqual(least, expected)

    @given(
        st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=9),
        st.integers(0, 31),
    )
    @settings(deadline=None, database=None)
    def test_only_values_in_moved_ranges_score_otherwise(self, pairs, value):
        former, bounds = (
            (sorted(found) for found in zip(*pairs, strict=True)) if pairs else ([], [])
        )
        if rfm.score_of(value, former) != rfm.score_of(value, bounds):
            ranges = rfm.moved_ranges(former, bounds)
            self.assertTrue(any(least <= value < most for least, most in ranges))

    @given(st.lists(amounts | st.integers(0, 3), min_size=1, max_size=40), st.integers(2, 10))
    @settings(deadline=None, database=None)
    def test_bounds_say_what_the_scores_say(self, values, scale):
        scores = rfm.quintile_scores(values, scale=scale)
        least = {}
        for value, score in scores.items():
            least[score] = min(value, least.get(score, value))

        bounds = rfm.score_bounds(least, scale)

        for value, score in scores.items():
            self.assertEqual(rfm.score_of(value, bounds), score)
            self.assertTrue(1 <= score <= scale)

    def test_every_combination_has_its_total_and_its_class(self):
        rows = {row[:3]: row[3:] for row in rfm.all_totals((1, 1, 1), rfm.DEFAULT_CUTS)}

        self.assertEqual(len(rows), 125)
        self.assertEqual(rows[5, 4, 2], (110, "gold"))
        self.assertEqual(rows[1, 1, 1], (30, "bronze"))
        self.assertEqual(len(list(rfm.all_totals((1, 1, 1), (), 7))), 343)
        self.assertEqual({row[4] for row in rfm.all_totals((1, 1, 1), ())}, {None})

    @given(members)
    @settings(deadline=None, database=None)
    def test_better_behaviour_never_scores_lower(self, rows):
        scores = rfm.rfm_scores(rows)

        for better in rows:
            for worse in rows:
                if {better[0], worse[0]} <= set(scores):
                    if better[1] <= worse[1]:
                        self.assertGreaterEqual(scores[better[0]][0], scores[worse[0]][0])
                    if better[3] >= worse[3]:
                        self.assertGreaterEqual(scores[better[0]][2], scores[worse[0]][2])

    @given(members, st.randoms())
    @settings(deadline=None, database=None)
    def test_the_order_of_the_rows_is_of_no_account(self, rows, random):
        shuffled = list(rows)
        random.shuffle(shuffled)

        self.assertEqual(rfm.rfm_scores(shuffled), rfm.rfm_scores(rows))

    def test_five_members_get_the_five_scores(self):
        rows = [(name, 50 - 10 * i, i, 100 * i) for i, name in enumerate("abcde", 1)]

        scores = rfm.rfm_scores(rows)

        self.assertEqual([scores[name].total for name in "abcde"], [30, 60, 90, 120, 150])

    def test_a_club_of_equals_scores_in_the_middle(self):
        scores = rfm.rfm_scores((member, 7, 2, Decimal(100)) for member in range(100))

        self.assertEqual(set(scores.values()), {rfm.RfmScore(3, 3, 3, 90)})

    def test_who_bought_nothing_in_the_window_has_no_score(self):
        scores = rfm.rfm_scores([("buyer", 3, 1, 10), ("sleeper", 500, 0, 0)])

        self.assertEqual(set(scores), {"buyer"})
        self.assertEqual(rfm.rfm_scores([]), {})

    def test_wrong_rows_are_refused(self):
        self.assertRefused("rfm_member", rfm.rfm_scores, [(1, 1, 1, 1), (1, 2, 2, 2)])
        self.assertRefused("rfm_value", rfm.rfm_scores, [(1, 1, 1, Decimal("NaN"))])
        self.assertRefused("rfm_value", rfm.rfm_scores, [(1, 1, 1, float("nan"))])
        for weights in ((1, 1), (0, 0, 0), (-1, 1, 1)):
            self.assertRefused("rfm_weights", rfm.rfm_total, 1, 1, 1, weights)

    def test_weights_are_exact(self):
        weights = (1.1, 0.9, 1)  # floats as Odoo's Float fields give them

        self.assertEqual(rfm.rfm_total(5, 5, 5, weights), 150)
        self.assertEqual(rfm.rfm_total(1, 1, 1, (Decimal("0.1"), 0, 0)), 1)

    def test_the_cuts_at_their_borders(self):
        for total, name in [
            ("150", "platinum"),
            ("110.01", "platinum"),
            ("110", "gold"),
            ("95", "gold"),
            ("94.99", "silver"),
            ("70", "silver"),
            ("69.99", "bronze"),
            ("30", "bronze"),
            ("0", "bronze"),
        ]:
            self.assertEqual(rfm.classify(Decimal(total)), name, total)

    def test_cuts_that_leave_doubt_are_refused(self):
        for cuts in (
            (),
            (("low", 10, True), ("high", 20, True)),
            (("one", 10, True), ("two", 10, True)),
            (("one", 10, True), ("two", 10, False)),
            (("all", None, True), ("never", 10, True)),
            (("only high", 100, True),),
        ):
            self.assertRefused("tier_cuts", rfm.classify, 50, cuts)
        self.assertEqual(rfm.classify(10, (("a", 10, False), ("b", 10, True))), "b")

    def test_the_sql_column_must_be_a_name(self):
        for column in ("", "1", "a; drop table x", 'a"', "a.b.c", "A B", "a)"):
            self.assertRefused("sql_column", rfm.sql_bounds, column, "member")
