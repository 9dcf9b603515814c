from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..clock import today_in
from .door_common import MOBILE, OTHER, DoorCase


@tagged("post_install", "-at_install")
class TestInvitation(DoorCase):
    """Contacts who are no members are asked by a personal link; who joins by it is counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(cls.env, "club_inviter", groups="loyalty_club.group_marketer")
        cls.company.partner_id.tz = "Asia/Tehran"  # the shop's day, whoever asks
        cls.leila = cls.contact("Leila", phone=MOBILE)
        cls.invitation = cls.invite("Autumn")

    @classmethod
    def contact(cls, name, **values):
        return cls.env["res.partner"].create({"name": name, "ref": "invited", **values})

    @classmethod
    def invite(cls, name, **values):
        return (
            cls.env["loyalty.club.invitation"]
            .with_user(cls.marketer)
            .create(
                {
                    "name": name,
                    "club_id": cls.club.id,
                    "domain": "[('ref', '=', 'invited')]",
                    "text": "{name}: {link} {stop}",
                    **values,
                }
            )
        )

    def start(self, invitation=None):
        """Start an invitation and send all of it."""
        invitation = invitation or self.invitation
        invitation.action_start()
        rows = self.env["loyalty.club.invitation.contact"]
        while batch := rows._next_batch(invitation.sudo()):
            batch._send()
        return invitation

    def row(self, partner=None):
        partner = partner or self.leila
        return self.env["loyalty.club.invitation.contact"].search([("partner_id", "=", partner.id)])

    def token(self, partner=None):
        return self.invitation._url(self.row(partner).id).partition("?i=")[2]

    def enrol(self, mobile, invitation, **person):
        outcome = self.env["loyalty.club.enrolment"]._enrol(
            self.club, {"mobile": mobile, "name": "X", **person}, "join", invitation=invitation
        )
        return outcome.member

    # --- who is invited --------------------------------------------------------------

    def test_members_former_members_and_the_unreachable_are_left_out(self):
        self.contact("Nobody")
        self.contact("Twin", phone=MOBILE)
        member = self.holder(OTHER)
        member.partner_id.ref = "invited"
        gone = self.holder("+989361111111")
        gone.partner_id.ref = "invited"
        gone._close("Moved away")
        same = self.contact("Same number as a member", phone=OTHER)

        self.assertEqual(self.invitation.preview_count, 1)
        self.start()

        self.assertEqual(self.row().state, "sent")
        self.assertFalse(self.row(same))
        self.assertEqual(len(self.invitation.contact_ids), 1)

    def test_whoever_wants_no_offers_is_left_out(self):
        self.env["phone.blacklist"]._add([MOBILE])

        self.assertEqual(self.invitation.preview_count, 0)
        with self.assertRaises(UserError):
            self.invitation.action_start()

    def test_without_a_mobile_it_goes_by_mail(self):
        mina = self.contact("Mina", email="mina@example.com")

        self.start()

        self.assertEqual((self.row().channel, self.row(mina).channel), ("sms", "email"))
        sent = self.env["loyalty.club.outbox"].search(
            [("kind", "=", "invitation"), ("address", "=", "mina@example.com")]
        )
        self.assertIn(self.row(mina)._stop_url(), sent.body)

    def test_who_said_no_or_joined_after_the_start_gets_nothing(self):
        late = self.contact("Late", phone=OTHER)
        self.invitation.action_start()
        self.env["phone.blacklist"]._add([MOBILE])
        self.enrol(OTHER, None)

        self.row()._send()
        self.row(late)._send()

        self.assertEqual((self.row().state, self.row(late).state), ("left_out", "left_out"))
        self.assertFalse(self.texts_to(MOBILE))

    def test_a_batch_is_sent_once(self):
        self.start()

        self.invitation.sudo()._cron_send()

        self.assertEqual(len(self.texts_to(MOBILE)), 1)

    def test_a_text_needs_the_link_and_knows_its_words(self):
        with self.assertRaises(ValidationError):
            self.invite("No link", text="Come!")
        with self.assertRaises(ValidationError):
            self.invite("Unknown word", text="{link} {points}")

    def test_a_text_fills_in_nothing_else(self):
        self.leila.name = "{stop} {0.__class__}"
        self.start()

        body = self.texts_to(MOBILE).body

        self.assertTrue(body.startswith("{stop} {0.__class__}: http"))

    def test_a_cashier_invites_nobody(self):
        with self.assertRaises(AccessError):
            self.invitation.with_user(self.cashier).action_start()

    def test_a_club_that_takes_nobody_online_invites_nobody(self):
        self.club.open_to_join = False

        with self.assertRaises(UserError):
            self.invitation.action_start()

    # --- who came --------------------------------------------------------------------

    def test_whoever_joins_by_the_link_is_counted(self):
        self.start()

        self.prove(start=f"/club/join/{self.club.id}?i={self.token()}")
        self.fill()

        self.env.invalidate_all()
        member = self.member_of()
        self.assertEqual((member.invitation_id, member.channel), (self.invitation, "invitation"))
        self.assertEqual(member.partner_id, self.leila)
        self.assertTrue(self.row().opened_on)
        self.assertRecordValues(
            self.invitation,
            [{"sent_count": 1, "opened_count": 1, "joined_count": 1, "joined_rate": 1.0}],
        )

    def test_a_link_that_was_passed_on_counts_for_nobody_else(self):
        self.start()

        stranger = self.enrol(OTHER, self.token())

        self.assertEqual(stranger.invitation_id, self.invitation)
        self.assertFalse(self.row().member_id)
        self.assertEqual((self.invitation.member_count, self.invitation.joined_count), (1, 0))
        self.assertEqual(self.enrol(MOBILE, self.token()), self.row().member_id)

    def test_a_member_is_attributed_once(self):
        self.start()
        member = self.enrol(MOBILE, self.token())
        second = self.invite("Winter", kind="public")
        second.action_start()

        self.env["loyalty.club.invitation"]._joined(member, second)

        self.assertEqual(member.invitation_id, self.invitation)

    def test_a_known_member_is_attributed_to_nothing(self):
        member = self.holder(OTHER)
        self.start()

        self.assertEqual(self.enrol(OTHER, self.token()), member)
        self.assertFalse(member.invitation_id)

    def test_made_up_tokens_and_those_of_the_past_count_for_nothing(self):
        self.start()
        token = self.token()

        made_up = self.enrol(OTHER, token[:-1] + ("A" if token[-1] != "A" else "B"))
        self.invitation.action_end()
        late = self.enrol("+989361111111", token)

        self.assertFalse((made_up | late).invitation_id)

    def test_the_last_day_counts_and_the_next_does_not(self):
        self.start()
        today = today_in(self.company)
        self.invitation.expires_on = today
        self.assertEqual(self.enrol(OTHER, self.token()).invitation_id, self.invitation)

        self.invitation.expires_on = today - timedelta(days=1)
        self.assertFalse(self.enrol("+989361111111", self.token()).invitation_id)
        self.invitation.sudo()._cron_send()

        self.assertEqual(self.invitation.state, "done")

    def test_an_invitation_to_another_club_counts_for_nothing(self):
        other = self.env["loyalty.club"].create({"name": "Other club"})
        self.start()

        outcome = self.env["loyalty.club.enrolment"]._enrol(
            other, {"mobile": MOBILE}, "join", invitation=self.token()
        )

        self.assertFalse(outcome.member.invitation_id)

    def test_the_poster_counts_without_naming_anybody(self):
        poster = self.invite("Poster", kind="public")
        poster.action_start()
        token = poster.public_url.partition("?i=")[2]

        self.get(f"/club/join/{self.club.id}?i={token}")
        self.get(f"/club/join/{self.club.id}?i={token}")
        member = self.enrol(OTHER, token)

        self.env.invalidate_all()
        self.assertEqual((poster.public_opened, poster.member_count), (1, 1))
        self.assertEqual(member.invitation_id, poster)

    def test_links_differ_and_tell_nothing(self):
        self.contact("Mina", phone=OTHER)
        self.start()
        urls = {self.invitation._url(row.id) for row in self.invitation.contact_ids}

        self.assertEqual(len(urls), 2)
        for url in urls:
            self.assertNotIn("Leila", url)
            self.assertNotIn(MOBILE[3:], url)

    # --- who wants no more -----------------------------------------------------------

    def test_the_link_that_ends_invitations_asks_first(self):
        self.start()
        path = self.row()._stop_url().partition("/club/")[2]

        self.get(f"/club/{path}")
        self.env.invalidate_all()
        self.assertEqual(self.row().state, "sent")
        self.assertNotIn("Leila", self.seen.text)
        self.url_open(f"/club/{path}", data={"x": "1"})
        self.env.invalidate_all()

        self.assertEqual(self.row().state, "refused")
        self.assertIn(MOBILE, self.env["phone.blacklist"].search([]).mapped("number"))
        self.assertEqual(self.get("/club/uninvite/nonsense").status_code, 404)

    def test_the_poster_is_for_staff_who_may_read_it(self):
        self.invitation.action_start()
        url = f"/loyalty_club/invitation/{self.invitation.id}/poster"

        self.authenticate("club_inviter", "club_inviter")
        answer = self.url_open(url)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        new_test_user(self.env, "club_nobody", groups="base.group_user")
        self.authenticate("club_nobody", "club_nobody")

        self.assertEqual(self.url_open(url).status_code, 404)
