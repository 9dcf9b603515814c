from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..clock import today_in
from ..domain.rfm import classify, rfm_scores
from ..domain.rhythm import rhythm_of
from .rfm_common import TODAY, RfmCommon


@tagged("post_install", "-at_install")
class TestRfm(RfmCommon):
    """Set-based RFM equals the rule, on every boundary."""

    def test_values_of_one_member(self):
        member = self.members[0]
        self.buy(member, 40, 100)
        self.buy(member, 12, 50)
        self.buy(member, 3, -20, refund=True)

        self.rebuild()

        self.assertEqual((member.rfm_frequency, member.rfm_monetary), (2, 130))
        self.assertEqual(member.rfm_id.last_purchase_on, TODAY - timedelta(days=12))
        self.assertEqual(member.rfm_id.first_purchase_on, TODAY - timedelta(days=40))
        self.assertEqual((member.rfm_scores, member.rfm_total), ("5-5-5", 150))

    def test_window_holds_its_first_and_last_day(self):
        self.club.rfm_window_days = 30
        inside, outside, future = self.members[:3]
        self.buy(inside, 29, 10, time="00:00:00")
        self.buy(inside, 0, 10, time="23:59:59")
        self.buy(outside, 30, 10, time="23:59:59")
        self.buy(future, -1, 10, time="00:00:00")

        self.rebuild()

        self.assertEqual((inside.rfm_frequency, inside.rfm_id.last_purchase_on), (2, TODAY))
        self.assertFalse(outside.rfm_total or future.rfm_total)

    def test_days_are_counted_in_the_companys_time_zone(self):
        self.company.partner_id.tz = "Asia/Tehran"
        self.club.rfm_window_days = 1
        today, yesterday = self.members[:2]
        self.buy(today, 1, 10, time="20:30:00")
        self.buy(yesterday, 1, 10, time="20:29:59")

        self.rebuild()

        self.assertEqual(today.rfm_frequency, 1)
        self.assertFalse(yesterday.rfm_frequency)

    def test_member_who_stops_buying_loses_the_scores(self):
        member = self.members[0]
        self.buy(member, 10, 100)
        self.rebuild()
        self.env["loyalty.club.rfm"]._rebuild(self.club, today=TODAY + timedelta(days=400))

        self.assertFalse(member.rfm_total)
        self.assertFalse(member.rfm_class_id)

    def test_class_cuts_at_their_boundaries(self):
        names = {}
        for total in (110.01, 110, 95, 94.99, 70):
            names[total] = self.class_of(total)
        self.assertEqual(
            names,
            {110.01: "Platinum", 110: "Gold", 95: "Gold", 94.99: "Silver", 70: "Silver"},
        )
        self.assertEqual(self.class_of(30), "Bronze")

    def class_of(self, total):
        """Class of a member alone in the window, whose total the weights make ``total``."""
        member = self.members[0]
        self.club.write(
            {
                "rfm_weight_recency": 0.2 * total / 10,
                "rfm_weight_frequency": 0,
                "rfm_weight_monetary": 0,
            }
        )
        self.buy(member, 5, 10)
        self.rebuild()
        self.env.invalidate_all()
        self.assertEqual(member.rfm_total, total)
        return member.rfm_class_id.name

    def test_set_based_scores_equal_the_rule(self):
        purchase = st.tuples(
            st.integers(0, 7), st.integers(0, 400), st.integers(0, 5), st.booleans()
        )

        @settings(deadline=None, max_examples=30, derandomize=True)
        @given(st.lists(purchase, max_size=40))
        def check(purchases):
            with self.env.cr.savepoint() as savepoint:
                for index, days, amount, refund in purchases:
                    self.buy(self.members[index], days, -amount if refund else amount, refund)
                self.rebuild()
                self.compare(purchases)
                savepoint.rollback()
            self.env.invalidate_all()

        check()

    def compare(self, purchases):
        rows = []
        for index, member in enumerate(self.members):
            mine = [p for p in purchases if p[0] == index and p[1] < self.club.rfm_window_days]
            bought = [days for _index, days, _amount, refund in mine if not refund]
            if bought:
                money = sum(-amount if refund else amount for _i, _d, amount, refund in mine)
                rows.append((member.id, min(bought), len(bought), money))
        expected = rfm_scores(rows)
        for member in self.members:
            score = expected.get(member.id)
            value = member.rfm_id
            found = (value.r, value.f, value.m, value.total)
            self.assertEqual(found, tuple(score) if score else (0, 0, 0, 0))
            name = classify(score.total).capitalize() if score else False
            self.assertEqual(value.class_id.name, name)
            on = [
                TODAY - timedelta(days=days)
                for place, days, _amount, refund in purchases
                if score and self.members[place] == member and not refund
                if days < self.club.rfm_window_days
            ]
            own = (value.visits, value.gap_sum, value.gap_squares)
            self.assertEqual(own, tuple(rhythm_of(on)))

    def test_recency_is_days_from_the_last_purchase_to_today(self):
        today = today_in(self.company)
        member = self.members[0]
        self.buy(member, (TODAY - today).days + 9, 10)
        self.env["loyalty.club.rfm"]._rebuild(self.club)
        values = self.env["loyalty.club.rfm"]
        own = [("club_id", "=", self.club.id)]

        self.assertEqual(member.rfm_recency, 9)
        self.assertEqual(values.search([*own, ("recency", "=", 9)]), member.rfm_id)
        self.assertEqual(values.search([*own, ("recency", "<=", 9)]), member.rfm_id)
        self.assertFalse(values.search([*own, ("recency", "<", 9)]))
        self.assertEqual(
            self.env["loyalty.club.member"].search(
                [("club_id", "=", self.club.id), ("rfm_recency", ">", 8)]
            ),
            member,
        )
        self.assertEqual(values._read_group(own, [], ["recency:avg"]), [(9,)])
        self.assertEqual(values.search(own, order="recency desc NULLS LAST")[0], member.rfm_id)

    def test_rhythm_is_searched_and_summed_up_as_it_is_read(self):
        member, other = self.members[:2]
        for days in (50, 40, 40, 20):
            self.buy(member, days, 90)
        self.buy(other, 3, 10)
        self.rebuild()
        value = member.rfm_id
        values = self.env["loyalty.club.rfm"]
        own = [("club_id", "=", self.club.id)]

        self.assertEqual((value.mean_gap, value.gap_spread, value.visits), (15, 5, 3))
        self.assertEqual(value.expected_on, TODAY - timedelta(days=5))
        self.assertEqual((value.mean_basket, value.behaviour), (90, "regular"))
        for domain in (
            [("mean_gap", ">", 0)],
            [("mean_gap", "=", 15)],
            [("gap_spread", "<=", 5)],
            [("expected_on", "<", TODAY)],
            [("behaviour", "in", ["regular", "irregular"])],
            [("mean_basket", ">=", 90)],
        ):
            with self.subTest(domain=domain):
                self.assertEqual(values.search(own + domain), value)
                self.assertEqual(values.search([*own, "!", *domain]) & value, values.browse())
        groups = dict(values._read_group(own, ["behaviour"], ["__count"]))
        self.assertEqual(groups, {"none": 7, "once": 1, "regular": 1})
        self.assertEqual(values._read_group(own, [], ["mean_gap:avg"]), [(15,)])

    def test_only_rows_that_differ_are_written(self):
        self.buy(self.members[0], 5, 10)
        self.rebuild()
        self.env.cr.execute("SELECT id, xmin::text FROM loyalty_club_rfm ORDER BY id")
        before = self.env.cr.fetchall()

        self.rebuild()

        self.env.cr.execute("SELECT id, xmin::text FROM loyalty_club_rfm ORDER BY id")
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_values_are_grouped_by_class_in_the_database(self):
        self.buy(self.members[0], 5, 10)
        self.rebuild()

        groups = self.env["loyalty.club.member"]._read_group(
            [("club_id", "=", self.club.id)], ["rfm_class_id"], ["__count"]
        )

        self.assertEqual(sum(count for _class, count in groups), 9)
        with self.assertRaises(UserError):
            self.members[0].rfm_id.write({"total": 150})
