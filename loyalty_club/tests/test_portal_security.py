from odoo.tests import new_test_user, tagged

from ..controllers.portal import CustomerPortalClub
from ..controllers.portal_history import PortalHistory
from .portal_common import SECRET_NAME, SECRET_POINTS, PortalCase


@tagged("post_install", "-at_install")
class TestPortalSecurity(PortalCase):
    """A member sees herself. Whatever she asks for of another member's, nothing comes back."""

    def own_routes(self):
        """Addresses of the club's pages, with their parameters still open."""
        endpoints = [
            endpoint
            for part in (CustomerPortalClub, PortalHistory)
            for endpoint in vars(part).values()
        ]
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
                "/my/club/<int:member_id>/more",
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

    def test_foreign_and_missing_cards_are_answered_alike(self):
        card = self.points_card(self.other)

        answers = [
            self.url_open(f"/my/loyalty_card/{card_id}/history", allow_redirects=False)
            for card_id in (card.id, card.id + 1000)
        ]

        self.assertEqual(*[(a.status_code, a.headers["Location"], a.text) for a in answers])

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
