from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..movement import Movement
from .common import ClubCommon
from .test_pos_tender import TenderCommon


@tagged("post_install", "-at_install")
class TestPosReceipt(ClubCommon):
    def said(self, order, *names):
        """What the till is told about an order."""
        self.env.invalidate_all()
        (told,) = self.env["pos.order"]._load_pos_data_read(
            order.with_user(self.cashier), order.config_id
        )
        return [told[f"club_{name}"] for name in names]

    def test_receipt_of_a_sale_that_moves_nothing_tells_number_and_balance(self):
        self.give_points(40)

        order = self.sell([self.line(price=5)], self.member.partner_id)

        self.assertEqual(
            self.said(order, "booked", "member_number", "points_earned", "points_balance"),
            [True, self.member.number, 0, 40],
        )

    def test_reprinted_receipt_tells_the_balance_of_its_day(self):
        order = self.sell([self.line(price=5)], self.member.partner_id)
        self.env.cr.execute(  # booked a moment before the points that follow
            "UPDATE pos_order SET date_order = date_order - interval '1 day',"
            " create_date = create_date - interval '1 day' WHERE id = %s",
            (order.id,),
        )
        self.give_points(40)

        self.assertEqual(
            self.said(order, "member_number", "points_balance"), [self.member.number, 0]
        )

    def test_order_not_yet_paid_is_not_booked(self):
        order = self.sell(partner=self.member.partner_id, state="draft")

        self.assertEqual(self.said(order, "booked", "member_number"), [False, False])

    def test_stranger_reads_nothing_of_the_club(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})

        order = self.sell(partner=stranger)

        self.assertEqual(
            self.said(order, "booked", "member_number", "wallets"), [True, False, False]
        )

    def test_owed_points_that_a_sale_settles_are_told(self):
        sale = self.sell([self.line(qty=3)], self.member.partner_id)
        card = self.points_card()
        self.sell([self.line(), self.reward_line(card, 30)], self.member.partner_id)
        self.sell([self.return_line(sale.lines, 3)], self.member.partner_id)

        order = self.sell([self.line(qty=5)], self.member.partner_id)

        earned, settled, balance = self.said(
            order, "points_earned", "points_settled", "points_balance"
        )
        self.assertEqual(earned, 50)
        self.assertGreater(settled, 0)
        self.assertEqual(balance, self.points_card().points)
        self.assertEqual(earned - settled, balance)

    def test_gift_card_is_named_by_the_end_of_its_code_only(self):
        gift = self.product("Gift", 50)
        self.new_program("gift_card", gift, self.new_kind("gift_card"))
        sold = self.sell([self.line(gift, club_gift_code="PLASTIC-0042")])
        card = self.env["loyalty.card"].search([("code", "=", "PLASTIC-0042")])

        order = self.sell([self.line(), self.reward_line(card, 20, value=20)])

        self.assertEqual(
            self.said(sold, "wallets"),
            [[{"name": "gift_card", "code": "0042", "amount": 50, "balance": 50}]],
        )
        self.assertEqual(
            self.said(order, "wallets"),
            [[{"name": "gift_card", "code": "0042", "amount": -20, "balance": 30}]],
        )

    def test_physical_gift_card_ends_on_the_day_the_cashier_set(self):
        gift = self.product("Gift", 50)
        self.new_program("gift_card", gift, self.new_kind("gift_card"))

        self.sell([self.line(gift, club_gift_code="PLASTIC-7", club_gift_valid_until="2031-05-01")])

        card = self.env["loyalty.card"].search([("code", "=", "PLASTIC-7")])
        self.assertEqual(str(card.expiration_date), "2031-05-01")
        self.assertEqual(card.club_wallet_id.valid_until, card.expiration_date)


