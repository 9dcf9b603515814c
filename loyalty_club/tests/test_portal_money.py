"""Wallet, sending and converting on the member's own pages."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

from lxml import html

from odoo import http
from odoo.tests import tagged

from .portal_common import SECRET_NAME, PortalCase
from .test_one_time_code import CodeWords


class MoneyPages(CodeWords, PortalCase):
    """Sara has 100 points that she may send; Reza is another member with a mobile and a login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.club.points_kind_id
        cls.kind.write({"transferable": True, "transfer_freeze_hours": 0})
        cls.reza = cls.new_member("Reza Karimi")
        for member, phone in ((cls.member, "09121111111"), (cls.reza, "09122222222")):
            member.partner_id.write({"country_id": cls.env.ref("base.ir").id, "phone": phone})
        cls.new_login("reza.portal", cls.reza.partner_id)
        cls.move(cls.points, 100)

    def address(self, page, member=None):
        return f"/my/club/{(member or self.member).id}/{page}"

    def post(self, page, member=None, **values):
        """Send a form; the answer, redirects not followed."""
        return self.url_open(
            self.address(page, member),
            data={"csrf_token": http.Request.csrf_token(self), **values},
            allow_redirects=False,
        )

    def tree(self, response):
        return html.fromstring(response.content)

    def said(self, response):
        return self.text(self.tree(response), "//*[@role='alert' or @role='status']")

    def balances(self):
        self.env.invalidate_all()
        return self.points.balance, self.wallet_of(self.reza).balance

    def assertRefused(self, response, words):
        self.assertEqual(response.status_code, 422)
        self.assertIn(words, self.said(response))


@tagged("post_install", "-at_install")
class TestPortalWallet(MoneyPages):
    """All that a member has stands on one page."""

    def test_a_wallet_tells_what_is_free_and_what_becomes_of_it(self):
        self.move(self.points, 30, expires_on=date(2030, 3, 21))
        self.move(self.points, 7, available_on=date(2031, 5, 1))
        self.env["loyalty.club.hold"]._authorize(self.points.id, Decimal(20), "held-for-test")

        text = self.text(self.page(self.address("wallet")), "//section[hasclass('o_club_purse')]")

        self.assertIn("110 points can be used now", text)
        self.assertIn("Balance 137", text)
        self.assertIn("Held for a payment or transfer 20", text)
        self.assertIn("Can be used from 05/01/2031 7", text)
        self.assertIn("Valid until 03/21/2030 30", text)

    def test_what_is_owed_is_told(self):
        debt = self.club.kind_ids.filtered(lambda kind: kind.type == "debt")
        wallet = debt._wallets_of(self.member)[self.member.id]
        self.assertNotIn("You owe this", self.text(self.page(self.address("wallet"))))

        self.move(wallet, -12, kind="debt")

        self.assertIn(
            "Points owed 12 points You owe this", self.text(self.page(self.address("wallet")))
        )

    def test_nothing_of_another_member_is_shown(self):
        for page in ("wallet", "send", "convert"):
            answers = {
                (found.status_code, found.headers["Location"])
                for found in (
                    self.url_open(f"/my/club/{id_}/{page}", allow_redirects=False)
                    for id_ in (self.other.id, self.other.id + 10**6)
                )
            }
            self.assertEqual(len(answers), 1, page)
            self.assertTrue(answers.pop()[1].endswith("/my/club"))

    def test_queries_do_not_grow_with_the_lots(self):
        few = len(self.queries(self.address("wallet")))
        for day in range(1, 20):
            self.move(self.points, 1, expires_on=date(2030, 4, day))

        text = self.text(self.page(self.address("wallet")))

        self.assertIn("Valid until later days", text)
        self.assertEqual(len(self.queries(self.address("wallet"))), few)


