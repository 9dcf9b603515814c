"""Customers with their history come in from files: checked first, written once, never twice."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .import_common import MemberImportCommon


@tagged("post_install", "-at_install")
class TestMemberImport(MemberImportCommon):
    # === WHAT COMES IN === #

    def test_customers_purchases_and_points_come_in(self):
        report = self.load(
            ("7", "سارا احمدی", "۰۹۱۲ ۱۲۳ ۴۵۶۷", "TS", "۱۴۰۳/۰۵/۱۲", "۱۲٬۵۰۰", "A1", "۱۲۰"),
            ("7", "", "", "test shop", "2024-09-01 18:30", "99.5", "A2", ""),
            ("8", "Reza", "09121234568", "", "", "", "", ""),
        )

        self.assertTrue(report.written)
        self.assertEqual(
            [line.status for line in report.lines], ["new_member", "new_purchase", "new_member"]
        )
        self.assertCounts(report, rows=3, new_members=2, new_purchases=2, openings=1, errors=0)
        sara = self.find("7")
        self.assertEqual((sara.partner_id.name, sara.phone), ("سارا احمدی", "+989121234567"))
        self.assertEqual(
            (sara.channel, sara.branch_id, sara.state), ("import", self.branch, "active")
        )
        self.assertEqual(str(sara.join_date), "2024-08-02")
        self.assertPoints(120, sara)
        self.assertEqual(self.purchases(sara).mapped("amount"), [99.5, 12500.0])
        self.assertEqual(self.purchases(sara).branch_id, self.branch)
        self.assertFalse(self.purchases(self.find("8")))
        self.assertLedgerSound()

    def test_items_come_in_and_levels_follow_from_the_history(self):
        tiers = self.env["loyalty.club.tier"].create(
            [
                {"name": "Member", "club_id": self.club.id, "sequence": 1},
                {"name": "Gold", "club_id": self.club.id, "sequence": 2, "min_items": 5},
            ]
        )
        self.club.tier_period = "ever"
        header = ("Ref", "Date", "Amount", "Items")
        rows = [("7", "2024-09-01", "10", "۳"), ("7", "2024-09-02", "10", "2"), ("8",)]

        self.check(self.csv(*rows, header=header), dry_run=False)

        self.assertEqual(self.purchases(self.find("7")).mapped("quantity"), [2, 3])
        self.assertEqual(self.find("7").tier_id, tiers[1])
        self.assertEqual(self.find("8").tier_id, tiers[0])

    def test_times_are_the_company_s_and_days_stand_at_noon(self):
        self.company.partner_id.tz = "Asia/Tehran"

        self.load(
            ("7", "", "", "", "2024-09-01 18:30", "1", "A1"), ("7", "", "", "", "2024-09-02", "1")
        )

        dates = [str(purchase.date) for purchase in self.purchases(self.find("7"))]
        self.assertEqual(dates, ["2024-09-02 08:30:00", "2024-09-01 15:00:00"])

    def test_a_purchase_of_today_is_not_in_the_future(self):
        today = self.shop_day()

        report = self.load(("7", "", "", "", f"{today} 23:59:59", "1"))

        self.assertCounts(report, errors=0, new_purchases=1)
        self.assertLessEqual(self.purchases(self.find("7")).date, fields.Datetime.now())

    def test_values_are_computed_from_what_came_in(self):
        yesterday = self.shop_day() - timedelta(days=1)

        self.load(("7", "", "", "", str(yesterday), "250"))

        member = self.find("7")
        self.assertEqual(
            (member.rfm_recency, member.rfm_frequency, member.rfm_monetary), (1, 1, 250)
        )

    def test_a_customer_without_a_name_is_called_by_the_reference(self):
        self.load(("7",), ("", "", "09121234567"))

        names = self.club.member_ids.filtered(lambda m: m.channel == "import").mapped(
            "partner_id.name"
        )
        self.assertEqual(set(names), {"Customer 7", "Customer +989121234567"})

    def test_rows_with_one_mobile_are_one_member(self):
        report = self.load(
            ("", "Sara", "09121234567", "", "2024-01-01", "10"),
            ("", "", "+98 912 123 4567", "", "2024-01-02", "10"),
            ("", "", "۰۰۹۸۹۱۲۱۲۳۴۵۶۷", "", "2024-01-03", "10"),
        )

        self.assertCounts(report, new_members=1, new_purchases=3)

    def test_the_national_code_is_checked_and_kept_sealed(self):
        report = self.check(
            self.csv(
                ("7", "Sara", "0499370899"),
                ("8", "Reza", "0499370898"),
                header=("Ref", "Name", "National code"),
            ),
            dry_run=False,
        )

        self.assertCounts(report, new_members=1, errors=1)
        self.assertRefused(report, 3, "National code", "not a national code")
        self.assertNotIn("0499370898", report.lines[1].message)
        self.assertEqual(self.member._by_identity(self.club, "0499370899"), self.find("7"))
        self.assertNotIn("0499370899", str(self.find("7").sudo().read()))

    # === WHO IS KNOWN === #

    def test_a_member_is_known_by_reference_by_number_and_by_mobile(self):
        self.member.external_ref = "7"
        self.member.partner_id.phone = "(0912) 123 45 67"

        for name, value in (
            ("Ref", "7"),
            ("Mobile", "۰۹۱۲۱۲۳۴۵۶۷"),
            ("Number", self.member.number),
        ):
            report = self.check(self.csv((value, "Other name"), header=(name, "Name")))
            self.assertEqual(report.lines[0].status, "known_member", name)
            self.assertIn(self.member.number, report.lines[0].message)

    def test_a_contact_becomes_a_member_and_is_not_made_again(self):
        partner = self.env["res.partner"].create({"name": "Sara", "phone": "۰۹۱۲-۱۲۳-۴۵۶۷"})

        report = self.load(("7", "Sara A.", "09121234567"))

        self.assertCounts(report, new_members=1)
        self.assertEqual(self.find("7").partner_id, partner)
        self.assertEqual(partner.name, "Sara")

    def test_a_mobile_that_several_contacts_share_names_nobody(self):
        self.env["res.partner"].create([{"name": name, "phone": "09121234567"} for name in "AB"])

        report = self.load(("", "A", "09121234567"))

        self.assertCounts(report, new_members=0, errors=1)
        self.assertRefused(report, 2, "Mobile", "+989121234567", "several contacts")

    def test_among_contacts_with_one_mobile_the_member_is_meant(self):
        self.member.partner_id.phone = "09121234567"
        self.env["res.partner"].create({"name": "Shop", "phone": "09121234567"})

        report = self.load(("", "", "09121234567", "", "2024-01-01", "10"))

        self.assertCounts(report, new_members=0, known_members=1, new_purchases=1)
        self.assertEqual(self.purchases(self.member).amount, 10)

    def test_a_member_known_by_mobile_gets_the_reference(self):
        self.member.partner_id.phone = "09121234567"

        self.load(("7", "", "09121234567"))

        self.env.invalidate_all()
        self.assertEqual(self.member.external_ref, "7")

    def test_a_mobile_of_a_member_with_another_reference_is_refused(self):
        self.member.external_ref = "1"
        self.member.partner_id.phone = "09121234567"

        report = self.load(("7", "", "09121234567"))

        self.assertRefused(report, 2, "Ref", "“1”")

    def test_contacts_of_another_company_are_not_looked_at(self):
        other = self.env["res.company"].create({"name": "Other"})
        partner = self.env["res.partner"].create(
            {"name": "Sara", "phone": "09121234567", "company_id": other.id}
        )

        self.load(("7", "", "09121234567"))

        self.assertNotEqual(self.find("7").partner_id, partner)

    def test_addresses_become_no_members(self):
        firm = self.env["res.partner"].create({"name": "Firm"})
        address, person = self.env["res.partner"].create(
            [
                {"name": "A", "phone": "09121234567", "parent_id": firm.id, "type": "delivery"},
                {"name": "B", "phone": "09121234568", "parent_id": firm.id, "type": "contact"},
            ]
        )

        self.load(("7", "", "09121234567"), ("8", "", "09121234568"))

        self.assertNotEqual(self.find("7").partner_id, address)
        self.assertEqual(self.find("8").partner_id, person)

    # === AGAIN === #

    def test_the_same_file_twice_writes_nothing_the_second_time(self):
        rows = [
            ("7", "Sara", "09121234567", "TS", "1403/05/12", "10", "A1", "100"),
            ("7", "", "", "", "1403/05/13", "10", "", ""),
            ("7", "", "", "", "1403/05/13", "10", "", ""),
            ("", "Reza", "09121234568", "", "1403/05/13", "20", "", "5"),
        ]
        self.load(*rows, identical=True)
        before = self.census()

        report = self.load(*rows, identical=True)

        self.assertCounts(
            report, new_members=0, known_members=2, new_purchases=0, already_there=4, openings=0
        )
        self.assertEqual(report.counts["errors"], 0)
        self.assertEqual(self.census(), before)

    def test_a_purchase_is_known_whatever_names_its_customer(self):
        self.load(("7", "Sara", "09121234567", "", "2024-01-01", "10", "", ""))
        number = self.find("7").number

        for data in (
            self.csv(("7", "2024-01-01", "10"), header=("Ref", "Date", "Amount")),
            self.csv(("09121234567", "1402/10/11", "10.00"), header=("Mobile", "Date", "Amount")),
            self.csv((number, "20240101", "۱۰"), header=("Number", "Date", "Amount")),
        ):
            report = self.check(data, dry_run=False)
            self.assertCounts(report, already_there=1, new_purchases=0, errors=0)

    def test_one_more_alike_purchase_in_a_later_file_is_one_more(self):
        row = ("7", "", "", "", "2024-01-01", "10")
        self.load(row, identical=True)

        report = self.load(row, row, identical=True)

        self.assertCounts(report, already_there=1, new_purchases=1)

    def test_a_booked_reference_with_another_amount_is_refused(self):
        self.load(("7", "", "", "", "2024-01-01", "10", "A1"))

        report = self.load(("7", "", "", "", "2024-01-01", "11", "A1"))

        self.assertRefused(report, 2, "Amount", "10")
        self.assertEqual(self.purchases(self.find("7")).mapped("amount"), [10])

    def test_opening_points_with_another_amount_are_refused_and_not_booked(self):
        self.load(("7", "", "", "", "", "", "", "100"))

        report = self.load(("7", "", "", "", "", "", "", "150"))

        self.assertRefused(report, 2, "Points", "100", "booked before")
        self.assertPoints(100, self.find("7"))
        self.assertLedgerSound()
