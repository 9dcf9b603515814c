import re

from lxml import html

from odoo.tests import HttpCase, tagged

from ..domain import opaque
from .consent_common import ConsentCommon


@tagged("post_install", "-at_install")
class TestOptOut(ConsentCommon, HttpCase):
    """Whoever reads a message ends more of them, without signing in; a stranger learns nothing."""

    def setUp(self):
        super().setUp()
        self.sara._set_consents(
            {
                ("marketing", "sms"): True,
                ("marketing", "email"): True,
                ("survey", "email"): True,
            },
            "join",
        )

    def path(self, purpose="marketing", channel="email", member=None):
        url = (member or self.sara)._stop_url(purpose, channel)
        return url.removeprefix(self.sara.get_base_url())

    def post(self, path, data=None):
        return self.url_open(path, data=data or {"x": "1"}, allow_redirects=False)

    def given(self):
        self.env.invalidate_all()
        return {
            (consent.purpose_id.code, consent.channel)
            for consent in self.sara.consent_ids
            if consent.given
        }

    def test_opening_the_link_changes_nothing(self):
        for _again in range(2):
            response = self.url_open(self.path())
            self.assertEqual(response.status_code, 200)

        self.assertEqual(len(self.given()), 3)

    def test_page_names_the_club_and_nobody(self):
        self.sara.partner_id.name = "Sara Secretname"
        response = self.url_open(self.path())

        text = html.fromstring(response.content).text_content()
        self.assertIn("Test Club", text)
        self.assertIn("Offers and news", text)
        for hidden in ("Secretname", "sara@", "0912", "9121110001", self.sara.number):
            self.assertNotIn(hidden, response.text)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")

    def test_button_ends_this_kind_on_this_channel_only(self):
        page = html.fromstring(self.url_open(self.path()).content)
        action = page.xpath("//form[contains(@action, '/loyalty_club/stop/')]/@action")[0]

        response = self.post(action)

        self.assertEqual(response.status_code, 200)
        self.assertEqual(self.given(), {("marketing", "sms"), ("survey", "email")})
        self.assertEqual(self.facts()[-1], ("email", False, "link"))
        proof = self.sara.latest_consent_change_ids[0].proof
        self.assertRegex(proof, r"^IP [0-9a-f]{16}$")
        self.assertTrue(self.on_list("sara@example.com"))

    def test_second_button_ends_it_on_all_channels(self):
        page = html.fromstring(self.url_open(self.path()).content)
        action = page.xpath("//form[contains(@action, '/loyalty_club/stop/')]/@action")[1]

        self.post(action)

        self.assertEqual(self.given(), {("survey", "email")})

    def test_one_click_of_mail_programs(self):
        """RFC 8058: a POST from no page of ours, without cookies, answered without redirect."""
        headers = self.sara._stop_headers("marketing")
        url = re.fullmatch(r"<(https?://.*)>", headers["List-Unsubscribe"]).group(1)
        self.assertEqual(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")

        response = self.post(
            url.removeprefix(self.sara.get_base_url()), {"List-Unsubscribe": "One-Click"}
        )

        self.assertEqual(response.status_code, 200)
        self.assertNotIn(("marketing", "email"), self.given())

    def test_twice_is_once(self):
        for _again in range(2):
            self.assertEqual(self.post(self.path()).status_code, 200)

        self.assertEqual(self.facts().count(("email", False, "link")), 1)

    def test_request_cannot_ask_for_anything_else(self):
        self.post(self.path(), {"given": "1", "purpose": "survey", "channel": "sms"})

        self.assertEqual(self.given(), {("marketing", "sms"), ("survey", "email")})

    def test_made_up_links_are_void(self):
        secret = self.env["loyalty.club.member"]._stop_secret()
        survey = self.purpose("survey")
        other = self.env["loyalty.club"].create({"name": "Other"})
        foreign = self.purpose("marketing", other)
        good = self.path().rsplit("/", 1)[1]
        tokens = [
            "nonsense",
            good[:-1],
            good[:-2] + ("AA" if not good.endswith("AA") else "BB"),
            opaque.seal(b"another secret", self.sara.id, survey.id, 1),
            opaque.seal(secret, self.sara.id, foreign.id, 1),
            opaque.seal(secret, self.sara.id, survey.id, 99),
            opaque.seal(secret, 2**31 - 1, survey.id, 1),
            opaque.seal(secret, self.sara.id, survey.id),
        ]

        for token in tokens:
            with self.subTest(token=token):
                path = f"/loyalty_club/stop/{token}"
                answers = [self.url_open(path), self.post(path)]
                self.assertEqual([answer.status_code for answer in answers], [404, 404])
        self.assertEqual(len(self.given()), 3)

    def test_page_is_in_the_members_language(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        self.sara.partner_id.lang = "fa_IR"
        self.marketing.with_context(lang="fa_IR").name = "پیشنهادها"

        self.assertIn("پیشنهادها", self.url_open(self.path()).text)

    def test_link_of_a_merged_membership_ends_the_survivors_messages(self):
        path = self.path(member=self.omid)
        self.omid._merge_into(self.sara, "the same person")

        self.post(path)

        self.assertNotIn(("marketing", "email"), self.given())
        self.assertIn(("marketing", "sms"), self.given())

    def test_each_link_is_its_own(self):
        links = {
            self.path(purpose, channel, member)
            for member in (self.sara, self.omid)
            for purpose in ("marketing", "survey")
            for channel in ("sms", "email", None)
        }
        self.assertEqual(len(links), 12)
        self.assertEqual(self.path(), self.path(), "nothing is stored for a link")
        self.assertLess(len(self.path()), 60)
