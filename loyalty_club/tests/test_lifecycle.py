from datetime import date, timedelta
from itertools import pairwise

import psycopg2

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..clock import today_in
from ..demo import cdnow
from ..domain.periods import month_ends
from .rfm_common import TODAY, RfmCommon


@tagged("post_install", "-at_install")
class TestLifecycle(RfmCommon):
    """Each member is at one stage, and where she came from is kept."""

    def stage(self, name):
        return self.club.lifecycle_ids.filtered(lambda stage: stage.name == name)

    def test_a_new_club_has_stages_that_leave_nobody_out(self):
        never, lost, new, loyal, away = self.members[:5]
        self.buy(lost, 400, 50)
        self.buy(new, 10, 5)
        for days in (200, 150, 100, 50, 2):
            self.buy(loyal, days, 900)
        for days in (340, 330, 320, 310, 300):
            self.buy(away, days, 500)

        self.rebuild()

        names = [member.lifecycle_id.name for member in (never, lost, new, loyal, away)]
        self.assertEqual(names, ["Not bought yet", "Lost", "New customer", "Loyal", "At risk"])
        self.assertFalse(self.env["loyalty.club.member"].search_count(
            [("club_id", "=", self.club.id), ("lifecycle_id", "=", False)]
        ))  # fmt: skip

    def test_a_stage_moves_with_the_days_alone(self):
        member = self.members[0]
        for days in (100, 80, 60, 40):
            self.buy(member, days, 90)
        for other in self.members[1:6]:
            self.buy(other, 90, 10)
        self.club.lifecycle_ids.active = False
        overdue = self.env["loyalty.club.lifecycle"].create(
            {"name": "Overdue", "club_id": self.club.id, "overdue_times": 3}
        )
        self.rebuild()
        self.assertFalse(member.lifecycle_id)

        self.update(TODAY + timedelta(days=19))
        self.assertFalse(member.lifecycle_id)
        self.update(TODAY + timedelta(days=20))

        self.assertEqual(member.lifecycle_id, overdue)

    def test_a_stage_that_takes_nobody_is_refused_with_the_reason(self):
        for values in (
            {"r_from": 6},
            {"f_from": 4, "f_until": 2},
            {"away_from": 90, "away_until": 30},
            {"bought": "never", "m_from": 1},
            {"bought": "never", "first_within": 10},
            {"bought": "before", "overdue_times": 2},
        ):
            with self.subTest(values=values), self.assertRaisesRegex(ValidationError, "Loyal"):
                self.stage("Loyal").write(values)
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.CheckViolation):
            self.stage("Potential").away_from = -1
            self.env.flush_all()

    def test_members_are_found_and_counted_by_stage_and_rhythm(self):
        for days in (30, 20, 10):
            self.buy(self.members[0], days, 90)
        self.rebuild()
        member = self.members[0]
        Member = self.env["loyalty.club.member"]
        own = [("club_id", "=", self.club.id)]

        self.assertEqual(
            Member.search([*own, ("lifecycle_id", "=", member.lifecycle_id.id)]), member
        )
        self.assertEqual(member.lifecycle_id.member_count, 1)
        self.assertEqual(Member.search([*own, ("mean_gap", "=", 10)]), member)
        self.assertEqual(Member.search([*own, ("days_to_expected", "<", 0)]), member)
        self.assertFalse(Member.search([*own, ("days_to_expected", ">=", 0)]))
        groups = dict(Member._read_group(own, ["lifecycle_id"], ["__count"]))
        self.assertEqual(groups[member.lifecycle_id], 1)
        found = Member.search(member.lifecycle_id.action_view_members()["domain"])
        self.assertEqual(found, member)

    def test_both_readings_of_coming_back_early_can_be_said(self):
        """Within 20 days of the last visit, or 20 days earlier than usual: on the 25th of 45."""
        shift = (TODAY - today_in(self.company)).days
        for days in (115, 70, 25):
            self.buy(self.members[0], shift + days, 90)
        self.env["loyalty.club.rfm"]._rebuild(self.club)
        Member = self.env["loyalty.club.member"]
        own = [("club_id", "=", self.club.id)]

        self.assertEqual(self.members[0].mean_gap, 45)
        self.assertEqual(self.members[0].days_to_expected, 20)
        self.assertEqual(Member.search([*own, ("days_to_expected", ">=", 20)]), self.members[0])
        self.assertFalse(Member.search([*own, ("days_since_purchase", "<=", 20)]))

    def test_the_last_category_is_where_most_was_spent(self):
        categories = self.env["product.category"].create([{"name": "Tea"}, {"name": "Cups"}])
        tea = self.product("Green tea", 10, categ_id=categories[0].id)
        cup = self.product("Cup", 80, categ_id=categories[1].id)
        self.assertFalse(self.member.last_category_id)

        self.sell([self.line(tea, qty=3), self.line(cup)], self.member.partner_id)
        self.env.invalidate_all()

        self.assertEqual(self.member.last_category_id, categories[1])


