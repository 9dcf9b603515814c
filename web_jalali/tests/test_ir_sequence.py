"""Numbers with Jalali parts."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.web_jalali.tests.common import JalaliCase


@tagged("post_install", "-at_install")
class TestIrSequence(JalaliCase):
    def sequence(self, prefix, **values):
        return self.env["ir.sequence"].create(
            {"name": "Cards", "prefix": prefix, "padding": 3, **values}
        )

    def test_parts_of_the_date(self):
        sequence = self.sequence("C/%(jyear)s/%(jy)s%(jmonth)s%(jday)s/%(year)s/")
        drawn = sequence.with_context(ir_sequence_date="2026-11-22").next_by_id()
        self.assertEqual(drawn, "C/1405/050901/2026/001")

    def test_a_suffix_and_text_around(self):
        sequence = self.sequence(False, suffix="-%(jy)s%%")
        drawn = sequence.with_context(ir_sequence_date="2026-11-22").next_by_id()
        self.assertEqual(drawn, "001-05%")

    def test_a_day_begins_in_the_users_zone(self):
        sequence = self.sequence("%(current_jyear)s%(current_jmonth)s/")
        with self.subTest("Tehran"):
            drawn = sequence.with_context(tz="Asia/Tehran").next_by_id()
            self.assertRegex(drawn, r"^1[45]\d{2}[01]\d/001$")

    def test_ranges_are_jalali_years(self):
        sequence = self.sequence("%(range_jyear)s/", use_date_range=True)
        numbers = [
            sequence.next_by_id(sequence_date=date.fromisoformat(day))
            for day in ("2026-03-20", "2026-03-21", "2027-03-20", "2027-03-21")
        ]
        self.assertEqual(numbers, ["1404/001", "1405/001", "1405/002", "1406/001"])
        ranges = sequence.date_range_ids.sorted("date_from")
        self.assertEqual(
            ranges.mapped(lambda found: (str(found.date_from), str(found.date_to))),
            [
                ("2025-03-21", "2026-03-20"),
                ("2026-03-21", "2027-03-20"),
                ("2027-03-21", "2028-03-19"),
            ],
        )

    def test_ranges_do_not_overlap_those_that_are_there(self):
        sequence = self.sequence("%(range_jyear)s/", use_date_range=True)
        self.env["ir.sequence.date_range"].create(
            [
                {"sequence_id": sequence.id, "date_from": "2026-01-01", "date_to": "2026-05-31"},
                {"sequence_id": sequence.id, "date_from": "2027-01-01", "date_to": "2027-12-31"},
            ]
        )
        sequence.next_by_id(sequence_date=date(2026, 11, 22))
        made = sequence.date_range_ids.filtered(
            lambda found: found.date_from <= date(2026, 11, 22) <= found.date_to
        )
        self.assertEqual((str(made.date_from), str(made.date_to)), ("2026-06-01", "2026-12-31"))

    def test_sequences_without_jalali_parts_are_as_ever(self):
        sequence = self.sequence("%(range_year)s/", use_date_range=True)
        drawn = sequence.next_by_id(sequence_date=date(2026, 3, 20))
        self.assertEqual(drawn, "2026/001")
        self.assertEqual(str(sequence.date_range_ids.date_from), "2026-01-01")
        with self.assertRaises(UserError):
            self.sequence("%(jweek)s/").next_by_id()
