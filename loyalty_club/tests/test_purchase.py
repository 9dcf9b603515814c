import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestPurchase(ClubCommon):
    """The journal: one fact per purchase, written with the sale or back-filled, once."""

    def journal(self, order):
        return self.env["loyalty.club.purchase"].search(
            [("origin_model", "=", "pos.order"), ("origin_id", "=", order.id)]
        )

    def test_sale_is_recorded_without_tax(self):
        order = self.sell([self.line(price_subtotal_incl=110)], self.member.partner_id)

        purchase = self.journal(order)
        self.assertRecordValues(
            purchase,
            [
                {
                    "partner_id": self.member.partner_id.id,
                    "member_id": self.member.id,
                    "club_id": self.club.id,
                    "branch_id": self.branch.id,
                    "channel": "pos",
                    "amount": 100,
                    "refund": False,
                    "date": order.date_order,
                }
            ],
        )
        self.assertEqual(purchase.action_open_origin()["res_id"], order.id)

    def test_return_is_a_negative_row(self):
        order = self.sell([self.line(qty=2)], self.member.partner_id)
        refund = self.sell([self.return_line(order.lines)], self.member.partner_id)

        self.assertRecordValues(self.journal(refund), [{"amount": -100, "refund": True}])

    def test_anonymous_sale_is_not_recorded(self):
        self.assertFalse(self.journal(self.sell()))

    def test_discount_by_points_lowers_what_was_bought(self):
        card = self.give_points(500)
        order = self.sell([self.line(), self.reward_line(card, 500)], self.member.partner_id)

        self.assertEqual(self.journal(order).amount, 50)

    def test_back_fill_equals_what_sales_wrote(self):
        card = self.give_points(50)
        gift = self.product("Gift", 30)
        self.new_program("gift_card", gift, self.new_kind("gift_card"))
        partner = self.member.partner_id
        sold = self.sell([self.line(qty=2), self.reward_line(card, 50), self.line(gift)], partner)
        orders = sold | self.sell([self.return_line(sold.lines[0])], partner)
        orders |= self.sell([self.line(gift)], partner) | self.sell()
        written = self.facts(orders)
        self.forget(orders)

        self.env["loyalty.club.purchase"]._backfill(self.club)
        again = self.env["loyalty.club.purchase"]._backfill(self.club)

        self.assertEqual(self.facts(orders), written)
        self.assertEqual(len(written), 2)
        self.assertEqual(again, 0)

    def facts(self, orders):
        self.env.cr.execute(
            "SELECT partner_id, member_id, club_id, branch_id, channel, date, amount, refund,"
            " origin_id FROM loyalty_club_purchase WHERE origin_model = 'pos.order'"
            " AND origin_id = ANY(%s) ORDER BY origin_id",
            [orders.ids],
        )
        return self.env.cr.fetchall()

    def forget(self, orders):
        """Take rows out of the append-only table, as no user can."""
        self.env.cr.execute(
            "ALTER TABLE loyalty_club_purchase DISABLE TRIGGER USER;"
            "DELETE FROM loyalty_club_purchase WHERE origin_id = ANY(%s);"
            "ALTER TABLE loyalty_club_purchase ENABLE TRIGGER USER",
            [orders.ids],
        )

    def test_facts_are_never_changed(self):
        purchase = self.journal(self.sell(partner=self.member.partner_id))
        with self.assertRaises(UserError):
            purchase.write({"amount": 1})
        with self.assertRaises(UserError):
            purchase.unlink()
        for query in (
            "UPDATE loyalty_club_purchase SET amount = 1",
            "UPDATE loyalty_club_purchase SET partner_id = 1, amount = 1",
            "DELETE FROM loyalty_club_purchase",
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.Error),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query)

    def test_rows_from_elsewhere_are_recorded_once(self):
        row = {
            "partner_id": self.member.partner_id.id,
            "member_id": self.member.id,
            "club_id": self.club.id,
            "company_id": self.company.id,
            "channel": "import",
            "date": "2024-01-01 10:00:00",
            "amount": 5,
            "refund": False,
            "origin_key": "import:test:1",
        }
        Purchase = self.env["loyalty.club.purchase"]
        self.assertEqual(Purchase._record([row]), 1)
        self.assertEqual(Purchase._record([row]), 0)
        self.assertEqual(Purchase._record([]), 0)

        purchase = Purchase.search([("origin_key", "=", "import:test:1")])
        with self.assertRaisesRegex(UserError, "imported"):
            purchase.action_open_origin()

    def test_till_without_branch_serves_the_companys_first_club(self):
        self.till.club_branch_id = False
        order = self.sell(partner=self.member.partner_id)

        self.assertRecordValues(
            self.journal(order), [{"club_id": self.club.id, "branch_id": False}]
        )
        self.assertPoints(10)
