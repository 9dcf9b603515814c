"""A thousand people with their telephones as people write them."""

import random

from odoo.tests import tagged

from .import_common import MemberImportCommon

HEADER = ("Name", "Mobile")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PEOPLE = 1000


def _grouped(number, gap):
    return f"0{number[:3]}{gap}{number[3:6]}{gap}{number[6:]}"


@tagged("post_install", "-at_install")
class TestMemberImportPhones(MemberImportCommon):
    """However a number is written, it is the same person's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.country  # where a number without a code is Iranian
        chance = random.Random(1403)
        cls.numbers = [f"91{n:08d}" for n in chance.sample(range(10**8), PEOPLE)]
        cls.chance = chance

    def written(self, number):
        """The number as somebody might write it."""
        form = self.chance.choice(
            [
                f"0{number}",
                number,
                f"+98{number}",
                f"0098{number}",
                f"98{number}",
                f"+98 {number[:3]} {number[3:6]} {number[6:]}",
                _grouped(number, " "),
                _grouped(number, "-"),
                _grouped(number, "."),
                f"({number[:3]}) {number[3:]}",
                f"\u200e+98{number}\u200f ",
            ]
        )
        return form.translate(self.chance.choice([{}, PERSIAN, ARABIC]))

    def landline(self, n):
        return self.chance.choice(["021 {}", "+98-21-{}", "0098 21 {}", "۰۲۱{}"]).format(
            88000000 + n
        )

    def test_a_thousand_people_come_in_as_themselves_and_once(self):
        half = PEOPLE // 2
        known = [
            self.new_member(f"Known {number}", phone=self.written(number))
            for number in self.numbers[:20]
        ]
        rows = [(f"Person {number}", self.written(number)) for number in self.numbers]
        rows += [(f"Person {number}", self.written(number)) for number in self.numbers[:half]]
        self.chance.shuffle(rows)

        report = self.check(self.csv(*rows, header=HEADER), dry_run=False)

        self.assertCounts(report, new_members=PEOPLE - 20, known_members=20)
        for number in self.chance.sample(self.numbers, 100):
            member = self.env["loyalty.club.member"]._locate(self.club, self.written(number))
            with self.subTest(number=number):
                self.assertEqual(member.mobile, f"+98{number}")
                self.assertIn(number, member.partner_id.name)
        for member, number in zip(known, self.numbers, strict=False):
            self.assertEqual(member.mobile, f"+98{number}")

    def test_the_same_file_twice_changes_nothing(self):
        rows = [(f"Person {number}", self.written(number)) for number in self.numbers[:300]]
        rows += [(f"Shop {n}", self.landline(n)) for n in range(50)]
        data = self.csv(*rows, header=HEADER)
        first = self.check(data, dry_run=False)
        before = self.census()

        again = self.check(data, dry_run=False)

        self.assertCounts(first, new_members=350, errors=0)
        self.assertCounts(again, new_members=0, known_members=350, errors=0)
        self.assertEqual(self.census(), before)

    def test_landlines_come_in_and_name_nobody_by_mobile(self):
        report = self.check(
            self.csv(("Shop A", self.landline(1)), ("Shop B", self.landline(2)), header=HEADER),
            dry_run=False,
        )

        self.assertCounts(report, new_members=2, errors=0)
        shops = self.club.member_ids.filtered(lambda member: member.channel == "import")
        self.assertFalse(any(shops.mapped("mobile")))
        self.assertTrue(all(shops.mapped("phone")))
