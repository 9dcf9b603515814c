from datetime import timedelta
from decimal import Decimal

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..movement import Authority, Basket, authority
from .ledger_common import LedgerCommon


@tagged("post_install", "-at_install")
class TestWalletLots(LedgerCommon):
    """Value that waits, value on conditions, value that is handed on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.other = cls.wallet_of(cls.new_member("Ali"))

    # --- pending ---------------------------------------------------------------------

    def test_earned_value_waits_until_the_time_for_returns_is_over(self):
        self.points.pending_days = 14

        self.post(100, "earn")
        self.post(7, "grant")

        self.assertFigures(107, pending=100)
        refused = self.post(-8)
        self.assertEqual((refused.reason, refused.balance), ("pending", 7))
        self.assertLedgerSound()

    def test_pending_value_can_be_spent_from_its_day_on(self):
        self.points.pending_days = 14
        self.post(100, "earn")

        with freeze_time(self.today + timedelta(days=14, hours=12)):
            self.env["loyalty.club.lot"]._cron_mature()
            self.assertFigures(100)
            self.assertTrue(self.post(-100).ok)

        self.assertFigures(0)
        self.assertLedgerSound()

    def test_pending_value_can_be_spent_on_its_day_before_the_cron_has_run(self):
        self.points.pending_days = 14
        self.post(100, "earn")

        with freeze_time(self.today + timedelta(days=14, hours=12)):
            self.assertTrue(self.post(-30).ok)

        self.assertFigures(70, pending=70)
        self.assertLedgerSound()

    def test_return_takes_back_what_is_still_pending(self):
        self.post(5)
        self.points.pending_days = 14
        earned = self.post(100, "earn")

        self.post(-40, "refund_earn", reverses_id=earned.entry_id)

        self.assertFigures(65, pending=60)
        self.assertLedgerSound()

    def test_no_more_is_taken_back_than_was_earned(self):
        self.post(50)
        earned = self.post(30, "earn")
        self.post(-20, "refund_earn", reverses_id=earned.entry_id)

        refused = self.post(-11, "refund_earn", reverses_id=earned.entry_id)

        self.assertEqual((refused.reason, refused.balance), ("over_refund", 10))
        self.assertFigures(60)

    # --- conditions ------------------------------------------------------------------

    def terms(self, **values):
        return self.env["loyalty.club.terms"].create(
            {"name": "Terms", "club_id": self.club.id, **values}
        )

    def test_value_on_conditions_pays_only_what_it_is_for(self):
        shoes = self.env["product.category"].create({"name": "Shoes"})
        boots = self.env["product.category"].create({"name": "Boots", "parent_id": shoes.id})
        self.post(100, terms_id=self.terms(category_ids=[(6, 0, shoes.ids)]).id)
        basket = Basket(Decimal(90), None, {boots.id: Decimal(30), 0: Decimal(60)})

        refused = self.post(-31, basket=basket)

        self.assertEqual((refused.reason, refused.balance), ("conditions", 30))
        self.assertTrue(self.post(-30, basket=basket).ok)

    def test_document_that_takes_more_later_pays_no_more_than_its_goods(self):
        boots = self.env["product.category"].create({"name": "Boots"})
        self.post(100, terms_id=self.terms(category_ids=[(6, 0, boots.ids)]).id)
        basket = Basket(Decimal(30), None, {boots.id: Decimal(30)})
        card = self.wallet.card_ids

        def pay(points):
            granted = Authority("refund_spend", "spend", "so:1", ("sale.order", 1), basket=basket)
            with authority(granted), self.env.cr.savepoint():
                card.points -= points

        pay(20)
        with self.assertRaisesRegex(UserError, "only 10"):
            pay(11)
        pay(10)

        self.assertFigures(70)

    def test_value_of_a_branch_is_not_spent_elsewhere(self):
        self.post(100, terms_id=self.terms(branch_ids=[(6, 0, self.branch.ids)]).id)

        self.assertEqual(self.post(-5, basket=Basket(Decimal(50))).reason, "conditions")
        self.assertTrue(self.post(-5, basket=Basket(Decimal(50), self.branch.id)).ok)

    def test_unconditional_value_pays_where_conditions_are_not_met(self):
        self.post(100, terms_id=self.terms(minimum_basket=500).id)
        self.post(40)

        self.assertTrue(self.post(-40).ok)

        self.assertEqual(self.open_lots().mapped("remaining"), [100])

    def test_new_value_of_a_kind_gets_its_conditions(self):
        terms = self.terms(minimum_basket=500)
        self.points.terms_id = terms

        self.post(10)

        self.assertEqual(self.open_lots().terms_id, terms)

    # --- handed on -------------------------------------------------------------------

    def test_credit_takes_over_the_lots_of_the_debit_it_carries(self):
        terms = self.terms(minimum_basket=500)
        soon = self.today + timedelta(days=3)
        self.post(30, expires_on=soon)
        self.post(50, terms_id=terms.id)
        out = self.movement(-40, "merge_out", "out")

        self.Wallet._post_together(
            [out, self.movement(40, "merge_in", wallet=self.other, carries="out")]
        )

        self.assertRecordValues(
            self.open_lots(self.other),
            [
                {"remaining": 30, "expires_on": soon, "terms_id": False},
                {"remaining": 10, "expires_on": False, "terms_id": terms.id},
            ],
        )
        self.assertFigures(40)
        self.assertFigures(40, wallet=self.other)
        self.assertLedgerSound()

    def test_clearing_out_takes_what_has_expired_and_what_is_pending(self):
        self.points.pending_days = 14
        self.post(30, expires_on=self.today - timedelta(days=1))
        self.post(20, "earn")

        self.Wallet._post_together(
            [
                self.movement(-50, "merge_out", "out"),
                self.movement(50, "merge_in", wallet=self.other, carries="out"),
            ]
        )

        self.assertFigures(0)
        self.assertFigures(50, pending=20, wallet=self.other)
        self.assertLedgerSound()

    def test_all_or_nothing_over_several_wallets(self):
        self.post(10)

        refused, other = self.Wallet._post_together(
            [self.movement(-11), self.movement(11, wallet=self.other)]
        )

        self.assertEqual((refused.reason, other.reason), ("insufficient", "together"))
        self.assertFigures(10)
        self.assertFigures(0, wallet=self.other)
        self.assertLedgerSound()

    def test_nothing_is_handed_on_by_a_debit_that_was_refused(self):
        self.post(10)

        outcomes = self.Wallet._post(
            [
                self.movement(-11, "transfer_out", "out"),
                self.movement(11, "transfer_in", wallet=self.other, carries="out"),
            ]
        )

        self.assertEqual([o.reason for o in outcomes], ["insufficient", "together"])
        self.assertFigures(0, wallet=self.other)
        self.assertLedgerSound()

    def test_only_value_that_came_in_before_is_taken(self):
        with freeze_time(fields.Datetime.now() - timedelta(days=2)):
            self.post(30)
        self.post(20)

        moment = fields.Datetime.now() - timedelta(days=1)

        self.assertFalse(self.post(-31, older_than=moment).ok)
        self.assertTrue(self.post(-30, older_than=moment).ok)

    # --- expired ---------------------------------------------------------------------

    def test_expiry_takes_only_what_has_expired(self):
        self.post(30, expires_on=self.today - timedelta(days=1))
        self.post(20, expires_on=self.today)

        self.assertEqual(self.post(-31, "expire").reason, "insufficient")
        self.assertTrue(self.post(-30, "expire").ok)

        self.assertEqual(self.open_lots().mapped("remaining"), [20])
        self.assertLedgerSound()

    # --- limits ----------------------------------------------------------------------

    def test_limit_of_the_day_begins_anew_the_next_day(self):
        self.points.spend_limit_day = 50
        self.post(200)
        self.assertTrue(self.post(-50).ok)

        refused = self.post(-1)

        self.assertEqual((refused.reason, refused.balance), ("limit_day", 0))
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self.assertTrue(self.post(-50).ok)

    def test_limit_of_the_month(self):
        self.points.spend_limit_month = 70
        with freeze_time("2026-03-02 12:00:00"):
            self.post(200)
            self.assertTrue(self.post(-60).ok)
        with freeze_time("2026-03-30 12:00:00"):
            self.assertEqual(self.post(-11).reason, "limit_month")
            self.assertTrue(self.post(-10).ok)
        with freeze_time("2026-04-01 12:00:00"):
            self.assertTrue(self.post(-70).ok)

    def test_limit_of_the_jalali_month(self):
        self.points.write({"spend_limit_month": 70, "spend_limit_calendar": "jalali"})
        with freeze_time("2026-03-02 12:00:00"):
            self.post(200)
            self.assertTrue(self.post(-60).ok)
        with freeze_time("2026-03-20 12:00:00"):  # 29 Esfand
            self.assertEqual(self.post(-11).reason, "limit_month")
        with freeze_time("2026-03-21 12:00:00"):  # 1 Farvardin
            self.assertTrue(self.post(-70).ok)
        with freeze_time("2026-04-01 12:00:00"):
            self.assertEqual(self.post(-1).reason, "limit_month")

    def test_lowest_balance_stays(self):
        self.points.minimum_balance = 20
        self.post(50)

        refused = self.post(-31)

        self.assertEqual((refused.reason, refused.balance), ("minimum", 30))
        self.assertTrue(self.post(-30).ok)
        self.assertTrue(self.post(-20, "adjust").ok)

    def test_nobody_tops_up_beyond_the_highest_balance(self):
        self.points.maximum_balance = 100
        self.post(80, "topup")

        refused = self.post(21, "topup")

        self.assertEqual((refused.reason, refused.balance), ("maximum", 20))
        self.assertTrue(self.post(20, "topup").ok)
        self.assertTrue(self.post(50, "earn").ok, "a sale never fails for it")
