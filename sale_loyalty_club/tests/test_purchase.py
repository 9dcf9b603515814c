from odoo.tests import tagged

from .common import SaleClubCommon

COLUMNS = (
    "partner_id",
    "member_id",
    "club_id",
    "company_id",
    "branch_id",
    "channel",
    "date",
    "amount",
    "quantity",
    "refund",
    "origin_id",
)


@tagged("post_install", "-at_install")
class TestPurchase(SaleClubCommon):
    """The journal: invoices of sales orders, written live or back-filled, are the same facts."""

    def journal(self, moves):
        return self.env["loyalty.club.purchase"].search(
            [("origin_model", "=", "account.move"), ("origin_id", "in", moves.ids)], order="id"
        )

    def test_invoice_is_a_purchase_without_tax(self):
        tax = self.env["account.tax"].create(
            {"name": "T", "amount": 10, "price_include_override": "tax_excluded"}
        )
        taxed = self.product("Taxed", 100, taxes_id=[(6, 0, tax.ids)])
        order = self.confirmed(taxed)

        invoice = self.invoice(order)

        self.assertRecordValues(
            self.journal(invoice),
            [
                {
                    "partner_id": self.partner.id,
                    "member_id": self.member.id,
                    "club_id": self.club.id,
                    "branch_id": self.branch.id,
                    "channel": "sale",
                    "amount": 100,
                    "refund": False,
                    "origin_key": f"account.move,{invoice.id}",
                }
            ],
        )
        self.assertEqual(self.journal(invoice).date.date(), invoice.invoice_date)
        self.assertEqual(self.journal(invoice).action_open_origin()["res_id"], invoice.id)

    def test_what_a_gift_card_paid_for_was_bought(self):
        gift = self.product("Gift Card", 30)
        program = self.new_program("gift_card", gift, self.new_kind("gift_card"))
        card = self.env["loyalty.card"].create({"program_id": program.id, "points": 40})
        order = self.order(self.tea, gift)
        order._try_apply_code(card.code)
        order._apply_program_reward(program.reward_ids, card)
        order.action_confirm()

        invoice = self.invoice(order)

        self.assertEqual(invoice.amount_total, 90)
        self.assertEqual(self.journal(invoice).amount, 100)

    def test_credit_note_is_a_negative_row(self):
        refund = self.credit(self.invoice(self.confirmed((self.tea, 3))), Tea=1)

        self.assertRecordValues(
            self.journal(refund), [{"amount": -100, "quantity": -1, "refund": True}]
        )

    def test_reset_invoice_is_undone_and_recorded_anew(self):
        invoice = self.invoice(self.confirmed((self.tea, 3)))
        invoice.button_draft()
        self.assertEqual(self.journal(invoice).mapped("amount"), [300, -300])

        invoice.invoice_line_ids.quantity = 2
        invoice.action_post()

        self.assertEqual(self.journal(invoice).mapped("amount"), [300, -300, 200])
        self.assertEqual(self.journal(invoice).mapped("quantity"), [3, -3, 2])
        self.assertEqual(
            self.journal(invoice).mapped("origin_key"),
            [f"account.move,{invoice.id}{end}" for end in ("", ",1", ",2")],
        )

    def test_reset_invoice_is_one_purchase_for_rfm(self):
        invoice = self.invoice(self.confirmed((self.tea, 3)))
        invoice.button_draft()
        self.env["loyalty.club.rfm"]._rebuild(self.club)
        self.assertFalse(self.member.rfm_frequency)

        invoice.action_post()

        self.env["loyalty.club.rfm"]._rebuild(self.club)
        self.env.invalidate_all()
        self.assertEqual((self.member.rfm_frequency, self.member.rfm_monetary), (1, 300))

    def test_posting_twice_writes_nothing_more(self):
        invoice = self.invoice(self.confirmed())

        self.assertEqual(self.env["loyalty.club.purchase"]._record_sale(moves=invoice), 0)

    def test_back_fill_equals_what_was_written_live(self):
        gift = self.product("Gift Card", 30)
        self.new_program("gift_card", gift, self.new_kind("gift_card"))
        self.give_points(100)
        invoices = self.invoice(self.confirmed((self.tea, 3), gift, reward=self.reward))
        invoices |= self.credit(invoices, Tea=1)
        invoices |= self.invoice(
            self.confirmed(partner=self.env["res.partner"].create({"name": "N"}))
        )
        invoices |= self.invoice(self.confirmed(gift))
        live = self.journal(invoices).read(COLUMNS)

        self.env.cr.execute("ALTER TABLE loyalty_club_purchase DISABLE TRIGGER USER")
        self.env.cr.execute(
            "DELETE FROM loyalty_club_purchase WHERE origin_model = 'account.move'"
            " AND origin_id IN %s",
            [tuple(invoices.ids)],
        )
        self.env.cr.execute("ALTER TABLE loyalty_club_purchase ENABLE TRIGGER USER")
        self.env.invalidate_all()
        added = self.env["loyalty.club.purchase"]._backfill(self.club)

        again = self.journal(invoices).read(COLUMNS)
        without_id = [
            sorted((sorted((k, v) for k, v in row.items() if k != "id") for row in rows), key=str)
            for rows in (live, again)
        ]
        self.assertEqual(len(live), 3)
        self.assertEqual(added, 3)
        self.assertEqual(*without_id)
        self.assertEqual(self.env["loyalty.club.purchase"]._backfill(self.club), 0)

    def test_invoices_of_the_till_are_the_tills(self):
        order = self.sell(partner=self.partner)
        order.with_context(generate_pdf=False).action_pos_order_invoice()

        self.assertTrue(order.account_move)
        self.assertFalse(self.journal(order.account_move))

    def test_companies_keep_their_purchases(self):
        self.warehouse.club_branch_id = False
        other = self.env["loyalty.club"].search([("company_id", "=", self.company.id)], limit=1)

        invoice = self.invoice(self.confirmed())

        self.assertEqual(self.journal(invoice).club_id, other)
        self.assertFalse(self.journal(invoice).branch_id)