@tagged("post_install", "-at_install")
class TestPortalSend(MoneyPages):
    """A member sends to another by her pages: once, to whom she has seen, with her code."""

    def form(self, **values):
        return {"wallet": self.points.id, "receiver": "+98 912 222 2222", "amount": "30", **values}

    def ask(self, key=None, **values):
        return self.post("send/ask", key=key or uuid4().hex, **self.form(**values))

    def sent(self):
        self.env.invalidate_all()
        return self.env["loyalty.club.transfer"].search([("sender_id", "=", self.member.id)])

    def step(self, transfer, step, member=None, **values):
        return self.post(f"send/{transfer.reference}/{step}", member, **values)

    def test_she_sees_a_short_name_and_the_price_before_anything_is_sent(self):
        self.kind.transfer_fee_fixed = 2

        page = self.tree(self.post("send/review", **self.form(receiver=self.reza.number)))

        self.assertEqual(self.text(page, "//bdi[hasclass('o_club_receiver')]"), "Reza K")
        text = self.text(page)
        for words in ("Amount 30", "Fee 2", "Taken from your wallet 32", "Send me the code"):
            self.assertIn(words, text)
        self.assertFalse(self.sent())

    def test_with_her_code_it_is_done_once(self):
        key = uuid4().hex
        first, again = self.ask(key), self.ask(key)
        transfer = self.sent()
        self.assertEqual(len(transfer), 1)
        self.assertURLEqual(first.headers["Location"], self.address(f"send/{transfer.reference}"))
        self.assertEqual(first.headers["Location"], again.headers["Location"])
        self.assertEqual(self.balances(), (100, 0))

        code = self.code_of(self.member.partner_id)
        for _time in range(3):
            answer = self.step(transfer, "confirm", code=code)
            self.assertEqual(answer.status_code, 303)

        page = self.page(self.address(f"send/{transfer.reference}"))
        self.assertEqual(
            self.text(page, "//*[hasclass('o_club_told')]"), "30 points was sent to Reza K."
        )
        self.assertTrue(page.xpath("//a[starts-with(@href, '/loyalty_club/check/')]"))
        self.assertEqual(self.balances(), (70, 30))

    def test_a_wrong_code_moves_nothing_and_is_told(self):
        self.ask()
        transfer = self.sent()
        right = self.code_of(self.member.partner_id)
        wrong = "111111" if right != "111111" else "222222"

        self.assertRefused(self.step(transfer, "confirm", code=wrong), "not the code")

        self.assertEqual(self.balances(), (100, 0))

    def test_another_code_voids_the_first(self):
        self.ask()
        transfer = self.sent()
        first = self.code_of(self.member.partner_id)
        answer = self.url_open(
            self.address(f"send/{transfer.reference}/code"),
            data={"csrf_token": http.Request.csrf_token(self)},
        )
        self.assertIn("A new code is on its way", self.said(answer))
        second = self.code_of(self.member.partner_id)

        if first != second:
            self.assertEqual(self.step(transfer, "confirm", code=first).status_code, 422)
        self.assertEqual(self.step(transfer, "confirm", code=second).status_code, 303)

    def test_what_cannot_be_is_said_and_what_was_typed_is_kept(self):
        for values, words in (
            ({"amount": "101"}, "Only 100 points can be used"),
            ({"amount": "five"}, "is not an amount"),
            ({"amount": "-5"}, "positive amount"),
            ({"amount": "0"}, "positive amount"),
            ({"receiver": "09129999999"}, "No member has this number"),
            ({"receiver": self.member.number}, "the same"),
            ({"wallet": self.other_wallet.id}, "Choose what you want to send"),
            ({"wallet": ""}, "Choose what you want to send"),
        ):
            for answer in (self.post("send/review", **self.form(**values)), self.ask(**values)):
                with self.subTest(values, url=answer.url):
                    self.assertRefused(answer, words)
                    page = self.tree(answer)
                    for name in ("receiver", "amount"):
                        kept = page.xpath(f"//input[@name='{name}']/@value")
                        self.assertEqual(kept, [str(self.form(**values)[name])])
        self.assertFalse(self.sent())

    def test_persian_digits_are_read(self):
        self.kind.transfer_free_amount = 50

        self.ask(receiver="+۹۸۹۱۲۲۲۲۲۲۲۲", amount="۳۰")

        self.assertEqual(self.balances(), (70, 30))

    def test_a_form_without_a_proper_key_sends_nothing(self):
        self.kind.transfer_free_amount = 50
        for key in ("", "short", "ک" * 20):
            self.assertRefused(self.post("send/ask", key=key, **self.form()), "no proper key")
        self.assertEqual(self.balances(), (100, 0))

    def test_the_receiver_finds_it_in_her_wallet_and_confirms(self):
        self.kind.transfer_receiver_confirms = True
        self.ask()
        transfer = self.sent()
        self.step(transfer, "confirm", code=self.code_of(self.member.partner_id))
        self.authenticate("reza.portal", "reza.portal")

        page = self.page(self.address("wallet", self.reza))
        self.assertIn("Sara wants to send you 30 points", self.text(page))
        link = page.xpath("//a[hasclass('alert-link')]/@href")[0]
        self.assertIn("Receive", self.text(self.page(link)))
        code = self.code_of(self.reza.partner_id)
        self.assertEqual(self.step(transfer, "confirm", self.reza, code=code).status_code, 303)

        self.assertIn("Sara has sent you 30 points", self.text(self.page(link)))
        self.assertEqual(self.balances(), (70, 30))

    def test_either_side_calls_it_off(self):
        self.kind.transfer_receiver_confirms = True
        for login, member in (("sara.portal", self.member), ("reza.portal", self.reza)):
            self.authenticate("sara.portal", "sara.portal")
            self.ask()
            transfer = self.sent()[:1]
            self.step(transfer, "confirm", code=self.code_of(self.member.partner_id))
            self.authenticate(login, login)

            for _time in range(2):
                self.assertEqual(self.step(transfer, "cancel", member).status_code, 303)

            self.env.invalidate_all()
            self.assertEqual(transfer.state, "cancelled")
        self.assertEqual(self.balances(), (100, 0))
        self.assertEqual(self.points.held, 0)

    def test_a_large_amount_waits_for_approval(self):
        self.kind.write({"transfer_free_amount": 50, "transfer_approval_above": 20})

        self.assertIn(
            "A club manager has to approve",
            self.text(self.tree(self.post("send/review", **self.form()))),
        )
        self.ask()

        page = self.page(self.address(f"send/{self.sent().reference}"))
        self.assertIn("A club manager has to approve", self.text(page))
        self.assertEqual(self.balances(), (100, 0))

    def test_what_its_sender_has_not_confirmed_is_nobody_elses_business(self):
        self.ask()
        transfer = self.sent()
        self.authenticate("reza.portal", "reza.portal")

        for reference in (transfer.reference, "0" * 32):
            answer = self.url_open(
                self.address(f"send/{reference}", self.reza), allow_redirects=False
            )
            self.assertURLEqual(answer.headers["Location"], self.address("send", self.reza))
        self.assertNotIn(transfer.reference, self.url_open(self.address("send", self.reza)).text)
        self.step(transfer, "cancel", self.reza)
        self.env.invalidate_all()
        self.assertEqual(transfer.state, "waiting_sender")

        # Nor does it become so when it is called off.
        self.authenticate("sara.portal", "sara.portal")
        self.step(transfer, "cancel")
        self.authenticate("reza.portal", "reza.portal")
        self.assertNotIn(transfer.reference, self.url_open(self.address("send", self.reza)).text)
        answer = self.url_open(
            self.address(f"send/{transfer.reference}", self.reza), allow_redirects=False
        )
        self.assertURLEqual(answer.headers["Location"], self.address("send", self.reza))

    def test_a_transfer_of_others_is_none(self):
        self.authenticate("reza.portal", "reza.portal")
        self.other.partner_id.email = "zuleikha@example.com"
        foreign = self.env["loyalty.club.transfer"]._step(
            "_request",
            self.other_wallet.id,
            self.member.id,
            self.kind._read_shown("5"),
            uuid4().hex,
        )["reference"]
        for step in ("confirm", "code", "cancel"):
            answers = {
                self.post(f"send/{reference}/{step}", self.reza, code="123456").headers["Location"]
                for reference in (foreign, "0" * 32)
            }
            self.assertEqual(len(answers), 1)
        self.assertEqual(
            self.env["loyalty.club.transfer"].search([("reference", "=", foreign)]).state,
            "waiting_sender",
        )

    def test_no_page_shows_more_than_a_short_name(self):
        self.kind.transfer_free_amount = 50
        self.ask(receiver=self.other.number)
        transfer = self.sent()
        self.assertEqual(transfer.state, "done")

        for page in ("send", f"send/{transfer.reference}", "wallet"):
            text = self.url_open(self.address(page)).text
            self.assertNotIn(SECRET_NAME, text)
            self.assertNotIn(SECRET_NAME.split()[1], text)

    def test_members_are_not_found_by_trying(self):
        for number in range(20):
            self.post("send/review", **self.form(receiver=f"0912000{number:04}"))

        self.assertRefused(self.post("send/review", **self.form()), "Too many tries")

    def test_where_nothing_may_be_sent_there_is_no_page_in_the_navigation(self):
        link = f"//nav//a[@href='{self.address('send')}']"
        self.assertTrue(self.page(self.address("wallet")).xpath(link))
        self.kind.transferable = False

        page = self.page(self.address("wallet"))

        self.assertFalse(page.xpath(link))
        self.assertNotIn("Send", self.text(page, "//div[hasclass('o_club_purse_acts')]"))
        self.assertIn("Nothing can be sent", self.text(self.page(self.address("send"))))
        self.assertRefused(self.ask(), "Choose what you want to send")


