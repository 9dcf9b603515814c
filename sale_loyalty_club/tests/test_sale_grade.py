from odoo.tests import tagged

from .common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestSaleGrade(SaleClubCommon):
    """Sales sees how a customer is graded, without rights in the club."""

    def test_orders_show_and_find_the_grade(self):
        grade = self.env["loyalty.club.grade"].search([("club_id", "=", self.club.id)], limit=1)
        self.member.grade_id = grade
        graded = self.order(self.tea)
        other = self.order(self.tea, partner=self.new_member("Reza").partner_id)
        self.env.invalidate_all()

        mine = graded.with_user(self.seller)

        self.assertEqual(mine.club_grade_id.display_name, grade.name)
        found = mine.search([("club_grade_id", "=", grade.id), ("id", "in", (graded | other).ids)])
        self.assertEqual(found.ids, graded.ids)
