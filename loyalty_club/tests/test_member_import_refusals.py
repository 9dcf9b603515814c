"""An import writes nothing that is wrong, nothing in a dry run, and nothing for who may not."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.loyalty_club.domain.customer_columns import COLUMNS

from .import_common import BANK_CARD, MemberImportCommon


@tagged("post_install", "-at_install")
class TestMemberImportRefusals(MemberImportCommon):
    def test_a_dry_run_writes_nothing_and_tells_the_same(self):
        rows = [
            ("7", "Sara", "09121234567", "TS", "1403/05/12", "10", "A1", "100"),
            ("8", "Reza", "0912"),
        ]
        before = self.census()

        dry = self.check(self.csv(*rows))

        self.assertFalse(dry.written)
        self.assertEqual(self.census(), before)
        self.assertEqual(dry.lines, self.load(*rows).lines)

    def test_all_or_nothing_writes_nothing_when_a_row_is_bad(self):
        before = self.census()

        report = self.load(("7", "Sara"), ("8", "Reza", "0912"), stop_on_error=True)

        self.assertFalse(report.written)
        self.assertCounts(report, new_members=1, errors=1)
        self.assertEqual(self.census(), before)

    def test_good_rows_come_in_beside_bad_ones(self):
        report = self.load(("7", "Sara"), ("8", "Reza", "0912"), ("9", "Mina"))

        self.assertTrue(report.written)
        self.assertTrue(self.find("7") and self.find("9"))
        self.assertFalse(self.find("8"))

    def test_every_kind_of_bad_row_is_told_and_left_out(self):
        day = self.shop_day() + timedelta(days=1)
        bad = [
            (("", "Sara"), "names nobody"),
            (("7", "", "0912"), "Mobile: “0912” is not a telephone number"),
            (("7", BANK_CARD), "Name: there is a bank card's number in it"),
            ((BANK_CARD,), "Ref: there is a bank card's number in it"),
            (("7", "", "", "Nowhere"), "Branch: the club has no branch “Nowhere”"),
            (("7", "", "", "", "1402/12/30", "10"), "Date: there is no such day"),
            (("7", "", "", "", "30/12/1402", "10"), "year first"),
            (("7", "", "", "", "1599/01/01", "10"), "neither the Persian"),
            (("7", "", "", "", "45300", "10"), "shown as a number"),
            (("7", "", "", "", str(day), "10"), "has not come yet"),
            (("7", "", "", "", "soon", "10"), "is not a date"),
            (("7", "", "", "", "2024-01-01", "-10"), "less than zero"),
            (("7", "", "", "", "2024-01-01", "9" * 30), "too much"),
            (("7", "", "", "", "2024-01-01", "1,5"), "not a clear number"),
            (("7", "", "", "", "2024-01-01"), "has no amount"),
            (("7", "", "", "", "", "10"), "has no date"),
            (("7", "", "", "", "", "", "", "2.5"), "not a whole number of points"),
            (("7", "", "", "", "", "", "", "", "surplus"), "more cells than the header"),
        ]

        for row, words in bad:
            report = self.check(self.csv(row), dry_run=False)
            self.assertRefused(report, 2, words)
            self.assertCounts(report, rows=1, errors=1, new_members=0, new_purchases=0, openings=0)
        self.assertFalse(self.find("7"))

    def test_a_row_told_twice_is_refused(self):
        row = ("7", "Sara", "", "", "2024-01-01", "10")

        report = self.load(row, row)

        self.assertRefused(report, 3, "The same as row 2")
        self.assertEqual(len(self.purchases(self.find("7"))), 1)

    def test_a_closed_membership_gets_purchases_and_no_points(self):
        self.member.external_ref = "7"
        self.member._close("Left")

        report = self.load(
            ("7", "", "", "", "2024-01-01", "10"), ("7", "", "", "", "", "", "", "50")
        )

        self.assertCounts(report, new_purchases=1, openings=0, errors=1)
        self.assertRefused(report, 3, "closed")
        self.assertPoints(0)

    # === WHO MAY, AND HOW MUCH IT COSTS === #

    def test_only_a_club_manager_imports(self):
        marketer = new_test_user(self.env, "m", groups="loyalty_club.group_marketer")
        importer = self.env["loyalty.club.import"].with_user(marketer)

        with self.assertRaises(AccessError):
            importer._import_rows(self.club.id, [{"external_ref": "7"}])
        with self.assertRaises(AccessError):
            self.env["loyalty.club.member.import"].with_user(self.cashier).create({})

    def test_a_manager_of_one_company_does_not_import_into_another(self):
        other = self.env["res.company"].create({"name": "Other"})
        club = self.env["loyalty.club"].create({"name": "Other club", "company_id": other.id})
        importer = self.env["loyalty.club.import"].with_user(self.manager)

        with self.assertRaises(AccessError):
            importer._import_rows(club.id, [{"external_ref": "7"}])

    def test_one_manager_does_not_see_another_s_file(self):
        wizard = self.wizard(self.csv(("7", "Sara")))
        other = new_test_user(self.env, "other", groups="loyalty_club.group_manager")

        with self.assertRaises(AccessError):
            wizard.with_user(other).read(["file"])

    def test_a_longer_file_takes_no_more_queries(self):
        def queries(first, count):
            rows = [(str(n), f"N{n}", f"0912{n:07}", "", "2024-01-01", "10", "", "5")
                    for n in range(first, first + count)]  # fmt: skip
            before = self.env.cr.sql_log_count
            self.load(*rows)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(0, 2)

        self.assertLessEqual(queries(100, 90), queries(1000, 9) + 20)

    @given(st.lists(st.text(), min_size=500, max_size=500))
    @settings(
        deadline=None,
        database=None,
        max_examples=3,
        suppress_health_check=list(HealthCheck),
    )
    def test_five_hundred_rows_of_any_text_are_reported(self, texts):
        width = len(COLUMNS)
        rows = [
            {name: texts[(n * width + k) % 500] for k, name in enumerate(COLUMNS)}
            for n in range(500)
        ]
        rows[0] = dict.fromkeys(COLUMNS, "\x00")
        rows[1] = {"external_ref": "ok", "name": texts[0]}
        importer = self.env["loyalty.club.import"].with_user(self.manager)

        report = importer._import_rows(self.club.id, rows, identical=True)

        self.assertEqual([line.row for line in report.lines], list(range(1, 501)))
        self.assertTrue(report.written)
        self.assertTrue(report.to_csv(self.env))
