import io

import openpyxl
import pypdf

from odoo import Command
from odoo.fields import Date
from odoo.tests import new_test_user, tagged

from .portal_common import SECRET_NAME, SECRET_POINTS, PortalCase

OWN = "/my/club/statement"


@tagged("post_install", "-at_install")
class TestStatementPortal(PortalCase):
    """A member fetches her own statement, and nobody else's whatever she asks for."""

    def pdf_text(self, response):
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        pages = pypdf.PdfReader(io.BytesIO(response.content)).pages
        return " ".join(page.extract_text() for page in pages)

    def assertLedBack(self, response):
        self.assertEqual(response.status_code, 303, response.url)
        self.assertURLEqual(response.headers["Location"], "/my/club")

    def test_member_fetches_her_statement(self):
        self.move(self.points, 1250, -30)

        response = self.url_open(OWN)
        text = self.pdf_text(response)

        for expected in (self.member.partner_id.name, self.member.number, "1,250", "1,220"):
            self.assertIn(expected, text)
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertEqual(response.headers["Cache-Control"], "no-store")

    def test_member_fetches_a_workbook_of_one_wallet(self):
        self.move(self.points, 1250)

        response = self.url_open(f"{OWN}?wallet={self.points.id}&file_format=xlsx&months=3")
        book = openpyxl.load_workbook(io.BytesIO(response.content))

        self.assertEqual(len(book.sheetnames), 1)
        values = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
        self.assertIn(1250, values)

    def test_period_in_either_calendar(self):
        self.move(self.points, 77)

        past = self.pdf_text(self.url_open(f"{OWN}?date_from=1399/01/01&date_to=1399/12/30"))
        now = self.pdf_text(self.url_open(f"{OWN}?date_from=2026-01-01&date_to={Date.today()}"))

        self.assertIn("Nothing moved", past)
        self.assertIn("03/20/2021", past)
        self.assertIn("01/01/2026", now)
        self.assertIn("77", now)

    def test_foreign_and_missing_ids_are_answered_alike(self):
        for query in (
            f"member={self.other.id}",
            f"wallet={self.other_wallet.id}",
            f"member={self.member.id}&wallet={self.other_wallet.id}",
            f"member={self.other.id}&wallet={self.points.id}",
            f"member={self.other.id + 1000}",
            "member=0",
            "wallet=0",
            "wallet=%27%20OR%201=1",
        ):
            with self.subTest(query=query):
                self.assertLedBack(self.url_open(f"{OWN}?{query}", allow_redirects=False))

    def test_nothing_of_another_member_is_in_the_file(self):
        for query in ("", f"?member={self.member.id}", f"?wallet={self.points.id}"):
            text = self.pdf_text(self.url_open(OWN + query))
            self.assertNotIn(SECRET_NAME, text)
            self.assertNotIn(f"{SECRET_POINTS:,}", text)

    def test_nonsense_is_read_as_if_nothing_were_asked(self):
        self.move(self.points, 5)

        for query in ("months=x", "date_from=soon", "date_to=99", "file_format=exe", "months=-1"):
            with self.subTest(query=query):
                self.assertIn("5", self.pdf_text(self.url_open(f"{OWN}?{query}")))

    def test_who_fetches_many_has_to_wait(self):
        for _time in range(10):
            self.assertEqual(self.url_open(f"{OWN}?file_format=xlsx").status_code, 200)

        response = self.url_open(OWN)

        self.assertEqual(response.status_code, 429)
        self.assertIn("Too many tries", response.text)
        self.assertGreater(int(response.headers["Retry-After"]), 0)
        self.assertEqual(self.url_open("/my/club").status_code, 200)

    def test_person_without_membership_is_led_to_the_club(self):
        guest = self.env["res.partner"].create({"name": "Guest"})
        self.new_login("guest.portal", guest)
        self.authenticate("guest.portal", "guest.portal")

        self.assertLedBack(self.url_open(OWN, allow_redirects=False))

    def test_public_is_sent_to_the_login(self):
        self.logout()

        for url in (OWN, self.staff_url()):
            response = self.url_open(url, allow_redirects=False)
            self.assertEqual(response.status_code, 303)
            self.assertIn("/web/login", response.headers["Location"])

    def test_page_of_the_history_offers_the_statement(self):
        self.move(self.points, 5)

        links = self.page(self.history()).xpath("//a/@href")

        found = [link for link in links if link.startswith(OWN)]
        self.assertTrue(found)
        for link in found:
            self.assertEqual(self.url_open(link).status_code, 200)

    # --- the door of the staff -------------------------------------------------------

    def staff_url(self, member=None):
        return f"/loyalty_club/statement/member/{(member or self.member).id}"

    def test_member_does_not_get_in_by_the_door_of_the_staff(self):
        for url in (
            self.staff_url(),
            self.staff_url(self.other),
            f"/loyalty_club/statement/wallet/{self.other_wallet.id}",
            f"/loyalty_club/statement/wallet/{self.points.id}",
        ):
            with self.subTest(url=url):
                self.assertEqual(self.url_open(url).status_code, 404)

    def test_staff_fetch_statements_by_their_rights(self):
        self.move(self.points, 321)
        for groups, status in (
            ("base.group_user", 404),
            ("loyalty_club.group_user", 200),
            ("loyalty_club.group_auditor", 200),
        ):
            user = new_test_user(self.env, f"staff_{groups}", groups=groups)
            self.authenticate(user.login, user.login)
            for path in (f"member/{self.member.id}", f"wallet/{self.points.id}"):
                with self.subTest(groups=groups, path=path):
                    response = self.url_open(f"/loyalty_club/statement/{path}")
                    self.assertEqual(response.status_code, status)
                    if status == 200:
                        self.assertIn("321", self.pdf_text(response))

    def test_statements_of_another_company_are_not_there(self):
        company = self.env["res.company"].create({"name": "Other Company"})
        stranger = new_test_user(
            self.env,
            "statement_stranger",
            groups="loyalty_club.group_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.authenticate(stranger.login, stranger.login)

        answers = [
            self.url_open(f"/loyalty_club/statement/wallet/{wallet_id}").status_code
            for wallet_id in (self.points.id, self.points.id + 10**6)
        ]

        self.assertEqual(answers, [404, 404])
        self.assertEqual(self.url_open(self.staff_url()).status_code, 404)
