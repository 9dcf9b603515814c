import io
from datetime import date
from urllib.parse import urlencode

import openpyxl
from freezegun import freeze_time

from odoo.tests import tagged

from ..const import ENTRY_KINDS
from ..controllers.history_filter import MOVEMENTS
from ..controllers.portal_history import PAGE
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

    # --- filters ---------------------------------------------------------------------

    def on(self, day, *amounts, **values):
        """Book entries on a day, at noon of the shop's clock."""
        with freeze_time(f"{day} 12:00:00"):
            self.move(self.points, *amounts, **values)

    def amounts(self, **asked):
        return [row[0] for row in self.rows(f"{self.history()}?{urlencode(asked)}")]

    def test_a_period_is_asked_for_in_either_calendar(self):
        self.on("2026-03-20", 1)
        self.on("2026-03-21", 2)  # 1 Farvardin 1405
        self.on("2026-04-20", 4)  # its last day
        self.on("2026-04-21", 8)

        for first, last in (
            ("2026-03-21", "2026-04-20"),
            ("1405/01/01", "1405/1/31"),
            ("۱۴۰۵/۰۱/۰۱", "۱۴۰۵/۰۱/۳۱"),
            ("1405/01/31", "1405/01/01"),
        ):
            with self.subTest(first=first):
                self.assertEqual(self.amounts(date_from=first, date_to=last), ["+4", "+2"])
        self.assertEqual(self.amounts(date_from="1405/01/31"), ["+8", "+4"])
        self.assertEqual(self.amounts(date_to="1404/12/29"), ["+1"])

    def test_a_period_has_pages_and_says_what_was_there_before(self):
        self.on("2026-01-10", 100)
        self.on("2026-02-10", *[1] * (PAGE + 2))
        self.on("2026-03-10", 1000)
        asked = {"date_from": "2026-02-01", "date_to": "2026-02-28"}

        page = self.page(f"{self.history()}?{urlencode(asked)}")
        following = page.xpath("//ul[hasclass('pagination')]//a/@href")[-1]

        self.assertEqual(len(self.amounts(**asked)), PAGE)
        self.assertEqual(self.rows(following), [("+1", "102"), ("+1", "101")])
        self.assertIn(f"Balance before: 100 · after: {100 + PAGE + 2}", self.text(page))

    def test_a_day_that_cannot_be_read_is_told(self):
        self.move(self.points, 5)

        page = self.page(f"{self.history()}?{urlencode({'date_from': '31/12'})}")

        self.assertEqual(page.xpath("//input[@name='date_from']/@value"), ["31/12"])
        self.assertIn("Write the day as", self.text(page))
        self.assertEqual(self.amounts(date_from="31/12"), ["+5"])

    def test_periods_by_one_click_follow_the_readers_calendar(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        self.on("2026-10-20", 1)  # before Aban
        self.on("2026-10-25", 2)  # 3 Aban 1405, still October
        self.on("2026-11-05", 4)  # 14 Aban
        with freeze_time("2026-11-10 09:00:00"):
            for lang, found in (("en_US", ["+4"]), ("fa_IR", ["+4", "+2"])):
                with self.subTest(lang):
                    self.user.lang = lang
                    self.authenticate(self.user.login, self.user.login)
                    rows = self.page(f"{self.history()}?period=month").xpath("//tbody/tr")
                    self.assertEqual(len(rows), len(found))

    def test_each_kind_of_movement_can_be_asked_for(self):
        grouped = [kind for kinds in MOVEMENTS.values() for kind in kinds]

        self.assertCountEqual(grouped, [kind for kind, _label in ENTRY_KINDS])
        self.move(self.points, 100, kind="topup")
        self.move(self.points, 7, kind="bonus")
        self.move(self.points, -2)
        found = {
            name: self.amounts(filterby=name) for name in ("topups", "gifts", "payments", "expiry")
        }
        self.assertEqual(
            found, {"topups": ["+100"], "gifts": ["+7"], "payments": ["−2"], "expiry": []}
        )

    def test_movements_of_one_shop(self):
        other = self.env["loyalty.club.branch"].create({"name": "Far", "club_id": self.club.id})
        self.move(self.points, 1, branch_id=self.branch.id)
        self.move(self.points, 2, branch_id=other.id)

        self.assertEqual(self.amounts(branch=other.id), ["+2"])
        self.assertEqual(self.amounts(branch=10**9), ["+2", "+1"])
        choices = self.page(self.history()).xpath("//select[@name='branch']/option")
        names = [self.text(one, ".") for one in choices]
        self.assertEqual(names, ["All shops", "Far", "Test Shop"])

    def test_the_statement_is_of_the_period_that_is_shown(self):
        self.on("2026-01-10", 100)
        self.on("2026-02-10", 7)
        asked = {"date_from": "1404/11/12", "date_to": "1404/12/09"}

        links = self.page(f"{self.history()}?{urlencode(asked)}").xpath("//a/@href")
        link = next(link for link in links if link.endswith("file_format=xlsx"))
        answer = self.url_open(link)

        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        values = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
        self.assertIn(7, values)
        self.assertIn(107, values)
        self.assertEqual([value for value in values if value == 100], [100])  # where it began

    # --- explanations ----------------------------------------------------------------

    def told(self, **asked):
        page = self.page(f"{self.history()}?{urlencode(asked)}")
        return self.text(page, "//details[hasclass('o_club_told')]").replace("\u00a0", " ")

    def test_a_purchase_is_explained_with_its_numbers(self):
        self.sell([self.line(qty=3)], self.member.partner_id)

        text = self.told()

        self.assertIn("The purchase came to $ 300.00.", text)
        self.assertIn("Purchase: 30 points. 1 for each $ 10.00 of $ 300.00 comes to 30.", text)

    def test_what_expired_tells_where_it_came_from(self):
        self.on("2026-01-10", 50, expires_on=date(2026, 2, 1))
        with freeze_time("2026-02-02 12:00:00"):
            self.env["loyalty.club.expiry"]._expire()

        self.assertIn("It came in on 01/10/2026 and was not used.", self.told(filterby="expiry"))
        self.assertIn("Valid until 02/01/2026.", self.told(filterby="earned"))

    def test_each_movement_leads_to_its_check(self):
        self.move(self.points, 5)

        page = self.page(self.history())

        link = page.xpath("//details//a[contains(@href, '/loyalty_club/check/')]/@href")[0]
        self.assertIn("+5", self.url_open(link).text)
