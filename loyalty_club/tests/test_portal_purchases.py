from urllib.parse import urlencode

from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalPurchases(PortalCase):
    """A member sees what she bought, wherever it was, and what it brought."""

    def purchases(self, member=None, **asked):
        query = f"?{urlencode(asked)}" if asked else ""
        return f"/my/club/{(member or self.member).id}/purchases{query}"

    def shown(self, **asked):
        """Rows as texts: what, amount, what it brought."""
        rows = self.page(self.purchases(**asked)).xpath("//tbody/tr")
        cells = [[self.text(row, f"./td[{number}]") for number in (2, 3, 4)] for row in rows]
        blanks = str.maketrans({"\u00a0": " ", "\ufeff": None})
        return [[cell.translate(blanks) for cell in row] for row in cells]

    def record(self, day, amount, channel="website", **values):
        """A purchase that came in from elsewhere."""
        self.env["loyalty.club.purchase"]._record(
            [
                {
                    "partner_id": self.member.partner_id.id,
                    "member_id": self.member.id,
                    "club_id": self.club.id,
                    "company_id": self.company.id,
                    "channel": channel,
                    "date": f"{day} 10:00:00",
                    "amount": amount,
                    "refund": amount < 0,
                    "origin_key": f"portal-purchases:{next(self.keys)}",
                    **values,
                }
            ]
        )

    def test_a_sale_at_the_till_tells_receipt_shop_and_points(self):
        order = self.sell([self.line(qty=3)], self.member.partner_id)

        ((what, amount, brought),) = self.shown()

        self.assertIn(f"Receipt {order.pos_reference}", what)
        self.assertIn("Test Shop", what)
        self.assertEqual(amount, "$ 300.00")
        self.assertEqual(brought, "30 points")

    def test_what_came_back_is_told_with_what_was_taken_back(self):
        order = self.sell([self.line(qty=3)], self.member.partner_id)
        self.sell([self.return_line(order.lines[0], 3)], self.member.partner_id)

        (what, amount, brought), _sale = self.shown()

        self.assertTrue(what.startswith("Return"), what)
        self.assertEqual((amount, brought), ("$ -300.00", "−30 points"))

    def test_purchases_of_every_channel_are_narrowed_by_day_channel_and_shop(self):
        far = self.env["loyalty.club.branch"].create({"name": "Far", "club_id": self.club.id})
        self.record("2026-03-20", 1)
        self.record("2026-03-21", 2, "pos", branch_id=far.id)
        self.record("2026-04-20", 4, "sale", branch_id=self.branch.id)
        self.record("2026-04-21", 8, "import")

        def amounts(**asked):
            return [row[1] for row in self.shown(**asked)]

        self.assertEqual(amounts(), ["$ 8.00", "$ 4.00", "$ 2.00", "$ 1.00"])
        self.assertEqual(
            amounts(date_from="1405/01/01", date_to="1405/01/31"), ["$ 4.00", "$ 2.00"]
        )
        self.assertEqual(amounts(channel="website"), ["$ 1.00"])
        self.assertEqual(amounts(branch=far.id), ["$ 2.00"])
        self.assertEqual(len(amounts(channel="' OR 1=1", branch="x", period="always")), 4)

    def test_an_empty_page_says_what_to_do(self):
        self.assertIn("No purchases yet", self.text(self.page(self.purchases())))
        self.record("2026-03-20", 1)

        page = self.page(self.purchases(channel="pos"))

        self.assertIn("You bought nothing then and there", self.text(page))
        self.assertTrue(page.xpath(f"//a[@href='{self.purchases()}']"))

    def test_another_ones_purchases_are_not_shown(self):
        self.sell([self.line(qty=3)], self.other.partner_id)
        own = self.purchases()

        answer = self.url_open(self.purchases(self.other), allow_redirects=False)

        self.assertEqual(answer.status_code, 303)
        self.assertIn("No purchases yet", self.text(self.page(own)))

    def test_queries_do_not_grow_with_the_purchases(self):
        self.sell([self.line()], self.member.partner_id)
        few = len(self.queries(self.purchases()))
        for _sale in range(4):
            self.sell([self.line()], self.member.partner_id)

        self.assertLessEqual(len(self.queries(self.purchases())), few)
