from unittest.mock import patch

from lxml import html

from odoo.tests import tagged

from ..controllers import acts
from .act_common import ActWords
from .portal_common import SECRET_NAME, PortalCase

POSITION = {"latitude": "35.7", "longitude": "51.4", "accuracy": "15"}


@tagged("post_install", "-at_install")
class TestActPortal(ActWords, PortalCase):
    """A member earns on her own pages, by her own clicks, and a stranger learns nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code, amount in (("social", 5), ("checkin", 3), ("app", 10), ("share", 7)):
            cls.rule(code, amount)
        cls.rule("review", 2, per_score=True)
        cls.rule("visit", 1, times_day=1)
        cls.code = cls.env["loyalty.club.act.code"].create(
            {"code": "STORY12", "kind_id": cls.kind("social").id}
        )
        cls.place = cls.env["loyalty.club.place"].create(
            {"name": "Trailhead", "club_id": cls.club.id}
        )

    def address(self, page="", member=None):
        return f"/my/club/{(member or self.member).id}/earn{page}"

    def token(self):
        page = self.url_open(self.address())
        return html.fromstring(page.content).xpath("//input[@name='csrf_token']/@value")[0]

    def send(self, url, **values):
        return self.url_open(
            url, data={"csrf_token": self.token(), **values}, allow_redirects=False
        )

    def said(self, response):
        nodes = html.fromstring(response.content).xpath("//*[@role='alert' or @role='status']")
        return " ".join(" ".join(node.text_content() for node in nodes).split())

    def assertDone(self, response, words):
        self.assertEqual(response.status_code, 303, response.text[:2000])
        self.assertIn(words, self.said(self.url_open(self.address())))

    # --- what is shown ----------------------------------------------------------------

    def test_the_page_tells_what_each_act_brings_and_what_is_left(self):
        page = self.page(self.address())

        text = self.text(page)
        for words in ("Daily visit", "1 points", "2 points for each point", "Trailhead"):
            self.assertIn(words, text)
        self.send(self.address("/visit"), kind=self.kind("visit").id)

        way = self.page(self.address()).xpath("//li[.//strong[text()='Daily visit']]")[0]
        self.assertIn("Done. Again from", " ".join(way.text_content().split()))
        self.assertFalse(way.xpath(".//button"))

    def test_what_is_not_listed_or_has_no_rule_is_not_shown(self):
        self.kind("visit").listed = False

        text = self.text(self.page(self.address()))

        self.assertNotIn("Daily visit", text)
        self.assertNotIn("Referral", text)
        answer = self.send(self.address("/visit"), kind=self.kind("visit").id)
        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.acts())

    def test_the_page_is_kept_by_no_cache(self):
        self.assertEqual(self.url_open(self.address()).headers["Cache-Control"], "no-store")

    # --- what is done -----------------------------------------------------------------

    def test_a_code_is_used_once(self):
        self.assertDone(self.send(self.address("/code"), code="story 12"), "5 points")
        self.assertDone(self.send(self.address("/code"), code="story 12"), "already")
        self.assertPoints(5)

    def test_a_wrong_code_is_told_and_stays_in_the_form(self):
        answer = self.send(self.address("/code"), code="WRONG99")

        self.assertEqual(answer.status_code, 422)
        self.assertIn("not valid", self.said(answer))
        typed = html.fromstring(answer.content).xpath("//input[@name='code']/@value")
        self.assertEqual(typed, ["WRONG99"])

    def test_what_nobody_sees_in_a_code_is_left_out(self):
        self.assertEqual(self.send(self.address("/code"), code="WRO\x00NG").status_code, 422)
        self.assertDone(self.send(self.address("/code"), code="story\u200c12"), "5 points")

    def test_the_link_of_a_code_fills_the_form_and_gives_nothing_by_itself(self):
        page = html.fromstring(self.url_open("/club/code/STORY12").content)

        self.assertEqual(page.xpath("//input[@name='code']/@value"), ["STORY12"])
        self.assertFalse(self.acts())

    def test_a_text_is_handed_in_and_scored_by_staff(self):
        kind = self.kind("review")
        answer = self.send(self.address("/review"), kind=kind.id, text="<b>Good</b> tea")
        self.assertDone(answer, "We look at it")
        self.assertFalse(self.acts())
        review = self.env["loyalty.club.review"].search([("member_id", "=", self.member.id)])

        review.with_user(self.manager)._accept(4)

        page = self.url_open(self.address()).text
        self.assertIn("&lt;b&gt;Good&lt;/b&gt; tea", page)
        self.assertIn("8 points", page)

    def test_a_link_that_is_none_is_refused_and_nothing_is_kept(self):
        answer = self.send(
            self.address("/review"), kind=self.kind("share").id, link="javascript:alert(1)"
        )

        self.assertEqual(answer.status_code, 422)
        self.assertFalse(
            self.env["loyalty.club.review"].search([("member_id", "=", self.member.id)])
        )

    def test_the_app_counts_once_in_a_life(self):
        for _opened in range(2):
            self.assertEqual(self.send(self.address("/app")).status_code, 204)

        self.assertPoints(10)

    # --- check-in ---------------------------------------------------------------------

    def test_a_qr_code_is_looked_at_before_it_counts(self):
        url = f"/club/here/{self.place.token}"
        page = self.page(url)
        self.assertIn("Trailhead", self.text(page, "//h1"))
        self.assertFalse(self.acts())

        answer = self.send(f"{url}/checkin")

        self.assertEqual(answer.status_code, 200)
        self.assertIn("3 points", self.said(answer))
        self.assertIn("already", self.said(self.send(f"{url}/checkin")))
        self.assertPoints(3)

    def test_where_the_distance_counts_it_is_measured(self):
        self.place.write({"check": "both", "latitude": 35.7, "longitude": 51.4})
        url = f"/club/here/{self.place.token}/checkin"

        self.assertEqual(self.send(url).status_code, 422)
        away = self.send(url, **{**POSITION, "latitude": "36"})
        self.assertIn("too far", self.said(away))
        self.assertEqual(self.send(url, **POSITION).status_code, 200)
        self.assertPoints(3)

    def test_a_place_without_a_code_is_found_by_the_telephone(self):
        self.assertEqual(self.send(self.address("/here"), **POSITION).status_code, 422)
        self.place.write({"check": "near", "latitude": 35.7, "longitude": 51.4})

        self.assertDone(self.send(self.address("/here"), **POSITION), "3 points")
        self.assertEqual(self.send(self.address("/here"), latitude="x").status_code, 422)

    def test_where_two_places_meet_each_counts_once(self):
        self.place.write({"check": "near", "latitude": 35.7, "longitude": 51.4})
        self.place.copy({"name": "Gate", "check": "near", "latitude": 35.7, "longitude": 51.4})

        for words in ("3 points", "3 points", "already"):
            self.assertDone(self.send(self.address("/here"), **POSITION), words)

        self.assertPoints(6)

    # --- who is asked -----------------------------------------------------------------

    def test_everything_is_posted_with_the_pages_token(self):
        for page in ("/code", "/visit", "/review", "/app", "/here"):
            with self.subTest(page):
                url = self.address(page)
                self.assertEqual(self.url_open(url, data={"x": "1"}).status_code, 400)
                self.assertEqual(self.url_open(url).status_code, 405)
        url = f"/club/here/{self.place.token}/checkin"
        self.assertEqual(self.url_open(url, data={"x": "1"}).status_code, 400)
        self.assertEqual(self.url_open(url).status_code, 405)
        self.assertFalse(self.acts())

    def test_anothers_membership_is_as_good_as_missing(self):
        token = self.token()
        for page in ("", "/code", "/visit", "/review", "/here"):
            answers = set()
            for member in (self.other.id, self.other.id + 1000, 0):
                url = f"/my/club/{member}/earn{page}"
                data = {"csrf_token": token, "code": "STORY12", "kind": self.kind("visit").id}
                kwargs = {"data": data} if page else {}
                answer = self.url_open(url, allow_redirects=False, **kwargs)
                self.assertNotIn(SECRET_NAME, answer.text)
                answers.add((answer.status_code, answer.headers.get("Location")))
            with self.subTest(page):
                self.assertEqual(len(answers), 1, answers)
                self.assertEqual(next(iter(answers))[0], 303)
        self.send(self.address("/app", self.other))
        self.assertFalse(self.acts(self.other))

    def test_strangers_are_told_the_same_of_every_place(self):
        self.new_login("guest.acts", self.env["res.partner"].create({"name": "Guest"}))
        self.authenticate("guest.acts", "guest.acts")
        urls = [f"/club/here/{token}" for token in (self.place.token, "no-such-place")]

        answers = [self.url_open(url) for url in urls]

        self.assertEqual({answer.status_code for answer in answers}, {404})
        self.assertNotIn("Trailhead", answers[0].text)
        texts = {self.text(html.fromstring(answer.content)) for answer in answers}
        self.assertEqual(len(texts), 1)

    def test_visitors_are_sent_to_the_login(self):
        self.logout()
        for url in (
            self.address(),
            f"/club/here/{self.place.token}",
            "/club/here/no-such-place",
            "/club/code/STORY12",
        ):
            answer = self.url_open(url, allow_redirects=False)
            with self.subTest(url):
                self.assertIn("/web/login", answer.headers["Location"])

    def test_whoever_sends_too_much_waits(self):
        with patch.object(acts, "_TRIES", (2, 3600)):
            statuses = [
                self.send(self.address("/visit"), kind=self.kind("visit").id).status_code
                for _try in range(4)
            ]

        self.assertEqual(statuses, [303, 303, 422, 422])