@tagged("post_install", "-at_install")
class TestReceiptOfMember(ClubCommon):
    """What the receipt tells the member of herself, and what each till leaves out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stamps = cls.env["loyalty.club.stamp.program"].create(
            {
                "name": "Fifth tea",
                "club_id": cls.club.id,
                "stamps_needed": 5,
                "reward_amount": 50,
                "earn_by": "unit",
                "product_ids": [Command.set(cls.tea.ids)],
            }
        )

    def told(self, order, name):
        """What the till is told about an order."""
        self.env.invalidate_all()
        (told,) = self.env["pos.order"]._load_pos_data_read(
            order.with_user(self.cashier), order.config_id
        )
        return told[f"club_{name}"]

    def give(self, amount, days, kind=None):
        """Value of Sara's that can be used for so many days, points by default."""
        kind = kind or self.club.points_kind_id
        wallet = kind._wallets_of(self.member)[self.member.id]
        last = fields.Date.today() + timedelta(days=days)
        key = f"receipt:{wallet.id}:{days}"
        movement = Movement(wallet.id, Decimal(amount), "grant", key, expires_on=last)
        self.env["loyalty.club.wallet"]._post_or_raise([movement])

    def test_stamps_are_told_with_how_many_are_needed(self):
        order = self.sell([self.line(qty=2)], self.member.partner_id)

        self.assertEqual(
            self.told(order, "stamps"), [{"name": "Fifth tea", "count": 2, "needed": 5}]
        )
        self.till.club_receipt_stamps = False
        self.assertFalse(self.told(order, "stamps"))

    def test_points_of_a_full_stamp_card_are_told_beside_what_was_earned(self):
        order = self.sell([self.line(qty=5)], self.member.partner_id)

        self.assertEqual(
            [self.told(order, f"points_{name}") for name in ("earned", "given", "balance")],
            [50, 50, 100],
        )
        self.assertFalse(self.told(order, "stamps"), "the next card is empty")

    def test_the_first_day_on_which_each_wallet_loses_something_is_told(self):
        self.give(12, 9)
        self.give(5, 20)
        self.give(40, 31)  # later than this till looks ahead
        self.give(25, 3, self.new_kind("ewallet"))

        told = self.told(self.sell(partner=self.member.partner_id), "expiring")

        day = self.env["loyalty.club.tier.notice"]._day_text
        days = [day(self.env, fields.Date.today() + timedelta(days=days)) for days in (3, 9)]
        self.assertEqual([row["day"] for row in told], days)
        self.assertIn("25", told[0]["amount"])
        self.assertEqual(told[1]["amount"], "12 points")

    def test_a_till_looks_as_far_ahead_as_it_is_told(self):
        self.give(12, 9)
        order = self.sell(partner=self.member.partner_id)

        for days, rows in ((9, 1), (8, 0), (0, 0)):
            self.till.club_receipt_expiry_days = days
            self.assertEqual(len(self.told(order, "expiring") or []), rows, days)

    def test_what_expires_today_is_told_only_where_it_is_wanted(self):
        self.give(12, 0)
        order = self.sell([self.line(price=1)], self.member.partner_id)

        self.assertEqual(len(self.told(order, "expiring")), 1)
        self.till.club_receipt_expiry_days = 0
        self.assertFalse(self.told(order, "expiring"))

    def test_nobody_looks_back(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.till.club_receipt_expiry_days = -1
            self.till.flush_recordset()

    def test_strangers_and_unpaid_orders_are_told_nothing(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        for order in (
            self.sell(partner=stranger),
            self.sell(partner=self.member.partner_id, state="draft"),
        ):
            for name in ("tier", "stamps", "expiring"):
                self.assertFalse(self.told(order, name))

    def test_what_is_left_out_is_not_looked_up(self):
        order = self.sell(partner=self.member.partner_id)
        self.till.write(
            {
                "club_receipt_tier": False,
                "club_receipt_stamps": False,
                "club_receipt_expiry_days": 0,
            }
        )

        patched = type(self.env["loyalty.club.member"])
        with (
            patch.object(patched, "_tier_words", side_effect=AssertionError),
            patch.object(patched, "_receipt_rows", side_effect=AssertionError),
        ):
            for name in ("tier", "stamps", "expiring"):
                self.assertFalse(self.told(order, name))


@tagged("post_install", "-at_install")
class TestReceiptOfPayments(TenderCommon):
    """What was paid with the club's value, beside money of other kinds."""

    def test_points_and_credit_that_paid_are_told_with_what_is_left(self):
        self.give_points(300)
        credit, _answer = self.hold("60")
        points, answer = self.hold("20", method=self.by_points)
        self.assertEqual(answer["status"], "open", answer)

        order = self.sell_by(
            (self.credit, 60, credit), (self.by_points, 20, points), (self.bank_method, 20, None)
        )

        self.env.invalidate_all()
        self.assertEqual(order.club_points_spent, 200)
        self.assertEqual(
            [(row["name"], row["amount"], row["balance"]) for row in order.club_wallets],
            [("Credit", -60, 40)],
        )
        balance = 300 - 200 + order.club_points_earned
        self.assertEqual(order.club_points_balance, balance)
