from datetime import timedelta
from itertools import pairwise

from lxml import html

from odoo import Command
from odoo.tests import new_test_user, tagged

from ..clock import today_in
from ..controllers.club_page import _addresses
from .door_common import DoorCase


@tagged("post_install", "-at_install")
class TestClubPage(DoorCase):
    """Everybody reads what membership brings; what is for some members is not promised to all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.url = f"/club/{cls.club.id}"
        _entry, cls.ruby = cls.env["loyalty.club.tier"].create(
            [
                {"name": "Start", "club_id": cls.club.id, "sequence": 1},
                {
                    "name": "Ruby",
                    "club_id": cls.club.id,
                    "sequence": 2,
                    "min_spend": 500,
                    "earn_multiplier": 2,
                },
            ]
        )

    def page(self, url=None, status=200):
        response = self.url_open(url or self.url)
        self.assertEqual(response.status_code, status)
        self.tree = html.fromstring(response.content)
        self.answer = response
        text = " ".join(self.tree.xpath("//main")[0].text_content().split())
        return text.replace("\N{NO-BREAK SPACE}", " ")

    def links(self):
        return {link.get("href") for link in self.tree.xpath("//main//a")}

    # --- what it says ----------------------------------------------------------------

    def test_visitors_read_terms_levels_and_the_way_in(self):
        self.club.welcome_amount = 25

        text = self.page()

        self.assertIn(self.club.name, text)
        self.assertIn("25 points to welcome you", text)
        self.assertIn("2 times the points", text)
        self.assertIn("Membership is free", text)
        self.assertIn("Fair for both sides", text)
        self.assertIn(f"/club/join/{self.club.id}", self.links())
        self.assertIn("/club/login", self.links())

    def test_one_heading_leads_and_no_level_is_left_out(self):
        self.page()

        heads = self.tree.xpath("//main//*[self::h1 or self::h2 or self::h3]")
        levels = [int(head.tag[1]) for head in heads]
        self.assertEqual(levels.count(1), 1)
        self.assertEqual(levels[0], 1)
        self.assertFalse([one for one, two in pairwise(levels) if two - one > 1])

    def test_the_shops_own_words_take_the_place_of_ours(self):
        self.assertIn("sell nobody's data", self.page())

        self.club.mutual_text = "<p>We share the harvest.</p>"
        self.club.voices_text = "<p>Leila likes it.</p>"
        text = self.page()

        self.assertIn("We share the harvest.", text)
        self.assertIn("Leila likes it.", text)
        self.assertNotIn("sell nobody's data", text)

    def test_what_membership_costs_is_told(self):
        self.club.fee_product_id = self.env["product.product"].create(
            {"name": "Fee", "type": "service", "list_price": 12, "taxes_id": [Command.clear()]}
        )
        self.club.fee_months = 6

        text = self.page()

        self.assertIn("12.00 for 6 months", text)
        self.assertNotIn("Membership is free", text)

    def test_rewards_for_some_members_are_not_promised(self):
        today = today_in(self.company)
        one = {
            "program_id": self.club.program_id.id,
            "reward_type": "discount",
            "discount_mode": "per_order",
            "discount": 5,
            "required_points": 40,
        }
        rewards = self.env["loyalty.reward"].create(
            [
                {**one, "description": "For all"},
                {**one, "description": "For Ruby", "club_tier_ids": [Command.set(self.ruby.ids)]},
                {**one, "description": "Over", "club_until": today - timedelta(days=1)},
                {**one, "description": "To come", "club_from": today + timedelta(days=1)},
            ]
        )
        told = dict(self.club._rewards_told())

        self.assertEqual(
            {name for name in told if name in rewards.mapped("description")}, {"For all"}
        )
        self.assertIn("40", told["For all"])
        self.assertIn("For all", self.page())

    def test_acts_for_some_members_are_not_promised(self):
        kind = self.env["loyalty.club.act.kind"]._of(self.club, "review")
        rule = self.env["loyalty.club.act.rule"].create({"kind_id": kind.id, "amount": 7})
        self.assertIn((kind.name, "7 points"), self.club._acts_told())

        rule.tier_ids = self.ruby

        self.assertNotIn(kind.name, dict(self.club._acts_told()))

    # --- who sees it -----------------------------------------------------------------

    def test_members_are_led_to_their_membership(self):
        member = self.holder()
        self.login_of(member, "sara.page")
        self.authenticate("sara.page", "sara.page")

        self.page()

        self.assertIn(f"/my/club/{member.id}", self.links())
        self.assertNotIn(f"/club/join/{self.club.id}", self.links())
        self.assertEqual(self.answer.headers["Cache-Control"], "no-store")

    def test_a_club_that_takes_nobody_online_sends_to_the_till(self):
        self.club.open_to_join = False

        self.assertIn("Ask at the till", self.page())
        self.assertNotIn(f"/club/join/{self.club.id}", self.links())

    def test_without_a_page_it_is_as_if_there_were_none(self):
        self.club.public_page = False
        hidden = self.page(status=404)
        nothing = self.page("/club/999999999", 404)
        self.assertEqual(hidden, nothing)
        self.assertNotIn(f"/club/{self.club.id}", self.addresses())

        member = self.holder()
        self.login_of(member, "sara.inside")
        self.authenticate("sara.inside", "sara.inside")
        self.assertIn(self.club.name, self.page())

    def test_search_engines_are_told_of_it(self):
        self.assertIn(self.url, self.addresses())

    def addresses(self):
        return [page["loc"] for page in _addresses(self.env, None, None)]

    # --- poster ----------------------------------------------------------------------

    def test_the_poster_is_for_staff_who_may_read_the_club(self):
        url = f"/loyalty_club/club/{self.club.id}/poster"
        new_test_user(self.env, "club_poster", groups="loyalty_club.group_user")
        new_test_user(self.env, "club_guest", groups="base.group_portal")
        for login, status in (("club_guest", 404), ("club_poster", 200)):
            self.authenticate(login, login)
            answer = self.url_open(url)
            with self.subTest(login=login):
                self.assertEqual(answer.status_code, status)
        self.assertTrue(answer.content.startswith(b"%PDF"))
        self.assertEqual(self.url_open("/loyalty_club/club/999999999/poster").status_code, 404)

    def test_the_poster_says_what_joining_brings(self):
        self.club.welcome_amount = 25
        document = self.env["loyalty.club.invitation.poster"]._document(
            self.club, self.club.join_url
        )

        self.assertIn("25 points", document.replace("\N{NO-BREAK SPACE}", " "))
        self.assertIn("<svg", document)
