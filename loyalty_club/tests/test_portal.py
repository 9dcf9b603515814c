from decimal import Decimal
from itertools import count
from unittest.mock import patch

from lxml import html

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ..controllers.portal import PAGE, CustomerPortalClub
from ..movement import Movement
from .common import ClubCommon

SECRET_NAME = "Zuleikha Unseen"
SECRET_POINTS = 98765


class PortalCase(ClubCommon, HttpCase):
    """Sara is a member with a login on the portal; Zuleikha is another member."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = count(1)
        cls.user = cls.new_login("sara.portal", cls.member.partner_id)
        cls.points = cls.wallet_of(cls.member)
        cls.other = cls.new_member(SECRET_NAME)
        cls.other_wallet = cls.wallet_of(cls.other)
        cls.move(cls.other_wallet, SECRET_POINTS)

    @classmethod
    def new_login(cls, login, partner):
        return new_test_user(
            cls.env,
            login,
            name=partner.name,
            groups="base.group_portal",
            partner_id=partner.id,
        )

    @classmethod
    def wallet_of(cls, member, type_="points"):
        return member.wallet_ids.filtered(lambda wallet: wallet.type == type_)

    @classmethod
    def move(cls, wallet, *amounts, kind=None, **values):
        """Book entries of these amounts, in this order."""
        for amount in amounts:
            movement = Movement(
                wallet_id=wallet.id,
                amount=Decimal(amount),
                kind=kind or ("earn" if amount > 0 else "spend"),
                key=f"portal-test:{next(cls.keys)}",
                **values,
            )
            cls.env["loyalty.club.wallet"]._post_or_raise([movement])

    def setUp(self):
        super().setUp()
        self.authenticate("sara.portal", "sara.portal")

    def page(self, url, status=200):
        """Get a page and return it as a tree."""
        response = self.url_open(url)
        self.assertEqual(response.status_code, status)
        return html.fromstring(response.content)

    def text(self, tree, path="//main"):
        """What a person reads there, with single blanks."""
        return " ".join(" ".join(node.text_content() for node in tree.xpath(path)).split())

    def rows(self, url):
        """The history at ``url``: texts of amount and balance, row by row."""
        return [
            tuple(self.text(row, f"./td[{column}]") for column in (4, 5))
            for row in self.page(url).xpath("//table[hasclass('o_portal_my_doc_table')]/tbody/tr")
        ]

    def history(self, member=None):
        return f"/my/club/{(member or self.member).id}/history"


def _register_hasclass():
    """Let XPath of lxml ask for a class, as Odoo's views do."""
    import odoo.tools.template_inheritance  # noqa: F401


_register_hasclass()


