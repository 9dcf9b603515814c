from uuid import uuid4

from odoo import http
from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestTierPortal(PortalCase):
    """A member sees her level, the way to the next one, and what each of them brings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.basic, cls.silver, cls.gold = cls.env["loyalty.club.tier"].create(
            [
                {"name": "Member", "club_id": cls.club.id, "sequence": 1},
                {"name": "Silver", "club_id": cls.club.id, "sequence": 2, "min_spend": 500},
                {
                    "name": "Gold",
                    "club_id": cls.club.id,
                    "sequence": 3,
                    "min_spend": 1000,
                    "earn_multiplier": 1.5,
                    "points_price": 40,
                },
            ]
        )
        cls.basic._recompute(cls.club)

    def address(self, member=None):
        return f"/my/club/{(member or self.member).id}/level"

    def exchange(self, key=None, member=None, tier=None):
        return self.url_open(
            f"{self.address(member)}/exchange",
            data={
                "tier": (tier or self.gold).id,
                "key": key or uuid4().hex,
                "csrf_token": http.Request.csrf_token(self),
            },
        )

    def test_the_overview_shows_the_level_and_a_bar(self):
        self.sell([self.line(qty=6)], self.member.partner_id)

        page = self.page(f"/my/club/{self.member.id}")

        shown = self.text(page, "//section[hasclass('o_club_level')]")
        self.assertIn("Silver", shown)
        self.assertIn("Gold", shown)
        self.assertIn("400", shown)
        bar = page.xpath("//section[hasclass('o_club_level')]//div[@role='progressbar']")[0]
        self.assertEqual(bar.get("aria-valuenow"), "60")

    def test_points_are_explained_in_one_line(self):
        page = self.page(f"/my/club/{self.member.id}")

        told = self.text(page, "//p[hasclass('o_club_terms')]")
        self.assertEqual(told, " ".join(self.club.terms.split()))

    def test_without_a_ladder_nothing_is_said(self):
        self.env["loyalty.club.tier.standing"].search([])
        (self.basic | self.silver | self.gold).active = False
        self.env["loyalty.club.tier"]._recompute(self.club)

        page = self.page(f"/my/club/{self.member.id}")

        self.assertFalse(page.xpath("//section[hasclass('o_club_level')]"))
        self.assertIn("no levels", self.text(self.page(self.address())))

    def test_the_ladder_tells_what_each_level_takes_and_brings(self):
        page = self.page(self.address())

        steps = page.xpath("//div[hasclass('o_club_step')]")
        texts = [self.text(step, ".") for step in steps]
        self.assertEqual([text.split()[0] for text in texts], ["Gold", "Silver", "Member"])
        self.assertIn("1.5 times the points", texts[0])
        self.assertIn("You are here", texts[2])

    def test_points_are_exchanged_for_a_level_once(self):
        self.move(self.points, 100)
        key = uuid4().hex

        answers = [self.exchange(key) for _time in range(2)]

        self.env.invalidate_all()
        self.assertEqual(self.member.tier_id, self.gold)
        self.assertEqual(self.points.balance, 60)
        self.assertIn("You are Gold now", answers[0].text)

    def test_too_few_points_are_told(self):
        self.move(self.points, 39)

        answer = self.exchange()

        self.assertEqual(answer.status_code, 422)
        self.env.invalidate_all()
        self.assertEqual(self.member.tier_id, self.basic)
        self.assertEqual(self.points.balance, 39)

    def test_a_button_for_what_cannot_be_paid_is_grey(self):
        buttons = self.page(self.address()).xpath("//div[hasclass('o_club_step')]//button")
        self.assertEqual([button.get("disabled") for button in buttons], ["disabled"])

    def test_nobody_exchanges_another_ones_points(self):
        self.exchange(member=self.other)

        self.env.invalidate_all()
        self.assertNotEqual(self.other.tier_id, self.gold)

    def test_another_ones_level_is_not_shown(self):
        answer = self.url_open(self.address(self.other))

        self.assertNotIn(self.other.number, answer.text)

    def test_a_level_of_another_club_is_no_choice(self):
        other = self.env["loyalty.club"].create({"name": "Other Club"})
        strange = self.env["loyalty.club.tier"].create(
            {"name": "Strange", "club_id": other.id, "points_price": 1}
        )
        self.move(self.points, 100)

        self.exchange(tier=strange)

        self.env.invalidate_all()
        self.assertEqual(self.points.balance, 100)
