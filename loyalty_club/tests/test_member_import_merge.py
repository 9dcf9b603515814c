"""Files that know members under memberships which were merged since."""

from odoo.tests import tagged

from .import_common import MemberImportCommon

OLD = ("7", "Sara", "09121234567", "", "2024-01-01", "10", "R1", "100")
KEPT = ("8", "Sara A.", "09121234568", "", "2024-01-01", "20", "R2", "50")


@tagged("post_install", "-at_install")
class TestMemberImportMerge(MemberImportCommon):
    """Sara was two members, 7 and 8, with history of both; 7 was merged into 8."""

    def setUp(self):
        super().setUp()
        self.load(OLD, KEPT)
        self.old, self.kept = self.find("7"), self.find("8")

    def merge(self):
        self.old._merge_into(self.kept)
        self.env.invalidate_all()

    def assertNothingNew(self, report, census):
        self.assertEqual([line.message for line in report.lines if line.status == "error"], [])
        self.assertEqual(self.census(), census)
        self.assertPoints(150, self.kept)

    def test_the_cumulative_file_again_books_nothing(self):
        self.merge()
        census = self.census()

        report = self.load(OLD, KEPT)

        self.assertCounts(
            report, known_members=1, new_members=0, new_purchases=0, openings=0, errors=0
        )
        self.assertNothingNew(report, census)
        self.assertIn(self.kept.number, report.lines[0].message)

    def test_the_same_history_under_another_name_books_nothing(self):
        self.merge()
        census = self.census()

        report = self.load(("", "", "09121234567", *OLD[3:]), ("", "", *KEPT[2:]))
        self.assertNothingNew(report, census)

        report = self.check(
            self.csv(
                (self.kept.number, "2024-01-01", "10", "R1", "100"),
                header=("Number", "Date", "Amount", "Receipt", "Points"),
            ),
            dry_run=False,
        )
        self.assertRefused(report, 2, "50")
        self.assertEqual(self.census(), census)

    def test_what_is_new_is_the_survivor_s(self):
        self.merge()

        report = self.load(
            ("7", "", "", "", "2024-02-01", "1"),
            ("8", "", "", "", "2024-02-02", "2"),
            ("", "", "09121234567", "", "2024-02-03", "3"),
            ("7", "", "09121234568", "", "2024-02-04", "4"),
        )

        self.assertCounts(report, new_purchases=4, errors=0, known_members=1)
        self.assertFalse(self.purchases(self.old))
        self.assertEqual(sorted(self.purchases(self.kept).mapped("amount")), [1, 2, 3, 4, 10, 20])

    def test_a_mobile_of_both_names_the_survivor(self):
        self.old.partner_id.phone = self.kept.partner_id.phone
        self.merge()

        report = self.load(("", "", "09121234568", "", "2024-02-01", "5"))

        self.assertCounts(report, known_members=1, errors=0)
        self.assertIn(5, self.purchases(self.kept).mapped("amount"))

    def test_an_identity_code_of_both_names_the_survivor(self):
        self.kept.write({"identity_type": "national", "identity_code": "0499370899"})
        self.kept._merge_into(self.old)
        self.env.invalidate_all()
        self.assertEqual(self.kept.sudo().identity_index, self.old.sudo().identity_index)

        report = self.check(
            self.csv(("0499370899", "2024-02-01", "5"), header=("National code", "Date", "Amount")),
            dry_run=False,
        )

        self.assertCounts(report, known_members=1, errors=0)
        self.assertIn(5, self.purchases(self.old).mapped("amount"))

    def test_a_reference_of_old_is_not_given_to_the_survivor_again(self):
        self.kept.external_ref = False
        self.merge()

        report = self.check(
            self.csv((self.kept.number, "7", "Other"), header=("Number", "Ref", "Name")),
            dry_run=False,
        )

        self.assertCounts(report, known_members=1, errors=0)
        self.env.invalidate_all()
        self.assertEqual((self.old.external_ref, self.kept.external_ref), ("7", False))

    def test_who_has_the_number_today_goes_before_who_had_it(self):
        self.merge()
        self.member.partner_id.phone = "09121234567"

        report = self.load(("", "", "09121234567", "", "2024-02-01", "5"))

        self.assertCounts(report, known_members=1, errors=0)
        self.assertEqual(self.purchases(self.member).amount, 5)

    def test_as_many_queries_as_without_merges(self):
        self.check(self.csv(OLD, KEPT))
        with self.assertQueryCount(default=1000):
            before = self.env.cr.sql_log_count
            self.check(self.csv(OLD, KEPT))
            usual = self.env.cr.sql_log_count - before
            self.merge()
            self.check(self.csv(OLD, KEPT))
            before = self.env.cr.sql_log_count
            self.check(self.csv(OLD, KEPT))
            self.assertEqual(self.env.cr.sql_log_count - before, usual)
