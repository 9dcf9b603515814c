import base64
from datetime import timedelta
from decimal import Decimal

from odoo.exceptions import ValidationError
from odoo.fields import Date
from odoo.tests import tagged

from ..clock import today_in
from .portal_common import SECRET_NAME, SECRET_POINTS, PortalCase

# A picture of one black dot
DOT = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPj/HwADBwIAMCbHYQAAAABJRU5ErkJg"
        "gg=="
    )
)


@tagged("post_install", "-at_install")
class TestPortalHome(PortalCase):
    """The first page of a membership."""

    def home(self):
        return self.page(f"/my/club/{self.member.id}")

    def part(self, name, page=None):
        """Words of one section of the page; empty when it is not there."""
        page = self.home() if page is None else page
        return self.text(page, f"//*[contains(concat(' ', @class, ' '), ' {name} ')]")

    def offer(self, points, name):
        """A reward of one product, for so many points."""
        return self.env["loyalty.reward"].create(
            {
                "program_id": self.club.program_id.id,
                "reward_type": "discount",
                "discount_mode": "percent",
                "discount_applicability": "order",
                "discount": 5,
                "required_points": points,
                "description": name,
            }
        )

    # --- what it says ------------------------------------------------------------------

    def test_card_has_balance_number_and_both_codes(self):
        self.move(self.points, 1250)

        page = self.home()

        self.assertIn("1,250 points", self.part("o_club_card", page))
        self.assertIn(self.member.number, self.part("o_club_card", page))
        self.assertEqual(
            len(page.xpath("//div[hasclass('o_club_card')]//*[local-name()='svg']")), 2
        )

    def test_what_expires_first_stands_first_and_the_rest_not(self):
        today = today_in(self.company)
        for number, days in enumerate((300, 5, 60, 600), start=1):
            self.move(self.points, number, expires_on=today + timedelta(days=days))

        text = self.part("o_club_expiring")

        self.assertLess(text.index("2 points"), text.index("3 points"))
        self.assertLess(text.index("3 points"), text.index("1 points"))
        self.assertNotIn("4 points", text)

    def test_value_without_an_end_does_not_expire(self):
        self.move(self.points, 50)

        self.assertEqual(self.part("o_club_expiring"), "")

    def test_rewards_within_reach_tell_what_is_missing(self):
        self.offer(100, "Small thing")
        self.offer(400, "Big thing")
        self.move(self.points, 150)

        page = self.home()
        text = self.part("o_club_rewards", page)

        self.assertIn("Small thing You have enough 100 points", text)
        self.assertIn("Big thing 250 points to go 400 points", text)
        self.assertEqual(
            page.xpath(
                "//section[hasclass('o_club_rewards')]//*[@role='progressbar']/@aria-valuenow"
            ),
            ["37"],
        )

    def test_what_she_has_taken_waits_for_her(self):
        self.assertFalse(self.home().xpath("//a[hasclass('o_club_waiting')]"))
        self.move(self.points, 300)
        taken = self.env["loyalty.club.reward.taken"]
        taken._take(self.member, self.offer(100, "Small thing"), "portal-home")

        self.assertIn("A reward waits for you", self.part("o_club_waiting"))
        self.assertIn("100 points is held", self.part("o_club_card"))

    def test_what_is_held_takes_no_reward(self):
        self.offer(100, "Small thing")
        self.move(self.points, 150)
        self.env["loyalty.club.hold"]._authorize(self.points.id, Decimal(100), "portal-home:hold")

        self.assertIn("50 points to go", self.part("o_club_rewards"))

    def test_saved_so_far_is_what_the_ledger_says(self):
        self.assertNotIn("saved so far", self.part("o_club_worth"))
        self.move(self.points, 500, -200)

        text = self.part("o_club_worth")

        saved = self.member.saved_amount
        self.assertEqual(saved, 200 * self.club.point_value)
        money = self.club.currency_id.format(saved).replace("\N{NO-BREAK SPACE}", " ")
        self.assertIn(f"You have saved so far {money}", text)

    def test_movements_name_receipt_and_shop(self):
        order = self.sell([self.line(qty=3)], self.member.partner_id)
        self.move(self.points, 5, kind="adjust", note="Sorry for the cold tea")

        text = self.part("o_club_latest")

        self.assertIn(f"Receipt {order.pos_reference} · Test Shop", text)
        self.assertIn("Sorry for the cold tea", text)
        self.assertLess(text.index("cold tea"), text.index("Receipt"), "the newest stands first")

    def test_terms_to_accept_are_asked_for_on_their_day(self):
        agreement = self.env["loyalty.club.agreement"].search([("club_id", "=", self.club.id)])
        version = self.env["loyalty.club.agreement.version"].create(
            {"agreement_id": agreement[:1].id, "body": "<p>Be nice.</p>"}
        )
        self.assertFalse(self.member._home(self.member.wallet_ids)["due"])

        version.sudo().write({"state": "published"})

        self.assertTrue(self.member._home(self.member.wallet_ids)["due"])
        self.assertEqual(self.member._terms_due(), version)
        self.member._accept_terms(version, "portal")
        self.assertFalse(self.member._home(self.member.wallet_ids)["due"])
        self.assertFalse(self.member._terms_due())

    def test_nothing_of_others_stands_there(self):
        self.sell([self.line()], self.other.partner_id)

        text = self.text(self.home())

        for secret in (SECRET_NAME, f"{SECRET_POINTS:,}", self.other.number):
            self.assertNotIn(secret, text)

    # --- how one goes about ------------------------------------------------------------

    def test_every_page_has_one_heading_and_its_place(self):
        for path, heading, place in (
            ("", "Test Club", "Home"),
            ("/level", "Level", "Level"),
            ("/cards", "Card", "Card"),
            ("/profile", "Profile", "Profile"),
            ("/mobile", "Mobile", "Profile"),
            ("/more", "More", "More"),
        ):
            with self.subTest(path=path):
                page = self.page(f"/my/club/{self.member.id}{path}")

                self.assertEqual([self.text(page, "//h1")], [heading])
                shown = page.xpath("//nav[hasclass('o_club_pages')]//a[@aria-current]")
                self.assertIn(place, [self.text(link, ".") for link in shown])
                self.assertIn("Test Club", page.xpath("//title")[0].text)

    def test_every_address_of_the_navigation_answers(self):
        page = self.page(f"/my/club/{self.member.id}/more")

        links = set(page.xpath("//nav[hasclass('o_club_pages')]//a/@href"))
        links |= set(page.xpath("//ul[hasclass('o_club_list')]//a/@href"))
        for link in sorted(link for link in links if link.startswith("/my/club")):
            with self.subTest(link=link):
                answer = self.url_open(link, allow_redirects=False)
                self.assertEqual(answer.status_code, 200)

    def test_number_fills_the_screen_while_it_counts(self):
        address = f"/my/club/{self.member.id}/card"
        self.assertIn(self.member.number, self.text(self.page(address), "//bdi").replace(" ", ""))

        self.member.state = "suspended"

        self.assertEqual(self.url_open(address, allow_redirects=False).status_code, 303)

    # --- how it looks ------------------------------------------------------------------

    def test_clubs_colour_is_kept_as_style_sheets_write_it(self):
        self.club.brand_color = " 0A7d5c"

        self.assertEqual(self.club.brand_color, "#0a7d5c")
        self.assertIn("--club-main: #0a7d5c", self.text(self.home(), "//head/style"))
        for wrong in ("green", "#12345", "#fff;}body{"):
            with self.assertRaises(ValidationError):
                self.club.brand_color = wrong

    def test_logo_stands_on_the_page_and_is_kept_by_browsers(self):
        address = f"/club/{self.club.id}/logo"
        self.assertEqual(self.url_open(address).status_code, 404)
        self.assertIn("o_club_initial", self.url_open("/my/club").text)

        self.club.logo = DOT

        shown = self.home().xpath("//img[hasclass('o_club_mark')]/@src")
        self.logout()
        answer = self.url_open(shown[0])
        self.assertEqual(answer.headers["Content-Type"], "image/png")
        self.assertIn("immutable", answer.headers["Cache-Control"])
        self.assertNotIn("immutable", self.url_open(f"{address}?mark=old").headers["Cache-Control"])
        self.assertEqual(self.url_open(f"/club/{10**9}/logo").status_code, 404)

    # --- what it costs -----------------------------------------------------------------

    def test_it_costs_few_queries_however_long_she_is_a_member(self):
        self.offer(100, "Small thing")
        self.env["loyalty.club.tier"].create(
            [
                {"name": "Silver", "club_id": self.club.id, "min_points": 0},
                {"name": "Gold", "club_id": self.club.id, "min_points": 500},
            ]
        )
        address = f"/my/club/{self.member.id}"
        self.sell([self.line()], self.member.partner_id)
        short = self.queries(address)
        for days in range(40):
            self.move(self.points, 10, expires_on=Date.add(today_in(self.company), days=30 + days))
        for _order in range(4):
            self.sell([self.line()], self.member.partner_id)

        found = self.queries(address)

        limit = 18 if "website" in self.env else 12
        self.assertLessEqual(len(found), limit, "\n".join(found))
        self.assertLessEqual(len(found), len(short))
