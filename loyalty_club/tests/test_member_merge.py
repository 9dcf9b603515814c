from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..clock import today_in
from ..movement import Movement
from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestMemberMerge(ClubCommon):
    """Two memberships of one person become one, and no unit is lost or made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "merge_manager",
            groups="loyalty_club.group_manager,base.group_partner_manager",
        )
        cls.other = cls.new_member("Sara again", join_date="2024-01-05")
        cls.credit = cls.new_kind("ewallet")
        cls.other_points = cls.points_card(cls, cls.other).club_wallet_id

    def wallet(self, member, kind):
        return kind._wallets_of(member)[member.id]

    def put(self, wallet, amount, key, kind="grant", **values):
        movement = Movement(wallet.id, Decimal(amount), kind, f"put:{key}", **values)
        return self.env["loyalty.club.wallet"]._post_or_raise([movement])[0]

    def merge(self, sources=None, survivor=None):
        (sources or self.other).with_user(self.manager)._merge_into(
            survivor or self.member, "Enrolled twice"
        )
        self.env.invalidate_all()

    def merge_contacts(self, user=None):
        partners = self.member.partner_id | self.other.partner_id
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(user or self.manager)
        destination = self.member.partner_id.with_user(user or self.manager)
        wizard.create({})._merge(partners.ids, destination)
        self.env.invalidate_all()

    def totals(self):
        """Value by kind, of all wallets of the club."""
        self.env.invalidate_all()
        return dict(
            self.env["loyalty.club.wallet"]._read_group(
                [("club_id", "=", self.club.id)], ["kind_id"], ["balance:sum"]
            )
        )

    # --- value -----------------------------------------------------------------------

    def test_everything_moves_and_the_total_stays_to_the_unit(self):
        self.give_points(30)
        self.give_points(12, self.other)
        self.put(self.wallet(self.other, self.credit), "7.25", "credit")
        self.put(self.wallet(self.other, self.club.debt_kind_id), -5, "debt", "debt")
        before = self.totals()

        self.merge()

        self.assertEqual(self.totals(), before)
        self.assertPoints(42)
        self.assertPoints(0, self.other)
        self.assertEqual(self.wallet(self.member, self.credit).balance, 7.25)
        self.assertEqual(self.wallet(self.member, self.club.debt_kind_id).balance, -5)
        self.assertFalse(any(self.other.wallet_ids.mapped("balance")))
        kinds = self.other_points.entry_ids.mapped("kind")
        self.assertIn("merge_out", kinds)
        self.assertLedgerSound()

    def test_lots_keep_their_last_day_their_first_day_and_their_conditions(self):
        terms = self.env["loyalty.club.terms"].create({"name": "Tea", "club_id": self.club.id})
        today = today_in(self.company)
        soon, late, gone = (today + timedelta(days=days) for days in (5, 50, -5))
        self.put(self.other_points, 5, "soon", expires_on=soon)
        self.put(self.other_points, 6, "late", expires_on=late, available_on=soon)
        self.put(self.other_points, 7, "gone", expires_on=gone)
        self.put(self.other_points, 8, "terms", terms_id=terms.id)

        self.merge()

        wallet = self.points_card().club_wallet_id
        found = {
            (lot.remaining, lot.expires_on, lot.available_on, lot.terms_id)
            for lot in wallet.lot_ids
        }
        none = self.env["loyalty.club.terms"]
        self.assertEqual(
            found,
            {
                (5, soon, False, none),
                (6, late, soon, none),
                (7, gone, False, none),
                (8, False, False, terms),
            },
        )
        self.assertEqual(wallet.pending, 6)
        self.assertLedgerSound()

    def test_value_on_hold_stops_the_merge(self):
        self.give_points(30, self.other)
        self.env["loyalty.club.hold"]._authorize(self.other_points.id, Decimal(10), "till-1")

        with self.assertRaisesRegex(UserError, "10 points.*Sara again"):
            self.merge()

        self.assertEqual(self.other.state, "active")
        self.assertPoints(0)

    def test_all_or_nothing(self):
        self.give_points(12, self.other)
        Member = type(self.env["loyalty.club.member"])

        with (
            patch.object(Member, "_tell_of_merge", side_effect=UserError("no")),
            self.assertRaises(UserError),
        ):
            self.merge()

        self.env.invalidate_all()
        self.assertPoints(12, self.other)
        self.assertEqual((self.other.state, self.other.merged_into_id.id), ("active", False))

    def test_a_merge_that_changes_the_total_is_stopped(self):
        self.give_points(12, self.other)
        Member = type(self.env["loyalty.club.member"])
        move = Member._move_value

        def lossy(source, survivor, note):
            move(source, survivor, note)
            self.put(self.points_card().club_wallet_id, -1, "lost", "adjust")

        with (
            patch.object(Member, "_move_value", lossy),
            self.assertRaisesRegex(ValueError, "total"),
        ):
            self.merge()

        self.env.invalidate_all()
        self.assertPoints(12, self.other)

    def test_returned_goods_are_settled_with_the_membership_that_stays(self):
        card = self.give_points(50, self.other)
        order = self.sell([self.line(qty=2), self.reward_line(card, 20)], self.other.partner_id)
        self.merge()
        self.assertPoints(50 - 20 + 19)

        lines = order.lines
        self.sync(
            self.payload(
                [
                    self.return_line(lines[0], 2),
                    self.return_line(lines[1]),
                ],
                self.other.partner_id,
            )
        )

        self.assertPoints(50)
        self.assertPoints(0, self.other)
        self.assertLedgerSound()

    def test_returned_value_keeps_its_last_day_and_its_conditions(self):
        soon = today_in(self.company) + timedelta(days=5)
        terms = self.env["loyalty.club.terms"].create({"name": "Any", "club_id": self.club.id})
        self.put(self.other_points, 20, "put", expires_on=soon, terms_id=terms.id)
        card = self.points_card(self.other)
        order = self.sell([self.line(price=5), self.reward_line(card, 20)], self.other.partner_id)
        self.merge()

        self.sell([self.return_line(line, line.qty) for line in order.lines], self.other.partner_id)

        self.assertPoints(20)
        self.assertPoints(0, self.other)
        lots = self.points_card().club_wallet_id.lot_ids.filtered("remaining")
        self.assertEqual(
            [(lot.remaining, lot.expires_on, lot.terms_id) for lot in lots], [(20, soon, terms)]
        )
        self.assertLedgerSound()

    def test_returned_top_up_is_taken_from_the_membership_that_stays(self):
        voucher = self.product("Top-up", 50)
        self.new_program("ewallet", voucher, self.credit)
        order = self.sell([self.line(voucher)], self.other.partner_id)
        self.merge()
        self.assertEqual(self.wallet(self.member, self.credit).balance, 50)

        self.sell([self.return_line(order.lines)], self.other.partner_id)

        self.env.invalidate_all()
        self.assertEqual(self.wallet(self.member, self.credit).balance, 0)
        self.assertLedgerSound()

    def test_what_comes_back_to_a_merged_membership_follows_it(self):
        self.merge()
        for key in ("first", "second"):
            soon = today_in(self.company) + timedelta(days=5)
            self.put(self.other_points, 6, key, "refund_spend", expires_on=soon)

            with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=60):
                self.env["loyalty.club.member"]._cron_forward()

            self.assertPoints(0, self.other)
        self.assertPoints(12)
        self.assertEqual(
            set(self.points_card().club_wallet_id.lot_ids.mapped("expires_on")), {soon}
        )
        self.assertLedgerSound()

    # --- what else moves -------------------------------------------------------------

    def test_purchases_and_profile_follow_and_rfm_goes(self):
        self.other.branch_id = self.branch
        self.sell(partner=self.other.partner_id)
        self.env["loyalty.club.rfm"]._rebuild(self.club)

        self.merge()
        self.env["loyalty.club.rfm"]._rebuild(self.club)

        purchase = self.env["loyalty.club.purchase"].search([("club_id", "=", self.club.id)])
        self.assertEqual(purchase.member_id, self.member)
        self.assertFalse(self.other.rfm_id)
        self.assertEqual(self.member.rfm_id.frequency, 1)
        self.assertEqual(self.member.join_date, date(2024, 1, 5))
        self.assertEqual(self.member.branch_id, self.branch)

    def test_both_threads_tell(self):
        self.merge()

        self.assertIn(self.member.number, self.other.message_ids[0].body)
        self.assertIn(self.other.number, self.member.message_ids[0].body)

    def test_old_number_and_old_code_find_the_one_that_stays(self):
        old_code = self.points_card(self.other).code
        self.merge()

        Card = self.env["loyalty.card"].with_user(self.cashier)
        for code in (self.other.number, old_code):
            self.assertEqual(Card.get_loyalty_card_partner_by_code(code), self.member.partner_id)
        Member = self.env["loyalty.club.member"].with_user(self.cashier)
        self.assertEqual([row[0] for row in Member.name_search(self.other.number)], self.member.ids)
        self.assertFalse(self.points_card(self.other))  # archived

    def test_old_contact_is_served_by_the_one_that_stays(self):
        self.merge()

        self.sell(partner=self.other.partner_id)

        self.assertPoints(10)
        purchase = self.env["loyalty.club.purchase"].search(
            [("partner_id", "=", self.other.partner_id.id)]
        )
        self.assertEqual(purchase.member_id, self.member)
        enrolled = self.env["loyalty.club.member"]._enrol(self.club, self.other.partner_id)
        self.assertEqual(enrolled, self.member)

    def test_a_second_merge_leads_all_old_numbers_to_the_last(self):
        third = self.new_member("Sara third")
        self.give_points(3, self.other)
        self.merge()
        self.merge(self.member, third)

        self.assertEqual((self.other | self.member).merged_into_id, third)
        self.assertPoints(3, third)

    # --- who may, and what not -------------------------------------------------------

    def test_merged_is_for_good(self):
        self.merge()

        self.assertEqual(
            (self.other.state, self.other.closed_on), ("closed", today_in(self.company))
        )
        with self.assertRaisesRegex(UserError, "merged"):
            self.other.with_user(self.manager).action_activate()
        with self.assertRaisesRegex(UserError, "merged before"):
            self.merge()

    def test_closed_foreign_or_same_membership_is_refused(self):
        club = self.env["loyalty.club"].create({"name": "Other", "sequence": 99})
        foreign = self.env["loyalty.club.member"]._enrol(club, self.other.partner_id)
        for survivor in (foreign, self.other):
            with self.assertRaises(UserError):
                self.merge(survivor=survivor)
        self.member._close("Left")
        with self.assertRaisesRegex(UserError, "closed"):
            self.merge()

    def test_only_managers_merge(self):
        for user in (
            self.cashier,
            new_test_user(self.env, "m", groups="loyalty_club.group_marketer"),
        ):
            with self.assertRaises(AccessError):
                self.other.with_user(user)._merge_into(self.member)

    # --- wizards ---------------------------------------------------------------------

    def test_wizard_shows_the_sum_and_opens_the_one_that_stays(self):
        self.give_points(30)
        self.give_points(12, self.other)
        wizards = self.env["loyalty.club.member.merge"].with_user(self.manager)
        members = self.member | self.other
        form = Form(
            wizards.with_context(active_model="loyalty.club.member", active_ids=members.ids)
        )
        self.assertEqual((form.survivor_id, len(form.member_ids)), (self.member, 2))
        self.assertIn("42 points", form.preview)

        action = form.save().action_merge()

        self.assertEqual(action["res_id"], self.member.id)
        self.assertPoints(42)
        self.assertTrue(self.other.partner_id.exists())

    def test_wizard_merges_the_contacts_as_well_when_asked(self):
        gone = self.other.partner_id
        wizard = (
            self.env["loyalty.club.member.merge"]
            .with_user(self.manager)
            .create(
                {
                    "member_ids": (self.member | self.other).ids,
                    "survivor_id": self.member.id,
                    "merge_contacts": True,
                }
            )
        )

        wizard.action_merge()

        self.assertFalse(gone.exists())
        self.assertEqual(self.other.merged_into_id, self.member)

    def test_merging_contacts_merges_their_memberships(self):
        order = self.sell(partner=self.other.partner_id)
        self.give_points(30)
        kept = self.member.partner_id

        self.merge_contacts()

        self.assertPoints(40)
        self.assertEqual(self.other.merged_into_id, self.member)
        self.assertEqual((self.other.partner_id, order.partner_id), (kept, kept))
        self.assertEqual(kept.club_member_ids, self.member)
        self.assertEqual(self.env["loyalty.club.member"]._find(self.club, kept), self.member)
        self.assertLedgerSound()
        self.sell(partner=kept)
        self.assertPoints(50)

    def test_merging_contacts_keeps_the_open_membership(self):
        self.give_points(12, self.other)
        self.member._close("Left")

        self.merge_contacts()

        self.assertEqual(self.member.merged_into_id, self.other)
        self.assertPoints(12, self.other)
        self.assertEqual(self.points_card(self.other).partner_id, self.other.partner_id)

    def test_merging_contacts_of_different_clubs_keeps_both_memberships(self):
        club = self.env["loyalty.club"].create({"name": "Other", "sequence": 99})
        lone = self.env["res.partner"].create({"name": "Sara"})
        there = self.env["loyalty.club.member"]._enrol(club, lone)
        kept = self.member.partner_id.with_user(self.manager)
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.manager)

        wizard.create({})._merge((lone | kept).ids, kept)
        self.env.invalidate_all()

        self.assertEqual(kept.club_member_ids, self.member | there)

    def test_whoever_merges_contacts_of_members_is_a_club_manager(self):
        user = new_test_user(
            self.env, "contacts", groups="base.group_partner_manager,base.group_user"
        )

        with self.assertRaises(AccessError):
            self.merge_contacts(user=user)

        self.assertEqual(self.other.state, "active")

    def test_contact_of_a_merged_membership_is_kept(self):
        self.merge()

        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self.other.partner_id.unlink()