@tagged("post_install", "-at_install")
class TestPortal(PortalCase):
    # --- home ------------------------------------------------------------------------

    def test_home_shows_the_club_with_the_balance(self):
        self.move(self.points, 1250)

        home = self.page("/my")

        entry = home.xpath(f"//a[@href='/my/club/{self.member.id}']")[0]
        self.assertEqual(" ".join(entry.text_content().split()), "My club 1,250 points")
        self.assertNotIn("d-none", entry.getparent().get("class"))

    def test_home_of_a_stranger_has_no_club(self):
        self.new_login("stranger.portal", self.env["res.partner"].create({"name": "Stranger"}))
        self.authenticate("stranger.portal", "stranger.portal")

        self.assertNotIn("/my/club", self.url_open("/my").text)

    def test_home_does_not_show_managed_cards_a_second_time(self):
        partner = self.member.partner_id
        unmanaged = self.env["loyalty.program"].create(
            {
                "name": "Stock wallet",
                "program_type": "ewallet",
                "company_id": self.company.id,
                "coupon_ids": [Command.create({"partner_id": partner.id, "points": 7})],
            }
        )

        home = self.page("/my")

        shown = [int(card) for card in home.xpath("//*[@data-card_id]/@data-card_id")]
        self.assertEqual(shown, unmanaged.coupon_ids.ids * len(shown))
        self.assertTrue(shown)

    # --- the membership --------------------------------------------------------------

    def test_single_membership_is_shown_at_once(self):
        self.move(self.points, 130)

        text = self.text(self.page("/my/club"))

        self.assertIn(self.member.number, text)
        self.assertIn("Sara", text)
        self.assertIn("Active", text)
        self.assertIn("130 points", text)
        self.assertIn("Earned", text)

    def test_number_can_be_scanned_from_the_page(self):
        page = self.page("/my/club")

        self.assertEqual(len(page.xpath("//div[hasclass('o_club_card')]//*[local-name()='path']")), 1)
        self.assertNotIn("/report/barcode", self.url_open("/my/club").text)

    def test_person_who_is_no_member_learns_how_to_join(self):
        self.new_login("stranger.portal", self.env["res.partner"].create({"name": "Stranger"}))
        self.authenticate("stranger.portal", "stranger.portal")

        self.assertIn("tell the cashier that you want to join", self.text(self.page("/my/club")))

    def test_member_without_movements_learns_what_to_do(self):
        for url in ("/my/club", self.history()):
            text = self.text(self.page(url))

            self.assertIn("No movements yet", text)
            self.assertIn("Show your membership number at the till", text)

    def test_value_class_is_not_shown(self):
        self.sell([self.line(qty=3)], self.member.partner_id)
        self.club.action_compute_rfm()
        self.assertTrue(self.member.rfm_class_id)

        for url in ("/my", "/my/club", self.history()):
            self.assertNotIn(self.member.rfm_class_id.name, self.text(self.page(url)))

    def test_membership_that_cannot_be_used_says_so(self):
        cases = {
            "pending": "not active yet",
            "suspended": "Your membership is suspended",
            "closed": "This membership is closed",
        }
        for state, words in cases.items():
            with self.subTest(state=state):
                self.member.state = state

                page = self.page("/my/club")

                self.assertIn(words, self.text(page, "//div[@role='alert']"))
                self.assertFalse(page.xpath("//div[hasclass('o_club_card')]//*[local-name()='svg']"))
                self.assertIn(self.member.number, self.text(page))

    def test_points_owed_are_explained(self):
        wallet = self.club.debt_kind_id._wallets_of(self.member)[self.member.id]
        self.move(wallet, -40, kind="debt")

        page = self.page("/my/club")

        self.assertIn("You owe 40 points", self.text(page, "//div[@role='alert']"))
        self.assertEqual(self.rows(f"{self.history()}?wallet={wallet.id}"), [("−40", "−40")])

    def test_every_club_of_a_person_is_shown(self):
        second = self.env["loyalty.club"].create({"name": "Second Club", "point_name": "stars", "number_prefix": "S"})
        twin = self.env["loyalty.club.member"].create(
            {"partner_id": self.member.partner_id.id, "club_id": second.id}
        )
        self.move(self.points, 11)
        self.move(self.wallet_of(twin), 22)

        text = self.text(self.page("/my/club"))
        for expected in ("Test Club", "Second Club", self.member.number, twin.number):
            self.assertIn(expected, text)
        one = self.text(self.page(f"/my/club/{twin.id}"))
        self.assertIn("22 stars", one)
        self.assertNotIn(self.member.number, one)
        self.assertEqual(self.rows(self.history(twin)), [("+22", "22")])

    def test_club_of_another_company_is_shown_to_its_member(self):
        company = self.env["res.company"].create({"name": "Other company"})
        club = self.env["loyalty.club"].create({"name": "Far Club", "company_id": company.id, "number_prefix": "F"})
        self.env["loyalty.club.member"].create(
            {"partner_id": self.member.partner_id.id, "club_id": club.id}
        )

        self.assertIn("Far Club", self.text(self.page("/my/club")))

    def test_archived_club_is_gone(self):
        self.club.active = False

        self.assertNotIn(self.member.number, self.url_open("/my/club").text)
        self.assertNotIn("/my/club", self.url_open("/my").text)

    # --- history ---------------------------------------------------------------------

    def test_history_of_a_sale_names_receipt_reason_and_shop(self):
        order = self.sell([self.line(qty=3)], self.member.partner_id)

        text = self.text(self.page(self.history()), "//tbody/tr")

        for expected in ("Earned", f"Receipt {order.pos_reference}", "Test Shop", "+30 30"):
            self.assertIn(expected, text)

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

    # --- how it is served ------------------------------------------------------------

    def test_pages_with_a_balance_are_not_cached(self):
        for url in ("/my", "/my/club", f"/my/club/{self.member.id}", self.history()):
            self.assertEqual(self.url_open(url).headers["Cache-Control"], "no-store", url)

    def test_time_does_not_grow_with_the_history(self):
        self.move(self.points, 5)
        urls = ["/my/club", f"/my/club/{self.member.id}", self.history()]
        short = [self.queries(url) for url in urls]
        self.move(self.points, *range(1, PAGE + 5))
        self.sell([self.line()], self.member.partner_id)

        for url, before in zip(urls, short, strict=True):
            with self.subTest(url=url):
                found = self.queries(url)
                self.assertLessEqual(len(found), 12, "\n".join(found))
                self.assertLessEqual(len(found), len(before) + 1, "one more: names of receipts")
        self.assertFalse([q for q in self.queries(self.history()) if "COUNT(" in q.upper()])

    def queries(self, url):
        """Texts of the queries by which the controller answers, session and menus aside."""
        self.url_open(url)
        self.env.invalidate_all()
        found = []
        original = type(self.env.cr).execute

        def execute(cursor, query, *args, **kwargs):
            found.append(str(query))
            return original(cursor, query, *args, **kwargs)

        with patch.object(type(self.env.cr), "execute", execute):
            self.url_open(url)
        return found