@tagged("post_install", "-at_install")
class TestPortalConvert(MoneyPages):
    """A member converts by the club's rate: what she saw, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.credit = cls.new_kind("ewallet")
        cls.credit.rounding = 1
        cls.rate = cls.env["loyalty.club.conversion"].create(
            {
                "club_id": cls.club.id,
                "from_kind_id": cls.kind.id,
                "to_kind_id": cls.credit.id,
                "from_amount": 20,
                "to_amount": 3,
            }
        )

    def form(self, **values):
        return {"rate": self.rate.id, "amount": "100", **values}

    def convert(self, key=None, **values):
        return self.post("convert/do", key=key or uuid4().hex, **self.form(**values))

    def have(self):
        self.env.invalidate_all()
        wallets = {wallet.kind_id: wallet.balance for wallet in self.member.wallet_ids}
        return wallets[self.kind], wallets.get(self.credit, 0)

    def test_she_sees_what_she_gets_before_it_happens(self):
        page = self.tree(self.post("convert/review", **self.form(amount="99")))

        text = self.text(page)
        self.assertIn("You give 94 points", text)
        self.assertIn("14", self.text(page, "//bdi[hasclass('o_club_given')]"))
        self.assertIn("5 points is too little", text)
        self.assertEqual(self.have(), (100, 0))

    def test_the_same_form_sent_twice_converts_once(self):
        key = uuid4().hex
        for _time in range(3):
            answer = self.convert(key)
            self.assertURLEqual(answer.headers["Location"], self.address("wallet"))

        self.assertIn("100 points became", self.said(self.url_open(self.address("wallet"))))
        self.assertEqual(self.have(), (0, 15))

    def test_a_key_of_another_member_is_another_key(self):
        key = uuid4().hex
        self.convert(key, amount="40")
        self.move(self.wallet_of(self.reza), 40)
        self.authenticate("reza.portal", "reza.portal")
        self.post("convert/do", self.reza, key=key, **self.form(amount="40"))

        self.env.invalidate_all()
        self.assertEqual(self.wallet_of(self.reza).balance, 0)
        self.assertEqual(self.have(), (60, 6))

    def test_what_cannot_be_is_said(self):
        stale = self.rate.copy({"valid_until": "2020-01-01"})
        for values, words in (
            ({"amount": "140"}, "only 100 points"),
            ({"amount": "3"}, "less than the smallest step"),
            ({"amount": "-20"}, "Convert at least"),
            ({"amount": "much"}, "is not an amount"),
            ({"rate": stale.id}, "no longer in force"),
            ({"rate": "x"}, "no longer in force"),
        ):
            for answer in (
                self.post("convert/review", **self.form(**values)),
                self.convert(**values),
            ):
                with self.subTest(values, url=answer.url):
                    self.assertRefused(answer, words)
        self.assertEqual(self.have(), (100, 0))

    def test_a_form_without_a_proper_key_converts_nothing(self):
        self.assertRefused(self.post("convert/do", key="", **self.form()), "no proper key")
        self.assertEqual(self.have(), (100, 0))

    def test_rates_by_which_the_club_issues_are_not_the_members(self):
        self.rate.issue_months = "1, 7"

        page = self.page(self.address("convert"))

        self.assertIn("Nothing to convert", self.text(page))
        self.assertFalse(page.xpath(f"//nav//a[@href='{self.address('convert')}']"))
        self.assertRefused(self.convert(), "no longer in force")

    def test_the_page_is_in_the_navigation_while_a_rate_is_in_force(self):
        link = f"//nav//a[@href='{self.address('convert')}']"
        self.assertTrue(self.page(self.address("wallet")).xpath(link))
        self.rate.valid_until = "2020-01-01"
        self.assertFalse(self.page(self.address("wallet")).xpath(link))


@tagged("post_install", "-at_install")
class TestPortalTomans(MoneyPages):
    """Where tomans are shown, tomans are typed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rial = cls.env.ref("base.IRR")
        rial.write({"active": True, "rounding": 1})
        cls.company.rial_shown = "toman"
        cls.credit = cls.env["loyalty.club.wallet.kind"].create(
            {
                "name": "Credit",
                "club_id": cls.club.id,
                "type": "ewallet",
                "currency_id": rial.id,
                "transferable": True,
                "transfer_freeze_hours": 0,
                "transfer_free_amount": 10**9,
            }
        )
        cls.purse = cls.credit._wallets_of(cls.member)[cls.member.id]
        cls.move(cls.purse, 500000, kind="topup")

    def test_an_amount_is_typed_as_it_is_shown(self):
        form = {"wallet": self.purse.id, "receiver": self.reza.number, "amount": "12,000"}
        self.assertIn("12,000 toman", self.text(self.tree(self.post("send/review", **form))))

        self.post("send/ask", key=uuid4().hex, **form)

        self.env.invalidate_all()
        self.assertEqual(self.purse.balance, 380000)

    def test_refusals_speak_of_tomans_too(self):
        form = {"wallet": self.purse.id, "receiver": self.reza.number, "amount": "60000"}

        self.assertRefused(self.post("send/review", **form), "Only 50,000 toman can be used")
