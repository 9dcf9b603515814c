from odoo import Command
from odoo.tests import tagged

from ..controllers.portal_history import PAGE
from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortal(PortalCase):
    # --- home ------------------------------------------------------------------------

    def test_home_shows_the_club_with_the_balance(self):
        self.move(self.points, 1250)

        home = self.page("/my")

        entry = home.xpath(f"//a[@href='/my/club/{self.member.id}']")[0]
        self.assertEqual(" ".join(entry.text_content().split()), "My club 1,250 points")
        self.assertNotIn("d-none", entry.getparent().get("class"))

    def test_home_of_a_stranger_has_no_club(self):
        self.new_login("stranger.portal", self.env["res.partner"].create({"name": "Stranger"}))
        self.authenticate("stranger.portal", "stranger.portal")

        self.assertNotIn("/my/club", self.url_open("/my").text)

    def test_home_does_not_show_managed_cards_a_second_time(self):
        partner = self.member.partner_id
        unmanaged = self.env["loyalty.program"].create(
            {
                "name": "Stock wallet",
                "program_type": "ewallet",
                "company_id": self.company.id,
                "coupon_ids": [Command.create({"partner_id": partner.id, "points": 7})],
            }
        )

        home = self.page("/my")

        shown = [int(card) for card in home.xpath("//*[@data-card_id]/@data-card_id")]
        self.assertEqual(shown, unmanaged.coupon_ids.ids * len(shown))
        self.assertTrue(shown)

    # --- the membership --------------------------------------------------------------

    def test_single_membership_is_shown_at_once(self):
        self.move(self.points, 130)

        text = self.text(self.page("/my/club"))

        self.assertIn(self.member.number, text)
        self.assertIn("Sara", text)
        self.assertIn("130 points", text)
        self.assertIn("Earned", text)

    def test_number_can_be_scanned_from_the_page(self):
        page = self.page("/my/club")

        codes = page.xpath("//div[hasclass('o_club_card')]//*[local-name()='svg']")
        self.assertEqual(len(codes), 2, "a QR code and a barcode")
        self.assertNotIn("/report/barcode", self.url_open("/my/club").text)

    def test_person_who_is_no_member_learns_how_to_join(self):
        self.new_login("stranger.portal", self.env["res.partner"].create({"name": "Stranger"}))
        self.authenticate("stranger.portal", "stranger.portal")

        page = self.page("/my/club")
        self.assertIn("Join Test Club", self.text(page))
        self.assertTrue(page.xpath("//a[@href='/club/join']"))

        self.env["loyalty.club"].search([]).open_to_join = False

        self.assertIn("tell the cashier that you want to join", self.text(self.page("/my/club")))

    def test_member_without_movements_learns_what_to_do(self):
        for url in ("/my/club", self.history()):
            text = self.text(self.page(url))

            self.assertIn("No movements yet", text)
            self.assertIn("Show your membership number at the till", text)

    def test_value_class_is_not_shown(self):
        self.sell([self.line(qty=3)], self.member.partner_id)
        self.club.action_compute_rfm()
        self.assertTrue(self.member.rfm_class_id)

        for url in ("/my", "/my/club", self.history()):
            self.assertNotIn(self.member.rfm_class_id.name, self.text(self.page(url)))

    def test_membership_that_cannot_be_used_says_so(self):
        cases = {
            "pending": "not active yet",
            "suspended": "Your membership is suspended",
            "closed": "This membership is closed",
        }
        for state, words in cases.items():
            with self.subTest(state=state):
                self.member.state = state

                page = self.page("/my/club")

                self.assertIn(words, self.text(page, "//div[@role='alert']"))
                self.assertFalse(
                    page.xpath("//div[hasclass('o_club_card')]//*[local-name()='svg']")
                )
                self.assertIn(self.member.number, self.text(page))

    def test_points_owed_are_explained(self):
        wallet = self.club.debt_kind_id._wallets_of(self.member)[self.member.id]
        self.move(wallet, -40, kind="debt")

        page = self.page("/my/club")

        self.assertIn("You owe 40 points", self.text(page, "//div[@role='alert']"))
        owed = f"{self.history()}?wallet={wallet.id}"
        self.assertEqual(self.rows(owed), [("−40", "−40")])
        self.assertNotIn("Filter By", self.text(self.page(owed)))

    def test_every_club_of_a_person_is_shown(self):
        second = self.env["loyalty.club"].create(
            {"name": "Second Club", "point_name": "stars", "number_prefix": "S"}
        )
        twin = self.env["loyalty.club.member"].create(
            {"partner_id": self.member.partner_id.id, "club_id": second.id}
        )
        self.move(self.points, 11)
        self.move(self.wallet_of(twin), 22)

        text = self.text(self.page("/my/club"))
        for expected in ("Test Club", "Second Club", self.member.number, twin.number):
            self.assertIn(expected, text)
        one = self.text(self.page(f"/my/club/{twin.id}"))
        self.assertIn("22 stars", one)
        self.assertNotIn(self.member.number, one)
        self.assertEqual(self.rows(self.history(twin)), [("+22", "22")])

    def test_club_of_another_company_is_shown_to_its_member(self):
        company = self.env["res.company"].create({"name": "Other company"})
        club = self.env["loyalty.club"].create(
            {"name": "Far Club", "company_id": company.id, "number_prefix": "F"}
        )
        self.env["loyalty.club.member"].create(
            {"partner_id": self.member.partner_id.id, "club_id": club.id}
        )

        self.assertIn("Far Club", self.text(self.page("/my/club")))

    def test_archived_club_is_gone(self):
        self.club.active = False

        self.assertNotIn(self.member.number, self.url_open("/my/club").text)
        self.assertNotIn("/my/club", self.url_open("/my").text)

    # --- how it is served ------------------------------------------------------------

    def test_pages_with_a_balance_are_not_cached(self):
        for url in ("/my", "/my/club", f"/my/club/{self.member.id}", self.history()):
            self.assertEqual(self.url_open(url).headers["Cache-Control"], "no-store", url)

    def test_pages_cost_few_queries_whatever_the_history(self):
        urls = [self.history(), f"{self.history()}?filterby=earned"]
        self.sell([self.line()], self.member.partner_id)
        short = [len(self.queries(url)) for url in urls]
        self.move(self.points, *range(1, 2 * PAGE))
        for _order in range(3):
            self.sell([self.line()], self.member.partner_id)

        for url, before in zip(urls, short, strict=True):
            with self.subTest(url=url):
                found = self.queries(url)

                # Most of them say how each movement came about.
                limit = 22
                if "website" in self.env:
                    limit += 6  # its menu, its page, its company, the wish list
                self.assertLessEqual(len(found), limit, "\n".join(found))
                self.assertLessEqual(len(found), before, "\n".join(found))
