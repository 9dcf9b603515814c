import json

from lxml import html

from odoo.tests import tagged

from odoo.addons.loyalty_club.tests.portal_common import PortalCase

from .topup_common import TopupWords


@tagged("post_install", "-at_install")
class TestTopupPortal(PortalCase, TopupWords):
    """A member pays in on her own pages, only for herself and only in the ways that are offered."""

    def address(self, page="topup", member=None):
        return f"/my/club/{(member or self.member).id}/{page}"

    def begin(self, amount=120, kind=None, member=None, **values):
        """What Odoo's payment form sends; its answer, or the sentence of the refusal."""
        params = {
            "amount": amount,
            "provider_id": self.provider.id,
            "payment_method_id": self.method.id,
            "token_id": None,
            "flow": "redirect",
            "tokenization_requested": False,
            "landing_route": "https://evil.example",
            "is_validation": False,
            "access_token": "",
            "csrf_token": "",
            **values,
        }
        response = self.url_open(
            f"{self.address(member=member)}/{(kind or self.credit).id}/transaction",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        body = response.json()
        return body.get("result") or body["error"]["data"]["message"]

    def payments(self):
        self.env.invalidate_all()
        return self.env["payment.transaction"].search([("club_wallet_id", "=", self.purse.id)])

    def test_from_the_wallet_to_the_outcome(self):
        wallet = self.page(self.address("wallet"))
        link = wallet.xpath("//section//a[contains(@href, '/topup')]/@href")[0]
        form = self.page(link)
        self.assertIn("Pay in more, get more", self.text(form))
        ways = self.page(f"{self.address()}?kind={self.credit.id}&amount=120")
        self.assertIn("130", self.text(ways, "//bdi[hasclass('o_club_given')]"))
        self.assertTrue(ways.xpath("//form[@id='o_payment_form']"))
        route = ways.xpath("//form[@id='o_payment_form']/@data-transaction-route")[0]
        self.assertEqual(route, f"{self.address()}/{self.credit.id}/transaction")

        answer = self.begin()
        payment = self.payments()
        self.assertEqual(answer["reference"], payment.reference)
        self.assertEqual(payment.amount, 120)
        self.assertEqual(payment.landing_route, f"{self.address()}/done/{payment.id}")
        self.assertIn("Nothing was paid", self.text(self.page(payment.landing_route)))
        self.assertPurse(0)

        payment._set_done()
        for _time in range(2):
            self.url_open(
                "/payment/status/poll",
                data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": {}}),
                headers={"Content-Type": "application/json"},
            )
        self.assertPurse(130)
        done = self.page(payment.landing_route)
        self.assertIn("130.00 was added to", self.text(done, "//*[hasclass('o_club_told')]"))
        self.assertTrue(done.xpath("//a[starts-with(@href, '/loyalty_club/check/')]"))
        history = self.page(f"{self.address('history')}?wallet={self.purse.id}")
        self.assertIn(f"Payment {payment.reference}", self.text(history))

    def test_where_a_payment_stands_is_told(self):
        self.begin()
        payment = self.payments()
        for step, words in (
            ("_set_pending", "not confirmed yet"),
            ("_set_done", "in your wallet in a moment"),
        ):
            getattr(payment, step)()
            self.assertIn(words, self.text(self.page(payment.landing_route)))
        payment.club_refusal = "Too much"
        self.assertIn("takes care of it", self.text(self.page(payment.landing_route)))

    def test_only_ways_that_are_offered_are_taken(self):
        hidden = self.new_provider("Hidden", is_published=False)
        off = self.new_provider("Off", state="disabled")
        strange = self.env["payment.method"].search([("id", "!=", self.method.id)], limit=1)
        for values in (
            {"provider_id": hidden.id},
            {"provider_id": off.id},
            {"provider_id": 10**6},
            {"payment_method_id": strange.id},
            {"payment_method_id": None},
            {"flow": "token"},
            {"flow": "offline"},
            {"flow": "token", "token_id": 1},
            {"flow": ["redirect"]},
            {"provider_id": True},
            {"provider_id": [self.provider.id]},
            {"payment_method_id": {}},
        ):
            with self.subTest(values):
                self.assertIn("cannot pay in this way", self.begin(**values))
        self.assertFalse(self.payments())

    def test_a_validation_is_not_begun_here(self):
        self.begin(is_validation=True)

        self.assertEqual(self.payments().operation, "online_redirect")

    def test_amounts_are_judged_again(self):
        self.credit.maximum_balance = 100
        for amount, words in (
            (0, "at least"),
            (-5, "at least"),
            (1000, "holds at most"),
            *(
                (junk, "Enter the amount")
                for junk in ("ten", None, True, [5], {"a": 1}, 1e300, 10**20)
            ),
        ):
            with self.subTest(amount):
                self.assertIn(words, self.begin(amount))
        self.assertFalse(self.payments())

    def test_amounts_that_cannot_be_are_refused_on_the_page(self):
        for amount in ("0", "-3", "much", "1e99", "0.001"):
            with self.subTest(amount):
                page = self.page(f"{self.address()}?kind={self.credit.id}&amount={amount}", 422)
                self.assertTrue(page.xpath("//*[@role='alert']"))
                self.assertEqual(page.xpath("//input[@name='amount']/@value"), [amount])

    def test_another_member_is_answered_as_one_that_does_not_exist(self):
        for member_id in (self.other.id, self.other.id + 10**6):
            answer = self.url_open(f"/my/club/{member_id}/topup", allow_redirects=False)
            self.assertTrue(answer.headers["Location"].endswith("/my/club"))
        self.assertIn("no such wallet", self.begin(member=self.other))
        self.assertIn("no such wallet", self.begin(kind=self.points))

        foreign = self.payment(
            50, club_wallet_id=self.credit._wallets_of(self.other)[self.other.id].id
        )
        for payment_id in (foreign.id, foreign.id + 10**6):
            answer = self.url_open(f"{self.address()}/done/{payment_id}", allow_redirects=False)
            self.assertTrue(answer.headers["Location"].endswith("/my/club"))

    def test_without_a_provider_it_is_said_what_to_do(self):
        self.provider.state = "disabled"

        page = self.page(f"{self.address()}?kind={self.credit.id}&amount=10")

        self.assertIn("Top up at the till", self.text(page))
        self.assertFalse(page.xpath("//form[@id='o_payment_form']"))

    def test_where_nothing_is_paid_in_online_there_is_no_page_in_the_navigation(self):
        link = f"//nav//a[@href='{self.address()}']"
        self.assertTrue(self.page(self.address("wallet")).xpath(link))
        self.credit.topup_online = False

        page = self.page(self.address("wallet"))

        self.assertFalse(page.xpath(link))
        self.assertFalse(page.xpath("//section//a[contains(@href, '/topup')]"))
        self.assertIn("Nothing is paid in online", self.text(self.page(self.address())))

    def test_payments_are_not_begun_without_end(self):
        for _time in range(20):
            self.assertIn("reference", self.begin(10))

        self.assertIn("Too many tries", self.begin(10))

    def test_the_page_is_kept_by_nobody(self):
        answer = self.url_open(self.address())
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertTrue(html.fromstring(answer.content).xpath("//input[@name='amount']"))
