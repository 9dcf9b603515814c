from lxml import html

from odoo.tests import tagged

from .door_common import MOBILE, OTHER, DoorCase


@tagged("post_install", "-at_install")
class TestMemberInvites(DoorCase):
    """A member passes her link on; whoever joins by it is known to have come through her."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leila = cls.holder(OTHER, name="Leila")
        cls.token = cls.leila._invite_url().partition("?i=")[2]

    def join(self, token, mobile=MOBILE):
        self.prove(mobile, start=f"/club/join/{self.club.id}?i={token}")
        self.fill()
        self.leave()
        return self.member_of(mobile)

    def test_who_joins_by_the_link_came_through_its_member(self):
        member = self.join(self.token)

        self.assertRecordValues(member, [{"invited_by_id": self.leila.id, "channel": "invitation"}])
        self.assertEqual((self.leila.invited_ids, self.leila.invited_count), (member, 1))

    def test_the_page_leads_on_with_the_link(self):
        page = html.fromstring(self.get(f"/club/{self.club.id}?i={self.token}").content)

        self.assertIn("A friend invites you", page.text_content())
        self.assertIn(f"/club/join/{self.club.id}?i={self.token}", page.xpath("//main//a/@href"))
        self.assertNotIn("Leila", page.text_content())
        self.assertEqual(self.seen.headers["X-Robots-Tag"], "noindex")

    def test_what_we_never_made_and_who_left_bring_nobody(self):
        self.leila._close("Moved away")

        for number, token in enumerate((self.token, self.token[:-2] + "AA", "é" * 20, "x")):
            with self.subTest(token=token):
                self.assertNotIn("A friend", self.get(f"/club/{self.club.id}?i={token}").text)
                member = self.join(token, f"+98912000000{number}")
                self.assertTrue(member)
                self.assertFalse(member.invited_by_id)

    def test_a_link_counts_in_its_own_club(self):
        other = self.env["loyalty.club"].create({"name": "Other club"})
        outcome = self.env["loyalty.club.enrolment"]._enrol(
            other, {"mobile": MOBILE, "name": "Sara"}, "join", invitation=self.token
        )

        self.assertFalse(outcome.member.invited_by_id)

    def test_nobody_brings_herself(self):
        outcome = self.env["loyalty.club.enrolment"]._enrol(
            self.club, {"mobile": OTHER, "name": "Leila"}, "join", invitation=self.token
        )

        self.assertEqual(outcome.member, self.leila)
        self.env["loyalty.club.invitation"]._joined(self.leila, self.token)
        self.assertFalse(self.leila.invited_by_id)

    def test_her_page_has_link_code_and_count_and_names_nobody(self):
        friend = self.join(self.token)
        friend.partner_id.name = "Zuleikha Unseen"
        self.login_of(self.leila, "leila.invites")
        self.authenticate("leila.invites", "leila.invites")

        answer = self.get(f"/my/club/{self.leila.id}/invite")

        page = html.fromstring(answer.content)
        shown = page.xpath("//input[@id='club_invite_url']/@value")
        self.assertEqual(shown, [self.leila._invite_url()])
        self.assertTrue(page.xpath("//main//*[name()='svg']"))
        self.assertIn("One friend has joined", page.text_content())
        self.assertNotIn("Zuleikha", answer.text)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        ways = " ".join(page.xpath("//main//a/@href"))
        for program in ("sms:", "https://t.me/", "https://wa.me/", "mailto:"):
            self.assertIn(program, ways)

    def test_a_stranger_reads_no_link_of_another_member(self):
        stranger = self.holder()
        self.login_of(stranger, "sara.stranger")
        self.authenticate("sara.stranger", "sara.stranger")

        for member_id in (self.leila.id, 999999999):
            answer = self.url_open(f"/my/club/{member_id}/invite", allow_redirects=False)
            self.assertLeads(answer, "/my/club")

    def test_where_nobody_joins_online_there_is_no_link(self):
        self.club.open_to_join = False
        self.login_of(self.leila, "leila.closed")
        self.authenticate("leila.closed", "leila.closed")

        page = html.fromstring(self.get(f"/my/club/{self.leila.id}/invite").content)

        self.assertFalse(page.xpath("//input[@id='club_invite_url']"))
        self.assertIn("ask at the till", page.text_content())
