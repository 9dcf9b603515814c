from odoo.tests import tagged

from .common import ClubCommon


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
