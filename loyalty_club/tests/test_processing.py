import io

import pypdf

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .consent_common import ConsentCommon


@tagged("post_install", "-at_install")
class TestProcessing(ConsentCommon, HttpCase):
    """The record of processing says what for, on which basis, which data, to whom, how long."""

    def login(self, group):
        new_test_user(self.env, f"record_{group}", groups=f"loyalty_club.group_{group}")
        self.authenticate(f"record_{group}", f"record_{group}")

    def test_record_tells_everything_the_law_asks(self):
        self.club.privacy_contact = "Shirin Amini, privacy@example.com"
        self.marketing.write({"recipients": "Kavenegar, Tehran", "retention_days": 30})
        self.say(self.sara, True)
        self.login("auditor")

        response = self.url_open(f"/loyalty_club/processing/{self.club.id}")

        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        pages = pypdf.PdfReader(io.BytesIO(response.content)).pages
        text = " ".join(" ".join(page.extract_text().split()) for page in pages)
        for expected in (
            "Test Club",
            "Shirin Amini",
            "Offers and news",
            "Consent",
            "Version 1; agreed to by 1",
            "Kavenegar, Tehran",
            "30 days after",
            "Name, phone number, e-mail address",
            "Keeping the books",
            "Legal obligation",
        ):
            self.assertIn(expected, text)

    def test_record_is_for_those_who_answer_for_it(self):
        self.login("user")
        path = f"/loyalty_club/processing/{self.club.id}"

        self.assertEqual(self.url_open(path).status_code, 404)
        with self.assertRaises(AccessError):
            self.marketing.with_user(self.cashier).action_print_record()
        self.login("marketer")
        self.assertEqual(self.url_open(path).status_code, 200)
        self.assertEqual(self.url_open("/loyalty_club/processing/0").status_code, 404)

    def test_button_leads_to_the_club_of_the_purpose(self):
        action = self.marketing.action_print_record()
        self.assertEqual(action["url"], f"/loyalty_club/processing/{self.club.id}")


@tagged("post_install", "-at_install")
class TestConsentRecord(ConsentCommon):
    """Staff writes down what a member said, under their own name."""

    def record(self, user=None, **values):
        wizard = (
            self.env["loyalty.club.consent.record"]
            .with_user(user or self.cashier)
            .create(
                {
                    "member_id": self.sara.id,
                    "purpose_id": self.marketing.id,
                    "channel": "sms",
                    "given": "yes",
                    **values,
                }
            )
        )
        wizard.action_record()

    def test_answer_is_recorded_with_name_and_proof(self):
        self.record(how="paper", proof="Folder 12")

        fact = self.sara.latest_consent_change_ids
        self.assertEqual((fact.source, fact.proof), ("paper", "Folder 12"))
        self.assertEqual(fact.user_id, self.cashier)
        self.assertEqual(self.agree(), self.sara)

    def test_no_is_kept_even_where_nothing_was_said(self):
        self.record(given="no")
        self.assertEqual(self.facts(), [("sms", False, "person")])

    def test_proof_is_asked_unless_she_stands_there(self):
        with self.assertRaises(UserError):
            self.record(how="call")
        with self.assertRaises(UserError):
            self.record(how="paper", proof=" ")

    def test_channel_must_be_one_that_is_asked(self):
        with self.assertRaises(UserError):
            self.record(channel="general")
        with self.assertRaises(UserError):
            self.record(given=False)

    def test_terms_are_accepted_on_paper(self):
        terms = self.env["loyalty.club.agreement"].search([("club_id", "=", self.club.id)])
        with self.assertRaises(UserError):
            self.record(subject="terms")
        version = self.env["loyalty.club.agreement.version"].create(
            {"agreement_id": terms.id, "body": "<p>Be kind.</p>"}
        )
        version.action_publish()

        self.record(subject="terms", how="paper", proof="Folder 3")

        self.assertFalse(self.sara._terms_due())
        self.assertEqual(self.facts(), [])

    def test_auditor_records_nothing(self):
        auditor = new_test_user(self.env, "rec_auditor", groups="loyalty_club.group_auditor")
        with self.assertRaises(AccessError):
            self.record(user=auditor)
