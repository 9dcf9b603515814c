"""What tills may take from wallets offline: never more than their limit, whoever comes late."""

from uuid import uuid4

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .ledger_common import LedgerCommon


@tagged("post_install", "-at_install")
class TestOfflineAllowance(LedgerCommon):
    """Devices of one till with a limit of 100, and a member whose credit is less."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.credit_kind = cls.new_kind("ewallet")
        cls.method = cls.env["pos.payment.method"].create(
            {
                "name": "Credit",
                "journal_id": cls.bank_method.journal_id.id,
                "payment_method_type": "terminal",
                "use_payment_terminal": "club_wallet",
                "club_wallet_kind_id": cls.credit_kind.id,
            }
        )
        state, cls.till_session.state = cls.till_session.state, "closed"
        cls.till.payment_method_ids |= cls.method  # chosen before a till is opened
        cls.till_session.state = state
        cls.till.club_offline_limit = 100
        cls.purse = cls.wallet_of(cls.member, cls.credit_kind)
        cls.config = cls.till.with_user(cls.cashier)
        cls.Allowance = cls.env["loyalty.club.offline.allowance"]

    def lend(self, device="device one"):
        """What a device is lent: token and amount."""
        lent = self.config._club_lend_offline(device)
        return lent["token"], float(lent["amount"])

    def sell_offline(self, amount, token, **values):
        """A sale that was paid from the member's credit while nobody could be asked."""
        payment = {
            "amount": amount,
            "payment_method_id": self.method.id,
            "uuid": str(uuid4()),
            "club_offline_token": token,
            "name": fields.Datetime.to_string(fields.Datetime.now()),
        }
        return self.sell(
            [self.line(price=amount)],
            self.member.partner_id,
            payment_ids=[Command.create(payment)],
            **values,
        )

    def shortfalls(self):
        """What was not there, by allowance."""
        return self.env["loyalty.club.shortfall"].search([("config_id", "=", self.till.id)])

    # --- lending ------------------------------------------------------------------------

    def test_devices_of_a_till_never_have_more_than_its_limit(self):
        one = self.lend()
        self.assertEqual(one[1], 100)
        self.assertEqual(self.lend(), one)
        self.assertEqual(self.lend("device two"), (False, 0))

        self.till.club_offline_limit = 150
        self.assertEqual(self.lend("device two")[1], 50)

        self.till.club_offline_limit = 0
        self.assertEqual(self.lend(), (False, 0))

    def test_lost_device_is_given_up_by_a_manager(self):
        self.lend()
        allowance = self.Allowance.search([("config_id", "=", self.till.id)])
        manager = new_test_user(self.env, "club_boss", groups="loyalty_club.group_manager")
        with self.assertRaises(AccessError):
            allowance.with_user(self.cashier).action_give_up()

        allowance.with_user(manager).action_give_up()

        self.assertEqual(allowance.state, "given_up")
        self.assertEqual(self.lend("device two")[1], 100)

    def test_only_cashiers_borrow_and_by_a_name_of_their_own(self):
        stranger = new_test_user(self.env, "no_cashier", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.till.with_user(stranger)._club_lend_offline("device one")
        with self.assertRaises(UserError):
            self.lend("x")

    # --- what arrives -------------------------------------------------------------------

    def test_payment_that_was_covered_is_taken_and_costs_the_limit_nothing(self):
        self.post(100, wallet=self.purse)
        token, _amount = self.lend()

        order = self.sell_offline(60, token)

        self.assertEqual(order.payment_ids.club_entry_id.amount, -60)
        self.assertFigures(40, wallet=self.purse)
        self.assertFalse(self.shortfalls())
        self.assertEqual(self.lend()[1], 100)

    def test_what_was_not_there_is_told_and_lent_no_more_until_made_up_for(self):
        self.post(20, wallet=self.purse)
        token, _amount = self.lend()

        self.sell_offline(60, token)

        missing = self.shortfalls()
        self.assertEqual((missing.amount, missing.state), (40, "open"))
        self.assertEqual(missing.allowance_id.uncovered, 40)
        self.assertFigures(0, wallet=self.purse)
        self.assertEqual(self.lend()[1], 60)
        self.post(50, wallet=self.purse)
        missing.action_collect()
        self.assertEqual(self.lend()[1], 100)
        self.assertLedgerSound()

    def test_no_device_loses_more_than_it_was_lent(self):
        token, _amount = self.lend()
        self.sell_offline(70, token)

        with self.assertRaisesRegex(UserError, "took more"), self.env.cr.savepoint():
            self.sell_offline(40, token)

        self.assertEqual(sum(self.shortfalls().mapped("amount")), 70)

    def test_same_order_again_is_counted_once(self):
        token, _amount = self.lend()
        uuid = str(uuid4())
        self.sell_offline(70, token, uuid=uuid)
        self.sell_offline(70, token, uuid=uuid)

        self.assertEqual(sum(self.shortfalls().mapped("amount")), 70)

    def test_token_of_another_till_is_worth_nothing(self):
        other = self.new_till("Other till")
        other.club_offline_limit = 100
        lent = other.with_user(self.cashier)._club_lend_offline("device one")

        with self.assertRaisesRegex(UserError, "never held"):
            self.sell_offline(50, lent["token"])

    # --- who the customer was -------------------------------------------------------------

    def test_number_read_offline_earns_when_the_order_arrives(self):
        order = self.sell(None, False, club_read_code=self.member.number)

        self.assertEqual(order.partner_id, self.member.partner_id)
        self.assertFalse(order.club_withheld)
        self.assertPoints(10)

    def test_number_read_offline_is_not_late_because_nobody_was_fixed(self):
        order = self.sell(
            None,
            False,
            club_read_code=self.member.number,
            club_payment_begun=True,
            club_fixed_customer=0,
        )

        self.assertFalse(order.club_withheld)
        self.assertPoints(10)

    def test_number_of_nobody_stays_with_a_sale_to_nobody(self):
        order = self.sell(None, False, club_read_code="99999999")

        self.assertFalse(order.partner_id)
        self.assertPoints(0)

    def test_customer_who_was_chosen_stays(self):
        other = self.new_member("Other")

        order = self.sell(None, other.partner_id, club_read_code=self.member.number)

        self.assertEqual(order.partner_id, other.partner_id)
        self.assertPoints(0)
