from datetime import date, timedelta

from odoo.tests import tagged

from .rfm_common import RfmCommon

# The 10th of June is within a month and a week of both calendars that hold the days before it.
DAY = date(2025, 6, 10)


@tagged("post_install", "-at_install")
class TestRfmBounds(RfmCommon):
    """Bounds of scores hold for a period."""

    def setUp(self):
        super().setUp()
        self.club.rfm_calendar = "gregorian"
        self.members_buy()
        self.rebuild(DAY)

    def members_buy(self):
        for number, member in enumerate(self.members):
            for times in range(number + 1):
                self.buy_on(member, DAY - timedelta(days=10 * (8 - number) + times), 100)

    def buy_on(self, member, day, amount):
        self.buy(member, (date(2025, 6, 30) - day).days, amount)

    def scores(self):
        self.env.invalidate_all()
        return [(member.rfm_r, member.rfm_f, member.rfm_m) for member in self.members]

    def test_scores_of_who_does_nothing_stay_when_others_buy(self):
        before = self.scores()
        for _time in range(20):
            self.buy_on(self.members[0], DAY, 900)

        self.update(DAY)

        self.assertEqual(self.scores()[0], (5, 5, 5))
        self.assertEqual(self.scores()[1:], before[1:])
        self.assertEqual(self.club.rfm_bounds_on, DAY)

    def test_who_stays_away_goes_on_losing_recency(self):
        best = self.members[-1]
        self.assertEqual(best.rfm_r, 5)

        self.update(DAY + timedelta(days=19))

        self.assertLess(best.rfm_r, 5)
        self.assertEqual(self.club.rfm_bounds_on, DAY)
        found = self.table()
        self.rebuild(DAY + timedelta(days=19))
        self.assertEqual(self.table(), found)

    def test_a_new_period_has_new_bounds(self):
        for hold, same, new in (
            ("month", date(2025, 6, 30), date(2025, 7, 1)),
            ("week", date(2025, 6, 15), date(2025, 6, 16)),
            ("day", DAY, date(2025, 6, 11)),
        ):
            with self.subTest(hold=hold), self.env.cr.savepoint() as savepoint:
                self.club.rfm_hold = hold
                self.update(same)
                self.assertEqual(self.club.rfm_bounds_on, DAY)
                self.update(new)
                self.assertEqual(self.club.rfm_bounds_on, new)
                # Its bounds are those of its first day: the best come off as they did before.
                self.assertEqual(max(self.scores())[0], 5)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_periods_are_those_of_the_clubs_calendar(self):
        self.club.rfm_calendar = "jalali"
        for hold, same, new in (
            ("month", date(2025, 6, 21), date(2025, 6, 22)),
            ("week", date(2025, 6, 13), date(2025, 6, 14)),
        ):
            self.club.rfm_hold = hold
            with self.subTest(hold=hold):
                self.assertEqual(self.club._rfm_period(same), self.club._rfm_period(DAY))
                self.assertEqual(self.club._rfm_period(new), new)

    def test_other_settings_set_bounds_at_once(self):
        day = DAY
        for values in ({"rfm_window_days": 100}, {"rfm_scale": 7}):
            day += timedelta(days=1)
            self.club.write(values)
            self.update(day)
            with self.subTest(values=values):
                self.assertEqual(self.club.rfm_bounds_on, day)

    def test_weights_classes_and_stages_judge_by_the_same_bounds(self):
        before = self.scores()
        self.club.rfm_weight_monetary = 3
        self.club.rfm_class_ids[0].lower_bound = 140
        self.club.lifecycle_ids[-1].sequence = 1
        self.update(DAY)
        found = self.table()

        self.assertEqual(self.scores(), before)
        self.assertEqual(self.members[-1].rfm_total, 250)
        self.assertEqual(self.members[-1].lifecycle_id, self.club.lifecycle_ids.sorted()[0])
        self.assertEqual(self.club.rfm_bounds_on, DAY)
        self.rebuild(DAY)
        self.assertEqual(self.table(), found)

    def test_many_more_buyers_set_bounds_at_once(self):
        some = [self.new_member(f"More {number}") for number in range(2)]
        self.buy_on(some[0], DAY, 100)
        self.update(DAY + timedelta(days=1))
        self.assertEqual(self.club.rfm_bounds_on, DAY)

        self.buy_on(some[1], DAY, 100)
        self.update(DAY + timedelta(days=2))

        self.assertEqual(self.club.rfm_bounds_on, DAY + timedelta(days=2))

    def test_a_club_without_buyers_has_bounds_from_its_first_ones_on(self):
        club = self.env["loyalty.club"].create({"name": "New"})
        values = self.env["loyalty.club.rfm"]
        values._rebuild(club, DAY)
        self.club = club
        self.members = [self.new_member(f"New {number}", club_id=club.id) for number in range(2)]
        self.buy_on(self.members[0], DAY, 10)
        self.buy_on(self.members[1], DAY - timedelta(days=3), 10)

        values._update(club, DAY)

        self.assertEqual([score[0] for score in self.scores()], [5, 3])

    def test_values_of_an_earlier_version_are_computed_anew(self):
        for basis in ("365 UTC False", '{"basis": "365 UTC False", "bounds": {"frequency": []}}'):
            found = self.table()
            self.club.rfm_basis = basis
            self.update(DAY)
            self.assertEqual(self.table(), found)