@tagged("post_install", "-at_install")
class TestRfmHistory(RfmCommon):
    """The month's ends, and how members moved between them."""

    def history(self):
        return self.env["loyalty.club.rfm.history"].search([("club_id", "=", self.club.id)])

    def note(self, today=TODAY, **options):
        return self.env["loyalty.club.rfm.history"]._note_months(self.club, today, **options)

    def test_a_month_is_noted_as_it_was_at_its_end(self):
        member = self.members[0]
        self.buy(member, 35, 90)  # 26 May
        self.buy(self.members[1], 5, 10)  # June: of that month's end nothing is known in May

        self.assertEqual(self.note(), [date(2025, 5, 31)])

        lines = self.history().filtered(lambda line: line.member_id == member)
        self.assertEqual((lines.frequency, lines.since, lines.until), (1, date(2025, 5, 31), False))
        self.assertEqual(lines.lifecycle_id.name, "New customer")
        self.assertFalse(self.note())

    def test_only_changes_are_noted_with_where_one_came_from(self):
        member = self.members[0]
        for days in (150, 120):
            self.buy(member, days, 90)
        self.buy(self.members[1], 160, 10)

        ends = self.note(TODAY + timedelta(days=400), months=24)

        lines = self.history().filtered(lambda line: line.member_id == member).sorted("since")
        names = [line.lifecycle_id.name for line in lines]
        self.assertEqual(names[0], "New customer")
        self.assertEqual(names[-1], "Lost")
        self.assertEqual(lines[-1].until, False)
        for before, after in pairwise(lines):
            self.assertEqual(before.until, after.since)
            self.assertEqual(after.from_lifecycle_id, before.lifecycle_id)
            self.assertTrue(
                (before.lifecycle_id, before.class_id) != (after.lifecycle_id, after.class_id)
            )
        self.assertLess(len(lines), len(ends))

    def test_months_noted_one_by_one_are_those_worked_out_together(self):
        for number, member in enumerate(self.members):
            for days in range(10 * number, 300, 25 + 10 * number):
                self.buy(member, days, 10 + number)
        months = month_ends(TODAY - timedelta(days=200), TODAY)
        for end in months:
            self.note(end + timedelta(days=1))
        singly = self.rows()

        History = self.env["loyalty.club.rfm.history"]
        History._renote_months(self.club, TODAY, months=len(months))

        self.assertTrue(singly)
        self.assertEqual(singly, self.rows())

    def rows(self):
        return sorted(
            (line.member_id.id, line.since, line.lifecycle_id.id, line.class_id.id)
            for line in self.history()
        )

    def test_months_may_be_those_of_the_persian_calendar(self):
        self.club.rfm_calendar = "jalali"
        self.buy(self.members[0], 100, 10)

        self.assertEqual(self.note(date(2025, 6, 23)), [date(2025, 6, 21)])  # the end of Khordad

    def test_moves_are_counted_between_two_months(self):
        mover, stayer, late = self.members[:3]
        for days in (75, 70):
            self.buy(mover, days, 90)
        for days in (70, 40, 10):
            self.buy(stayer, days, 500)
        self.buy(late, 35, 10)
        self.env["loyalty.club.member"].search([("club_id", "=", self.club.id)]).write(
            {"join_date": "2025-05-20"}
        )
        self.note(months=3)
        picture = self.env["loyalty.club.rfm.history"]

        data = picture.get_transitions(self.club.id, "lifecycle_id", "2025-04-30", "2025-05-31")

        self.assertEqual([month["label"] for month in data["months"]], ["2025-04", "2025-05"])
        counts = {(before, after): members for before, after, members in data["counts"]}
        new, never = self.stages("New customer", "Not bought yet")
        self.assertEqual(counts[-1, new], 1)  # late: not yet a customer in April
        self.assertEqual(counts[-1, never], 6)  # joined in May, and bought nothing
        self.assertEqual(sum(counts.values()), 9)
        for (before, after), members in counts.items():
            action = picture.get_members_action(
                self.club.id, "lifecycle_id", "2025-04-30", "2025-05-31", before, after
            )
            found = self.env["loyalty.club.member"].search(action["domain"])
            self.assertEqual(len(found), members)

    def stages(self, *names):
        by_name = {stage.name: stage.id for stage in self.club.lifecycle_ids}
        return [by_name[name] for name in names]

    def test_an_empty_club_has_an_empty_picture(self):
        data = self.env["loyalty.club.rfm.history"].get_transitions(self.club.id)

        self.assertEqual((data["months"], data["counts"], data["last"]), ([], [], False))

    def test_the_picture_is_for_those_who_analyse(self):
        user = new_test_user(self.env, "a_cashier", groups="loyalty_club.group_user")
        with self.assertRaises(AccessError):
            self.env["loyalty.club.rfm.history"].with_user(user).get_transitions(self.club.id)
        with self.assertRaises(AccessError):
            self.club.with_user(user).action_note_history()

    def test_history_of_cdnow_says_who_was_where(self):
        club = self.env["loyalty.club"].create({"name": "CDNOW", "rfm_window_days": 365})
        cdnow.load(self.env, club)
        self.club = club

        club.action_note_history()

        data = self.env["loyalty.club.rfm.history"].get_transitions(club.id)
        self.assertEqual(sum(members for _b, _a, members in data["counts"]), 2357)
        stayed = sum(members for before, after, members in data["counts"] if before == after)
        self.assertTrue(1000 < stayed < 2357)
