"""Words in which the tests of sales orders speak: orders, rewards, invoices, credit notes."""

from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.loyalty_club.tests.common import ClubCommon


class SaleClubCommon(ClubCommon):
    """The test club with a warehouse in its shop, a salesperson and an accountant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.warehouse.club_branch_id = cls.branch
        # Selling and invoicing need no right in the club.
        cls.seller = new_test_user(
            cls.env, "club_seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        cls.accountant = new_test_user(
            cls.env, "club_accountant", groups="account.group_account_invoice"
        )
        cls.partner = cls.member.partner_id
        cls.pricelist = cls.env["product.pricelist"].create(
            {"name": "Plain", "company_id": cls.company.id}
        )

    @classmethod
    def product(cls, name, price, **values):
        """A product without tax that is invoiced when ordered."""
        return super().product(name, price, **{"invoice_policy": "order", **values})

    # --- orders ----------------------------------------------------------------------

    def order(self, *lines, partner=None, **values):
        """A quotation of the salesperson; each line a product or (product, quantity)."""
        wanted = [line if isinstance(line, tuple) else (line, 1) for line in lines]
        return (
            self.env["sale.order"]
            .with_user(self.seller)
            .create(
                {
                    "partner_id": (partner or self.partner).id,
                    "warehouse_id": self.warehouse.id,
                    "pricelist_id": self.pricelist.id,
                    "order_line": [
                        Command.create({"product_id": product.id, "product_uom_qty": quantity})
                        for product, quantity in wanted or [(self.tea, 1)]
                    ],
                    **values,
                }
            )
        )

    def foreign_pricelist(self, rate):
        """A pricelist in a currency of which ``rate`` are one of the company's."""
        currency = self.env["res.currency"].create({"name": "XCL", "symbol": "x"})
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "rate": rate, "name": "2020-01-01"}
        )
        return self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id, "company_id": self.company.id}
        )

    def redeem(self, order, reward=None):
        """Choose a reward in the wizard that stock opens on the order."""
        reward = reward or self.reward
        order._update_programs_and_rewards()
        wizard = order.env["sale.loyalty.reward.wizard"].create({"order_id": order.id})
        wizard.selected_reward_id = reward
        wizard.action_apply()
        return order.order_line.filtered(lambda line: line.reward_id == reward)

    def confirmed(self, *lines, reward=None, **values):
        """A confirmed order, with ``reward`` redeemed when given."""
        order = self.order(*lines, **values)
        if reward:
            self.redeem(order, reward)
        order.action_confirm()
        return order

    # --- invoices --------------------------------------------------------------------

    def offered(self, order):
        """Rewards that an order may claim."""
        order._update_programs_and_rewards()
        rewards = self.env["loyalty.reward"]
        for found in order._get_claimable_rewards().values():
            rewards |= found
        return rewards

    def invoice(self, order, post=True):
        """Invoice what can be invoiced."""
        moves = order.sudo()._create_invoices(final=True).with_user(self.accountant)
        if post:
            moves.action_post()
        return moves

    def credit(self, invoice, post=True, **quantities):
        """Credit an invoice in full, or line by line: name of product and quantity kept."""
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.refund_moves()
        refund = wizard.new_move_ids
        for line in refund.invoice_line_ids:
            if quantities:
                line.quantity = quantities.get(line.product_id.name, 0)
        if post:
            refund.action_post()
        return refund

    # --- what must hold --------------------------------------------------------------

    def entries(self, order):
        """Ledger entries of an order, oldest first."""
        return self.env["loyalty.club.entry"].search(
            [("origin_model", "=", "sale.order"), ("origin_id", "=", order.id)], order="id"
        )

    def assertEntries(self, order, *expected):
        """The order's entries are these (kind, amount), in this order."""
        found = [(entry.kind, entry.amount) for entry in self.entries(order)]
        self.assertEqual(found, list(expected))

    def tearDown(self):
        self.assertLedgerSound()
        super().tearDown()
