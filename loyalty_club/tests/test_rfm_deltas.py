from datetime import date, timedelta
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ..models import rfm_deltas, rfm_update
from .rfm_common import TODAY, RfmCommon

WINDOW = 24
# Of a member: how many days before the day of the step, hour, amount, and what it is.
row = st.tuples(
    st.integers(0, 3),
    st.integers(-2, 30),
    st.sampled_from(["00:00:00", "02:30:00", "10:00:00", "23:59:59"]),
    st.integers(0, 5),
    st.sampled_from(["bought", "bought", "bought", "returned", "undone"]),
)
steps = st.lists(st.tuples(st.integers(0, 6), st.lists(row, max_size=4)), max_size=5)


@tagged("post_install", "-at_install")
class TestRfmDeltas(RfmCommon):
    """Figures that follow by sums are those that are counted."""

    def setUp(self):
        super().setUp()
        self.club.rfm_window_days = WINDOW
        self.startPatcher(patch.object(rfm_deltas, "_SHORT", 4))
        self.startPatcher(patch.object(rfm_update, "_MOST", 0))
        self.values = self.env["loyalty.club.rfm"]

    def buy_all(self, rows, day=TODAY):
        for index, ago, time, amount, kind in rows:
            signed = amount if kind == "bought" else -amount
            ago += (TODAY - day).days
            self.buy(self.members[index], ago, signed, kind == "returned", time=time)

    def check_counted(self, day):
        """The table is what is stored when everything is computed anew."""
        found = self.table()
        with self.env.cr.savepoint() as savepoint:
            self.rebuild(day)
            counted = self.table()
            savepoint.rollback()
        self.env.invalidate_all()
        self.assertEqual(found, counted)

    def counted_anew(self, day):
        """Update, and return the ids of those who were counted anew."""
        counted = []
        make = type(self.values)._make_fresh

        def make_fresh(values, club, on, *, ids=None, **options):
            counted.extend(ids if ids is not None else ["everybody"])
            return make(values, club, on, ids=ids, **options)

        with patch.object(type(self.values), "_make_fresh", make_fresh):
            self.update(day)
        return counted

    def check_histories(self, examples=60, first=TODAY):
        @settings(deadline=None, max_examples=examples, derandomize=True)
        @given(st.lists(row, max_size=16), steps, st.sampled_from(["month", "week", "day"]))
        def check(history, following, hold):
            with self.env.cr.savepoint() as savepoint:
                self.club.rfm_hold = hold
                self.buy_all(history, first)
                self.rebuild(first)
                day = first
                for ahead, added in following:
                    self.buy_all(added, day)
                    day += timedelta(days=ahead)
                    self.update(day)
                    self.check_counted(day)
                savepoint.rollback()
            self.env.invalidate_all()

        check()

    def test_every_history_ends_with_what_is_counted(self):
        self.check_histories()

    def test_members_of_a_large_club_are_divided(self):
        self.startPatcher(patch.object(rfm_deltas, "_LARGE", 0))
        self.check_histories(20)

    def test_days_are_those_of_a_shop_whose_clock_changes(self):
        self.company.partner_id.tz = "America/St_Johns"
        self.check_histories(20, date(2025, 11, 5))

    def test_one_purchase_more_is_added(self):
        member = self.members[0]
        for ago in (20, 9, 3):
            self.buy(member, ago, 10)
        for other in self.members[1:]:
            self.buy(other, 4, 50)
        self.rebuild()
        self.buy(member, 0, 7)
        self.buy(member, -1, 5)
        self.buy(member, -1, 5)

        self.assertEqual(self.counted_anew(TODAY + timedelta(days=1)), [])

        value = member.rfm_id
        self.assertEqual((value.frequency, value.monetary, value.visits), (6, 47, 5))
        self.assertEqual((value.gap_sum, value.gap_squares), (21, 121 + 36 + 9 + 1))
        self.check_counted(TODAY + timedelta(days=1))

    def test_what_leaves_takes_its_gap_along(self):
        member = self.members[0]
        for ago in (WINDOW - 1, WINDOW - 2, WINDOW - 6, 3):
            self.buy(member, ago, 10)
        self.rebuild()

        self.assertEqual(self.counted_anew(TODAY + timedelta(days=2)), [])

        value = member.rfm_id
        self.assertEqual((value.frequency, value.visits, value.monetary), (2, 2, 20))
        self.assertEqual((value.gap_sum, value.gap_squares), (15, 225))
        self.check_counted(TODAY + timedelta(days=2))

    def test_what_passes_the_middle_is_of_the_earlier_half(self):
        member = self.members[0]
        self.buy(member, WINDOW // 2 - 1, 10)
        self.buy(member, WINDOW // 2 - 2, 7)
        self.rebuild()
        self.assertEqual(member.rfm_id.monetary_before, 0)

        self.assertEqual(self.counted_anew(TODAY + timedelta(days=1)), [])

        self.assertEqual(member.rfm_id.monetary_before, 10)

    def test_late_moved_and_unknown_ones_are_counted_anew(self):
        late, moved, new, back, other = self.members[:5]
        merged = self.members[5]
        for member in (late, moved, other, merged):
            self.buy(member, 5, 10)
        self.buy(back, WINDOW + 9, 10)
        self.buy(new, 2, -3, refund=True)
        self.rebuild()
        self.buy(late, 6, 10)
        for member in (new, back, other):
            self.buy(member, -1, 10)
        contact = self.env["res.partner"].create({"name": "Came by herself"})
        self.buy(self.env["loyalty.club.member"], 3, 70, partner=contact)
        joined = self.env["loyalty.club.member"]._enrol(self.club, contact)
        merged._merge_into(moved)

        counted = self.counted_anew(TODAY + timedelta(days=1))

        # Who comes back after a long time has nothing to be left out; a return may have been.
        self.assertEqual(set(counted), {m.id for m in (late, moved, merged, new, joined)})
        self.assertEqual(back.rfm_id.visits, 1)
        self.check_counted(TODAY + timedelta(days=1))

    def test_an_hour_later_the_purchases_of_the_hour_are_added(self):
        member = self.members[0]
        for other in self.members:
            self.buy(other, 4, 10)
        self.buy(member, 0, 10, time="08:00:00")
        self.rebuild()
        self.buy(member, 0, 15, time="09:00:00")
        self.assertEqual(self.counted_anew(TODAY), [])
        self.assertEqual((member.rfm_frequency, member.rfm_monetary), (3, 35))
        self.buy(member, 0, 15, time="09:00:00")

        self.assertEqual(self.counted_anew(TODAY), [])

        self.assertEqual((member.rfm_frequency, member.rfm_id.visits), (4, 2))
        self.check_counted(TODAY)

    def test_a_long_step_counts_anew(self):
        self.buy(self.members[0], 2, 10)
        self.rebuild()
        self.buy(self.members[0], 0, 10)
        day = TODAY + timedelta(days=WINDOW // 4 + 1)

        self.assertEqual(self.counted_anew(day), self.members[0].ids)
        self.check_counted(day)

    def test_a_clock_that_is_put_back_over_midnight_counts_anew(self):
        self.company.partner_id.tz = "America/St_Johns"
        day = date(2009, 11, 2)
        for member in self.members[:3]:
            self.buy(member, (TODAY - day).days + 9, 10)
        # Half a minute past midnight, and a minute later on the day before.
        self.buy(self.members[0], (TODAY - day).days + 1, 10, time="02:30:30")
        self.rebuild(day - timedelta(days=1))
        self.assertFalse(self.values._is_short_step(self.club, day))
        self.buy(self.members[0], (TODAY - day).days + 1, 10, time="02:31:30")
        self.update(day)
        self.check_counted(day)
