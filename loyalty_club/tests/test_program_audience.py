"""Discounts for certain members: who may use them at the till, and who says so."""

from datetime import timedelta
from uuid import uuid4

import psycopg2

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import ClubCommon


class AudienceCommon(ClubCommon):
    """A segment in which Sara is, and a discount of 10 % for it alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Program = cls.env["loyalty.program"]
        cls.regulars = cls.segment("Regulars")
        cls.regulars._add(cls.member)
        cls.promo = cls.promotion("Regulars' ten", club_segment_ids=cls.regulars.ids)
        cls.stranger = cls.env["res.partner"].create({"name": "Stranger"})

    @classmethod
    def segment(cls, name, club=None):
        return cls.env["loyalty.club.segment"].create(
            {"name": name, "kind": "manual", "club_id": (club or cls.club).id}
        )

    @classmethod
    def promotion(cls, name, percent=10, program_type="promotion", rule=None, **values):
        """A percentage off everything, given by itself unless ``rule`` says otherwise."""
        rule = {"reward_point_mode": "order", "reward_point_amount": 1, **(rule or {})}
        reward = {
            "reward_type": "discount",
            "discount_mode": "percent",
            "discount": percent,
            "discount_applicability": "order",
            "required_points": 1,
        }
        return cls.Program.create(
            {
                "name": name,
                "program_type": program_type,
                "applies_on": "current",
                "trigger": "auto",
                "company_id": cls.company.id,
                "rule_ids": [Command.clear(), Command.create(rule)],
                "reward_ids": [Command.clear(), Command.create(reward)],
                **values,
            }
        )

    def discounted(self, program=None, percent=10):
        """Lines of a till that gives tea with a program's discount."""
        reward = (program or self.promo).reward_ids
        return [
            self.line(),
            self.line(
                reward.discount_line_product_id,
                price=-self.tea.list_price * percent / 100,
                is_reward_line=True,
                reward_id=reward.id,
                points_cost=1,
                reward_identifier_code=uuid4().hex[:6],
            ),
        ]

    def refused(self, partner):
        return self.promo.id in self.Program._club_refused_to(partner)


