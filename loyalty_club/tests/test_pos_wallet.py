from datetime import timedelta
from uuid import uuid4

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .ledger_common import LedgerCommon


@tagged("post_install", "-at_install")
class TestPosWallet(LedgerCommon):
    """What a till may ask of a customer's wallet, and how it is answered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.config = cls.till.with_user(cls.cashier)

    def setUp(self):
        super().setUp()
        self.post(100)
        self.key = str(uuid4())

    def test_payment_is_held_and_captured(self):
        held = self.config._club_authorize(self.wallet.id, "60", self.key)
        taken = self.config._club_capture(self.key, "50")

        self.assertEqual((held["club"], held["status"], held["available"]), (1, "open", "40.000"))
        self.assertEqual((taken["status"], taken["available"]), ("captured", "50.000"))
        entry = self.wallet.entry_ids.sorted("seq")[-1]
        self.assertEqual((entry.amount, entry.branch_id), (-50, self.branch))
        self.assertEqual(entry.user_id, self.cashier)

    def test_value_of_a_member_whose_card_has_a_pin_needs_it(self):
        prepaid = self.wallet_of(self.member, self.new_kind("ewallet"))
        self.post(100, wallet=prepaid)
        card = self.env["loyalty.club.card"]._issue(self.club, self.member)
        card._set_pin("2741")

        for act in (self.config._club_authorize, self.config._club_charge):
            for pin, words in ((None, "has a PIN"), ("2742", "not the card's PIN"), (2741, "PIN")):
                answer = act(prepaid.id, "10", str(uuid4()), pin)
                self.assertEqual((answer["status"], answer["reason"]), ("refused", "pin"))
                self.assertIn(words, answer["message"])
        self.assertFigures(100, wallet=prepaid)
        right = self.config._club_charge(prepaid.id, "10", self.key, "۲۷۴۱")
        self.assertEqual(right["status"], "posted")
        held = self.config._club_authorize(prepaid.id, "10", str(uuid4()), "2741")
        self.assertEqual(held["status"], "open")
        points = self.config._club_charge(self.wallet.id, "10", str(uuid4()))
        self.assertEqual(points["status"], "posted", "points go without")

    def test_a_pin_is_not_tried_out_at_a_till(self):
        prepaid = self.wallet_of(self.member, self.new_kind("ewallet"))
        self.post(100, wallet=prepaid)
        self.env["loyalty.club.card"]._issue(self.club, self.member)._set_pin("2741")

        for guess in range(5000, 5005):
            self.config._club_charge(prepaid.id, "10", str(uuid4()), str(guess))
        answer = self.config._club_charge(prepaid.id, "10", str(uuid4()), "2741")

        self.assertEqual(answer["reason"], "pin")
        self.assertIn("too often", answer["message"])

    def test_a_card_that_is_to_get_a_pin_spends_nothing_before(self):
        prepaid = self.wallet_of(self.member, self.new_kind("ewallet"))
        self.post(100, wallet=prepaid)
        card = self.env["loyalty.club.card"]._issue(self.club, self.member)
        card._set_pin("2741")
        card._replace("Worn")

        answer = self.config._club_charge(prepaid.id, "10", self.key, "2741")

        self.assertEqual((answer["status"], answer["reason"]), ("refused", "pin"))
        self.assertIn("Set it", answer["message"])

    def test_cancelled_payment_is_let_go(self):
        self.config._club_authorize(self.wallet.id, "60", self.key)

        self.assertEqual(self.config._club_release(self.key)["status"], "released")
        self.assertFigures(100)

    def test_refusal_says_what_is_left(self):
        answer = self.config._club_charge(self.wallet.id, "101", self.key)

        self.assertEqual((answer["status"], answer["reason"]), ("refused", "insufficient"))
        self.assertIn("100", answer["message"])
        self.assertFigures(100)

    def test_answer_tells_what_can_be_used_besides_what_is_held(self):
        self.config._club_authorize(self.wallet.id, "60", self.key)

        answer = self.config._club_charge(self.wallet.id, "30", str(uuid4()))

        self.assertEqual(answer["available"], "10.000")

    def test_charge_is_booked_once(self):
        first = self.config._club_charge(self.wallet.id, "30", self.key)
        again = self.config._club_charge(self.wallet.id, "30", self.key)
        other = self.config._club_charge(self.wallet.id, "31", self.key)

        self.assertEqual((first["status"], again["status"]), ("posted", "replayed"))
        self.assertEqual(other["reason"], "key_reused")
        self.assertFigures(70)

    def test_refund_goes_back_to_the_same_wallet_and_never_exceeds_what_was_taken(self):
        self.config._club_charge(self.wallet.id, "30", self.key)
        refund = [str(uuid4()) for _number in range(3)]

        first = self.config._club_refund(self.key, "20", refund[0])
        again = self.config._club_refund(self.key, "20", refund[0])
        over = self.config._club_refund(self.key, "11", refund[1])
        rest = self.config._club_refund(self.key, "10", refund[2])

        self.assertEqual(
            [answer["status"] for answer in (first, again, over, rest)],
            ["posted", "replayed", "refused", "posted"],
        )
        self.assertEqual(over["reason"], "over_refund")
        self.assertFigures(100)
        self.assertLedgerSound()

    def test_captured_hold_is_given_back_by_its_key(self):
        self.config._club_authorize(self.wallet.id, "60", self.key)
        self.config._club_capture(self.key)

        answer = self.config._club_refund(self.key, "60", str(uuid4()))

        self.assertEqual(answer["status"], "posted")
        self.assertFigures(100)

    def test_another_till_neither_takes_nor_lets_go_nor_gives_back(self):
        other = self.new_till("Other Till")
        begun = str(uuid4())
        self.config._club_authorize(self.wallet.id, "20", begun)
        self.config._club_charge(self.wallet.id, "30", self.key)
        cashier, manager = (
            other.with_user(user)
            for user in (
                self.cashier,
                new_test_user(self.env, "boss", groups="point_of_sale.group_pos_manager"),
            )
        )

        for act, arguments in (
            ("_club_capture", (begun,)),
            ("_club_release", (begun,)),
            ("_club_refund", (self.key, "30", str(uuid4()))),
        ):
            with self.subTest(act), self.assertRaisesRegex(AccessError, "manager"):
                getattr(cashier, act)(*arguments)
        self.assertFigures(70, held=20)

        self.assertEqual(manager._club_capture(begun)["status"], "captured")
        self.assertEqual(manager._club_refund(self.key, "30", str(uuid4()))["status"], "posted")
        self.assertFigures(80)

    def test_what_was_taken_long_ago_a_manager_gives_back(self):
        with freeze_time(fields.Datetime.now() - timedelta(hours=25)):
            self.config._club_charge(self.wallet.id, "30", self.key)
        manager = new_test_user(self.env, "boss", groups="point_of_sale.group_pos_manager")

        with self.assertRaisesRegex(AccessError, "last day"):
            self.config._club_refund(self.key, "30", str(uuid4()))
        answer = self.till.with_user(manager)._club_refund(self.key, "30", str(uuid4()))

        self.assertEqual(answer["status"], "posted")
        self.assertFigures(100)

    def test_nonsense_is_refused_clearly(self):
        for amount in ("0", "-1", "1e400", "NaN", "Infinity", "x", "0.5", 5, 5.0, None, "9" * 40):
            with self.subTest(amount=amount), self.assertRaises(UserError):
                self.config._club_charge(self.wallet.id, amount, self.key)
        for key in ("", "short", "x" * 129, None, 5, "کلید-یکتا", "with\0a-nul", "two\nlines"):
            with self.subTest(key=key), self.assertRaises(UserError):
                self.config._club_charge(self.wallet.id, "5", key)
        for wallet in (0, -1, 2**40, "1", None, self.wallet.id + 10**6):
            with self.subTest(wallet=wallet), self.assertRaises(UserError):
                self.config._club_charge(wallet, "5", self.key)
        self.assertFigures(100)

    def test_wallet_of_another_club_is_out_of_reach(self):
        other = self.env["loyalty.club"].create({"name": "Other Club", "sequence": 90})
        member = self.env["loyalty.club.member"]._enrol(other, self.member.partner_id)
        wallet = other.points_kind_id._wallets_of(member)[member.id]

        with self.assertRaises(UserError):
            self.config._club_authorize(wallet.id, "5", self.key)

    def test_only_cashiers_use_wallets(self):
        staff = new_test_user(self.env, "wallet_staff", groups="loyalty_club.group_user")

        with self.assertRaises(AccessError):
            self.till.with_user(staff)._club_charge(self.wallet.id, "5", self.key)
