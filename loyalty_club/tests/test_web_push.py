import base64
import hashlib
import socket
from unittest.mock import patch

import requests

from odoo.tests import BaseCase, tagged
from odoo.tests.common import _super_send

from ..domain.codes import InputError
from ..public_http import PublicSession, RefusedAddressError, public_addresses
from ..web_push import PushKeys, PushSender, Subscription, _pair, payload_of, read_subscription
from .push_common import HOST, FakeBrowser, PushService

LOOKED_UP = "odoo.addons.loyalty_club.public_http.socket.getaddrinfo"


def leads_to(*addresses):
    """Every name leads to these addresses."""

    def look_up(_host, port, *_args, **_kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    return patch(LOOKED_UP, look_up)


@tagged("post_install", "-at_install")
class TestSubscription(BaseCase):
    """What a browser hands over is checked before anything is done with it."""

    def refused(self, **changes):
        with self.assertRaises(InputError) as caught:
            read_subscription(**{**FakeBrowser().words, **changes})
        return caught.exception.code

    def test_a_browsers_own_words_are_taken(self):
        words = FakeBrowser().words
        self.assertEqual(read_subscription(**words)._asdict(), words)
        self.assertEqual(
            read_subscription(**{**words, "auth": words["auth"] + "=="}).auth, words["auth"]
        )

    def test_addresses_of_no_push_service(self):
        for endpoint in (
            "",
            "http://push.example.com/a",
            "ftp://push.example.com/a",
            "https://push.example.com:8443/a",
            "https://push.example.com:99999/a",
            "https://user:word@push.example.com/a",
            "https://push.example.com\\@10.0.0.1/a",
            "https://10.0.0.1/a",
            "https://[::1]/a",
            "https://2130706433/a",
            "https://127.1/a",
            "https://127.0.0.0x1/a",
            "https://localhost/a",
            "https://localhost./a",
            "https://odoo/a",
            "https://db.internal/a",
            "https://printer.local/a",
            "https://push.example.com/a b",
            "https://push.example.com/a\r\nHost: x",
            "https://pussh.example.com/" + "a" * 1000,
            "https://پوش.example.com/a",
            "javascript:alert(1)",
        ):
            self.assertEqual(self.refused(endpoint=endpoint), "endpoint", endpoint)

    def test_keys_that_seal_nothing(self):
        off_curve = base64.urlsafe_b64encode(b"\4" + b"\1" * 64).decode()
        for changes in (
            {"p256dh": ""},
            {"p256dh": "!!!"},
            {"p256dh": off_curve},
            {"p256dh": "A" * 300},
            {"p256dh": "AAAA"},
            {"auth": ""},
            {"auth": "AAAA"},
            {"auth": "A" * 300},
        ):
            self.assertEqual(self.refused(**changes), "keys", changes)


class OwnNetwork(BaseCase):
    """Requests go out as in earnest: names lead where the test says, never to the internet."""

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        return _super_send(s, r, **kw)


@tagged("post_install", "-at_install")
class TestPublicHttp(OwnNetwork):
    """A stranger's address leads to the open internet or nowhere."""

    def test_a_name_of_the_house_is_refused(self):
        for address in ("127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "fd00::1"):
            with leads_to(address), self.assertRaises(RefusedAddressError):
                public_addresses(HOST, 443)

    def test_one_address_of_the_house_among_others_is_enough(self):
        with leads_to("8.8.8.8", "192.168.0.1"), self.assertRaises(RefusedAddressError):
            public_addresses(HOST, 443)
        with leads_to("8.8.8.8", "8.8.4.4"):
            self.assertEqual(public_addresses(HOST, 443), ["8.8.8.8", "8.8.4.4"])

    def test_a_name_without_an_address(self):
        with (
            patch(LOOKED_UP, side_effect=socket.gaierror("unknown")),
            self.assertRaises(RefusedAddressError),
        ):
            public_addresses(HOST, 443)

    def test_nothing_but_https(self):
        with self.assertRaises(requests.exceptions.InvalidSchema):
            PublicSession().post_only("http://push.example.com/", {}, b"")

    def test_the_judged_address_is_the_one_that_is_called(self):
        """A name that leads elsewhere at the second look-up (DNS rebinding)."""
        asked, called = [], []

        def look_up(host, port, *_args, **_kwargs):
            asked.append(host)
            address = "8.8.8.8" if len(asked) == 1 else "127.0.0.1"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

        def connect(place, *_args, **_kwargs):
            called.append(place[0])
            raise OSError("not in a test")

        with (
            patch(LOOKED_UP, look_up),
            patch("urllib3.util.connection.create_connection", connect),
            self.assertRaises(requests.ConnectionError),
        ):
            PublicSession().post_only(f"https://{HOST}/a", {}, b"")
        self.assertEqual((asked, called), ([HOST], ["8.8.8.8"]))

    def test_the_house_is_refused_when_it_is_called(self):
        with leads_to("127.0.0.1"), self.assertRaises(requests.ConnectionError):
            PublicSession().post_only(f"https://{HOST}/a", {}, b"")


@tagged("post_install", "-at_install")
class TestPushSender(OwnNetwork):
    """What is sent can be read by the one browser, and by nobody on the way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = PushService()
        cls.addClassCleanup(cls.service.close)
        cls.keys = _pair(hashlib.sha256(b"test").digest())

    def setUp(self):
        super().setUp()
        self.service.came.clear()
        self.service.answers.clear()
        # Loopback is allowed to this one session; the browser's address names the usual port.
        session = PublicSession(allows=lambda _address: True, verify=self.service.trust)
        self.sender = PushSender(self.keys, "https://shop.example.com", session)
        self.browser = FakeBrowser()

    def send(self, payload="Hello", browser=None, seconds=60):
        browser = browser or self.browser
        endpoint = browser.endpoint.replace(HOST, f"{HOST}:{self.service.port}")
        with leads_to("127.0.0.1"):
            return self.sender.send(
                Subscription(endpoint, browser.p256dh, browser.auth), payload, seconds
            )

    def test_the_browser_reads_what_was_sent(self):
        text = payload_of("باشگاه", "۱۲۰ امتیاز گرفتید", url="/my/club/1")
        self.assertEqual(self.send(text, seconds=3600), "taken")

        ((path, headers, body),) = self.service.came
        self.assertEqual(path, "/send/one")
        self.assertEqual(self.browser.open_message(body), text)
        self.assertNotIn("امتیاز".encode(), body)
        self.assertEqual((headers["TTL"], headers["Content-Encoding"]), ("3600", "aes128gcm"))
        claims = self.service.claims(headers, self.keys.public)
        self.assertEqual(claims["aud"], f"https://{HOST}:{self.service.port}")
        self.assertEqual(claims["sub"], "https://shop.example.com")

    def test_another_browser_reads_nothing(self):
        self.send()
        with self.assertRaises(Exception):  # noqa: B017 (InvalidTag of the cipher)
            FakeBrowser().open_message(self.service.came[0][2])

    def test_each_message_is_sealed_anew(self):
        self.send()
        self.send()
        bodies = {body for _path, _headers, body in self.service.came}
        self.assertEqual(len(bodies), 2)

    def test_what_the_service_answers(self):
        for status, outcome in (
            (201, "taken"),
            (200, "taken"),
            (404, "gone"),
            (410, "gone"),
            (403, "failed"),
            (429, "failed"),
            (500, "failed"),
            (302, "failed"),  # is not followed
        ):
            self.service.answers["/send/one"] = status
            self.assertEqual(self.send(), outcome, status)
        self.assertEqual(len(self.service.came), 8)

    def test_a_service_that_is_not_there(self):
        with leads_to("127.0.0.1"):
            words = {**self.browser.words, "endpoint": f"https://{HOST}:1/a"}
            self.assertEqual(self.sender.send(Subscription(**words), "Hello", 60), "failed")

    def test_a_certificate_that_nobody_vouches_for(self):
        self.sender.session.verify = True
        self.assertEqual(self.send(), "failed")
        self.assertFalse(self.service.came)

    def test_a_long_text_is_shortened_to_one_record(self):
        text = payload_of("Title", "امتیاز " * 2000, url="/my/club/1")
        self.assertLessEqual(len(text.encode()), 3000)
        self.assertEqual(self.send(text), "taken")
        self.assertIn('"url": "/my/club/1"', self.browser.open_message(self.service.came[0][2]))

    def test_the_servers_pair_belongs_to_its_secret(self):
        self.assertEqual(self.keys, _pair(hashlib.sha256(b"test").digest()))
        self.assertNotEqual(self.keys, _pair(hashlib.sha256(b"other").digest()))
        self.assertIsInstance(_pair(b"\0" * 32), PushKeys, "no secret is without a pair")