@tagged("post_install", "-at_install")
class TestProgramAudience(AudienceCommon):
    # --- for whom -----------------------------------------------------------------------

    def test_only_members_of_the_segment_may_use_it(self):
        other = self.new_member("Omid")

        self.assertFalse(self.refused(self.member.partner_id))
        self.assertTrue(self.refused(other.partner_id))
        self.assertTrue(self.refused(self.stranger))
        self.assertTrue(self.refused(self.env["res.partner"]))

    def test_who_leaves_the_segment_or_is_suspended_may_not_use_it(self):
        self.regulars._remove(self.member)
        self.assertTrue(self.refused(self.member.partner_id))

        self.regulars._add(self.member)
        self.assertFalse(self.refused(self.member.partner_id))
        self.member.action_suspend()
        self.assertTrue(self.refused(self.member.partner_id))

    def test_merged_customer_is_served_as_the_one_she_became(self):
        twin = self.new_member("Sara again")

        twin._merge_into(self.member, "One person")

        self.assertFalse(self.refused(twin.partner_id))

    def test_tier_and_segment_together_ask_for_both(self):
        silver, gold = self.env["loyalty.club.tier"].create(
            [
                {"name": name, "club_id": self.club.id, "sequence": number, "min_points": points}
                for number, (name, points) in enumerate((("Silver", 0), ("Gold", 1000)), 1)
            ]
        )
        self.promo.club_tier_ids = gold
        self.member.tier_id = silver
        self.assertTrue(self.refused(self.member.partner_id))

        self.env["loyalty.club.tier"]._grant(self.member, gold, "granted")
        self.assertEqual(self.member.tier_id, gold)
        self.assertFalse(self.refused(self.member.partner_id))

        self.regulars._remove(self.member)
        self.assertTrue(self.refused(self.member.partner_id))

    def test_program_for_everybody_is_never_refused_and_costs_no_query(self):
        everything = self.Program.with_context(active_test=False).search([])
        everything.write({"club_segment_ids": False, "club_tier_ids": False})
        self.Program._club_audiences()

        with self.assertQueryCount(0):
            self.assertEqual(self.Program._club_refused_to(self.stranger), set())

    def test_archived_segment_closes_the_program_to_everybody(self):
        self.regulars.active = False

        self.assertTrue(self.promo.club_audience)
        self.assertTrue(self.refused(self.member.partner_id))
        self.assertTrue(self.refused(self.stranger))

    def test_segment_with_a_program_is_not_deleted(self):
        unused = self.segment("Unused")
        self.promotion("For nobody yet", club_segment_ids=unused.ids)

        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError):
            unused.unlink()

    def test_copy_is_for_the_same_members_whoever_makes_it(self):
        shopkeeper = new_test_user(
            self.env,
            "shopkeeper",
            groups="point_of_sale.group_pos_manager,product.group_product_manager",
        )

        twin = self.promo.with_user(shopkeeper).copy()

        self.assertEqual(twin.sudo().club_segment_ids, self.regulars)
        self.assertIn(twin.id, self.Program._club_refused_to(self.stranger))

    # --- what makes no sense is refused at saving ----------------------------------------

    def test_value_that_members_own_is_kept_from_nobody(self):
        with self.assertRaisesRegex(ValidationError, "holds value"):
            self.program.club_segment_ids = self.regulars

    def test_audience_is_of_one_club(self):
        other = self.env["loyalty.club"].create({"name": "Second club"})

        with self.assertRaisesRegex(ValidationError, "Second club"):
            self.promo.club_segment_ids |= self.segment("Theirs", other)

    def test_audience_is_of_the_programs_company(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        club = self.env["loyalty.club"].create({"name": "Abroad", "company_id": elsewhere.id})

        with self.assertRaisesRegex(ValidationError, "Elsewhere"):
            self.promo.club_segment_ids = self.segment("Theirs", club)

    # --- the till -------------------------------------------------------------------------

    def test_till_learns_what_is_for_its_customer(self):
        till = self.till.with_user(self.cashier)

        mine = till._club_customer(self.member.partner_id.id)
        shown = till._club_identify(self.member.number)
        theirs = till._club_customer(self.stranger.id)

        self.assertEqual(mine["programs"], self.promo.ids)
        self.assertEqual(shown["programs"], self.promo.ids)
        self.assertEqual(theirs["programs"], [])

    def test_till_knows_which_programs_are_for_certain_members(self):
        self.assertIn("club_audience", self.Program._load_pos_data_fields(self.till))

        self.assertTrue(self.promo.club_audience)
        self.assertFalse(self.promotion("Everybody's five").club_audience)

    def test_member_gets_her_discount_and_earns_on_what_she_pays(self):
        order = self.sell(self.discounted(), self.member.partner_id)

        self.assertEqual(order.amount_total, 90)
        self.assertPoints(9)

    def test_server_refuses_it_to_others_whatever_the_till_sends(self):
        for partner in (self.stranger, self.new_member("Omid").partner_id, None):
            with self.assertRaisesRegex(UserError, "Regulars' ten"):
                self.sell(self.discounted(), partner)

    def test_order_that_arrives_late_stands_though_she_left_meanwhile(self):
        self.till_session.start_at = fields.Datetime.now() - timedelta(hours=2)
        sold = fields.Datetime.now() - timedelta(minutes=5)
        order = self.payload(
            self.discounted(), self.member.partner_id, date_order=fields.Datetime.to_string(sold)
        )
        self.regulars._remove(self.member)

        self.assertEqual(self.sync(order).amount_total, 90)

    def test_returned_discount_is_not_judged_again(self):
        order = self.sell(self.discounted(), self.member.partner_id)
        self.regulars._remove(self.member)
        self.env.cr.execute(
            "UPDATE loyalty_club_segment_member SET until = until - INTERVAL '1 hour'"
            " WHERE segment_id = %s",
            [self.regulars.id],
        )

        lines = [self.return_line(line) | {"reward_id": line.reward_id.id} for line in order.lines]
        back = self.sell(lines, self.member.partner_id)

        self.assertEqual(back.amount_total, -90)
        self.assertPoints(0)

    def test_coupon_for_certain_members_is_taken_from_them_alone(self):
        program = self.promotion(
            "Coupons", program_type="coupons", trigger="with_code", club_segment_ids=self.regulars
        )
        coupon = self.env["loyalty.card"].create({"program_id": program.id, "points": 1})
        till = self.till.with_user(self.cashier)
        now = fields.Datetime.to_string(fields.Datetime.now())

        def used_by(partner):
            answer = till.use_coupon_code(coupon.code, now, partner.id, False)
            return answer["successful"] or answer["payload"]["error_message"]

        self.assertEqual(used_by(self.member.partner_id), True)
        self.assertIn("certain members", used_by(self.stranger))