@tagged("post_install", "-at_install")
class TestPortalSecurity(PortalCase):
    """A member sees herself. Whatever she asks for of another member's, nothing comes back."""

    def own_routes(self):
        """Addresses of the club's pages, with their parameters still open."""
        endpoints = vars(CustomerPortalClub).values()
        routings = [getattr(endpoint, "original_routing", {}) for endpoint in endpoints]
        return {address for routing in routings for address in routing.get("routes") or ()}

    def filled(self, route, member_id):
        return route.replace("<int:member_id>", str(member_id)).replace("<int:page>", "1")

    def assertNothingLeaks(self, response):
        for secret in (
            SECRET_NAME,
            self.other.number,
            f"{SECRET_POINTS:,}",
            str(SECRET_POINTS),
            self.points_card(self.other).code,
        ):
            self.assertNotIn(secret, response.text, response.url)

    def test_routes_are_known(self):
        self.assertEqual(
            self.own_routes(),
            {
                "/my/club",
                "/my/club/<int:member_id>",
                "/my/club/<int:member_id>/history",
                "/my/club/<int:member_id>/history/page/<int:page>",
            },
        )

    def test_no_route_shows_another_member(self):
        for route in self.own_routes():
            url = self.filled(route, self.other.id)
            for query in ("", f"?wallet={self.other_wallet.id}", "?filterby=earned"):
                response = self.url_open(url + query)

                self.assertEqual(response.status_code, 200)
                self.assertNothingLeaks(response)

    def test_foreign_and_missing_memberships_are_answered_alike(self):
        missing = self.other.id + 1000
        for route in self.own_routes() - {"/my/club"}:
            answers = []
            for member_id in (self.other.id, missing, 10**30, 0):
                url = self.filled(route, member_id)
                response = self.url_open(url, allow_redirects=False)
                self.assertEqual(response.status_code, 303)
                answers.append((response.headers["Location"], response.text))
            self.assertEqual(len(set(answers)), 1, answers)
            self.assertURLEqual(answers[0][0], "/my/club")

    def test_foreign_wallet_in_the_address_shows_the_own(self):
        self.move(self.points, 3)

        rows = self.rows(f"{self.history()}?wallet={self.other_wallet.id}")

        self.assertEqual(rows, [("+3", "3")])

    def test_stock_pages_do_not_show_another_members_card(self):
        card = self.points_card(self.other)

        self.assertNothingLeaks(self.url_open(f"/my/loyalty_card/{card.id}/history"))
        self.assertNothingLeaks(
            self.url_open(
                f"/my/loyalty_card/{card.id}/values",
                json={"jsonrpc": "2.0", "method": "call", "params": {}},
            )
        )

    def test_contacts_of_one_company_do_not_see_each_other(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        (self.member | self.other).partner_id.parent_id = firm

        self.assertNothingLeaks(self.url_open("/my/club"))
        self.assertNothingLeaks(self.url_open(f"/my/club/{self.other.id}"))

    def test_colleague_with_all_rights_sees_only_herself_here(self):
        manager = new_test_user(
            self.env, "club_manager", groups="base.group_user,loyalty_club.group_manager"
        )
        self.authenticate(manager.login, manager.login)

        self.assertNothingLeaks(self.url_open(f"/my/club/{self.other.id}/history"))

    def test_public_is_sent_to_the_login(self):
        self.logout()
        for route in self.own_routes():
            response = self.url_open(self.filled(route, self.other.id), allow_redirects=False)

            self.assertEqual(response.status_code, 303)
            self.assertIn("/web/login", response.headers["Location"])

    def test_portal_user_reads_no_club_model_by_rpc(self):
        for model in ("loyalty.club.member", "loyalty.club.wallet", "loyalty.club.entry"):
            response = self.url_open(
                f"/web/dataset/call_kw/{model}/search_read",
                json={
                    "jsonrpc": "2.0",
                    "method": "call",
                    "params": {
                        "model": model,
                        "method": "search_read",
                        "args": [[], []],
                        "kwargs": {},
                    },
                },
            )

            self.assertIn("error", response.json())
            self.assertNothingLeaks(response)
