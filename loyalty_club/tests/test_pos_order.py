from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..models.pos_lines import earning_base
from ..movement import Movement
from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestPosOrderEarning(ClubCommon):
    """What a paid order earns, decided by the server from the stored lines."""

    def test_sale_earns_by_the_clubs_terms(self):
        order = self.sell([self.line(qty=3)], self.member.partner_id)

        self.assertEqual((order.club_points_earned, order.club_points_balance), (30, 30))
        self.assertEqual(order.club_member_number, self.member.number)
        self.assertPoints(30)
        self.assertLedgerSound()

    def test_entry_leads_to_the_sale_and_back(self):
        order = self.sell(partner=self.member.partner_id)

        entry = self.points_card().club_wallet_id.entry_ids
        self.assertEqual(entry.action_open_origin()["res_id"], order.id)
        self.assertEqual(entry.branch_id, self.branch)
        self.assertEqual(entry.user_id, self.cashier)
        self.assertEqual(order.action_view_club_entries()["domain"][1][2], order.id)

    def test_order_sent_twice_earns_once(self):
        payload = self.payload([self.line()], self.member.partner_id)
        self.sync(dict(payload))
        order = self.sync(dict(payload))
        order.action_pos_order_paid()

        self.assertPoints(10)

    def test_nobody_earns_without_membership(self):
        guest = self.env["res.partner"].create({"name": "Guest"})

        order = self.sell(partner=guest)
        self.sell()

        self.assertFalse(order.club_entry_count)
        self.assertFalse(guest.club_member_ids)

    def test_earlier_purchases_count_for_a_new_member(self):
        guest = self.env["res.partner"].create({"name": "Guest"})
        self.sell(partner=guest)

        member = self.env["loyalty.club.member"]._enrol(self.club, guest)

        self.assertEqual(member.purchase_count, 1)

    def test_suspended_and_closed_members_do_not_earn(self):
        for state in ("pending", "suspended", "closed"):
            self.member.state = state
            self.sell(partner=self.member.partner_id)
            self.assertPoints(0)

    def test_rounding_rules(self):
        for rounding, points in (("down", 9), ("half_up", 10), ("up", 10)):
            self.club.earn_rounding = rounding
            member = self.new_member(rounding)
            order = self.sell([self.line(price=99)], member.partner_id)
            self.assertEqual(order.club_points_earned, points, rounding)

    def test_tax_counts_or_not(self):
        for basis, points in (("tax_included", 11), ("tax_excluded", 10)):
            self.club.earn_basis = basis
            member = self.new_member(basis)
            line = self.line(price_subtotal_incl=110)
            order = self.sell([line], member.partner_id)
            self.assertEqual(order.club_points_earned, points, basis)

    def test_what_points_paid_for_earns_nothing(self):
        card = self.give_points(500)

        order = self.sell([self.line(), self.reward_line(card, 500)], self.member.partner_id)

        self.assertEqual((order.club_points_earned, order.club_points_spent), (5, 500))
        self.assertPoints(5)

    def test_points_pay_for_a_part_of_the_goods_at_most(self):
        card = self.give_points(500)
        card.program_id.reward_ids.club_share = 30

        with self.assertRaisesRegex(UserError, "worth more"), self.env.cr.savepoint():
            self.sell([self.line(), self.reward_line(card, 301)], self.member.partner_id)
        order = self.sell([self.line(), self.reward_line(card, 300)], self.member.partner_id)

        self.assertEqual(order.club_points_spent, 300)

    def test_debt_is_settled_by_the_next_earning(self):
        order = self.sell([self.line(qty=3)], self.member.partner_id)
        card = self.points_card()
        self.sell([self.line(), self.reward_line(card, 30, value=3)], self.member.partner_id)
        self.assertPoints(9)
        self.sell([self.return_line(order.lines, 3)], self.member.partner_id)
        self.assertPoints(0)
        self.assertEqual(self.member.points_owed, 21)

        self.sell([self.line(qty=3)], self.member.partner_id)

        self.assertPoints(9)
        self.assertEqual(self.member.points_owed, 0)
        self.assertLedgerSound()

    def test_receipt_figures_come_from_the_ledger(self):
        card = self.give_points(50)
        payload = self.payload([self.line(), self.reward_line(card, 50)], self.member.partner_id)
        answer = self.env["pos.order"].with_user(self.cashier).sync_from_ui([payload])

        sent = answer["pos.order"][-1]

        self.assertEqual(sent["club_points_earned"], 9)
        self.assertEqual(sent["club_points_spent"], 50)
        self.assertEqual(sent["club_points_balance"], 9)
        self.assertEqual(sent["club_points_available"], 9)

    def test_receipt_tells_what_can_be_used_later_and_how_to_check_it(self):
        self.club.points_kind_id.pending_days = 14
        self.give_points(50)

        order = self.sell([self.line(qty=3)], self.member.partner_id)

        self.assertEqual((order.club_points_balance, order.club_points_available), (80, 50))
        entry = self.env["loyalty.club.entry"].search([], order="id desc", limit=1)
        self.assertEqual((order.club_receipt_code, entry.amount), (entry.receipt_code, 30))


