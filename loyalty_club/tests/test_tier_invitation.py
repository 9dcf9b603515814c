from datetime import timedelta
from unittest.mock import patch

from odoo import Command, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from ..models import tier_invitation
from .portal_common import PortalCase
from .tier_benefit_common import BenefitCommon


class InvitationCommon(BenefitCommon):
    """Words for tests of invitations to a level."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Invitation = cls.env["loyalty.club.tier.invitation"]
        cls.outbox = cls.env["loyalty.club.outbox"]
        cls.answer_by = cls.today + timedelta(days=14)

    def invite(self, members=None, tier=None, **values):
        return self.Invitation._invite(
            tier or self.gold,
            values.pop("answer_by", self.answer_by),
            members=self.member if members is None else members,
            **values,
        )

    def state(self, invitation):
        self.env.invalidate_all()
        return invitation.state

    def later(self, days):
        """Let it be so many days later for whoever asks for the day."""
        day = self.today + timedelta(days=days)
        return patch.object(tier_invitation, "today_in", lambda _company: day)


@tagged("post_install", "-at_install")
class TestTierInvitation(InvitationCommon):
    """Staff invite to a level; the member decides, until a last day."""

    def test_an_invitation_alone_gives_nothing(self):
        invitation = self.invite()

        self.assertEqual(invitation.state, "open")
        self.assertEqual(self.level(), self.basic)

    def test_who_accepts_has_the_level_with_the_reason(self):
        until = self.today + timedelta(days=300)
        invitation = self.invite(until=until, note="Ten years with us")

        invitation._answer(accept=True)
        invitation._answer(accept=True)

        self.assertEqual(self.state(invitation), "accepted")
        self.assertEqual(self.level(), self.gold)
        change = self.member.tier_change_ids.sorted("id")[-1:]
        self.assertEqual(
            (change.reason, change.note, change.until), ("invited", "Ten years with us", until)
        )
        self.assertEqual(len(self.member.tier_change_ids.filtered("note")), 1)

    def test_who_declines_stays_where_she_is(self):
        invitation = self.invite()

        invitation._answer(accept=False, reply=" I travel too little ")

        self.assertEqual(self.state(invitation), "declined")
        self.assertEqual(invitation.reply, "I travel too little")
        self.assertEqual(self.level(), self.basic)
        with self.assertRaisesRegex(UserError, "answered this invitation already"):
            invitation._answer(accept=True)
        self.assertEqual(self.level(), self.basic)

    def test_the_last_day_still_counts_and_the_next_does_not(self):
        first = self.invite()
        with self.later(14):
            first._answer(accept=False)
        second = self.invite()
        with self.later(15):
            self.assertFalse(self.member._open_tier_invitations())
            with self.assertRaisesRegex(UserError, "last day to answer"):
                second._answer(accept=True)
            self.Invitation._lapse()

        self.assertEqual([self.state(one) for one in (first, second)], ["declined", "lapsed"])
        self.assertEqual(self.level(), self.basic)

    def test_what_was_taken_back_cannot_be_accepted(self):
        invitation = self.invite()
        marketer = new_test_user(self.env, "inviter", groups="loyalty_club.group_marketer")

        invitation.sudo(False).with_user(marketer).action_withdraw()

        self.assertEqual(self.state(invitation), "withdrawn")
        with self.assertRaisesRegex(UserError, "taken this invitation back"):
            invitation._answer(accept=True)
        self.assertEqual(self.level(), self.basic)

    def test_nobody_else_takes_invitations_back(self):
        invitation = self.invite()
        auditor = new_test_user(self.env, "watcher", groups="loyalty_club.group_auditor")

        with self.assertRaises(AccessError):
            invitation.sudo(False).with_user(auditor).action_withdraw()

        self.assertEqual(self.state(invitation), "open")

    def test_only_active_members_of_lower_levels_are_invited_once(self):
        top, idle, fresh = (self.new_member(name) for name in ("Top", "Idle", "Fresh"))
        self.gold._grant(top, self.gold)
        idle.state = "suspended"
        self.invite()

        invited = self.invite(self.member | top | idle | fresh)

        self.assertEqual(invited.member_id, fresh)

    def test_a_level_that_is_archived_meanwhile_is_not_given(self):
        invitation = self.invite()
        self.gold.active = False

        with self.assertRaisesRegex(UserError, "not given any more"):
            invitation._answer(accept=True)

        self.assertEqual(self.state(invitation), "open")

    def test_who_was_given_more_meanwhile_keeps_that(self):
        top = self.env["loyalty.club.tier"].create(
            {"name": "Top", "club_id": self.club.id, "sequence": 99, "entry": "manual"}
        )
        invitation = self.invite()
        self.gold._grant(self.member, top)

        with self.assertRaisesRegex(UserError, "higher level"), self.env.cr.savepoint():
            invitation._answer(accept=True)

        self.assertEqual(self.state(invitation), "open")
        self.assertEqual(self.level(), top)

    # --- telling ---------------------------------------------------------------------

    def tell(self):
        before = self.outbox.search([])
        while self.env["loyalty.club.tier.notice"]._tell(100):
            pass
        return (self.outbox.search([], order="id") - before).sudo().mapped("body")

    def test_the_member_is_told_once_with_day_and_address(self):
        self.partner.email = "sara@example.com"
        self.tell()
        self.invite()

        texts = self.tell()

        self.assertEqual(len(texts), 1)
        for part in ("invites you", "Gold", f"/my/club/{self.member.id}/level"):
            self.assertIn(part, texts[0])
        self.assertEqual(self.tell(), [])

    def test_what_was_answered_before_is_not_told(self):
        self.partner.email = "sara@example.com"
        self.tell()
        self.invite()._answer(accept=False)

        self.assertEqual(self.tell(), [])

    # --- from the back office --------------------------------------------------------

    def wizard(self, user=None, **values):
        wizards = self.env["loyalty.club.tier.grant"]
        return wizards.with_user(user or self.env.user).create(
            {
                "how": "invited",
                "club_id": self.club.id,
                "tier_id": self.gold.id,
                "member_ids": [Command.set(self.member.ids)],
                "answer_by": self.answer_by,
                "until": False,
                "note": "Ten years with us",
                **values,
            }
        )

    def test_a_segment_is_invited(self):
        twin = self.new_member("Twin")
        segment = self.env["loyalty.club.segment"].create(
            {"name": "Friends", "club_id": self.club.id, "kind": "manual", "domain": False}
        )
        segment._add(self.member | twin)
        segment._remove(twin)
        marketer = new_test_user(self.env, "inviter", groups="loyalty_club.group_marketer")

        self.wizard(marketer, member_ids=[Command.clear()], segment_id=segment.id).action_apply()

        found = self.Invitation.search([("tier_id", "=", self.gold.id)])
        self.assertEqual(found.member_id, self.member)
        self.assertEqual((found.segment_id, found.user_id), (segment, marketer))
        with self.assertRaisesRegex(UserError, "nobody to invite"):
            self.wizard(member_ids=[Command.clear()], segment_id=segment.id).action_apply()

    def test_chosen_members_are_invited_all_or_none(self):
        top = self.new_member("Top of all")
        self.gold._grant(top, self.gold)

        with self.assertRaisesRegex(UserError, "Top of all"), self.env.cr.savepoint():
            both = (self.member | top).ids
            self.wizard(member_ids=[Command.set(both)]).action_apply()

        self.assertFalse(self.Invitation.search([("tier_id", "=", self.gold.id)]))

    def test_what_cannot_be_is_refused(self):
        day = timedelta(days=1)
        for words, values in (
            ("Say why", {"note": " "}),
            ("last day to answer", {"answer_by": self.today - day}),
            ("last day to answer", {"answer_by": False}),
            ("last day to answer", {"until": self.answer_by - day}),
            ("Choose the members", {"member_ids": [Command.clear()]}),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.wizard(**values).action_apply()

    # --- what becomes of it ----------------------------------------------------------

    def test_invitations_follow_a_merge(self):
        twin = self.new_member("Twin")
        declined = self.invite(twin)
        declined._answer(accept=False)
        both = self.invite(self.member | twin)

        twin._merge_into(self.member)

        self.env.invalidate_all()
        self.assertEqual((declined | both).member_id, self.member)
        self.assertEqual(sorted(both.mapped("state")), ["open", "withdrawn"])

    def test_a_closed_membership_is_invited_no_more(self):
        invitation = self.invite()

        self.member._close("Moved away")

        self.assertEqual(self.state(invitation), "withdrawn")


@tagged("post_install", "-at_install")
class TestTierInvitationPortal(InvitationCommon, PortalCase, HttpCase):
    """A member answers on her level page; nobody answers for her."""

    def answer(self, invitation, answer, member=None, **values):
        member = member or self.member
        return self.url_open(
            f"/my/club/{member.id}/level/answer",
            data={
                "invitation": invitation.id,
                "answer": answer,
                "csrf_token": http.Request.csrf_token(self),
                **values,
            },
        )

    def cards(self):
        page = self.page(f"/my/club/{self.member.id}/level")
        return [self.text(card, ".") for card in page.xpath("//*[hasclass('o_club_invitation')]")]

    def test_an_invitation_is_shown_and_accepted_by_a_double_click(self):
        invitation = self.invite()

        home = self.text(self.page(f"/my/club/{self.member.id}"))
        self.assertIn("You are invited to the level Gold", home)
        (card,) = self.cards()
        answers = [self.answer(invitation, "accept") for _time in range(2)]

        self.assertIn("You are invited to the level Gold", card)
        for answer in answers:
            self.assertEqual(answer.status_code, 200)
            self.assertIn("You are Gold now", answer.text)
        self.env.invalidate_all()
        self.assertEqual(self.member.tier_id, self.gold)
        self.assertEqual(self.cards(), [])
        home = self.text(self.page(f"/my/club/{self.member.id}"))
        self.assertNotIn("You are invited", home)

    def test_declining_keeps_her_words(self):
        invitation = self.invite()

        self.answer(invitation, "decline", reply="Not now")

        self.assertEqual(self.state(invitation), "declined")
        self.assertEqual(invitation.reply, "Not now")
        self.assertEqual(self.answer(invitation, "accept").status_code, 422)

    def test_nobody_answers_for_another_member(self):
        invitation = self.invite(self.other)

        for member in (self.member, self.other):
            self.answer(invitation, "accept", member)

        self.assertEqual(self.state(invitation), "open")
        self.assertEqual(self.cards(), [])

    def test_nonsense_changes_nothing(self):
        invitation = self.invite()

        self.answer(invitation, "perhaps")

        self.assertEqual(self.state(invitation), "open")
