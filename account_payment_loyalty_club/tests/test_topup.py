from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .topup_common import TopupWords


@tagged("post_install", "-at_install")
class TestTopup(TopupWords):
    """What a member has paid is on the ledger once; what is paid back leaves it."""

    def test_a_payment_is_credited_once_with_its_bonus(self):
        payment = self.payment(120)
        self.assertPurse(0)
        payment._set_done()

        for _time in range(3):
            payment._post_process()

        self.assertPurse(130)
        kinds = self.purse.entry_ids.sorted("seq").mapped("kind")
        self.assertEqual(kinds, ["topup", "bonus"])
        self.assertEqual(payment._club_entries().mapped("amount"), [120, 10])
        self.assertEqual(set(payment._club_entries().mapped("origin_id")), {payment.id})

    def test_what_is_not_paid_is_not_credited(self):
        for end in ("_set_pending", "_set_canceled"):
            payment = self.payment(120)
            getattr(payment, end)()
            payment._post_process()
        failed = self.payment(120)
        failed._set_error("no money")
        failed._post_process()
        draft = self.payment(120)
        draft._post_process()

        self.assertPurse(0)
        self.assertEqual(self.purse.seq, 0)

    def test_a_validation_of_a_card_is_no_payment(self):
        self.paid(120, operation="validation")

        self.assertPurse(0)

    def test_payments_for_other_things_are_left_alone(self):
        payment = self.paid(120, club_wallet_id=False)

        self.assertPurse(0)
        self.assertFalse(payment.club_refusal)

    def test_a_payment_captured_in_parts_is_credited_part_by_part(self):
        self.provider.write({"support_manual_capture": "partial"})
        payment = self.payment(90)
        with patch.object(type(payment), "_check_state_authorized_supported", lambda self: None):
            payment._set_authorized()
        for amount in (60, 30):
            part = payment._create_child_transaction(amount)
            self.assertEqual(part.club_wallet_id, self.purse)
            part._set_done()
            part._post_process()
        self.assertEqual(payment.state, "done")
        payment._post_process()

        self.assertPurse(90)

    def test_the_money_meets_the_posting_on_the_clearing_account(self):
        clearing = self.credit.clearing_account_id
        payment = self.paid(120)
        self.assertEqual(payment.payment_id.destination_account_id, clearing)
        self.assertEqual(self.books(clearing), -120)

        self.post(400)

        self.assertEqual(self.books(clearing), 0)
        self.assertEqual(self.books(self.credit.liability_account_id), -130)
        self.assertReconciled()

    def test_a_refund_takes_back_what_was_paid_and_its_bonus(self):
        payment = self.paid(120)

        refund = self.refund(payment, 120)
        refund._post_process()

        self.assertPurse(0)
        self.assertFalse(refund.club_refusal)
        self.assertEqual(self.books(self.credit.clearing_account_id), 0)
        self.assertEqual(refund.payment_id.payment_type, "outbound")
        self.assertFalse(self.post(400), "nothing is left to be posted")

    def test_a_refund_in_part_leaves_the_bonus_that_is_still_earned(self):
        payment = self.paid(250)
        self.assertPurse(260)
        self.refund(payment, 50)
        self.assertPurse(210)
        self.refund(payment, 150)
        self.assertPurse(50)
        self.refund(payment, 50)
        self.assertPurse(0)

    def test_what_was_spent_is_not_there_to_be_paid_back(self):
        payment = self.paid(120)
        self.move("spend", -100, self.credit)

        with self.assertRaisesRegex(UserError, "Only .*30"):
            payment.action_refund(31)
        refund = self.refund(payment, 120)  # somebody did so at the provider's

        self.assertPurse(0)
        self.assertIn("90", refund.club_refusal)
        self.assertTrue(
            self.member.activity_ids.filtered(lambda one: refund.reference in one.summary)
        )

    def test_what_is_held_for_a_payment_is_not_taken_back(self):
        payment = self.paid(90)
        self.env["loyalty.club.hold"]._authorize(self.purse.id, Decimal(50), "held-for-test")

        self.refund(payment, 90)

        self.assertPurse(50)

    def test_what_the_ledger_refuses_is_told_and_can_be_booked_later(self):
        payment = self.payment(120)
        self.credit.maximum_balance = 100
        payment._set_done()
        payment._post_process()

        self.assertPurse(0)
        self.assertIn("highest balance", payment.club_refusal)
        self.assertTrue(payment.payment_id, "the money is in the books all the same")
        accountant = new_test_user(
            self.env, "club_accountant", groups="account.group_account_invoice"
        )
        self.credit.maximum_balance = 0
        stranger = new_test_user(self.env, "club_stranger", groups="base.group_user")
        with self.assertRaises(AccessError):
            payment.with_user(stranger).action_club_credit()
        for _time in range(2):
            payment.with_user(accountant).action_club_credit()

        self.assertPurse(130)
        self.assertFalse(payment.club_refusal)

    def test_a_closed_membership_gets_nothing_more(self):
        payment = self.payment(120)
        self.member._close("moved away")
        payment._set_done()
        payment._post_process()

        self.assertEqual(self.purse.balance, 0)
        self.assertIn("closed", payment.club_refusal)

    def test_after_a_merge_it_goes_where_the_value_is(self):
        payment = self.payment(120)
        survivor = self.new_member("Sara again")
        self.member._merge_into(survivor)
        payment._set_done()
        payment._post_process()

        self.env.invalidate_all()
        self.assertEqual(self.credit._wallets_of(survivor)[survivor.id].balance, 130)


@tagged("post_install", "-at_install")
class TestTopupTerms(TopupWords):
    """What would not be credited is not taken either."""

    def check(self, amount):
        self.credit._check_topup(self.member, Decimal(amount))

    def test_amounts(self):
        self.credit.write({"topup_minimum": 5, "maximum_balance": 200})
        for amount, words in (
            ("0", "at least"),
            ("-10", "at least"),
            ("4.99", "at least"),
            ("5.005", "whole number"),
            ("191", "holds at most"),
        ):
            with self.subTest(amount), self.assertRaisesRegex(UserError, words):
                self.check(amount)
        self.check("190")
        self.check("5")

    def test_only_active_members_pay_in(self):
        self.member.action_suspend()
        with self.assertRaisesRegex(UserError, "not active"):
            self.check("10")

    def test_kinds(self):
        self.assertEqual(self.club.kind_ids._paid_in_online(), self.credit)
        self.assertTrue(self.credit._is_paid_in_online(self.club.id))

        self.credit.topup_online = False

        self.assertFalse(self.club.kind_ids._paid_in_online())
        self.assertFalse(self.credit._is_paid_in_online(self.club.id))