@tagged("post_install", "-at_install")
class TestPosOrderSpending(ClubCommon):
    """Rewards cost what they cost, once, and only their owner's points."""

    def test_second_till_cannot_spend_the_same_points(self):
        card = self.give_points(100)
        other = self.new_till("Second Till")
        self.sell([self.line(), self.reward_line(card, 100)], self.member.partner_id)
        purchases = self.member.purchase_count

        with self.assertRaisesRegex(UserError, "has only"), self.env.cr.savepoint():
            self.sell(
                [self.line(), self.reward_line(card, 100)], self.member.partner_id, till=other
            )

        self.env.invalidate_all()
        self.assertEqual(self.member.purchase_count, purchases)
        self.assertLedgerSound()

    def refused(self, lines, partner=None, words="worth more"):
        with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
            self.sell(lines, partner or self.member.partner_id)

    def test_discount_worth_more_than_its_points_is_refused(self):
        card = self.give_points(100)

        self.refused([self.line(), self.reward_line(card, 10, value=50)])
        self.refused([self.line(), self.reward_line(card, 0, value=50)])
        self.refused([self.line(), self.reward_line(card, -10, value=50)])

        self.assertPoints(100)

    def test_free_product_worth_more_than_its_points_is_refused(self):
        cup = self.product("Cup", 40)
        reward = self.program.reward_ids.create(
            {
                "program_id": self.program.id,
                "reward_type": "product",
                "reward_product_id": cup.id,
                "required_points": 50,
            }
        )
        card = self.give_points(100)
        one = self.reward_line(card, 50, reward, value=40)

        self.refused([self.line(), dict(one, qty=2)])
        self.sell([self.line(), self.line(cup), one], self.member.partner_id)

        self.assertPoints(60)

    def test_points_of_someone_else_are_refused(self):
        card = self.give_points(100)
        other = self.new_member("Ali")

        self.refused([self.line(), self.reward_line(card, 10)], other.partner_id, "belong")
        self.assertPoints(100)

    def test_reward_without_its_card_is_refused(self):
        card = self.give_points(100)
        line = self.reward_line(card, 10)
        line["coupon_id"] = False

        self.refused([self.line(), line], words="belong")

    def test_closed_member_at_the_till_gets_a_clear_refusal(self):
        card = self.give_points(100)
        self.member._close("Left")

        self.refused([self.line(), self.reward_line(card, 10)], words="blocked")
        answer = self.env["pos.order"].validate_coupon_programs({str(card.id): -10}, [])
        self.assertFalse(answer["successful"])
        self.assertIn("blocked", answer["payload"]["message"])

    def test_till_numbers_are_ignored(self):
        order = self.sell(partner=self.member.partner_id)
        card = self.points_card()
        data = {"points": 5_000_000, "program_id": self.program.id, "coupon_id": card.id}

        answer = order.with_user(self.cashier).confirm_coupon_programs({str(card.id): data})

        self.assertEqual(answer["coupon_updates"][0]["points"], 10)
        self.assertPoints(10)


