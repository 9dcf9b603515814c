from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SaleClubCommon


@tagged("post_install", "-at_install")
class TestEarning(SaleClubCommon):
    """Posted invoices of sales orders earn; what is credited is taken back."""

    def journal(self, order):
        moves = order.sudo().invoice_ids
        return self.env["loyalty.club.purchase"].search(
            [("origin_model", "=", "account.move"), ("origin_id", "in", moves.ids)]
        )

    def test_invoice_earns_by_the_clubs_terms(self):
        order = self.confirmed((self.tea, 3))
        self.assertPoints(0)

        self.invoice(order)

        self.assertEntries(order, ("earn", 30))
        self.assertEqual(self.entries(order).branch_id, self.branch)
        self.assertPoints(30)

    def test_invoice_leads_to_its_entries_and_they_to_the_order(self):
        order = self.confirmed((self.tea, 3))
        invoice = self.invoice(order)
        other = self.invoice(self.confirmed(self.tea))

        entries = self.entries(order)
        action = invoice.action_view_club_entries()

        self.assertEqual(self.env["loyalty.club.entry"].search(action["domain"]), entries)
        self.assertEqual([move.club_entry_count for move in invoice | other], [1, 1])
        self.assertEqual(entries.document, f"Order {order.name}")
        self.assertEqual(entries.action_open_origin()["res_id"], order.id)

    def test_draft_invoice_earns_nothing(self):
        self.invoice(self.confirmed(), post=False)

        self.assertPoints(0)

    def test_parts_earn_what_the_whole_would(self):
        cup = self.product("Cup", 5)
        order = self.confirmed(self.tea, (cup, 3))
        for quantity in (1, 2):
            invoice = self.invoice(order, post=False)
            for line in invoice.invoice_line_ids.filtered(lambda line: line.product_id == cup):
                line.quantity = quantity
            invoice.action_post()

        self.assertEntries(order, ("earn", 10), ("earn", 1))

    def test_what_points_paid_for_earns_nothing(self):
        self.give_points(500)
        order = self.confirmed((self.tea, 2), reward=self.reward)

        self.invoice(order)

        self.assertEntries(order, ("spend", -500), ("earn", 15))

    def test_tax_counts_by_the_clubs_basis(self):
        tax = self.env["account.tax"].create(
            {"name": "T", "amount": 10, "price_include_override": "tax_excluded"}
        )
        taxed = self.product("Taxed", 100, taxes_id=[Command.set(tax.ids)])

        self.club.earn_basis = "tax_included"
        self.invoice(self.confirmed(taxed))
        self.assertPoints(11)

        self.club.earn_basis = "tax_excluded"
        self.invoice(self.confirmed(taxed))
        self.assertPoints(21)

    def test_foreign_currency_earns_its_worth(self):
        order = self.confirmed(self.tea, pricelist_id=self.foreign_pricelist(4).id)
        self.assertEqual(order.amount_total, 400)

        self.invoice(order)

        self.assertPoints(10)
        self.assertEqual(self.journal(order).amount, 100)

    def test_full_credit_takes_back_all(self):
        order = self.confirmed((self.tea, 3))
        invoice = self.invoice(order)

        self.credit(invoice)

        self.assertEntries(order, ("earn", 30), ("refund_earn", -30))
        self.assertPoints(0)

    def test_partial_credit_takes_back_its_part(self):
        order = self.confirmed((self.tea, 3))
        invoice = self.invoice(order)

        self.credit(invoice, Tea=1)

        self.assertEntries(order, ("earn", 30), ("refund_earn", -10))
        self.assertPoints(20)

    def test_credit_note_without_order_lines_counts_for_its_invoice(self):
        order = self.confirmed((self.tea, 3))
        refund = self.credit(self.invoice(order), post=False)
        refund.invoice_line_ids.unlink()
        refund.write({"invoice_line_ids": [Command.create({"name": "Goodwill", "price_unit": 50})]})
        refund.invoice_line_ids.tax_ids = False

        refund.action_post()

        self.assertPoints(25)

    def test_invoice_reset_to_draft_earns_nothing_until_posted_again(self):
        order = self.confirmed((self.tea, 3))
        invoice = self.invoice(order)

        invoice.button_draft()
        self.assertPoints(0)

        invoice.invoice_line_ids.quantity = 2
        invoice.action_post()
        self.assertEntries(order, ("earn", 30), ("refund_earn", -30), ("earn", 20))

        invoice.button_cancel()
        self.assertPoints(0)

    def test_credit_note_reset_to_draft_gives_back(self):
        order = self.confirmed((self.tea, 3))
        refund = self.credit(self.invoice(order))

        refund.button_draft()

        self.assertPoints(30)
        self.assertEntries(order, ("earn", 30), ("refund_earn", -30), ("earn", 30))

    def test_credited_reward_gives_back_the_points_it_took(self):
        self.give_points(500)
        order = self.confirmed((self.tea, 2), reward=self.reward)
        invoice = self.invoice(order)

        refund = self.credit(invoice)
        self.assertPoints(500)

        refund.button_draft()
        self.assertPoints(15)

    def test_points_given_back_once_though_cancelled_after_credit(self):
        self.give_points(500)
        order = self.confirmed((self.tea, 2), reward=self.reward)
        self.credit(self.invoice(order))

        order._action_cancel()

        self.assertPoints(500)

    def test_spent_points_become_a_debt(self):
        order = self.confirmed((self.tea, 3))
        invoice = self.invoice(order)
        self.confirmed(self.tea, reward=self.reward)
        self.assertPoints(0)

        refund = self.credit(invoice)
        self.env.invalidate_all()
        self.assertEqual(self.member.points_owed, 30)
        self.assertEqual(order.club_points_earned, 0)

        refund.button_draft()
        self.env.invalidate_all()
        self.assertEqual(self.member.points_owed, 0)
        self.assertPoints(0)

    def test_spent_points_refuse_the_credit_note_where_the_terms_say_so(self):
        self.club.clawback_policy = "refuse"
        invoice = self.invoice(self.confirmed((self.tea, 3)))
        self.confirmed(self.tea, reward=self.reward)

        with self.assertRaisesRegex(UserError, "only 0"), self.env.cr.savepoint():
            self.credit(invoice)

        self.assertPoints(0)

    def test_only_active_members_earn(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.member.action_suspend()

        for partner in (stranger, self.partner):
            order = self.confirmed(partner=partner)
            self.invoice(order)
            self.assertEntries(order)

    def test_invoices_of_a_suspended_time_do_not_earn_later(self):
        self.member.action_suspend()
        order = self.confirmed((self.tea, 3))
        invoice = self.invoice(order)
        self.member.action_activate()

        self.credit(invoice, Tea=1)

        self.assertEntries(order)

    def test_down_payment_earns_with_the_final_invoice(self):
        order = self.confirmed((self.tea, 3))
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": 40})
        )
        wizard.create_invoices()
        order.sudo().invoice_ids.action_post()
        self.assertPoints(0)
        self.assertFalse(self.journal(order))

        self.invoice(order)

        self.assertPoints(30)
        self.assertEqual(self.journal(order).mapped("amount"), [300])

    def test_stock_points_of_the_time_before_are_not_granted_twice(self):
        order = self.confirmed()
        granted = order.coupon_point_ids.with_user(self.env.ref("base.user_admin"))
        granted.points = 10  # as stock leaves it at confirmation

        self.invoice(order)

        self.assertPoints(0)

    def test_company_without_a_club_is_left_alone(self):
        self.warehouse.club_branch_id = False
        self.env["loyalty.club"].search([("company_id", "=", self.company.id)]).active = False

        order = self.confirmed()
        self.invoice(order)

        self.assertEntries(order)
        self.assertFalse(self.journal(order))

    def test_each_company_earns_in_its_own_club(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["account.chart.template"].try_loading("generic_coa", other, install_demo=False)
        club = self.env["loyalty.club"].create(
            {"name": "Other Club", "company_id": other.id, "earn_per_amount": 1}
        )
        member = self.env["loyalty.club.member"].create(
            {"partner_id": self.partner.id, "club_id": club.id}
        )
        (self.seller | self.accountant).company_ids |= other
        self.seller.company_id = self.accountant.company_id = other
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        self.env["account.journal"].search(
            [("company_id", "=", other.id), ("type", "=", "sale")]
        ).ensure_one()

        order = self.confirmed(
            self.product("Coffee", 30),
            company_id=other.id,
            warehouse_id=warehouse.id,
            pricelist_id=False,
        )
        self.invoice(order)

        self.assertEqual(self.entries(order).club_id, club)
        self.assertEqual(self.journal(order).club_id, club)
        self.assertPoints(30, member)
        self.assertPoints(0)
