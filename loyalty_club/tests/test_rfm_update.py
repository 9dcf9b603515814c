from datetime import timedelta
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ..demo import cdnow
from ..models import rfm_update
from .rfm_common import TODAY, RfmCommon, in_shares

WINDOW = 40
purchase = st.tuples(
    st.integers(0, 7), st.integers(-20, 60), st.integers(0, 5), st.booleans(), st.booleans()
)
# A day later, or some, each with what is written in the meantime.
steps = st.lists(st.tuples(st.integers(0, 30), st.lists(purchase, max_size=6)), max_size=4)


@tagged("post_install", "-at_install")
class TestRfmUpdate(RfmCommon):
    """Values that follow the purchases are those that are computed anew."""

    def check_update(self, today=TODAY):
        """Update, and compare with a rebuild of the same day."""
        self.update(today)
        updated = self.table()
        self.rebuild(today)
        self.assertEqual(updated, self.table())

    def test_updates_end_with_the_table_of_a_rebuild(self):
        self.club.rfm_window_days = WINDOW
        # However many of the few are touched: those who changed are counted, not all.
        self.startPatcher(patch.object(rfm_update, "_MOST", 0))
        in_shares(self)

        @settings(deadline=None, max_examples=60, derandomize=True)
        @given(st.lists(purchase, max_size=25), steps)
        def check(history, following):
            with self.env.cr.savepoint() as savepoint:
                self.write_journal(history)
                self.rebuild()
                day = TODAY
                for ahead, added in following:
                    self.write_journal(added)
                    day += timedelta(days=ahead)
                    self.update(day)
                updated = self.table()
                self.rebuild(day)
                self.assertEqual(updated, self.table())
                savepoint.rollback()
            self.env.invalidate_all()

        check()

    def write_journal(self, rows):
        for index, ago, amount, refund, undone in rows:
            amount = -amount if refund or undone else amount
            self.buy(self.members[index], ago, amount, refund)

    def test_an_update_counts_only_those_who_changed(self):
        for member in self.members:
            self.buy(member, 5, 10)
        self.rebuild()
        self.buy(self.members[0], 1, 10)

        touched = self.env["loyalty.club.rfm"]._touched(self.club, TODAY)

        self.assertEqual(touched, self.members[0].ids)
        self.assertFalse(self.env["loyalty.club.rfm"]._are_many(self.club, touched))

    def test_a_purchase_that_leaves_the_window_is_forgotten(self):
        self.club.rfm_window_days = WINDOW
        leaving, halfway, staying = self.members[:3]
        self.buy(leaving, WINDOW - 1, 100)
        self.buy(halfway, WINDOW // 2 - 1, 100)
        self.buy(staying, 1, 100)
        for member in self.members[3:]:
            self.buy(member, 10, 50)
        self.rebuild()
        self.assertEqual(halfway.rfm_id.monetary_before, 0)

        self.check_update(TODAY + timedelta(days=1))

        self.assertFalse(leaving.rfm_frequency)
        self.assertEqual(leaving.rfm_id.last_purchase_on, TODAY - timedelta(days=WINDOW - 1))
        self.assertEqual(halfway.rfm_id.monetary_before, 100)

    def test_a_purchase_that_was_dated_ahead_counts_from_its_day(self):
        for member in self.members:
            self.buy(member, 5, 10)
        self.buy(self.members[0], -2, 10)
        self.rebuild()
        self.assertEqual(self.members[0].rfm_frequency, 1)

        self.check_update(TODAY + timedelta(days=2))

        self.assertEqual(self.members[0].rfm_frequency, 2)

    def test_earlier_purchases_of_somebody_who_joins_count(self):
        for member in self.members:
            self.buy(member, 5, 10)
        contact = self.env["res.partner"].create({"name": "Later a member"})
        self.buy(self.env["loyalty.club.member"], 3, 70, partner=contact)
        self.rebuild()
        joined = self.env["loyalty.club.member"]._enrol(self.club, contact)

        self.check_update()

        self.assertEqual((joined.rfm_frequency, joined.rfm_monetary), (1, 70))

    def test_purchases_of_a_merged_membership_count_for_the_one_that_stays(self):
        for member in self.members:
            self.buy(member, 5, 10)
        self.rebuild()
        self.members[1]._merge_into(self.members[0])

        self.check_update()

        self.assertEqual(self.members[0].rfm_frequency, 2)
        self.assertFalse(self.members[1].rfm_id)

    def test_other_settings_count_from_the_next_update(self):
        for number, member in enumerate(self.members):
            self.buy(member, 30 * number, 10 * number)
        self.rebuild()
        for values in (
            {"rfm_window_days": 100},
            {"rfm_weight_monetary": 3},
            {"rfm_scale": 7},
        ):
            self.club.write(values)
            with self.subTest(values=values):
                self.check_update()
        self.assertEqual(max(self.members, key=lambda m: m.rfm_r).rfm_r, 7)
        self.company.partner_id.tz = "Asia/Tehran"
        self.check_update()

    def test_other_classes_and_stages_count_from_the_next_update(self):
        for number, member in enumerate(self.members):
            self.buy(member, number, 10 * number)
        self.rebuild()
        self.club.rfm_class_ids[0].lower_bound = 60
        self.club.lifecycle_ids[-1].sequence = 1

        self.check_update()

        self.assertEqual(self.members[-1].lifecycle_id, self.club.lifecycle_ids.sorted()[0])

    def test_days_are_those_of_the_shop_in_every_update(self):
        self.company.partner_id.tz = "America/St_Johns"
        self.club.rfm_window_days = WINDOW
        for number, member in enumerate(self.members):
            self.buy(member, number * 6, 10, time="02:29:59")
            self.buy(member, number * 6, 10, time="02:30:00")
        self.rebuild()

        self.check_update(TODAY + timedelta(days=1))

        self.assertEqual(self.members[1].rfm_id.visits, 2)

    def test_customers_of_cdnow_follow_day_by_day(self):
        club = self.env["loyalty.club"].create({"name": "CDNOW", "rfm_window_days": 365})
        cdnow.load(self.env, club)
        self.club = club
        values = self.env["loyalty.club.rfm"]
        first = club._purchases_since() + timedelta(days=400)
        values._rebuild(club, first)
        for day in (1, 2, 9, 30):
            values._update(club, first + timedelta(days=day))
        updated = self.table()

        values._rebuild(club, first + timedelta(days=30))

        self.assertEqual(updated, self.table())
        self.assertEqual(len(updated), 2357)
        self.assertGreater(len({row[-1] for row in updated}), 5)  # there are all sorts of stages

    def test_a_night_without_purchases_writes_nothing(self):
        for number, member in enumerate(self.members):
            self.buy(member, 100 + number, 10)
        self.rebuild()
        self.env.cr.execute("SELECT id, xmin::text FROM loyalty_club_rfm ORDER BY id")
        before = self.env.cr.fetchall()

        self.update(TODAY + timedelta(days=1))

        self.env.cr.execute("SELECT id, xmin::text FROM loyalty_club_rfm ORDER BY id")
        self.assertEqual(self.env.cr.fetchall(), before)
        self.assertEqual(self.club.rfm_day, TODAY + timedelta(days=1))

    def test_the_cron_computes_anew_once_a_week(self):
        self.buy(self.members[0], 0, 10)
        cron = type(self.env["ir.cron"])
        self.startPatcher(patch.object(cron, "_commit_progress", lambda *_args, **_kwargs: 1))
        values = self.env["loyalty.club.rfm"]
        values._cron_update()
        rebuilt = self.club.rfm_rebuilt_on
        self.assertEqual(rebuilt, self.club.rfm_day)
        self.club.rfm_rebuilt_on = rebuilt - timedelta(days=6)
        values._cron_update()
        self.assertEqual(self.club.rfm_rebuilt_on, rebuilt - timedelta(days=6))
        self.club.rfm_rebuilt_on = rebuilt - timedelta(days=7)

        values._cron_update()

        self.assertEqual(self.club.rfm_rebuilt_on, rebuilt)
