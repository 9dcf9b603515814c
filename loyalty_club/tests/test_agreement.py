from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..clock import today_in
from .consent_common import ConsentCommon


@tagged("post_install", "-at_install")
class TestAgreement(ConsentCommon):
    """Members accept the terms as they read, and are asked again when they change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms = cls.env["loyalty.club.agreement"].search([("club_id", "=", cls.club.id)])

    def version(self, publish=True, **values):
        version = self.env["loyalty.club.agreement.version"].create(
            {"agreement_id": self.terms.id, "body": "<p>Be kind.</p>", **values}
        )
        if publish:
            version.action_publish()
        return version

    def due(self):
        """Who is asked, one by one and by search, which must say the same."""
        members = self.sara | self.omid
        self.env.invalidate_all()
        one_by_one = members.filtered(lambda member: member._terms_due())
        ours = [("id", "in", members.ids)]
        Member = self.env["loyalty.club.member"]
        self.assertEqual(set(Member.search([("terms_due", "=", True), *ours])), set(one_by_one))
        self.assertEqual(
            set(Member.search([("terms_due", "=", False), *ours])), set(members - one_by_one)
        )
        self.assertEqual(members.filtered("terms_due"), one_by_one)
        return one_by_one

    def test_nobody_is_asked_before_there_is_something_to_accept(self):
        self.assertFalse(self.due())
        self.version(publish=False)
        self.assertFalse(self.due())
        self.assertFalse(self.club._terms_in_force())

    def test_published_version_is_asked_until_accepted(self):
        version = self.version()
        self.assertEqual(self.due(), self.sara | self.omid)
        self.assertEqual(self.sara._terms_due(), version)
        self.assertEqual(self.club._terms_in_force(), version)

        fact = self.sara._accept_terms(version, "portal", "IP 12ab")

        self.assertEqual(self.due(), self.omid)
        self.assertEqual((fact.source, fact.proof), ("portal", "IP 12ab"))
        self.assertTrue(fact.date)

    def test_accepted_twice_is_once(self):
        version = self.version()
        self.sara._accept_terms(version, "join")

        self.assertFalse(
            (self.sara | self.omid)._accept_terms(version, "portal") - self.facts_of(self.omid)
        )
        self.assertEqual(self.facts_of(self.sara).source, "join")
        self.assertEqual(len(self.facts_of(self.sara)), 1)

    def facts_of(self, member):
        return self.env["loyalty.club.agreement.acceptance"].search([("member_id", "=", member.id)])

    def test_new_version_asks_again_if_it_says_so(self):
        self.sara._accept_terms(self.version(), "join")

        self.version(must_accept_again=False)
        self.assertEqual(self.due(), self.omid)
        third = self.version(must_accept_again=True)
        self.assertEqual(self.due(), self.sara | self.omid)
        fourth = self.version(must_accept_again=False)
        self.assertEqual(self.sara._terms_due(), fourth, "who is asked reads the latest")

        self.sara._accept_terms(third, "portal")
        self.assertEqual(self.due(), self.omid)

    def test_version_counts_from_its_day_on(self):
        tomorrow = today_in(self.company) + timedelta(days=1)
        self.sara._accept_terms(self.version(), "join")

        self.version(valid_from=tomorrow)

        self.assertEqual(self.due(), self.omid)

    def test_published_version_is_not_edited(self):
        version = self.version()

        for change in (
            lambda: version.write({"body": "<p>Pay.</p>"}),
            lambda: version.update_field_translations("body", {"en_US": {"Be kind.": "Pay."}}),
            version.unlink,
            version.action_publish,
            self.terms.unlink,
        ):
            with self.assertRaises(UserError):
                change()
        self.assertEqual(version.copy().state, "draft")
        self.assertEqual(version.copy().number, 3)

    def test_publishing_is_the_managers(self):
        version = self.version(publish=False)

        with self.assertRaises(AccessError):
            version.with_user(self.cashier).action_publish()
        with self.assertRaises(UserError):
            version.with_user(self.env.ref("base.user_admin")).state = "published"
        version.body = "<p><br></p>"
        with self.assertRaises(UserError):
            version.action_publish()

    def test_earlier_version_is_not_published_after_a_later_one(self):
        first, second = self.version(publish=False), self.version(publish=False)
        second.action_publish()
        with self.assertRaises(UserError):
            first.action_publish()

    def test_draft_and_another_clubs_terms_are_not_accepted(self):
        draft = self.version(publish=False)
        other = self.env["loyalty.club"].create({"name": "Other"})
        stranger = self.env["loyalty.club.member"].create(
            {"partner_id": self.sara.partner_id.id, "club_id": other.id}
        )

        with self.assertRaises(UserError):
            self.sara._accept_terms(draft, "join")
        draft.action_publish()
        with self.assertRaises(UserError):
            stranger._accept_terms(draft, "join")
        self.assertFalse(stranger._terms_due())

    def test_acceptance_is_a_fact(self):
        fact = self.sara._accept_terms(self.version(), "join")
        with self.assertRaises(UserError):
            fact.date = fields.Datetime.now()

    def test_acceptances_follow_a_merge(self):
        first = self.version()
        (self.sara | self.omid)._accept_terms(first, "join")
        second = self.version()
        self.omid._accept_terms(second, "portal")

        self.omid._merge_into(self.sara, "the same person")

        self.assertFalse(self.sara._terms_due())
        self.assertEqual(self.facts_of(self.sara).version_id, first | second)

    def test_numbers_tell_who_accepted(self):
        version = self.version()
        self.sara._accept_terms(version, "join")

        self.env.invalidate_all()
        self.assertEqual(version.acceptance_count, 1)
        self.assertEqual(self.terms.accepted_count, 1)
        self.assertEqual(self.terms.due_count, 1)
