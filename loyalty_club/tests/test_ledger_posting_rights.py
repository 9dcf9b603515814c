from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..models.wallet_kind_accounts import ACCOUNT_FIELDS
from .ledger_posting_common import FIRST_DAY, LedgerPostingCommon


@tagged("post_install", "-at_install")
class TestLedgerPostingRights(LedgerPostingCommon):
    """Who may post, and what nobody writes by hand."""

    def preview(self, user):
        return (
            self.env["loyalty.club.ledger.posting"]
            .with_user(user)
            .create({"club_id": self.club.id, "date": FIRST_DAY})
        )

    def test_a_manager_of_the_club_posts_without_being_an_accountant(self):
        manager = new_test_user(self.env, "gl_manager", groups="loyalty_club.group_manager")
        self.move("earn", 100)

        posting = self.preview(manager)
        posting.action_post()

        self.assertEqual(posting.state, "posted")
        self.assertReconciled()

    def test_an_accountant_posts_without_being_in_the_club(self):
        accountant = new_test_user(self.env, "gl_accountant", groups="account.group_account_user")
        self.move("earn", 100)

        posting = self.preview(accountant)
        posting.action_post()

        self.assertEqual(posting.state, "posted")
        self.assertEqual(posting.closing_ids.mapped("difference"), [0])

    def test_others_do_not_post(self):
        self.move("earn", 100)
        for login, groups in (
            ("gl_cashier", "loyalty_club.group_user,point_of_sale.group_pos_user"),
            ("gl_auditor", "loyalty_club.group_auditor"),
            ("gl_reader", "account.group_account_readonly"),
        ):
            user = new_test_user(self.env, login, groups=groups)
            with self.subTest(login=login), self.assertRaises(AccessError):
                self.preview(user)

    def test_nobody_writes_what_a_posting_works_out(self):
        manager = new_test_user(self.env, "gl_forger", groups="loyalty_club.group_manager")
        self.move("earn", 100)
        posting = self.preview(manager)

        for values in (
            {"state": "posted"},
            {"number": 9},
            {"move_id": self.env["account.move"].search([], limit=1).id},
            {"line_ids": [Command.clear()]},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                posting.write(values)
            with self.subTest(values=values), self.assertRaises(AccessError):
                posting.create({"club_id": self.club.id, "date": FIRST_DAY, **values})
        with self.assertRaises(AccessError):
            posting.line_ids[:1].balance = 5

    def test_accounts_are_set_up_by_an_accountant_who_manages_the_club(self):
        manager = new_test_user(self.env, "gl_only", groups="loyalty_club.group_manager")
        both = new_test_user(
            self.env,
            "gl_both",
            groups="loyalty_club.group_manager,account.group_account_manager",
        )
        self.points.cost_account_id = False

        with self.assertRaises(AccessError):
            self.club.with_user(manager).action_set_up_accounts()
        self.club.with_user(both).action_set_up_accounts()

        self.assertTrue(self.points.cost_account_id)

    def test_setting_up_again_changes_nothing_that_was_chosen(self):
        fields = list(ACCOUNT_FIELDS.values())
        before = self.club.kind_ids.read(fields)
        products = self.club.program_id.reward_ids.discount_line_product_id
        self.assertEqual(products.property_account_income_id, self.points.clearing_account_id)
        products.property_account_income_id = self.points.cost_account_id

        self.club.action_set_up_accounts()

        self.assertEqual(self.club.kind_ids.read(fields), before)
        self.assertEqual(products.property_account_income_id, self.points.cost_account_id)


@tagged("post_install", "-at_install")
class TestLedgerPostingCompanies(LedgerPostingCommon):
    """Companies and currencies stay apart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rial = cls.env.ref("base.IRR")
        cls.rial.active = True
        cls.rial.rounding = 1
        cls.other_company = cls.env["res.company"].create(
            {"name": "Isfahan Branch Company", "currency_id": cls.rial.id}
        )
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.other_company, install_demo=False
        )
        cls.other_club = cls.env["loyalty.club"].create(
            {
                "name": "Rial Club",
                "company_id": cls.other_company.id,
                "point_value": 250,
            }
        )
        cls.other_club.action_set_up_accounts()
        cls.there = cls.env["loyalty.club.member"].create(
            {"partner_id": cls.member.partner_id.id, "club_id": cls.other_club.id}
        )

    def test_each_company_books_its_own_in_its_own_currency(self):
        self.move("earn", 100)
        self.move("earn", 77, self.other_club.points_kind_id, self.there)

        here, there = self.post(0), self.post(0, self.other_club)

        self.assertEqual(here.move_id.company_id, self.company)
        self.assertEqual(there.move_id.company_id, self.other_company)
        self.assertEqual((here.liability, there.liability), (10, 19250))
        self.assertReconciled()
        self.assertReconciled(self.other_club)

    def test_money_of_another_currency_is_worth_the_rate_of_the_day(self):
        self.env["res.currency.rate"].search([]).unlink()
        foreign = self.env.ref("base.EUR" if self.company.currency_id.name != "EUR" else "base.USD")
        foreign.active = True
        for day, rate in ((0, 0.5), (5, 0.25)):
            self.env["res.currency.rate"].create(
                {
                    "name": FIRST_DAY + timedelta(days=day),
                    "rate": rate,
                    "currency_id": foreign.id,
                    "company_id": self.company.id,
                }
            )
        kind = self.env["loyalty.club.wallet.kind"].create(
            {
                "name": "Travel money",
                "type": "ewallet",
                "club_id": self.club.id,
                "currency_id": foreign.id,
                "rounding": 0.01,
            }
        )
        self.club.action_set_up_accounts()
        self.move("topup", 33.33, kind)

        first = self.post(0)
        second = self.post(6)

        self.assertEqual((first.liability, second.liability), (66.66, 133.32))
        exchange = second.line_ids.filtered(lambda line: line.role == "revaluation").account_id
        self.assertEqual(exchange, self.company.expense_currency_exchange_account_id)
        self.assertEqual(self.books(kind.clearing_account_id), 66.66)

    def test_an_account_of_another_company_is_refused(self):
        with self.assertRaises(UserError):
            self.points.cost_account_id = self.other_club.points_kind_id.cost_account_id
            self.env.flush_all()