@tagged("post_install", "-at_install")
class TestPosOrderReturn(ClubCommon):
    """Returns give back exactly what was spent and take back exactly what was earned."""

    def sold(self, qty=3, points=0):
        lines = [self.line(qty=qty)]
        if points:
            lines.append(self.reward_line(self.give_points(points), points))
        return self.sell(lines, self.member.partner_id)

    def give_back(self, *lines, **values):
        return self.sell(list(lines), self.member.partner_id, **values)

    def test_full_return_leaves_things_as_they_were(self):
        card = self.give_points(100)
        lot = card.club_wallet_id.lot_ids
        order = self.sell([self.line(qty=3), self.reward_line(card, 100)], self.member.partner_id)
        self.assertEqual(lot.remaining, 0)

        refund = self.give_back(*(self.return_line(line, line.qty) for line in order.lines))

        self.assertEqual((refund.club_points_earned, refund.club_points_spent), (-29, -100))
        self.assertEqual(lot.remaining, 100)
        self.assertPoints(100)
        self.assertLedgerSound()

    def test_partial_returns_add_up_to_the_whole(self):
        order = self.sold(qty=3)
        balances = []
        for _unit in range(3):
            self.give_back(self.return_line(order.lines))
            self.env.invalidate_all()
            balances.append(self.points_card().points)

        self.assertEqual(balances, [20, 10, 0])

    def test_kept_points_are_what_the_rule_gives_for_kept_goods(self):
        order = self.sell([self.line(qty=3, price=33)], self.member.partner_id)
        self.assertPoints(9)

        self.give_back(self.return_line(order.lines))

        self.assertPoints(6)

    def test_return_sent_twice_counts_once(self):
        order = self.sold()
        payload = self.payload([self.return_line(order.lines)], self.member.partner_id)
        self.sync(dict(payload))
        self.sync(dict(payload))

        self.assertPoints(20)

    def test_exchange_earns_for_the_new_goods_only(self):
        order = self.sold(qty=1)

        self.give_back(self.return_line(order.lines), self.line(qty=2))

        self.assertPoints(20)

    def test_part_of_a_point_costs_a_whole_one_and_comes_back_whole(self):
        card = self.give_points(100)
        order = self.sell(
            [self.line(price=0.94), self.reward_line(card, 9.4, value=0.94)],
            self.member.partner_id,
        )
        self.assertPoints(90)

        self.give_back(*(self.return_line(line) for line in order.lines))

        self.assertPoints(100)

    def test_backend_return_gives_points_back_too(self):
        order = self.sold(qty=3, points=100)
        refund = order.with_user(self.env.ref("base.user_admin"))._refund()
        refund.add_payment(
            {
                "pos_order_id": refund.id,
                "amount": refund.amount_total,
                "payment_method_id": self.bank_method.id,
            }
        )
        refund.action_pos_order_paid()

        self.assertPoints(100)
        self.assertLedgerSound()

    def test_points_never_turn_into_cash(self):
        order = self.sold(qty=3, points=1000)

        with self.assertRaisesRegex(UserError, "paid with points"), self.env.cr.savepoint():
            self.give_back(self.return_line(order.lines[0], 3))

    def spend_what_was_earned(self):
        order = self.sold(qty=3)
        card = self.points_card()
        self.sell([self.line(), self.reward_line(card, 30)], self.member.partner_id)
        self.assertPoints(9)
        return order

    def test_policy_debt(self):
        order = self.spend_what_was_earned()

        refund = self.give_back(self.return_line(order.lines, 3))

        self.assertEqual(refund.club_points_earned, -30)
        self.assertPoints(0)
        self.assertEqual(self.member.points_owed, 21)
        self.assertLedgerSound()

    def test_policy_cap(self):
        self.club.clawback_policy = "cap"
        order = self.spend_what_was_earned()

        self.give_back(self.return_line(order.lines, 3))

        self.assertPoints(0)
        self.assertEqual(self.member.points_owed, 0)

    def test_policy_refuse(self):
        self.club.clawback_policy = "refuse"
        order = self.spend_what_was_earned()

        with self.assertRaisesRegex(UserError, "only 9"), self.env.cr.savepoint():
            self.give_back(self.return_line(order.lines, 3))

        self.assertPoints(9)

    def test_suspended_members_goods_come_back_all_the_same(self):
        order = self.sold(qty=3)
        self.member.action_suspend()

        self.give_back(self.return_line(order.lines, 3))

        self.assertPoints(0)


