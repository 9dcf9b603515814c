from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestGrade(ClubCommon):
    """Grades are given by the first rule that fits or by hand, and are kept as facts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(
            cls.env, "grade_marketer", groups="loyalty_club.group_marketer"
        )
        cls.seller = new_test_user(cls.env, "grade_seller", groups="sales_team.group_sale_salesman")
        Grade = cls.env["loyalty.club.grade"].with_user(cls.marketer)
        Grade.search([("club_id", "=", cls.club.id)]).active = False
        cls.gold, cls.staff, cls.rest = Grade.create(
            [
                {
                    "name": name,
                    "club_id": cls.club.id,
                    "sequence": number,
                    "domain": domain,
                }
                for number, (name, domain) in enumerate(
                    [
                        ("Gold", "[('kind', '=', 'business')]"),
                        ("Staff", "[('kind', 'in', ('staff', 'business'))]"),
                        ("Rest", "[('state', '=', 'active')]"),
                    ]
                )
            ]
        )

    def regrade(self):
        self.gold.action_grade()
        self.env.invalidate_all()

    def changes(self, member=None):
        facts = (member or self.member).grade_change_ids.sorted("id")
        return [(fact.from_grade_id.name, fact.grade_id.name, fact.by_hand) for fact in facts]

    def test_the_first_rule_that_fits_gives_the_grade(self):
        boss = self.new_member("Boss", kind="business")
        clerk = self.new_member("Clerk", kind="staff")

        self.regrade()

        self.assertEqual(boss.grade_id, self.gold)
        self.assertEqual(clerk.grade_id, self.staff)
        self.assertEqual(self.member.grade_id, self.rest)

    def test_a_change_is_kept_and_no_change_is_not(self):
        self.regrade()
        self.regrade()
        self.member.kind = "staff"
        self.regrade()
        self.member.with_user(self.marketer).state = "suspended"
        self.member.kind = "customer"
        self.regrade()

        self.assertEqual(
            self.changes(),
            [(False, "Rest", False), ("Rest", "Staff", False), ("Staff", False, False)],
        )
        self.assertFalse(self.member.grade_id)
        with self.assertRaises(UserError):
            self.member.grade_change_ids[:1].write({"by_hand": True})

    def test_a_grade_by_hand_stays_until_it_is_emptied(self):
        self.member.with_user(self.marketer).grade_id = self.gold
        self.regrade()
        self.assertEqual((self.member.grade_id, self.member.grade_by_hand), (self.gold, True))

        self.member.with_user(self.marketer).grade_id = False
        self.regrade()

        self.assertEqual((self.member.grade_id, self.member.grade_by_hand), (self.rest, False))
        self.assertEqual(
            self.changes(), [(False, "Gold", True), ("Gold", False, True), (False, "Rest", False)]
        )

    def test_who_enrols_members_does_not_grade_them(self):
        member = self.member.with_user(self.cashier)
        partner = self.env["res.partner"].create({"name": "Nasrin"})
        new = {"partner_id": partner.id, "club_id": self.club.id}
        Member = self.env["loyalty.club.member"].with_user(self.cashier)

        with self.assertRaises(AccessError):
            member.grade_id = self.gold
        with self.assertRaises(AccessError):
            Member.create(new | {"grade_id": self.gold.id})
        with self.assertRaises(UserError):
            member.with_user(self.marketer).write({"grade_by_hand": True})
        made = Member.with_context(default_grade_id=self.gold.id).create(new)
        self.assertFalse(made.grade_id)

    def test_a_grade_of_another_club_is_refused(self):
        other = self.env["loyalty.club"].create({"name": "Other"})
        foreign = self.env["loyalty.club.grade"].search([("club_id", "=", other.id)], limit=1)

        self.assertTrue(foreign)
        with self.assertRaises(ValidationError):
            self.member.grade_id = foreign

    def test_a_rule_that_fails_leaves_all_grades_as_they_were(self):
        self.regrade()
        self.member.kind = "staff"
        self.env.cr.execute(
            "UPDATE loyalty_club_grade SET domain = %s WHERE id = %s",
            ["[('gone_field', '=', 1)]", self.rest.id],
        )
        self.env.invalidate_all()

        self.regrade()

        self.assertTrue(self.rest.error)
        self.assertEqual(self.member.grade_id, self.rest)

    def test_sales_sees_the_grade_on_contacts_and_opportunities(self):
        self.member.grade_id = self.gold
        child = self.env["res.partner"].create(
            {"name": "Office", "parent_id": self.member.partner_id.id}
        )
        lead = self.env["crm.lead"].create(
            {"name": "Tea", "partner_id": self.member.partner_id.id, "user_id": self.seller.id}
        )
        nobody = self.env["res.partner"].create({"name": "Nobody"})
        self.env.invalidate_all()

        partner = self.member.partner_id.with_user(self.seller)
        self.assertEqual(partner.club_grade_id.display_name, "Gold")
        self.assertEqual(lead.with_user(self.seller).club_grade_id.display_name, "Gold")
        Partner = self.env["res.partner"].with_user(self.seller)
        mine = [("id", "in", (partner | child | nobody).ids)]
        for leaf, expected in (
            (("club_grade_id", "=", self.gold.id), partner.browse(partner.id)),
            (("club_grade_id", "ilike", "gold"), partner.browse(partner.id)),
            (("club_grade_id", "=", False), Partner.browse((child | nobody).ids)),
        ):
            with self.subTest(leaf=leaf):
                found = Partner.search([*mine, leaf])
                self.assertEqual(
                    {p.id for p in found if not p.parent_id},
                    {p.id for p in expected if not p.parent_id},
                )
        leads = self.env["crm.lead"].with_user(self.seller)
        self.assertEqual(leads.search([("club_grade_id", "=", self.gold.id)]), lead)

    def test_grades_of_another_company_are_not_shown(self):
        self.member.grade_id = self.gold
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "grade_stranger",
            groups="sales_team.group_sale_salesman",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.env.invalidate_all()

        partner = self.member.partner_id.with_user(stranger)

        self.assertFalse(partner.club_grade_id)
        self.assertFalse(partner.search([("id", "=", partner.id), ("club_grade_id", "!=", False)]))

    def test_a_merge_keeps_the_grade_by_hand_and_the_history(self):
        twin = self.new_member("Sara again")
        twin.grade_id = self.gold
        self.regrade()

        twin._merge_into(self.member)
        self.env.invalidate_all()

        self.assertEqual(self.member.grade_id, self.gold)
        self.assertIn((False, "Rest", False), self.changes())
        self.assertFalse(twin.grade_change_ids)
