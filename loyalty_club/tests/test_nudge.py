from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestNudge(ClubCommon):
    """Who is below a better class, and what would bring her into it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.members = [cls.member, *(cls.new_member(f"M{number}") for number in range(4))]
        cls.count = 0
        for number, member in enumerate(cls.members):
            for _time in range(number + 1):
                cls.buy(member, days_ago=30 - 5 * number, amount=10 * (number + 1))
        cls.env["loyalty.club.rfm"]._rebuild(cls.club)

    @classmethod
    def buy(cls, member, days_ago, amount):
        cls.count += 1
        moment = fields.Datetime.now() - timedelta(days=days_ago)
        cls.env["loyalty.club.purchase"]._record(
            [
                {
                    "partner_id": member.partner_id.id,
                    "member_id": member.id,
                    "club_id": cls.club.id,
                    "company_id": cls.company.id,
                    "channel": "pos",
                    "date": fields.Datetime.to_string(moment),
                    "amount": amount,
                    "refund": False,
                    "origin_key": f"nudge:{cls.count}",
                }
            ]
        )

    def nudge(self, member):
        return self.env["loyalty.club.nudge"].search([("member_id", "=", member.id)])

    def test_next_class_and_what_is_missing(self):
        # Five members, scores 1 to 5 in every measure: totals 30, 60, 90, 120, 150.
        self.assertEqual([m.rfm_total for m in self.members], [30, 60, 90, 120, 150])

        third = self.nudge(self.members[2])

        self.assertEqual((third.class_id.name, third.next_class_id.name), ("Silver", "Gold"))
        self.assertEqual(third.missing, 5)
        self.assertTrue(third.by_now)  # recency 3 to 5 gives 20
        self.assertEqual((third.by_purchases, third.by_money), (1, 70))  # as the fourth has
        self.assertFalse(self.nudge(self.members[4]), "nobody is above the best class")

    def test_what_cannot_do_it_alone_is_empty(self):
        first = self.nudge(self.members[0])

        self.assertEqual((first.next_class_id.name, first.missing), ("Silver", 40))
        self.assertTrue(first.by_now)  # recency 1 to 5: 40 is just enough for “from 70”
        self.assertEqual(first.by_purchases, 4)
        self.club.rfm_weight_recency = 0.5
        self.env["loyalty.club.rfm"]._rebuild(self.club)
        self.env.invalidate_all()
        self.assertFalse(self.nudge(self.members[0]).by_now)

    def test_an_exclusive_bound_is_passed_not_reached(self):
        classes = self.club.rfm_class_ids
        classes.filtered(lambda c: c.name == "Gold").lower_bound = 110
        platinum = classes.filtered(lambda c: c.name == "Platinum")
        platinum.lower_bound = 120
        self.env["loyalty.club.rfm"]._rebuild(self.club)
        self.env.invalidate_all()

        fourth = self.nudge(self.members[3])

        self.assertEqual((fourth.next_class_id, fourth.missing), (platinum, 0))
        self.assertEqual(fourth.by_purchases, 1)

    def test_members_are_found_by_what_is_missing(self):
        club = [("club_id", "=", self.club.id)]
        Member = self.env["loyalty.club.member"]

        near = Member.search([*club, ("rfm_missing", "<=", 10)])

        self.assertEqual([m.rfm_missing for m in self.members], [40, 10, 5, 0, 0])
        self.assertEqual(set(near), set(self.members[1:3]))
        best = Member.search([*club, ("next_rfm_class_id", "=", False)])
        self.assertEqual(set(best), set(self.members[3:]))
