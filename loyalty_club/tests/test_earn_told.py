"""What people are told of earning: points in one line, and the rules that are for them."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .earn_rule_common import EarnRuleCommon


@tagged("post_install", "-at_install")
class TestEarnTold(EarnRuleCommon):
    """A rule for everybody, and one for the friends of the shop."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.friends = cls.env["loyalty.club.segment"].create(
            {"name": "Friends", "club_id": cls.club.id, "kind": "manual", "domain": False}
        )
        cls.everybody = cls.active(name="A", note="Twice on Fridays", on_friday=True)
        cls.close = cls.active(
            name="B", note="Only for friends", segment_ids=[Command.set(cls.friends.ids)]
        )

    def told(self, member=None):
        return self.club._told_rules(member).mapped("note")

    def test_points_are_explained_in_one_line(self):
        self.assertEqual(
            self.club.member_terms.replace("\N{NO-BREAK SPACE}", " "),
            "Every $ 10.00 you spend brings 1 points; 100 points take $ 10.00 off.",
        )

    def test_nothing_is_said_of_points_where_there_are_none(self):
        self.club.earn_points = 0

        self.assertFalse(self.club.member_terms)

    def test_people_who_may_join_read_what_is_for_everybody(self):
        self.assertEqual(self.told(), ["Twice on Fridays"])

    def test_members_read_what_is_for_them(self):
        self.assertEqual(self.told(self.member), ["Twice on Fridays"])

        self.friends._add(self.member)
        self.env.invalidate_all()

        self.assertEqual(self.told(self.member), ["Twice on Fridays", "Only for friends"])

    def test_who_is_left_out_is_not_told(self):
        self.everybody.not_segment_ids = self.friends
        self.friends._add(self.member)
        self.env.invalidate_all()

        self.assertNotIn("Twice on Fridays", self.told(self.member))

    def test_only_rules_with_a_line_for_members_are_told(self):
        self.everybody.note = False

        self.assertFalse(self.told())

    def test_stopped_planned_and_past_rules_are_not_told(self):
        self.everybody.action_stop()
        self.active(
            name="C", note="Later", effective_from=fields.Datetime.now() + timedelta(days=2)
        )

        self.assertFalse(self.told())

    def test_companies_are_told_what_is_for_companies(self):
        self.active(name="D", note="For companies", member_kind="company")
        self.assertNotIn("For companies", self.told(self.member))

        self.member.partner_id.is_company = True

        self.assertIn("For companies", self.told(self.member))