@tagged("post_install", "-at_install")
class TestPosOrderStoredValue(ClubCommon):
    """Prepaid credit and gift cards kept by the club: booked from the lines that sell them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.topup = cls.product("Top-up", 50)
        cls.gift = cls.product("Gift Card", 50)
        cls.credit_program = cls.new_program("ewallet", cls.topup, cls.new_kind("ewallet"))
        cls.gift_program = cls.new_program("gift_card", cls.gift, cls.new_kind("gift_card"))

    def credit_card(self, member=None):
        return self.env["loyalty.card"].search(
            [
                ("program_id", "=", self.credit_program.id),
                ("partner_id", "=", (member or self.member).partner_id.id),
            ]
        )

    def gift_cards(self):
        return self.env["loyalty.card"].search([("program_id", "=", self.gift_program.id)])

    def test_top_up_is_booked_with_the_sale_and_earns_nothing(self):
        order = self.sell([self.line(self.topup)], self.member.partner_id)

        self.assertEqual(self.credit_card().points, 50)
        self.assertFalse(order.club_points_earned)
        self.assertFalse(self.member.purchase_count)
        self.assertLedgerSound()

    def test_top_up_makes_a_member_of_a_guest(self):
        guest = self.env["res.partner"].create({"name": "Guest"})

        self.sell([self.line(self.topup)], guest)

        self.assertEqual(self.credit_card(guest.club_member_ids).points, 50)

    def test_top_up_without_customer_is_refused(self):
        with self.assertRaisesRegex(UserError, "Choose the customer"), self.env.cr.savepoint():
            self.sell([self.line(self.topup)])

    def test_credit_pays_and_what_it_pays_for_earns_nothing(self):
        self.sell([self.line(self.topup)], self.member.partner_id)
        card = self.credit_card()

        order = self.sell([self.line(), self.reward_line(card, 50)], self.member.partner_id)

        self.assertEqual(card.points, 0)
        self.assertEqual(order.club_points_earned, 5)
        journal = self.env["loyalty.club.purchase"].search([("origin_id", "=", order.id)])
        self.assertEqual(journal.amount, 100)

    def test_returned_top_up_is_taken_back_unless_spent(self):
        order = self.sell([self.line(self.topup)], self.member.partner_id)
        back = self.return_line(order.lines)
        card = self.credit_card()
        spent = self.sell([self.line(), self.reward_line(card, 20)], self.member.partner_id)

        with self.assertRaisesRegex(UserError, "has only"), self.env.cr.savepoint():
            self.sell([back], self.member.partner_id)
        self.sell([self.return_line(line) for line in spent.lines], self.member.partner_id)
        self.sell([self.return_line(order.lines)], self.member.partner_id)

        self.assertEqual(card.points, 0)
        self.assertLedgerSound()

    def test_gift_cards_are_issued_with_the_sale(self):
        payload = self.payload([self.line(self.gift, qty=2)])
        order = self.sync(dict(payload))
        self.sync(dict(payload))
        order.action_pos_order_paid()

        cards = self.gift_cards()
        self.assertEqual(cards.mapped("points"), [50, 50])
        self.assertEqual(cards.source_pos_order_id, order)
        self.assertEqual(len(cards[0].code), 3 + 17)
        self.assertLedgerSound()

    def test_physical_code_is_taken_from_the_line_that_sells_it(self):
        self.sell([self.line(self.gift, club_gift_code="0440000000000001")])

        self.assertEqual(self.gift_cards().mapped("code"), ["0440000000000001"])

    def test_confirmation_gives_no_card_another_code(self):
        order = self.sell([self.line(self.gift)])
        code = self.gift_cards().code
        data = {"points": 50, "program_id": self.gift_program.id, "code": "0440000000000002"}
        order.with_user(self.cashier).confirm_coupon_programs({"-1": data})

        self.assertEqual(self.gift_cards().code, code)

    def test_only_cashiers_ask_about_cards(self):
        self.sell([self.line(self.gift)])
        card = self.gift_cards()
        portal = new_test_user(self.env, "card_portal", groups="base.group_portal")
        orders = self.env["pos.order"].with_user(portal)
        data = {"-1": {"points": 50, "program_id": self.gift_program.id, "code": "044MINE"}}

        with self.assertRaises(AccessError):
            orders.validate_coupon_programs({card.id: -1e9}, [])
        with self.assertRaises(AccessError):
            orders.confirm_coupon_programs(data)

    def test_a_refusal_does_not_tell_the_code_of_a_gift_card(self):
        self.sell([self.line(self.gift)])
        card = self.gift_cards()

        answer = (
            self.env["pos.order"]
            .with_user(self.cashier)
            .validate_coupon_programs({card.id: -1e9}, [])
        )

        self.assertNotIn(card.code, answer["payload"]["message"])
        self.assertIn(card.code[-4:], answer["payload"]["message"])

    def test_gift_card_sold_before_is_refused(self):
        self.sell([self.line(self.gift, club_gift_code="0440000000000001")])

        with self.assertRaisesRegex(UserError, "sold before"), self.env.cr.savepoint():
            self.sell([self.line(self.gift, club_gift_code="0440000000000001")])

    def test_unused_gift_card_comes_back(self):
        order = self.sell([self.line(self.gift)])

        self.sell([self.return_line(order.lines)])

        self.assertEqual(self.gift_cards().points, 0)
        self.assertLedgerSound()

    def test_part_of_a_gift_card_is_neither_sold_nor_returned(self):
        order = self.sell([self.line(self.gift)])

        for lines in ([self.return_line(order.lines, 0.5)], [self.line(self.gift, qty=1.5)]):
            with self.assertRaisesRegex(UserError, "one by one"), self.env.cr.savepoint():
                self.sell(lines)

        self.assertEqual(self.gift_cards().points, 50)

    def test_gift_cards_come_back_one_by_one_and_no_more_than_were_sold(self):
        order = self.sell([self.line(self.gift, qty=2)])
        left = []
        for _unit in range(2):
            self.sell([self.return_line(order.lines)])
            self.env.invalidate_all()
            left.append(sum(self.gift_cards().mapped("points")))

        self.assertEqual(left, [50, 0])
        with self.assertRaisesRegex(UserError, "cannot be returned"), self.env.cr.savepoint():
            self.sell([self.return_line(order.lines)])
        self.assertLedgerSound()

    def test_gift_card_whose_value_is_gone_brings_no_money(self):
        order = self.sell([self.line(self.gift)])
        entry = self.gift_cards().club_wallet_id.entry_ids
        reversal = Movement(
            entry.wallet_id.id, Decimal(-50), "adjust", "test:back", reverses_id=entry.id
        )
        self.env["loyalty.club.wallet"]._post_or_raise([reversal])

        with self.assertRaisesRegex(UserError, "cannot be returned"), self.env.cr.savepoint():
            self.sell([self.return_line(order.lines)])

    def test_top_up_comes_back_by_the_share_that_is_returned(self):
        self.env["loyalty.club.topup.offer"].create(
            {"kind_id": self.credit_program.club_wallet_kind_id.id, "pays": 100, "gets": 110}
        )
        order = self.sell([self.line(self.topup, qty=2)], self.member.partner_id)
        card = self.credit_card()
        self.assertEqual(card.points, 110)
        left = []
        for quantity in (0.5, 0.5, 1):
            self.sell([self.return_line(order.lines, quantity)], self.member.partner_id)
            self.env.invalidate_all()
            left.append(card.points)

        self.assertEqual(left, [75, 50, 0])
        with self.assertRaisesRegex(UserError, "cannot be returned"), self.env.cr.savepoint():
            self.sell([self.return_line(order.lines)], self.member.partner_id)
        self.assertLedgerSound()

    def test_bonus_that_has_expired_is_not_taken_back_again(self):
        policy = self.env["loyalty.club.expiry.policy"].create(
            {"name": "Day", "club_id": self.club.id, "rule": "after", "number": 1, "unit": "day"}
        )
        self.env["loyalty.club.topup.offer"].create(
            {
                "kind_id": self.credit_program.club_wallet_kind_id.id,
                "pays": 50,
                "gets": 60,
                "expiry_policy_id": policy.id,
            }
        )
        order = self.sell([self.line(self.topup)], self.member.partner_id)
        wallet = self.credit_card().club_wallet_id
        lot = wallet.lot_ids.filtered("expires_on")
        self.env.cr.execute(
            "UPDATE loyalty_club_lot SET expires_on = '2020-01-01' WHERE id = %s", [lot.id]
        )
        gone = Movement(wallet.id, Decimal(-10), "expire", "test:expire")
        self.env["loyalty.club.wallet"]._post_or_raise([gone])

        self.sell([self.return_line(order.lines)], self.member.partner_id)

        self.env.invalidate_all()
        self.assertEqual(wallet.balance, 0)
        self.assertLedgerSound()

    def test_top_up_for_nothing_books_nothing_and_one_below_a_step_is_refused(self):
        order = self.sell([self.line(self.topup, price=0)], self.member.partner_id)
        self.sell([self.return_line(order.lines)], self.member.partner_id)
        self.assertFalse(self.credit_card().points)

        self.credit_program.club_wallet_kind_id.rounding = 10
        with self.assertRaisesRegex(UserError, "too little"), self.env.cr.savepoint():
            self.sell([self.line(self.topup, price=5)], self.member.partner_id)

    def test_new_card_is_announced_from_the_outbox_not_from_the_sale(self):
        self.sell([self.line(self.gift)], self.member.partner_id)

        message = self.env["loyalty.club.outbox"].search([("card_id", "=", self.gift_cards().id)])
        self.assertEqual(message.state, "waiting")

    def test_cards_are_generated_by_managers_only(self):
        wizard = self.env["loyalty.generate.wizard"].create(
            {"program_id": self.gift_program.id, "coupon_qty": 3, "points_granted": 20}
        )
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            wizard.with_user(self.cashier).sudo().generate_coupons()

        wizard.with_user(self.env.ref("base.user_admin")).generate_coupons()

        self.assertEqual(self.gift_cards().mapped("points"), [20, 20, 20])
        self.assertEqual(self.gift_cards().club_wallet_id.entry_ids.mapped("kind"), ["issue"] * 3)
        self.assertLedgerSound()


@tagged("post_install", "-at_install")
class TestPosOrderOtherMoney(ClubCommon):
    """Tips and foreign currencies do not distort what is earned and recorded."""

    def test_tips_earn_nothing_and_are_no_purchase(self):
        tip = self.product("Tip", 50)
        self.till.tip_product_id = tip

        order = self.sell([self.line(), self.line(tip)], self.member.partner_id)

        self.assertEqual(order.club_points_earned, 10)
        journal = self.env["loyalty.club.purchase"].search([("origin_id", "=", order.id)])
        self.assertEqual(journal.amount, 100)

    def test_foreign_money_earns_by_its_value_in_the_clubs_currency(self):
        order = self.sell([self.line(price=200)])
        order.currency_rate = 2.0

        self.assertEqual(earning_base(self.club, order.lines), 100)
