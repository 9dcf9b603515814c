"""What a file says of people beside their purchases: profile, cards, identity codes, credit."""

from odoo import models
from odoo.tests import tagged

from .import_common import MemberImportCommon

HEADER = ("Ref", "Name", "Mobile", "National code", "Card", "Birthday", "Sex", "Education", "Area")
SARA = ("7", "Sara", "09121234567", "0499370899", "AB-12", "1370/01/15", "خانم", "لیسانس", "North")


@tagged("post_install", "-at_install")
class TestMemberImportProfile(MemberImportCommon):
    """Files tell who people are; what members said themselves stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.area = cls.env["loyalty.club.area"].create({"name": "North", "club_id": cls.club.id})

    def load_people(self, *rows, header=HEADER, **options):
        return self.check(self.csv(*rows, header=header), dry_run=False, **options)

    def test_profile_card_and_code_come_in(self):
        report = self.load_people(SARA, ("8", "Reza"), ("9", "Mina", "", "", "", "1380/02/02"))

        self.assertCounts(report, new_members=3, errors=0)
        sara, reza, mina = self.find("7"), self.find("8"), self.find("9")
        self.assertEqual(
            (sara.sex, sara.education, sara.area_id), ("female", "bachelor", self.area)
        )
        self.assertEqual(str(sara.birthday), "1991-04-04")
        self.assertEqual(str(mina.birthday), "2001-04-22")
        self.assertEqual(sara._plain_value("identity_code"), "0499370899")
        self.assertEqual(self.env["loyalty.club.card"]._held_by(self.club, "ab12"), sara)
        self.assertFalse(reza.sex or reza.birthday or reza.identity_code)
        self.assertLess(reza.profile_completion, mina.profile_completion)

    def test_every_new_member_has_what_one_made_by_hand_has(self):
        self.load_people(SARA, ("8", "Reza"), ("9", "Mina"))

        for member in self.find("7") | self.find("8") | self.find("9"):
            wallet = member.wallet_ids
            self.assertEqual((wallet.type, wallet.state, wallet.balance), ("points", "active", 0))
            self.assertEqual(wallet.card_ids.partner_id, member.partner_id)
            self.assertTrue(wallet.card_ids.code)
            self.assertTrue(member.card_ids.filtered(lambda card: card.type == "virtual"))
            partner = member.partner_id
            self.assertEqual(partner.commercial_partner_id, partner)
            self.assertEqual(partner.complete_name, partner.name)
            self.assertEqual(partner.phone_sanitized, partner.phone)
        codes = self.find("8").wallet_ids.card_ids.code, self.find("9").wallet_ids.card_ids.code
        self.assertNotEqual(*codes)

    def test_a_copied_contact_is_what_the_orm_would_have_made(self):
        self.load_people(("8", "Reza", "09121234568"), ("9", "Mina", "09121234569"))

        copied = self.find("9").partner_id
        made = self.env["res.partner"].create({"name": "Mina", "phone": "+989121234569"})
        # The two were made one after the other, perhaps in different seconds.
        moments = {*models.MAGIC_COLUMNS, "calendar_last_notif_ack"}
        own = {"id", "tz", "commercial_partner_id", *moments}
        for name, field in made._fields.items():
            if field.store and field.column_type and name not in own:
                with self.subTest(field=name):
                    self.assertEqual(copied[name], made[name])

    def test_the_same_people_twice_change_nothing(self):
        self.load_people(SARA, ("8", "Reza"))
        before = self.census()

        report = self.load_people(SARA, ("8", "Reza"))

        self.assertCounts(report, known_members=2, new_members=0, errors=0)
        self.assertEqual(self.census(), before)

    def test_what_a_member_said_herself_stays_and_gaps_are_filled(self):
        self.load_people(("7", "Sara", "09121234567"))
        self.find("7").write({"sex": "other"})

        self.load_people(SARA)

        sara = self.find("7")
        self.assertEqual((sara.sex, sara.education), ("other", "bachelor"))

    def test_a_member_is_known_by_identity_code_and_by_card(self):
        self.load_people(SARA)

        for name, value in (("National code", "۰۴۹۹۳۷۰۸۹۹"), ("Card", "ab 12")):
            report = self.check(self.csv((value, "Other"), header=(name, "Name")))
            self.assertEqual(report.lines[0].status, "known_member", name)

    def test_a_mobile_with_another_identity_code_is_somebody_else_s(self):
        self.load_people(SARA)

        report = self.load_people(("09121234567", "0084575948"), header=("Mobile", "National code"))

        self.assertRefused(report, 2, "another identity code")

    def test_a_card_from_stock_is_handed_out_and_a_lost_one_refused(self):
        stock = self.env["loyalty.club.card"]._make(self.club, [{"number": "ST01"}])
        report = self.load_people(("7", "Sara", "ST01"), header=("Ref", "Name", "Card"))

        self.assertCounts(report, errors=0)
        self.assertEqual(stock.member_id, self.find("7"))

        stock._report_lost("Test")
        again = self.load_people(("8", "Reza", "ST01"), header=("Ref", "Name", "Card"))
        self.assertRefused(again, 2, "lost")

    def test_opening_credit_is_booked_once_and_needs_a_kind_of_credit(self):
        header = ("Ref", "Name", "Credit")
        without = self.load_people(("7", "Sara", "5000"), header=header)
        self.assertRefused(without, 2, "keeps no credit")
        kind = self.new_kind("ewallet")

        for _time in range(2):
            self.load_people(("7", "Sara", "5000"), header=header)

        wallet = self.find("7").wallet_ids.filtered(lambda one: one.kind_id == kind)
        self.assertEqual(wallet.balance, 5000)
        self.assertLedgerSound()

    def test_words_that_are_no_sex_or_education_or_area_are_told(self):
        header = ("Ref", "Sex", "Education", "Area")
        for row, words in (
            (("7", "x"), "is not a sex"),
            (("7", "", "much"), "level of education"),
            (("7", "", "", "Atlantis"), "no area"),
        ):
            self.assertRefused(self.load_people(row, header=header), 2, words)
