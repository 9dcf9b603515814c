from decimal import Decimal

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..clock import today_in
from .ledger_common import LedgerCommon


@tagged("post_install", "-at_install")
class TestWalletKindEarning(LedgerCommon):
    """Cashback on purchases, bonus on top-ups, at the till."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cashback = cls.new_kind("cashback")
        cls.cashback.cashback_percent = 5
        cls.credit = cls.new_kind("ewallet")
        Program = cls.env["loyalty.program"]
        Program._club_create_stored_value_program(cls.cashback)
        cls.credit_program = Program._club_create_stored_value_program(cls.credit)
        cls.voucher = cls.credit_program.rule_ids.product_ids

    def back(self, member=None):
        return self.wallet_of(member or self.member, self.cashback)

    # --- cashback --------------------------------------------------------------------

    def test_purchase_gives_points_and_cashback(self):
        order = self.sell(partner=self.member.partner_id)

        self.assertFigures(10)
        self.assertFigures(5, wallet=self.back())
        self.assertEqual(order.club_points_earned, 10, "cashback is not counted as points")
        self.assertLedgerSound()

    def test_cashback_pays_the_next_purchase_and_earns_nothing_on_itself(self):
        self.sell(partner=self.member.partner_id)
        card = self.back().card_ids

        self.sell([self.line(), self.reward_line(card, 5)], self.member.partner_id)

        self.assertFigures(4.75, wallet=self.back())
        self.assertFigures(19)
        self.assertLedgerSound()

    def test_return_takes_cashback_back(self):
        order = self.sell([self.line(qty=3)], self.member.partner_id)

        self.sell([self.return_line(order.lines)], self.member.partner_id)

        self.assertFigures(10, wallet=self.back())
        self.assertFigures(20)
        self.assertLedgerSound()

    def test_spent_cashback_of_returned_goods_is_owed_in_points(self):
        order = self.sell(partner=self.member.partner_id)
        self.post(-5, wallet=self.back())
        self.post(-10)

        self.sell([self.return_line(order.lines)], self.member.partner_id)

        self.env.invalidate_all()
        self.assertEqual(self.member.points_owed, 10 + 5 / 0.1)
        self.assertLedgerSound()

    def test_what_is_owed_for_cashback_keeps_the_worth_it_was_booked_with(self):
        order = self.sell([self.line(qty=2)], self.member.partner_id)
        self.post(-10, wallet=self.back())
        self.post(-20)
        self.sell([self.return_line(order.lines)], self.member.partner_id)
        self.env.invalidate_all()
        self.assertEqual(self.member.points_owed, 10 + 5 / 0.1)

        self.club.point_value = 0.5
        self.sell([self.return_line(order.lines)], self.member.partner_id)

        self.env.invalidate_all()
        self.assertEqual(self.member.points_owed, 60 + 10 + 5 / 0.5)
        self.assertLedgerSound()

    def test_cashback_waits_and_expires_as_its_kind_says(self):
        policy = self.env["loyalty.club.expiry.policy"].create(
            {
                "name": "60 days",
                "club_id": self.club.id,
                "rule": "after",
                "number": 60,
                "unit": "day",
            }
        )
        self.cashback.write({"expiry_policy_id": policy.id, "pending_days": 14})

        self.sell(partner=self.member.partner_id)

        today = today_in(self.company)
        lot = self.open_lots(self.back())
        self.assertEqual(
            [(day - today).days for day in (lot.available_on, lot.expires_on)], [14, 60]
        )

    def test_conditions_are_checked_against_the_basket_at_the_till(self):
        terms = self.env["loyalty.club.terms"].create(
            {"name": "From 200", "club_id": self.club.id, "minimum_basket": 200}
        )
        self.cashback.terms_id = terms
        self.sell(partner=self.member.partner_id)
        card = self.back().card_ids
        small = [self.line(), self.reward_line(card, 5)]
        large = [self.line(qty=2), self.reward_line(card, 5)]

        with self.assertRaisesRegex(Exception, "conditions of use"), self.env.cr.savepoint():
            self.sell(small, self.member.partner_id)
        self.sell(large, self.member.partner_id)

        self.assertFigures(9.75, wallet=self.back())

    def test_only_cashback_in_the_clubs_currency_has_a_percentage(self):
        with self.assertRaises(ValidationError):
            self.credit.cashback_percent = 5

    # --- bonus -----------------------------------------------------------------------

    def offer(self, pays, gets, **values):
        self.env["loyalty.club.topup.offer"].create(
            {"kind_id": self.credit.id, "pays": pays, "gets": gets, **values}
        )

    def test_who_pays_in_advance_gets_more(self):
        self.offer(1000, 1100)
        self.offer(500, 520)

        self.sell([self.line(self.voucher, price=1200)], self.member.partner_id)

        wallet = self.wallet_of(self.member, self.credit)
        self.assertFigures(1300, wallet=wallet)
        self.assertEqual(
            wallet.entry_ids.sorted("seq").mapped(lambda entry: (entry.kind, entry.amount)),
            [("topup", 1200), ("bonus", 100)],
        )
        self.assertFigures(0, wallet=self.wallet)

    def test_below_the_offer_nothing_comes_on_top(self):
        self.offer(1000, 1100)

        self.sell([self.line(self.voucher, price=999)], self.member.partner_id)

        self.assertFigures(999, wallet=self.wallet_of(self.member, self.credit))

    def test_returned_top_up_takes_its_bonus_along(self):
        self.offer(1000, 1100)
        order = self.sell([self.line(self.voucher, price=1000)], self.member.partner_id)

        self.sell([self.return_line(order.lines)], self.member.partner_id)

        self.assertFigures(0, wallet=self.wallet_of(self.member, self.credit))
        self.assertLedgerSound()

    def test_bonus_may_expire_while_the_credit_does_not(self):
        policy = self.env["loyalty.club.expiry.policy"].create(
            {
                "name": "90 days",
                "club_id": self.club.id,
                "rule": "after",
                "number": 90,
                "unit": "day",
            }
        )
        self.offer(1000, 1100, expiry_policy_id=policy.id)

        self.sell([self.line(self.voucher, price=1000)], self.member.partner_id)

        lots = self.open_lots(self.wallet_of(self.member, self.credit))
        self.assertEqual([bool(lot.expires_on) for lot in lots], [False, True])

    def test_offer_gives_whole_steps(self):
        self.assertEqual(self.credit._bonus_for(Decimal(1)), 0)
        with self.assertRaises(ValidationError):
            self.offer(1000, 1100.001)

    # --- presets ---------------------------------------------------------------------

    def test_every_preset_makes_a_kind_that_works_at_once(self):
        manager = new_test_user(self.env, "preset_manager", groups="loyalty_club.group_manager")
        Wizard = self.env["loyalty.club.wallet.kind.preset"].with_user(manager)
        expected = {
            "cash": ("ewallet", False, False),
            "prepaid": ("ewallet", True, False),
            "cashback": ("cashback", False, True),
            "granted": ("cashback", False, True),
            "gift_card": ("gift_card", False, True),
            "voucher": ("gift_card", False, True),
        }
        for preset, found in expected.items():
            with self.subTest(preset):
                action = Wizard.create({"preset": preset, "club_id": self.club.id}).action_create()
                self.assertEqual(action["res_model"], "loyalty.club.wallet.kind")
                kind = self.env["loyalty.club.wallet.kind"].browse(action["res_id"])
                self.assertEqual(
                    (kind.type, bool(kind.topup_offer_ids), bool(kind.expiry_policy_id)), found
                )
                self.assertTrue(kind.has_program)

    def test_vouchers_of_an_organisation_are_made_at_once_and_pay_at_any_till(self):
        manager = new_test_user(
            self.env,
            "voucher_manager",
            groups="loyalty_club.group_manager,point_of_sale.group_pos_manager",
        )
        bank = self.env["res.partner"].create({"name": "Sepah Bank", "is_company": True})
        Wizard = self.env["loyalty.club.wallet.kind.preset"].with_user(manager)
        values = {"preset": "voucher", "organisation_id": bank.id, "club_id": self.club.id}

        action = Wizard.create({**values, "card_count": 3, "card_worth": 40}).action_create()

        cards = self.env["loyalty.card"].with_user(manager).search(action["domain"])
        kind = cards.club_wallet_id.kind_id
        self.assertEqual((kind.name, kind.bearer), ("Voucher of Sepah Bank", True))
        self.assertTrue(all(card.code.startswith("044") for card in cards))
        entries = cards.club_wallet_id.entry_ids
        self.assertEqual(
            entries.mapped(lambda entry: (entry.kind, entry.amount, entry.note)),
            [("issue", 40, "Sepah Bank")] * 3,
        )
        self.assertTrue(all(lot.expires_on for lot in entries.lot_ids))
        self.assertFalse(cards.program_id.rule_ids.product_ids.available_in_pos)

        answer = self.till.with_user(self.cashier).use_coupon_code(
            cards[0].code, str(fields.Datetime.now()), False, False
        )
        self.assertEqual((answer["successful"], answer["payload"]["points"]), (True, 40))
        self.sell([self.line(), self.reward_line(cards[0], 40, value=40)], till=self.till)
        other = self.new_till("Another till")
        self.sell([self.line(), self.reward_line(cards[1], 15, value=15)], till=other)
        self.env.invalidate_all()
        self.assertEqual(cards.mapped("points"), [0, 25, 40])
        self.assertLedgerSound()

    def test_too_many_vouchers_at_a_time_are_refused(self):
        Wizard = self.env["loyalty.club.wallet.kind.preset"]
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            Wizard.create(
                {"preset": "voucher", "club_id": self.club.id, "card_count": 1001}
            ).flush_recordset()
