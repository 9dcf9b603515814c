import json
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tests.common import _super_send

from ..models.push_device import MOST
from ..public_http import PublicSession, RefusedAddressError
from ..web_push import PushSender, key_mark
from .common import ClubCommon
from .push_common import HOST, FakeBrowser, PushService

_MODULE = "odoo.addons.loyalty_club.models.push_device"


class PushCommon(ClubCommon):
    """Sara has a telephone; push services answer as the test says and keep what came."""

    takes_all = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member.partner_id.write(
            {"phone": "09121234567", "country_id": cls.env.ref("base.ir").id}
        )
        cls.Device = cls.env["loyalty.club.push.device"]
        cls.Outbox = cls.env["loyalty.club.outbox"]

    def setUp(self):
        super().setUp()
        self.sent, self.answers = [], {}
        self.patch_in(f"{_MODULE}.public_addresses", lambda host, port: ["8.8.8.8"])
        if self.takes_all:
            self.patch_in("odoo.addons.loyalty_club.web_push.PushSender.send", self.take)

    def patch_in(self, name, new):
        patcher = patch(name, new)
        patcher.start()
        self.addCleanup(patcher.stop)

    def take(self, subscription, payload, seconds):
        self.sent.append((subscription.endpoint, payload, seconds))
        return self.answers.get(subscription.endpoint, "taken")

    def turn_on(self, name="one", member=None):
        words = FakeBrowser(name).words
        return self.Device._turn_on(member or self.member, **words, name="Chrome · Android")

    def queue(self, kind="notice", **values):
        text = {
            "partner_id": self.member.partner_id.id,
            "company_id": self.company.id,
            "subject": "Subject",
            "body": "Body",
            **values,
        }
        return self.Outbox._queue_texts(kind, [text])

    def by_sms(self):
        """Texts that go out by SMS from now on."""
        texts = []
        self.patch_in(
            "odoo.addons.loyalty_club.models.outbox.LoyaltyClubOutbox._deliver_sms",
            lambda message: texts.append(message.body),
        )
        return texts


@tagged("post_install", "-at_install")
class TestPushDevice(PushCommon):
    """The list of a member's devices is hers, and short."""

    def test_turning_on_twice_is_once(self):
        device = self.turn_on()
        self.assertEqual(self.turn_on(), device)
        self.assertEqual(self.member.push_device_ids, device)

    def test_another_person_in_the_same_browser_takes_it_over(self):
        self.turn_on()
        other = self.new_member("Omid")
        self.turn_on(member=other)
        self.assertFalse(self.member.push_device_ids)
        self.assertEqual(len(other.push_device_ids), 1)

    def test_the_list_has_an_end(self):
        for number in range(MOST):
            self.turn_on(str(number))
        with self.assertRaisesRegex(UserError, str(MOST)):
            self.turn_on("more")
        self.assertTrue(self.turn_on("0"), "one of the list can be renewed")

    def test_tries_are_counted(self):
        limits = type(self.env["loyalty.club.rate.limit"])
        with (
            patch.object(limits, "_allow", lambda *_args: False),
            self.assertRaisesRegex(UserError, "Too many tries"),
        ):
            self.turn_on()

    def test_an_address_of_the_house_is_refused(self):
        self.patch_in(f"{_MODULE}.public_addresses", self._no_address)
        with self.assertRaisesRegex(UserError, "cannot reach"):
            self.turn_on()
        words = {**FakeBrowser().words, "endpoint": "https://10.0.0.1/a"}
        with self.assertRaisesRegex(UserError, "Try another browser"):
            self.Device._turn_on(self.member, **words, name="")

    def _no_address(self, host, port):
        raise RefusedAddressError(host)

    def test_a_club_without_notifications(self):
        self.club.notify_devices = False
        with self.assertRaises(UserError):
            self.turn_on()

    def test_nobody_reads_where_a_device_is_reached(self):
        device = self.turn_on()
        manager = new_test_user(self.env, "push_boss", groups="loyalty_club.group_manager")
        seen = device.with_user(manager)
        self.assertEqual(seen.name, "Chrome · Android")
        for name in ("endpoint", "auth", "p256dh"):
            with self.assertRaises(AccessError):
                seen.read([name])
        cashier = new_test_user(self.env, "push_cashier", groups="loyalty_club.group_user")
        with self.assertRaises(AccessError):
            device.with_user(cashier).read(["name"])

    def test_devices_follow_a_merged_membership(self):
        twin = self.new_member("Sara twice")
        self.turn_on(member=twin)
        twin._hand_over_profile(self.member)
        self.assertEqual(self.member.push_device_ids.mapped("name"), ["Chrome · Android"])

    def test_offers_by_notification_need_a_device(self):
        self.member._set_consents({("marketing", "push"): True}, "portal")
        self.assertFalse(self.member._agreed("marketing", "push"))
        self.turn_on()
        self.assertEqual(self.member._agreed("marketing", "push"), self.member)
        self.member._set_consents({("marketing", "push"): False}, "portal")
        self.assertFalse(self.member._agreed("marketing", "push"))


