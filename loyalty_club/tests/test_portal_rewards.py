import base64
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

from PIL import Image

from odoo import http
from odoo.tests import tagged

from ..clock import today_in
from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalRewards(PortalCase):
    """What a member can get for her points, and what she has taken of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cup = cls.five_off()
        cls.far = cls.five_off(description="Far away", required_points=200)

    def setUp(self):
        super().setUp()
        self.move(self.points, 50)

    def address(self, *parts, member=None):
        return "/".join(["/my/club", str((member or self.member).id), "rewards", *map(str, parts)])

    def send(self, *parts, member=None, **values):
        values["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(self.address(*parts, member=member), data=values)

    def take(self, reward=None, key=None):
        return self.send((reward or self.cup).id, "take", key=key or uuid4().hex)

    @property
    def taken(self):
        self.env.invalidate_all()
        return self.member.taken_ids

    def names(self, page):
        return [self.text(node, ".") for node in page.xpath("//article//h3")]

    def assertHeld(self, held):
        self.env.invalidate_all()
        self.assertEqual(self.points.held, held)

    # --- the catalogue -------------------------------------------------------------------

    def test_what_there_is_and_what_is_missing(self):
        page = self.page(self.address())

        self.assertEqual(self.names(page), ["Discount for points", "Five off", "Far away"])
        near, far = page.xpath("//article")[1:]
        self.assertIn("10 points", self.text(near, "."))
        self.assertIn("You have enough points", self.text(near, "."))
        self.assertIn("150 points", self.text(far, "."))
        self.assertEqual(far.xpath(".//div[@role='progressbar']")[0].get("aria-valuenow"), "25")

    def test_only_what_is_within_reach(self):
        page = self.page(self.address() + "?show=ready")

        self.assertEqual(self.names(page), ["Discount for points", "Five off"])

    def test_nothing_within_reach_says_what_to_do(self):
        self.move(self.points, -50)
        page = self.page(self.address() + "?show=ready")

        self.assertIn("You do not have enough points yet", self.text(page))

    def test_terms_are_told(self):
        tier = self.env["loyalty.club.tier"].create({"name": "Gold", "club_id": self.club.id})
        last = today_in(self.company) + timedelta(days=9)
        self.cup.write(
            {
                "club_quantity": 7,
                "club_per_member": 2,
                "club_until": last,
                "club_tier_ids": tier.ids,
                "club_branch_ids": self.branch.ids,
            }
        )
        shown = self.text(self.page(self.address()).xpath("//article")[1], ".")

        for words in ("7 left", "Until", "Gold", "Test Shop", "Up to 2", "For other members"):
            self.assertIn(words, shown)

    def test_for_chosen_members_alone(self):
        segment = self.env["loyalty.club.segment"].create(
            {"name": "Friends", "club_id": self.club.id, "kind": "manual", "domain": False}
        )
        self.cup.club_segment_ids = segment
        self.assertNotIn("Five off", self.names(self.page(self.address())))
        segment._add(self.member)
        self.assertIn("Five off", self.names(self.page(self.address())))

    def test_picture(self):
        self.assertEqual(self.url_open(self.address(self.cup.id, "picture")).status_code, 404)
        image = BytesIO()
        Image.new("RGB", (300, 200), "teal").save(image, "PNG")
        self.cup.club_image = base64.b64encode(image.getvalue())

        picture = self.url_open(self.address(self.cup.id, "picture"))
        self.assertEqual(picture.headers["Content-Type"], "image/png")
        self.assertNotIn("public", picture.headers.get("Cache-Control", ""))
        source = self.page(self.address()).xpath("//article//img/@src")
        self.assertEqual(source, [self.address(self.cup.id, "picture")])

    def test_few_queries_whatever_there_is(self):
        few = len(self.queries(self.address()))
        for number in range(12):
            self.five_off(description=f"Cup {number}", club_quantity=number, club_per_member=3)
        self.queries(self.address())
        many = len(self.queries(self.address()))

        self.assertLessEqual(many, few + 4)  # units that are left, and what she has of them

    # --- taking --------------------------------------------------------------------------

    def test_taken_with_a_code_to_show(self):
        answer = self.take()

        taken = self.taken
        self.assertEqual(answer.url.split("/my/")[1], self.address("taken", taken.id)[4:])
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertIn(taken.code[:4], answer.text)
        self.assertIn("<svg", answer.text)
        self.assertHeld(10)
        listed = self.text(self.page(self.address()), "//section[@aria-labelledby='club_waiting']")
        self.assertIn("Five off", listed)

    def test_page_before_it_is_taken(self):
        page = self.page(self.address(self.cup.id))
        self.assertIn("within 30 days", self.text(page))
        self.assertIn("40 points", self.text(page))
        key = page.xpath("//input[@name='key']/@value")[0]
        self.assertEqual(len(key), 32)
        self.assertFalse(self.page(self.address(self.far.id)).xpath("//input[@name='key']"))

    def test_sent_twice_is_taken_once(self):
        key = uuid4().hex
        first, second = self.take(key=key), self.take(key=key)

        self.assertEqual(first.url, second.url)
        self.assertEqual(len(self.taken), 1)
        self.assertHeld(10)

    def test_without_a_key_nothing_happens(self):
        self.take(key="short")
        self.assertFalse(self.taken)

    def test_too_few_points_are_told(self):
        answer = self.take(self.far)

        self.assertEqual(answer.status_code, 422)
        self.assertIn("alert-danger", answer.text)
        self.assertFalse(self.taken)
        self.assertHeld(0)

    def test_without_the_forms_token_nothing_happens(self):
        answer = self.url_open(
            self.address(self.cup.id, "take"), data={"key": uuid4().hex, "csrf_token": "no"}
        )
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.taken)

    # --- giving up -----------------------------------------------------------------------

    def test_cancelled_twice_is_cancelled_once(self):
        self.take()
        taken = self.taken
        first = self.send("taken", taken.id, "cancel")
        second = self.send("taken", taken.id, "cancel")

        self.assertIn("points are yours again", first.text)
        self.assertEqual(second.status_code, 200)
        self.assertEqual(self.taken.state, "cancelled")
        self.assertHeld(0)
        listed = self.text(self.page(self.address()), "//section[@aria-labelledby='club_past']")
        self.assertIn("Cancelled", listed)

    def test_collected_is_not_cancelled(self):
        self.take()
        taken = self.taken
        taken._mark("collected")
        answer = self.send("taken", taken.id, "cancel")

        self.assertEqual(answer.status_code, 422)
        self.assertIn("collected already", answer.text)

    # --- other people --------------------------------------------------------------------

    def test_what_is_not_hers_does_not_exist(self):
        other = self.five_off(description="Foreign")
        theirs = self.env["loyalty.club.reward.taken"]._take(self.other, other, "request-x")
        club = self.env["loyalty.club"].create({"name": "Another club"})
        foreign = club.program_id.reward_ids[:1]
        addresses = [
            self.address(member=self.other),
            self.address(self.cup.id, member=self.other),
            self.address("taken", theirs.id),
            self.address("taken", 999999),
            self.address("taken", theirs.id, member=self.other),
        ]
        for address in addresses:
            answer = self.url_open(address)
            self.assertTrue(answer.url.endswith("/my/club"), address)
            self.assertNotIn(theirs.code, answer.text)
        self.assertEqual(
            self.url_open(self.address(self.cup.id, "picture", member=self.other)).status_code, 404
        )
        self.send("taken", theirs.id, "cancel")
        self.send("taken", theirs.id, "cancel", member=self.other)
        self.send(self.cup.id, "take", member=self.other, key=uuid4().hex)
        self.send(foreign.id, "take", key=uuid4().hex)
        self.env.invalidate_all()
        self.assertEqual(theirs.state, "open")
        self.assertEqual(self.other.taken_ids, theirs)
        self.assertFalse(self.taken)
