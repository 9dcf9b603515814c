"""Occasions: days that come back, and the rules that count on them."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .earn_rule_common import EarnRuleCommon


@tagged("post_install", "-at_install")
class TestOccasion(EarnRuleCommon):
    """Yalda, and a rule that counts on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.yalda = cls.env["loyalty.club.occasion"].create(
            {"name": "Yalda night", "calendar": "jalali", "month": 9, "day": 30, "before": 1}
        )

    def occasion(self, **values):
        return self.env["loyalty.club.occasion"].create({"name": "Day", **values})

    def test_club_begins_with_the_usual_occasions(self):
        found = self.env["loyalty.club.occasion"].search([("company_id", "=", self.company.id)])

        self.assertIn("Nowruz holidays", found.mapped("name"))
        self.assertIn("birthday", found.mapped("calendar"))

    def test_second_club_of_a_company_brings_no_second_set(self):
        domain = [("company_id", "=", self.company.id)]
        before = self.env["loyalty.club.occasion"].search_count(domain)

        self.env["loyalty.club"].create({"name": "Another"})

        self.assertEqual(self.env["loyalty.club.occasion"].search_count(domain), before)

    def test_day_that_no_year_has_is_refused(self):
        for calendar, month, day in (("jalali", 7, 31), ("gregorian", 2, 30), ("jalali", 13, 1)):
            with self.subTest(calendar=calendar), self.assertRaises(ValidationError):
                self.occasion(calendar=calendar, month=month, day=day)

    def test_listed_days_are_needed_where_there_is_no_fixed_one(self):
        with self.assertRaises(ValidationError):
            self.occasion(calendar="dates")

        feast = self.occasion(calendar="dates", date_ids=[Command.create({"date": "2026-11-30"})])

        self.assertEqual(feast._spec(False)["dates"], ["2026-11-30"])

    def test_own_days_follow_the_calendar_of_the_country(self):
        birthday = self.occasion(calendar="birthday")

        self.assertEqual(birthday._spec(True)["calendar"], "birthday_jalali")
        self.assertEqual(birthday._spec(False)["calendar"], "birthday")

    def test_changed_day_reaches_rules_in_force(self):
        rule = self.active(occasion_ids=[Command.set(self.yalda.ids)])

        self.yalda.day = 29

        self.assertEqual(
            rule.version_ids.sorted("number")[-1].spec["when"]["occasions"][0]["day"], 29
        )
        self.assertEqual(len(rule.version_ids), 2)

    def test_occasion_that_rules_name_is_kept(self):
        self.rule(occasion_ids=[Command.set(self.yalda.ids)])

        with self.assertRaises(UserError):
            self.yalda.unlink()
        self.assertEqual(self.yalda.rule_count, 1)

    def test_archived_occasion_still_restricts_its_rule(self):
        rule = self.active(occasion_ids=[Command.set(self.yalda.ids)])

        self.yalda.active = False

        self.assertEqual(len(rule._spec()["when"]["occasions"]), 1)
        self.assertIn("Yalda night", rule.warning)

    def test_only_managers_change_occasions(self):
        marketer = new_test_user(self.env, "o_marketer", groups="loyalty_club.group_marketer")

        self.assertTrue(self.yalda.with_user(marketer).name)
        with self.assertRaises(AccessError):
            self.yalda.with_user(marketer).day = 28

    def test_occasion_is_heard_in_the_sentence(self):
        rule = self.rule(occasion_ids=[Command.set(self.yalda.ids)])

        self.assertIn("On “Yalda night” and 1 days before it.", rule.sentence)


@freeze_time("2026-11-23 09:00:00")
@tagged("post_install", "-at_install")
class TestOccasionLunar(EarnRuleCommon):
    """Mother's Day in Iran: the 20th of the sixth lunar month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.feast = cls.env["loyalty.club.occasion"].create(
            {"name": "Mother's Day", "calendar": "lunar", "month": 6, "day": 20, "before": 7}
        )

    def days(self):
        return [str(day.date) for day in self.feast.date_ids.sorted("date")]

    def test_days_of_the_next_years_are_listed(self):
        self.assertEqual(self.days(), ["2026-11-30", "2027-11-19", "2028-11-07", "2029-10-28"])
        spec = self.feast._spec(True)
        self.assertEqual((spec["calendar"], spec["dates"]), ("dates", self.days()))
        self.assertNotIn("month", spec)

    def test_a_correction_stays_and_years_are_added_behind(self):
        self.feast.date_ids.sorted("date")[-1].date = "2029-10-29"
        self.env["loyalty.club.occasion"]._cron_list_lunar_days()
        self.assertEqual(len(self.days()), 4)  # the last one is far ahead

        with freeze_time("2028-11-20 09:00:00"):
            self.env["loyalty.club.occasion"]._cron_list_lunar_days()
            self.env["loyalty.club.occasion"]._cron_list_lunar_days()
        added = ["2030-10-18", "2031-10-07", "2032-09-25", "2033-09-14"]
        self.assertEqual(self.days()[3:], ["2029-10-29", *added])

    def test_another_day_of_the_year_is_worked_out_anew(self):
        rule = self.active(occasion_ids=[Command.set(self.feast.ids)])

        self.feast.write({"month": 10, "day": 1})

        self.assertEqual(self.days()[0], "2027-03-09")
        self.assertIn("2027-03-09", str(rule.version_ids.sorted("number")[-1].spec))

    def test_a_day_that_no_lunar_year_has_is_refused(self):
        with self.assertRaises(ValidationError):
            self.feast.day = 31

    def test_companies_in_iran_begin_with_the_feasts_of_theirs(self):
        company = self.env["res.company"].create(
            {"name": "Tehran", "country_id": self.env.ref("base.ir").id}
        )
        self.env["loyalty.club.occasion"]._create_defaults(company)
        found = self.env["loyalty.club.occasion"].search(
            [("company_id", "=", company.id), ("calendar", "=", "lunar")]
        )
        self.assertIn("Mother's Day", found.mapped("name"))
        self.assertTrue(all(len(one.date_ids) == 4 for one in found))
