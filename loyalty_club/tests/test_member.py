from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..domain import codes
from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestMember(ClubCommon):
    def test_number_has_a_check_digit_and_is_unique(self):
        numbers = [self.new_member(f"M{index}").number for index in range(5)]

        self.assertEqual(len(set(numbers)), 5)
        self.assertTrue(all(codes.is_member_number(number) for number in numbers))

    def test_prefix_of_the_club_begins_new_numbers(self):
        self.club.number_prefix = "TC"
        self.assertTrue(self.new_member("Ali").number.startswith("TC"))

        with self.assertRaises(ValidationError):
            self.club.number_prefix = "too long"

    def test_new_member_has_an_empty_points_wallet_and_card(self):
        card = self.points_card()
        self.assertEqual(card.partner_id, self.member.partner_id)
        self.assertEqual((card.points, card.club_wallet_id.state), (0, "active"))

    def test_contact_is_a_member_once_per_club(self):
        again = self.env["loyalty.club.member"]._enrol(self.club, self.member.partner_id)
        self.assertEqual(again, self.member)
        with self.assertRaises(Exception), self.env.cr.savepoint():  # noqa: B017  by the index
            self.env["loyalty.club.member"].create(
                {"partner_id": self.member.partner_id.id, "club_id": self.club.id}
            )

    def test_contact_may_join_several_clubs(self):
        other = self.env["loyalty.club"].create({"name": "Other Club", "sequence": 99})

        second = self.env["loyalty.club.member"]._enrol(other, self.member.partner_id)

        self.assertNotEqual(second, self.member)
        self.assertNotEqual(second.number, self.member.number)

    def test_who_and_which_club_do_not_change(self):
        other = self.env["res.partner"].create({"name": "Other"})
        for values in ({"partner_id": other.id}, {"number": "1"}, {"club_id": self.club.id + 1}):
            with self.assertRaises(UserError):
                self.member.write(values)

    def test_branch_belongs_to_the_club(self):
        other = self.env["loyalty.club"].create({"name": "Other Club", "sequence": 99})
        branch = self.env["loyalty.club.branch"].create({"name": "B", "club_id": other.id})

        with self.assertRaises(ValidationError):
            self.member.branch_id = branch

    def test_membership_cannot_begin_in_the_future(self):
        with self.assertRaises(ValidationError):
            self.member.join_date = fields.Date.today() + timedelta(days=2)

    def test_since_when_is_corrected_by_a_marketer(self):
        earlier = fields.Date.today() - timedelta(days=400)
        marketer = new_test_user(self.env, "promoter", groups="loyalty_club.group_marketer")

        with self.assertRaisesRegex(AccessError, "marketer"):
            self.member.with_user(self.cashier).join_date = earlier
        self.member.with_user(marketer).join_date = earlier

        self.assertEqual(self.member.join_date, earlier)

    def test_nobody_says_by_hand_that_a_contact_did_not_change(self):
        manager = new_test_user(self.env, "club_boss", groups="loyalty_club.group_manager")

        for value in (False, "2001-01-01 00:00:00"):
            with self.assertRaisesRegex(UserError, "by the club itself"):
                self.member.with_user(manager).write({"contact_changed_at": value})

    def test_a_membership_that_is_not_closed_stands_for_itself(self):
        other = self.new_member("Reza")

        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            other.merged_into_id = self.member
            self.assertEqual(other._survivor(), other)
            self.env.flush_all()

    def test_status_decides_whether_wallets_can_be_used(self):
        wallet = self.points_card().club_wallet_id
        for action, state in (
            (self.member.action_suspend, "blocked"),
            (self.member.action_activate, "active"),
            (lambda: self.member._close("Left"), "blocked"),
        ):
            action()
            self.assertEqual(wallet.state, state)

    def test_unused_member_may_be_deleted_a_used_one_not(self):
        unused = self.new_member("Unused")
        card = self.points_card(unused)
        unused.unlink()
        self.assertFalse(card.exists())

        self.give_points(5)
        with self.assertRaisesRegex(UserError, "kept"):
            self.member.unlink()

    def test_contact_of_a_member_cannot_be_deleted(self):
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self.member.partner_id.unlink()

    def test_membership_follows_a_merged_contact(self):
        self.sell(partner=self.member.partner_id)
        kept = self.env["res.partner"].create({"name": "Sara Ahmadi"})
        old = self.member.partner_id

        self.env["base.partner.merge.automatic.wizard"].create({})._merge((old | kept).ids, kept)
        self.env.invalidate_all()

        self.assertEqual(self.member.partner_id, kept)
        self.assertEqual(self.points_card().partner_id, kept)
        purchase = self.env["loyalty.club.purchase"].search([("member_id", "=", self.member.id)])
        self.assertEqual(purchase.partner_id, kept)
        self.assertPoints(10)

    def test_till_finds_a_member_by_number_however_typed(self):
        Card = self.env["loyalty.card"].with_user(self.cashier)
        persian = self.member.number.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
        for typed in (self.member.number, f" {self.member.number} ", persian):
            self.assertEqual(Card.get_loyalty_card_partner_by_code(typed), self.member.partner_id)
        self.assertFalse(Card.get_loyalty_card_partner_by_code("nobody"))

        self.member._close("Left")
        self.assertFalse(Card.get_loyalty_card_partner_by_code(self.member.number))

    def test_found_by_number_name_and_phone(self):
        self.member.partner_id.phone = "09121234567"
        Member = self.env["loyalty.club.member"]
        for text in (self.member.number, "Sara", "0912123"):
            found = [found_id for found_id, _name in Member.name_search(text)]
            self.assertIn(self.member.id, found, text)

    def test_enrolling_many_costs_a_fixed_number_of_queries_per_kind_of_record(self):
        partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(60)])
        Member = self.env["loyalty.club.member"]
        Member._enrol(self.club, partners[:1])
        self.env.flush_all()

        few = self.queries(lambda: Member._enrol(self.club, partners[1:11]))
        many = self.queries(lambda: Member._enrol(self.club, partners[11:]))

        self.assertLess(many, few * 2)

    def queries(self, call):
        before = self.env.cr.sql_log_count
        call()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
