from odoo.tests import tagged

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestRewardUse(ClubCommon):
    """What members spend on, beside what they say they like, and how lively the club is."""

    def used(self, member=None):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["loyalty.club.reward.use"].search(
            [("member_id", "=", (member or self.member).id)], order="id"
        )
        return [(row.used, row.preferred, row.as_preferred, row.units) for row in rows]

    def test_points_for_a_discount_and_for_a_gift(self):
        self.member.preferred_reward = "gift"
        card = self.give_points(100)
        gift = self.env["loyalty.reward"].create(
            {
                "program_id": self.program.id,
                "reward_type": "product",
                "reward_product_id": self.tea.id,
                "required_points": 30,
            }
        )

        self.sell([self.line(), self.reward_line(card, 20)], self.member.partner_id)
        free = self.line(
            self.tea,
            price=0,
            is_reward_line=True,
            reward_id=gift.id,
            coupon_id=card.id,
            points_cost=30,
            reward_identifier_code="gift",
        )
        self.sell([self.line(), free], self.member.partner_id)

        self.assertEqual(self.used(), [("discount", "gift", False, 20), ("gift", "gift", True, 30)])

    def test_earning_is_no_use_and_others_are_others(self):
        other = self.new_member("Reza")
        self.sell(partner=other.partner_id)

        self.assertEqual(self.used(other), [])

    def test_activity_of_the_club(self):
        self.sell(partner=self.member.partner_id)
        self.sell(partner=self.member.partner_id)
        self.new_member("Reza")
        segment = self.env["loyalty.club.segment"].create(
            {"name": "Friends", "club_id": self.club.id, "kind": "manual", "domain": False}
        )
        segment._add(self.member)
        grade = self.env["loyalty.club.grade"].search([("club_id", "=", self.club.id)], limit=1)
        self.member.write({"grade_id": grade.id})
        self.env.flush_all()
        self.env.invalidate_all()

        self.assertEqual(self.club.buyer_count, 1)
        self.assertIn("Friends 1", self.club.segment_summary)
        self.assertEqual(self.club.grade_summary, f"{grade.name} 1")
