from decimal import Decimal

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.loyalty_club.movement import Movement

from .common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestStoredValue(SaleClubCommon):
    """Gift cards and prepaid credit bought on an order, and spent on another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.topup = cls.product("Top-up", 50)
        cls.gift = cls.product("Gift Card", 30)
        cls.credit_program = cls.new_program("ewallet", cls.topup, cls.new_kind("ewallet"))
        cls.gift_program = cls.new_program(
            "gift_card", cls.gift, cls.new_kind("gift_card"), applies_on="future"
        )
        cls.gift_program.rule_ids.reward_point_split = True

    def cards(self, program):
        return self.env["loyalty.card"].search([("program_id", "=", program.id)], order="id")

    def test_top_up_is_booked_once(self):
        order = self.confirmed((self.topup, 2))

        card = self.cards(self.credit_program)
        self.assertEqual((card.partner_id, card.points), (self.partner, 100))
        self.assertEntries(order, ("topup", 100))

    def test_top_up_enrols_the_buyer(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})

        order = self.order(self.topup, partner=stranger)
        order._update_programs_and_rewards()
        self.assertFalse(stranger.club_member_ids)

        order.action_confirm()
        self.assertRecordValues(
            stranger.club_member_ids,
            [{"club_id": self.club.id, "channel": "sale", "branch_id": self.branch.id}],
        )
        self.assertEqual(self.cards(self.credit_program).points, 50)
        self.assertEntries(order, ("topup", 50))

    def test_each_gift_card_has_its_value_and_its_mail_waits(self):
        order = self.confirmed((self.gift, 3))

        cards = self.cards(self.gift_program)
        self.assertEqual(cards.mapped("points"), [30, 30, 30])
        self.assertEntries(order, *[("issue", 30)] * 3)
        waiting = self.env["loyalty.club.outbox"].search([("state", "=", "waiting")])
        self.assertEqual(waiting.card_id & cards, cards)

    def test_quotation_puts_nothing_and_leaves_nothing(self):
        wallets = self.env["loyalty.club.wallet"].search_count([])
        order = self.order((self.gift, 3))
        order._update_programs_and_rewards()
        self.assertEqual(self.cards(self.gift_program).mapped("points"), [0, 0, 0])

        order.order_line.product_uom_qty = 0
        order._update_programs_and_rewards()

        self.assertFalse(self.cards(self.gift_program))
        self.assertEqual(self.env["loyalty.club.wallet"].search_count([]), wallets)

    def test_cancellation_takes_back(self):
        order = self.confirmed(self.topup, (self.gift, 2))

        order._action_cancel()

        wallets = self.entries(order).wallet_id
        self.assertEqual(wallets.mapped("balance"), [0, 0, 0])
        self.assertFalse(self.cards(self.gift_program))  # archived

    def test_used_gift_card_refuses_the_cancellation(self):
        order = self.confirmed(self.gift)
        card = self.cards(self.gift_program)
        other = self.order(self.tea)
        other._try_apply_code(card.code)
        other._apply_program_reward(self.gift_program.reward_ids, card)
        other.action_confirm()
        self.assertEqual((other.amount_total, card.points), (70, 0))

        with self.assertRaisesRegex(UserError, "cannot be taken back"):
            order._action_cancel()

    def test_value_follows_a_changed_quantity(self):
        order = self.confirmed(self.topup, (self.gift, 2))

        order.order_line[0].product_uom_qty = 3
        order.order_line[1].product_uom_qty = 3
        self.assertEqual(self.cards(self.credit_program).points, 150)
        self.assertEqual(self.cards(self.gift_program).mapped("points"), [30, 30, 30])

        order.order_line[0].product_uom_qty = 1
        order.order_line[1].product_uom_qty = 1
        self.env.invalidate_all()
        self.assertEqual(self.cards(self.credit_program).points, 50)
        self.assertEqual(sum(self.cards(self.gift_program).mapped("points")), 30)

    def test_top_up_added_to_a_confirmed_order_is_booked(self):
        order = self.confirmed(self.tea)

        order.write({"order_line": [(0, 0, {"product_id": self.topup.id})]})

        self.assertEqual(self.cards(self.credit_program).points, 50)

    def test_line_set_to_zero_is_taken_back(self):
        order = self.confirmed(self.tea, self.topup)
        order.order_line[1].product_uom_qty = 0

        self.assertEqual(self.cards(self.credit_program).points, 0)
        self.assertEntries(order, ("topup", 50), ("refund_topup", -50))

    def test_credit_note_takes_back_what_it_returns(self):
        order = self.confirmed((self.gift, 2), self.topup)
        invoice = self.invoice(order)

        self.credit(invoice, **{"Gift Card": 1})

        self.env.invalidate_all()
        self.assertEqual(sum(self.cards(self.gift_program).mapped("points")), 30)
        self.assertEqual(self.cards(self.credit_program).points, 50)

    def test_replacing_an_invoice_takes_nothing_back(self):
        order = self.confirmed((self.gift, 2))
        invoice = self.invoice(order)
        self.credit(invoice)
        self.assertEqual(sum(self.cards(self.gift_program).mapped("points")), 0)

        self.invoice(order)

        self.assertEqual(sum(self.cards(self.gift_program).mapped("points")), 60)

    def test_used_credit_refuses_the_credit_note(self):
        order = self.confirmed(self.topup)
        invoice = self.invoice(order)
        self.confirmed(self.tea, reward=self.credit_program.reward_ids)

        with self.assertRaisesRegex(UserError, "cannot be taken back"), self.env.cr.savepoint():
            self.credit(invoice)

        self.assertEqual(self.cards(self.credit_program).points, 0)

    def test_credit_of_a_merged_membership_is_taken_back_once_from_the_one_that_stays(self):
        self.env["loyalty.club.topup.offer"].create(
            {"kind_id": self.credit_program.club_wallet_kind_id.id, "pays": 50, "gets": 60}
        )
        order = self.confirmed((self.topup, 2))
        survivor = self.new_member("Sara again")
        self.member._merge_into(survivor)
        kind = self.credit_program.club_wallet_kind_id
        wallet = kind._wallets_of(survivor)[survivor.id]
        self.assertEqual(wallet.balance, 110)

        order._action_cancel()
        order.action_draft()
        order._action_cancel()

        self.env.invalidate_all()
        self.assertEqual((wallet.balance, sum(self.member.wallet_ids.mapped("balance"))), (0, 0))

    def test_bonus_that_has_expired_is_not_taken_back_again(self):
        kind = self.credit_program.club_wallet_kind_id
        policy = self.env["loyalty.club.expiry.policy"].create(
            {"name": "Day", "club_id": self.club.id, "rule": "after", "number": 1, "unit": "day"}
        )
        self.env["loyalty.club.topup.offer"].create(
            {"kind_id": kind.id, "pays": 50, "gets": 60, "expiry_policy_id": policy.id}
        )
        order = self.confirmed(self.topup)
        wallet = self.cards(self.credit_program).club_wallet_id
        lot = wallet.lot_ids.filtered("expires_on")
        self.env.cr.execute(
            "UPDATE loyalty_club_lot SET expires_on = '2020-01-01' WHERE id = %s", [lot.id]
        )
        gone = Movement(wallet.id, Decimal(-10), "expire", "test:expire")
        self.env["loyalty.club.wallet"]._post_or_raise([gone])

        order._action_cancel()

        self.env.invalidate_all()
        self.assertEqual(wallet.balance, 0)

    def test_prepaid_credit_pays_once(self):
        self.confirmed(self.topup)
        first, second = self.order(self.tea), self.order(self.tea)
        for order in (first, second):
            self.redeem(order, self.credit_program.reward_ids)
        first.action_confirm()

        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            second.action_confirm()

        self.env.invalidate_all()
        self.assertEqual((first.state, second.state), ("sale", "draft"))
        self.assertEqual(self.cards(self.credit_program).points, 0)
        self.assertEntries(second)

    def test_stored_value_earns_nothing_and_is_no_purchase(self):
        order = self.confirmed(self.topup, self.gift)
        invoice = self.invoice(order)

        self.assertEqual(set(self.entries(order).mapped("kind")), {"issue", "topup"})
        journal = self.env["loyalty.club.purchase"].search([("origin_id", "=", invoice.id)])
        self.assertFalse(journal.filtered(lambda row: row.origin_model == "account.move"))
