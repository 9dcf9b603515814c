from decimal import Decimal
from uuid import uuid4

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..movement import Movement
from .ledger_posting_common import LedgerPostingCommon


@tagged("post_install", "-at_install")
class TestClubPayment(LedgerPostingCommon):
    """The club's ways to pay, and what they mean for the general ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.till_session.action_pos_session_closing_control()
        cls.club.action_set_up_payment()
        cls.methods = cls.club._payment_methods()
        cls.by_credit = cls.methods.filtered(lambda m: m.club_wallet_kind_id == cls.credit)
        cls.by_points = cls.methods.filtered(lambda m: m.club_wallet_kind_id == cls.points)
        cls.till.with_user(cls.env.ref("base.user_admin")).open_ui()
        cls.till_session = cls.till.current_session_id
        cls.till_session.action_pos_session_open()

    def fund(self, amount, kind=None, entry_kind="topup"):
        wallet = self.wallet(kind or self.credit)
        movement = Movement(wallet.id, Decimal(amount), entry_kind, f"fund:{uuid4()}")
        return wallet._post_or_raise([movement])

    def pay(self, method, amount):
        """Hold a payment, and give what the till sends with the order."""
        key = str(uuid4())
        answer = self.till.with_user(self.cashier)._club_pay(
            method.id, str(amount), key, partner_id=self.member.partner_id.id
        )
        self.assertEqual(answer["status"], "open", answer)
        return self.payment(method, amount, club_key=key)

    def payment(self, method, amount, **values):
        now = fields.Datetime.to_string(fields.Datetime.now())
        return Command.create(
            {
                "amount": amount,
                "payment_method_id": method.id,
                "uuid": str(uuid4()),
                "name": now,
                **values,
            }
        )

    def test_ways_to_pay_have_the_name_of_their_kind_in_every_language(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        self.credit.with_context(lang="fa_IR").name = "اعتبار"
        self.points.with_context(lang="fa_IR").name = "امتیاز"
        self.till_session.action_pos_session_closing_control()
        self.by_points.name = "Stars"  # somebody's own name

        self.club._translate_payment_names()

        persian = (self.by_credit | self.by_points).with_context(lang="fa_IR")
        self.assertEqual(persian.mapped("name"), ["اعتبار", "Stars"])
        self.assertEqual(self.by_credit.name, self.credit.name)

    def close_and_post(self):
        self.till_session.action_pos_session_closing_control()
        self.assertEqual(self.till_session.state, "closed")
        today = fields.Date.today()
        self.env["loyalty.club.ledger.posting"]._post_up_to(self.club, today)
        self.env.flush_all()

    def test_every_kind_has_one_way_to_pay_at_every_till(self):
        kinds = self.club.kind_ids.filtered(lambda kind: kind.type != "debt")
        self.assertEqual(self.methods.club_wallet_kind_id, kinds)
        self.assertEqual(len(self.methods), len(kinds))
        self.assertLessEqual(self.methods, self.till.payment_method_ids)
        self.assertEqual(self.by_credit.outstanding_account_id, self.credit.clearing_account_id)
        self.assertEqual(self.by_credit.type, "bank")

        later = self.new_kind("cashback")
        answer = self.club.action_set_up_payment()

        self.assertIn(self.till.name, answer["params"]["message"], "the till is open")
        self.assertEqual(len(self.club._payment_methods()), len(kinds) + 1)
        self.assertTrue(later.payment_method_ids)

    def test_only_who_makes_journals_sets_it_up(self):
        manager = new_test_user(self.env, "club_boss", groups="loyalty_club.group_manager")
        with self.assertRaises(AccessError):
            self.club.with_user(manager).action_set_up_payment()

    def test_what_is_sold_paid_with_and_given_back_clears(self):
        """Top-up, payment by credit and points, and a return: the liability is what the wallets
        say, and clearing comes to nothing."""
        topup = self.product("Top-up", 50.0)
        self.new_program("ewallet", topup, self.credit)
        self.club.action_set_up_accounts()
        self.club.point_value = 0.1
        self.fund(200, self.points, "earn")
        partner = self.member.partner_id
        self.sell([self.line(topup, price=100)], partner)
        self.assertEqual(self.wallet(self.credit).balance, 100)
        paid = [
            self.pay(self.by_credit, 60),
            self.pay(self.by_points, 20),
            self.payment(self.bank_method, 20),
        ]
        order = self.sell([self.line(qty=2, price=50)], partner, payment_ids=paid)
        back = self.payload(
            [self.return_line(order.lines[0])],
            partner,
            payment_ids=[self.payment(self.by_credit, -50)],
        )
        self.sync(back)

        self.close_and_post()

        self.assertEqual(self.wallet(self.credit).balance, 90)
        self.assertEqual(self.books(self.credit.liability_account_id), -90)
        self.assertEqual(self.books(self.credit.clearing_account_id), 0)
        self.assertReconciled()

    def test_an_invoiced_order_clears_as_well(self):
        self.fund(100, self.credit, "opening")
        income = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company.id)], limit=1
        )
        self.till.sudo().invoice_journal_id = income
        order = self.sell(
            None,
            self.member.partner_id,
            payment_ids=[self.pay(self.by_credit, 100)],
            to_invoice=True,
        )
        self.assertEqual(order.account_move.payment_state, "paid")

        self.close_and_post()

        self.assertEqual(self.books(self.credit.liability_account_id), 0)
        self.assertReconciled()
