from odoo.tests import tagged

from ..controllers.portal import PAGE
from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalHistory(PortalCase):
    def test_history_of_a_sale_names_receipt_reason_and_shop(self):
        order = self.sell([self.line(qty=3)], self.member.partner_id)

        text = self.text(self.page(self.history()), "//tbody/tr")

        for expected in ("Earned", f"Receipt {order.pos_reference}", "Test Shop", "+30"):
            self.assertIn(expected, text)

    def test_history_tells_what_was_on_top_in_words_for_members(self):
        rule = self.env["loyalty.club.earn.rule"].create(
            {
                "name": "Campaign 17",
                "note": "A gift for you",
                "club_id": self.club.id,
                "type": "per_visit",
                "points": 5,
            }
        )
        rule.action_activate()
        self.sell([self.line(qty=3)], self.member.partner_id)

        text = self.text(self.page(self.history()), "//tbody/tr")

        self.assertIn("A gift for you 5", text.replace("\N{NO-BREAK SPACE}", " "))
        self.assertNotIn("Campaign 17", text)

    def test_history_shows_the_reason_a_person_gave(self):
        self.move(self.points, 5, kind="adjust", note="Sorry for the cold tea")

        text = self.text(self.page(self.history()), "//tbody/tr")

        self.assertIn("Adjusted Sorry for the cold tea", text)

    def test_reason_is_text_and_never_markup(self):
        self.move(self.points, 5, kind="adjust", note="<script>alert(1)</script>")

        self.assertNotIn("<script>alert(1)", self.url_open(self.history()).text)

    def test_history_is_newest_first_and_paged(self):
        self.move(self.points, *range(1, 2 * PAGE + 6))
        amounts = [f"+{amount}" for amount in range(2 * PAGE + 5, 0, -1)]

        url = self.history()
        pages = [[row[0] for row in self.rows(f"{url}/page/{page}")] for page in (1, 2, 3)]

        self.assertEqual(pages, [amounts[:PAGE], amounts[PAGE : 2 * PAGE], amounts[2 * PAGE :]])
        links = self.page(url).xpath("//ul[hasclass('pagination')]//a/@href")
        self.assertTrue(any("/page/3?" in link for link in links))

    def test_history_oldest_first(self):
        self.move(self.points, *range(1, PAGE + 3))

        url = f"{self.history()}/page/2?sortby=oldest"

        self.assertEqual([row[0] for row in self.rows(url)], [f"+{PAGE + 1}", f"+{PAGE + 2}"])

    def test_page_that_does_not_exist_is_the_last(self):
        self.move(self.points, *range(1, PAGE + 3))

        for page in (PAGE, 10**30):
            self.assertEqual(len(self.rows(f"{self.history()}/page/{page}")), 2)

    def test_history_filters(self):
        self.move(self.points, 100, -30, 20, -5)

        url = self.history()

        self.assertEqual(len(self.rows(f"{url}?filterby=all")), 4)
        self.assertEqual(self.rows(f"{url}?filterby=earned"), [("+20", "90"), ("+100", "100")])
        self.assertEqual(self.rows(f"{url}?filterby=spent"), [("−5", "85"), ("−30", "70")])

    def test_filter_pages_are_counted_and_keep_the_filter(self):
        self.move(self.points, 1000, *[-1] * (PAGE + 1))

        url = f"{self.history()}?filterby=spent"

        self.assertEqual(len(self.rows(url)), PAGE)
        following = self.page(url).xpath("//ul[hasclass('pagination')]//a/@href")[-1]
        self.assertEqual(self.rows(following), [("−1", "999")])

    def test_filter_without_matches_leads_back(self):
        self.move(self.points, 100)

        text = self.text(self.page(f"{self.history()}?filterby=spent"))

        self.assertIn("Nothing of this kind", text)
        self.assertIn("Show all movements", text)

    def test_nonsense_in_the_address_is_read_as_the_default(self):
        self.move(self.points, 100, -30)
        nonsense = "%27%29%20OR%201=1--", "__class__", "amount%20DESC", "%00", "۱", ""

        for value in nonsense:
            for name in ("filterby", "sortby", "wallet", "page", "limit", "order", "domain"):
                with self.subTest(parameter=name, value=value):
                    rows = self.rows(f"{self.history()}?{name}={value}")

                    self.assertEqual(rows, [("−30", "70"), ("+100", "100")])

    def test_prepaid_credit_has_a_history_of_its_own(self):
        kind = self.env["loyalty.club.wallet.kind"].create(
            {
                "club_id": self.club.id,
                "type": "ewallet",
                "name": "Prepaid",
                "currency_id": self.company.currency_id.id,
                "rounding": 0.01,
            }
        )
        credit = kind._wallets_of(self.member)[self.member.id]
        self.move(credit, 50, kind="topup")
        self.move(self.points, 9)

        self.assertIn("Prepaid", self.text(self.page("/my/club")))
        self.assertEqual(self.rows(self.history()), [("+9", "9")])
        ((amount, balance),) = self.rows(f"{self.history()}?wallet={credit.id}")
        self.assertIn("+", amount)
        self.assertIn("50.00", balance)

    def test_stock_history_of_a_managed_card_leads_to_the_club(self):
        self.move(self.points, 9)
        card = self.points_card()

        response = self.url_open(f"/my/loyalty_card/{card.id}/history")

        self.assertIn(f"/my/club/{self.member.id}/history", response.url)
        self.assertIn("+9", response.text)

    def test_gift_card_of_the_club_stays_on_the_stock_page(self):
        kind = self.env["loyalty.club.wallet.kind"].create(
            {
                "club_id": self.club.id,
                "type": "gift_card",
                "name": "Gift",
                "currency_id": self.company.currency_id.id,
                "rounding": 0.01,
            }
        )
        wallet = self.env["loyalty.club.wallet"].create({"kind_id": kind.id})
        program = self.env["loyalty.program"].create(
            {
                "name": "Gift",
                "program_type": "gift_card",
                "company_id": self.company.id,
                "club_wallet_kind_id": kind.id,
            }
        )
        card = self.env["loyalty.card"].create(
            {
                "program_id": program.id,
                "partner_id": self.member.partner_id.id,
                "club_wallet_id": wallet.id,
            }
        )

        response = self.url_open(f"/my/loyalty_card/{card.id}/history")

        self.assertIn(f"/my/loyalty_card/{card.id}/history", response.url)

    def test_unfiltered_history_is_not_counted(self):
        self.move(self.points, *range(1, 2 * PAGE))

        for page in (1, 2):
            found = self.queries(f"{self.history()}/page/{page}")

            self.assertFalse([query for query in found if "COUNT(" in query.upper()])
            self.assertFalse([query for query in found if "OFFSET" in query.upper()])

    def test_the_dialog_of_a_stock_card_writes_days_as_the_person_does(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        program = self.env["loyalty.program"].create({"name": "C", "program_type": "coupons"})
        card = self.env["loyalty.card"].create(
            {
                "program_id": program.id,
                "partner_id": self.member.partner_id.id,
                "expiration_date": "2026-11-22",
            }
        )
        for lang, text in (("en_US", "11/22/2026"), ("fa_IR", "۱۴۰۵/۰۹/۰۱")):
            self.user.lang = lang
            self.authenticate(self.user.login, self.user.login)
            answer = self.url_open(
                f"/my/loyalty_card/{card.id}/values",
                json={"jsonrpc": "2.0", "method": "call", "params": {}},
            )
            self.assertEqual(answer.json()["result"]["card"]["expiration_date"], text)
