"""Words in which tests speak of the club's public doors: a visitor with a browser and a mobile."""

import re

from lxml import html

from odoo.http import root
from odoo.tests import HttpCase, new_test_user

from .common import ClubCommon
from .test_one_time_code import CodeWords

MOBILE = "+989121234567"
OTHER = "+989357654321"


class DoorCase(CodeWords, ClubCommon, HttpCase):
    """Visitors come with no cookies; texts to their mobiles are read from the outbox."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["loyalty.club"].search([("id", "!=", cls.club.id)]).open_to_join = False
        cls.club.profile_field_ids.filtered(
            lambda field: field.code not in ("name", "email")
        ).step = "profile"

    @classmethod
    def holder(cls, mobile=MOBILE, **values):
        """A member whose contact has this mobile."""
        member = cls.new_member(values.pop("name", "Sara"), **values)
        member.partner_id.phone = mobile
        return member

    @classmethod
    def login_of(cls, member, login, group="base.group_portal", used=False):
        """A user of the member's contact; ``used``: who has signed in before."""
        user = new_test_user(
            cls.env, login, groups=group, name=member.partner_id.name,
            partner_id=member.partner_id.id,
        )  # fmt: skip
        if used:
            cls.env["res.users.log"].with_user(user).sudo().create({})
        return user

    # --- what a visitor does ---------------------------------------------------------

    def get(self, url, **kwargs):
        self.seen = self.url_open(url, **kwargs)
        return self.seen

    def post(self, url, **values):
        """Send a form of the page that was seen last; without redirects followed."""
        token = html.fromstring(self.seen.content).xpath("//input[@name='csrf_token']/@value")
        data = {"csrf_token": token[0] if token else "", **values}
        return self.url_open(url, data=data, allow_redirects=False)

    def leave(self):
        """Another browser, which knows nothing."""
        self.opener.cookies.clear()

    def ask_code(self, mobile="0912 123 4567", way="join", start=None):
        """Type a mobile, and land on the page that asks for the code."""
        self.get(start or f"/club/{way}")
        answer = self.post("/club/mobile", mobile=mobile, way=way)
        self.get(f"/club/{way}")
        return answer

    def type_code(self, code=None, way="join", mobile=MOBILE):
        """Type a code, the right one by default."""
        return self.post("/club/code", code=code or self.code_to(mobile), way=way)

    def prove(self, mobile=MOBILE, way="join", start=None):
        self.ask_code(mobile, way, start)
        return self.type_code(way=way, mobile=mobile)

    def fill(self, **values):
        """Send the form to join, with all terms accepted."""
        self.get("/club/join")
        terms = {f"terms_{one.id}": "1" for one in self.club._terms_in_force()}
        return self.post("/club/join/submit", **{"name": "Sara Karimi", **terms, **values})

    # --- what there is ---------------------------------------------------------------

    def texts_to(self, mobile):
        """Messages to a number that still wait, newest first."""
        return self.env["loyalty.club.outbox"].search(
            [("address", "=", mobile), ("state", "=", "waiting")], order="id desc"
        )

    def code_to(self, mobile):
        return re.search(r"\b[0-9]{6}\b", self.texts_to(mobile)[:1].body).group()

    def member_of(self, mobile=MOBILE):
        return self.env["loyalty.club.member"].search(
            [("club_id", "=", self.club.id), ("mobile", "=", mobile)]
        )

    def errors(self, response):
        """What the page says is wrong, in one line."""
        nodes = html.fromstring(response.content).xpath("//*[@role='alert']")
        return " ".join(" ".join(node.text_content() for node in nodes).split())

    def assertSignedIn(self, user):
        """The browser's session is this user's."""
        session = root.session_store.get(self.opener.cookies["session_id"])
        self.assertEqual(session.uid, user.id if user else None)

    def assertLeads(self, response, path):
        self.assertEqual(response.status_code, 303, self.errors(response))
        self.assertURLEqual(response.headers["Location"], path)
