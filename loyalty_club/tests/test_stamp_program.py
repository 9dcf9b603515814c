"""Stamp cards: stamps come with the sale, a full card brings its reward once, returns undo it."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .ledger_common import LedgerCommon


@tagged("post_install", "-at_install")
class TestStampProgram(LedgerCommon):
    """A card with three stamps that brings 50 points; each tea is a stamp."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(
            cls.env, "stamp_marketer", groups="loyalty_club.group_marketer"
        )
        cls.stamps = cls.program_of(earn_by="unit", product_ids=[Command.set(cls.tea.ids)])
        cls.cake = cls.product("Cake", 30.0)

    @classmethod
    def program_of(cls, **values):
        return cls.env["loyalty.club.stamp.program"].create(
            {
                "name": "Third tea",
                "club_id": cls.club.id,
                "stamps_needed": 3,
                "reward_amount": 50,
                **values,
            }
        )

    def stamps_of(self, member=None, program=None):
        self.env.invalidate_all()
        return self.wallet_of(member or self.member, (program or self.stamps).kind_id).balance

    def buy(self, qty=1, **values):
        return self.sell([self.line(qty=qty)], self.member.partner_id, **values)

    def give_back(self, order, qty=1):
        return self.sell([self.return_line(order.lines, qty)], self.member.partner_id)

    def entries(self, order):
        found = self.env["loyalty.club.entry"].search(
            [("origin_model", "=", "pos.order"), ("origin_id", "=", order.id)], order="id"
        )
        return [(entry.kind_id.type, entry.kind, entry.amount) for entry in found]

    # --- stamps come in -----------------------------------------------------------------

    def test_each_unit_is_a_stamp(self):
        self.buy(2)
        self.sell([self.line(self.cake)], self.member.partner_id)

        self.assertEqual(self.stamps_of(), 2)
        self.assertLedgerSound()

    def test_each_purchase_from_an_amount_is_a_stamp(self):
        self.stamps.write({"earn_by": "purchase", "minimum_amount": 150})
        self.stamps.product_ids = False

        self.sell([self.line(), self.line(self.cake)], self.member.partner_id)
        self.assertEqual(self.stamps_of(), 0)

        self.sell([self.line(), self.line(self.cake, 2)], self.member.partner_id)
        self.assertEqual(self.stamps_of(), 1)

    def test_goods_of_a_category_and_below_count(self):
        drinks = self.env["product.category"].create({"name": "Drinks"})
        hot = self.env["product.category"].create({"name": "Hot", "parent_id": drinks.id})
        self.stamps.write(
            {"product_ids": [Command.clear()], "category_ids": [Command.set(drinks.ids)]}
        )
        self.tea.categ_id = hot

        self.sell([self.line(), self.line(self.cake)], self.member.partner_id)

        self.assertEqual(self.stamps_of(), 1)

    def test_no_stamps_before_or_after_the_days_of_the_program(self):
        self.stamps.write({"date_from": "2020-01-01", "date_to": "2020-12-31"})

        self.buy()

        self.assertEqual(self.stamps_of(), 0)

    def test_strangers_and_suspended_members_get_none(self):
        self.sell([self.line()])
        self.member.action_suspend()
        self.buy()

        self.assertEqual(self.stamps_of(), 0)

    def test_most_per_purchase_is_kept(self):
        self.stamps.most_per_purchase = 1

        self.buy(2)

        self.assertEqual(self.stamps_of(), 1)

    # --- a card becomes full --------------------------------------------------------------

    def test_last_stamp_turns_the_card_into_its_reward(self):
        self.buy(2)
        order = self.buy(1)

        self.assertEqual(self.stamps_of(), 0)
        self.assertPoints(30 + 50)
        self.assertCountEqual(
            self.entries(order),
            [
                ("points", "earn", 10),
                ("stamp", "earn", 1),
                ("stamp", "convert_out", -3),
                ("points", "convert_in", 50),
            ],
        )
        self.assertLedgerSound()

    def test_many_stamps_fill_several_cards_and_begin_the_next(self):
        self.buy(7)

        self.assertEqual(self.stamps_of(), 1)
        self.assertPoints(70 + 100)
        self.assertEqual((self.stamps.open_count, self.stamps.full_count), (1, 2))

    def test_reward_is_given_once_though_asked_for_twice(self):
        order = self.buy(3)
        common = {"origin": ("pos.order", order.id)}

        self.stamps._complete(self.member, common, f"pos:{order.uuid}")

        self.assertPoints(80)

    def test_credit_is_a_reward_too(self):
        cashback = self.new_kind("cashback")
        self.stamps.write({"reward_kind_id": cashback.id, "reward_amount": 12.5})

        self.buy(3)

        self.assertEqual(self.wallet_of(self.member, cashback).balance, 12.5)
        self.assertPoints(30)

    def test_coupon_is_a_reward_too(self):
        coupons = self.coupon_program()
        self.stamps.write({"reward_type": "coupon", "coupon_program_id": coupons.id})

        self.buy(3)

        coupon = coupons.coupon_ids
        self.assertEqual((coupon.partner_id, coupon.points), (self.member.partner_id, 1))
        self.assertEqual(self.stamps_of(), 0)

    def test_card_stays_full_while_its_reward_cannot_be_given(self):
        self.points.maximum_balance = 40

        self.buy(3)

        self.assertEqual(self.stamps_of(), 3)
        self.assertPoints(30)
        self.points.maximum_balance = 0
        self.sell([self.line(self.cake)], self.member.partner_id)
        self.assertEqual(self.stamps_of(), 3, "nothing was stamped, nothing is looked at")
        self.buy()
        self.assertEqual(self.stamps_of(), 1)

    def test_lapsed_stamps_keep_no_card_from_being_filled(self):
        gone = self.env.cr.now().date() - timedelta(days=2)
        stamps = self.wallet_of(self.member, self.stamps.kind_id)
        self.post(2, "earn", wallet=stamps, expires_on=gone)

        self.buy(4)

        self.assertEqual(self.stamps_of(), 3, "two of them lapsed")
        self.assertPoints(40 + 50)

    def test_as_many_cards_are_filled_as_rewards_fit(self):
        self.points.maximum_balance = 120

        self.buy(6)

        self.assertEqual(self.stamps_of(), 3)
        self.assertPoints(60 + 50)

    def test_each_full_card_brings_a_coupon_of_its_own(self):
        coupons = self.coupon_program()
        self.stamps.write({"reward_type": "coupon", "coupon_program_id": coupons.id})

        self.buy(7)

        self.assertEqual(len(coupons.coupon_ids.club_stamp_entry_id), 2)

    # --- merged memberships -----------------------------------------------------------------

    def test_stamps_of_both_memberships_fill_a_card(self):
        other = self.new_member("Sara again")
        self.buy(2)
        self.sell([self.line(qty=2)], other.partner_id)

        other._merge_into(self.member)

        self.assertEqual(self.stamps_of(), 1)
        self.assertPoints(40 + 50)
        self.assertLedgerSound()

    def test_suspended_survivor_gets_no_reward_by_a_merge(self):
        other = self.new_member("Sara again")
        self.buy(2)
        self.sell([self.line(qty=2)], other.partner_id)
        self.member.action_suspend()

        other._merge_into(self.member)

        self.assertEqual(self.stamps_of(), 4)

    def test_return_after_a_merge_opens_the_card_that_was_full_before(self):
        other = self.new_member("Sara again")
        order = self.sell([self.line(qty=3)], other.partner_id)
        other._merge_into(self.member)
        self.assertPoints(80)

        self.sell([self.return_line(order.lines)], self.member.partner_id)

        self.assertEqual((self.stamps_of(), self.stamps_of(other)), (2, 0))
        self.assertPoints(20)
        self.assertLedgerSound()

    # --- returns --------------------------------------------------------------------------

    def test_return_takes_the_stamps_back(self):
        order = self.buy(2)

        self.give_back(order)
        self.assertEqual(self.stamps_of(), 1)

        self.give_back(order)
        self.assertEqual(self.stamps_of(), 0)
        self.assertLedgerSound()

    def test_return_opens_the_full_card_again(self):
        self.buy(2)
        order = self.buy()
        self.assertPoints(80)

        self.give_back(order)

        self.assertEqual(self.stamps_of(), 2)
        self.assertPoints(20)
        self.buy()
        self.assertEqual(self.stamps_of(), 0)
        self.assertPoints(80)
        self.assertLedgerSound()

    def test_newer_stamps_pay_for_a_return_before_a_card_is_opened(self):
        order = self.buy(3)
        self.buy()

        self.give_back(order)

        self.assertEqual(self.stamps_of(), 0)
        self.assertPoints(40 + 50 - 10)

    def test_reward_that_was_spent_is_owed_or_refuses_the_return_by_the_clubs_terms(self):
        order = self.buy(3)
        self.sell(
            [self.line(self.cake), self.reward_line(self.points_card(), 80)],
            self.member.partner_id,
        )
        balance = self.wallet.balance

        self.club.clawback_policy = "refuse"
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.give_back(order)
        self.club.clawback_policy = "debt"
        self.give_back(order)

        self.env.invalidate_all()
        self.assertEqual(self.wallet.balance, 0)
        owed = self.wallet_of(self.member, self.club.debt_kind_id).balance
        self.assertEqual(owed, balance - 50 - 10)
        self.assertLedgerSound()

    def test_coupon_of_a_card_that_is_opened_again_is_worth_nothing(self):
        coupons = self.coupon_program()
        self.stamps.write({"reward_type": "coupon", "coupon_program_id": coupons.id})
        order = self.buy(3)

        self.give_back(order)

        answer = self.till.with_user(self.cashier).use_coupon_code(
            coupons.coupon_ids.code, "2030-01-01 00:00:00", False, False
        )
        self.assertFalse(answer["successful"])
        self.assertEqual(self.stamps_of(), 2)

    # --- by hand ----------------------------------------------------------------------------

    def give(self, stamps, user=None, reason="Paper card", **values):
        wizard = (
            self.env["loyalty.club.stamp.give"]
            .with_user(user or self.marketer)
            .create(
                {
                    "member_id": self.member.id,
                    "program_id": self.stamps.id,
                    "stamps": stamps,
                    "reason": reason,
                    **values,
                }
            )
        )
        wizard.action_give()
        return wizard

    def test_paper_card_is_entered_once_by_hand(self):
        wizard = self.give(2)
        wizard.action_give()

        self.assertEqual(self.stamps_of(), 2)
        entry = self.wallet_of(self.member, self.stamps.kind_id).entry_ids
        self.assertEqual(
            (entry.kind, entry.note, entry.user_id), ("adjust", "Paper card", self.marketer)
        )

    def test_stamps_by_hand_fill_a_card_like_others(self):
        self.buy(2)

        self.give(1)

        self.assertEqual(self.stamps_of(), 0)
        self.assertPoints(20 + 50)

    def test_by_hand_a_member_gets_no_more_than_a_card_in_a_day(self):
        self.give(3)

        with self.assertRaisesRegex(UserError, "as many as fill one"):
            self.give(1)
        with self.assertRaises(UserError):
            self.give(-1)
        with self.assertRaises(UserError):
            self.give(1, reason=" ")

    def test_what_was_taken_off_a_card_since_allows_no_more_by_hand(self):
        self.give(2)
        stamps = self.wallet_of(self.member, self.stamps.kind_id)
        self.post(-2, "adjust", wallet=stamps)

        with self.assertRaisesRegex(UserError, "as many as fill one"):
            self.give(2)

    def test_what_a_manager_adjusts_is_not_given_by_hand(self):
        self.post(2, "adjust", wallet=self.wallet_of(self.member, self.stamps.kind_id))

        self.give(3)

        self.assertPoints(50)

    def test_cashiers_give_no_stamps_by_hand(self):
        with self.assertRaises(AccessError):
            self.stamps.with_user(self.cashier)._give(
                self.member.with_user(self.cashier), 1, "Mine", "mine-0001"
            )

    # --- the program ------------------------------------------------------------------------

    def test_program_counts_in_a_kind_of_its_own(self):
        other = self.program_of(name="Other")

        self.assertEqual(self.stamps.kind_id.type, "stamp")
        self.assertNotEqual(other.kind_id, self.stamps.kind_id)
        self.assertEqual(self.stamps.kind_id._format(3), "3 stamps")

    def test_stamp_is_worth_its_part_of_the_reward(self):
        """The books: 50 points of 0.1 for 3 stamps."""
        value = self.stamps.kind_id._unit_value(self.env.cr.now().date())

        self.assertAlmostEqual(float(value), 50 * 0.1 / 3, 6)

    def test_programs_without_a_sound_reward_are_refused(self):
        for values in (
            {"reward_amount": 0},
            {"reward_amount": 0.5},
            {"reward_type": "coupon"},
            {"reward_kind_id": self.stamps.kind_id.id},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.program_of(**values)

    # --- printed ------------------------------------------------------------------------------

    def test_sheet_shows_rings_reward_and_the_members_barcode(self):
        sheet = self.env["loyalty.club.stamp.sheet"].with_user(self.cashier)

        html = str(sheet._document(self.stamps, self.member, 2))

        self.assertEqual(html.count('class="card"'), 3)
        self.assertEqual(html.count('class="ring"'), 6)
        self.assertEqual(html.count('class="ring last"'), 3)
        self.assertEqual(html.count("<svg"), 1)
        for text in ("Sara", self.member.number, "50 points"):
            self.assertIn(text, html)

    def test_sheet_is_a_pdf(self):
        sheet = self.env["loyalty.club.stamp.sheet"]

        name, media_type, data = sheet._render(self.stamps, self.member, 0)

        self.assertEqual((media_type, data[:5]), ("application/pdf", b"%PDF-"))
        self.assertTrue(name.endswith(".pdf"))
        with self.assertRaises(UserError):
            sheet._render(self.stamps, self.member.browse(), 0)

    def coupon_program(self):
        return self.env["loyalty.program"].create(
            {
                "name": "Free tea",
                "program_type": "coupons",
                "applies_on": "current",
                "trigger": "with_code",
                "company_id": self.company.id,
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "product",
                            "reward_product_id": self.tea.id,
                            "required_points": 1,
                        }
                    )
                ],
            }
        )