@tagged("post_install", "-at_install")
class TestOutboxPush(PushCommon):
    """What informs goes to the devices; nothing is lost where there are none."""

    def test_a_notice_goes_to_the_device_instead_of_by_sms(self):
        texts = self.by_sms()
        device = self.turn_on()
        message = self.queue()
        message._send()

        self.assertEqual((message.state, message.channel), ("sent", "push"))
        self.assertEqual((message.sent_to, message.body), ("Chrome · Android", False))
        self.assertFalse(texts)
        ((endpoint, payload, seconds),) = self.sent
        self.assertEqual((endpoint, seconds), (device.sudo().endpoint, 24 * 3600))
        self.assertIn('"title": "Subject", "body": "Body"', payload)
        self.assertIn(f'"url": "/my/club/{self.member.id}"', payload)
        self.assertTrue(device.told_at)

    def test_without_a_device_it_goes_by_sms(self):
        texts = self.by_sms()
        message = self.queue()
        message._send()
        self.assertEqual((message.channel, texts, self.sent), ("sms", ["Body"], []))

    def test_codes_and_warnings_never_go_to_devices(self):
        texts = self.by_sms()
        self.turn_on()
        for kind in ("one_time_code", "contact_changed", "transfer_request"):
            self.queue(kind)._send()
        self.queue("notice", channel="sms", address="+989120000000")._send()
        self.assertEqual((len(texts), self.sent), (4, []))

    def test_a_device_that_is_no_more_leaves_the_list(self):
        texts = self.by_sms()
        device = self.turn_on()
        self.answers[device.sudo().endpoint] = "gone"
        message = self.queue()
        message._send()
        self.assertFalse(device.exists())
        self.assertEqual((message.channel, texts), ("sms", ["Body"]))

    def test_one_of_two_devices_is_enough(self):
        texts = self.by_sms()
        broken = self.turn_on("broken")
        self.turn_on("sound")
        self.answers[broken.sudo().endpoint] = "failed"
        self.queue()._send()
        self.assertEqual((len(self.sent), texts), (2, []))
        self.assertTrue(broken.exists(), "it may only be away")
        self.assertFalse(broken.told_at)

    def test_a_message_to_devices_alone_is_tried_again(self):
        device = self.turn_on()
        self.answers[device.sudo().endpoint] = "failed"
        message = self.queue(channel="push", address=str(self.member.id))
        message._send()
        self.assertEqual((message.state, message.attempts), ("waiting", 1))
        self.answers.clear()
        message._send()
        self.assertEqual(message.state, "sent")

    def test_it_waits_no_longer_than_it_is_valid(self):
        self.turn_on()
        self.queue(expires_at=fields.Datetime.add(fields.Datetime.now(), minutes=10))._send()
        self.assertLessEqual(self.sent[0][2], 600)
        self.assertGreater(self.sent[0][2], 500)

    def test_a_browser_with_two_memberships_is_told_once(self):
        club = self.env["loyalty.club"].create({"name": "Second", "company_id": self.company.id})
        second = self.env["loyalty.club.member"].create(
            {"partner_id": self.member.partner_id.id, "club_id": club.id}
        )
        words = FakeBrowser().words
        for member in (self.member, second):
            self.Device._turn_on(member, **words, name="Chrome")
        self.queue()._send()
        self.assertEqual(len(self.sent), 1)

    def test_devices_of_others_hear_nothing(self):
        self.by_sms()
        self.turn_on(member=self.new_member("Omid"))
        self.queue()._send()
        self.assertFalse(self.sent)

    def test_devices_that_know_another_key_of_the_server_are_left_out(self):
        texts = self.by_sms()
        self.turn_on().sudo().key_mark = "of another server"
        self.queue()._send()
        self.assertEqual((self.sent, texts), ([], ["Body"]))

    def test_a_club_that_stopped_notifications(self):
        texts = self.by_sms()
        self.turn_on()
        self.club.notify_devices = False
        self.queue()._send()
        self.assertEqual((self.sent, texts), ([], ["Body"]))

    def test_a_closed_membership_is_told_nothing(self):
        texts = self.by_sms()
        self.turn_on()
        self.member._close("Moved away")
        self.queue()._send()
        self.assertEqual((self.sent, texts), ([], ["Body"]))

    def test_the_real_sender_reaches_the_open_internet_alone(self):
        sender = self.Device._sender()
        self.assertIsInstance(sender, PushSender)
        adapter = sender.session.get_adapter("https://push.example.com")
        self.assertFalse(adapter._allows("127.0.0.1"))
        self.assertFalse(sender.session.trust_env)


@tagged("post_install", "-at_install")
class TestPushOnTheWire(PushCommon):
    """From the queue to the browser, over a push service on this computer."""

    takes_all = False

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        return _super_send(s, r, **kw)

    def test_a_message_of_the_club_is_read_in_the_browser(self):
        service = PushService()
        self.addCleanup(service.close)
        browser, keys = FakeBrowser(), self.Device._keys()
        session = PublicSession(allows=lambda _address: True, verify=service.trust)
        sender = PushSender(keys, "https://shop.example.com", session)
        self.patch_in(f"{_MODULE}.LoyaltyClubPushDevice._sender", lambda _devices: sender)
        self.patch_in(
            "odoo.addons.loyalty_club.public_http.socket.getaddrinfo",
            lambda _host, port, *_args, **_kwargs: [(2, 1, 6, "", ("127.0.0.1", port))],
        )
        device = self.Device.create(
            {
                "name": "Chrome",
                "member_id": self.member.id,
                "endpoint": browser.endpoint.replace(HOST, f"{HOST}:{service.port}"),
                "mark": "wire",
                "key_mark": key_mark(keys.public),
                "p256dh": browser.p256dh,
                "auth": browser.auth,
            }
        )
        message = self.queue(subject="Golestan", body="You earned 120 points.")
        message._send()

        self.assertEqual((message.state, message.channel), ("sent", "push"), message.last_error)
        ((_path, headers, body),) = service.came
        told = json.loads(browser.open_message(body))
        self.assertEqual(
            (told["title"], told["body"], told["url"]),
            ("Golestan", "You earned 120 points.", f"/my/club/{self.member.id}"),
        )
        self.assertTrue(service.claims(headers, keys.public))
        self.assertTrue(device.told_at)
