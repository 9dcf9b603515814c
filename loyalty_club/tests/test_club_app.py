import base64
import io
import json
from unittest.mock import patch

from PIL import Image

from odoo.tests import tagged

from .portal_common import SECRET_NAME, SECRET_POINTS, PortalCase
from .push_common import FakeBrowser

ADDRESSES = "odoo.addons.loyalty_club.models.push_device.public_addresses"


@tagged("post_install", "-at_install")
class TestClubApp(PortalCase):
    """The club's own app: what a browser reads to install it."""

    def manifest(self, **values):
        self.club.write(values)
        response = self.url_open(f"/club/{self.club.id}/manifest.webmanifest")
        self.assertEqual(response.headers["Content-Type"], "application/manifest+json")
        return response.json()

    def icon(self, source):
        response = self.url_open(source)
        self.assertEqual(response.headers["Content-Type"], "image/png")
        return Image.open(io.BytesIO(response.content))

    def test_manifest_carries_the_clubs_name_and_colour(self):
        told = self.manifest(name="Café Sara", app_name="Sara", brand_color="#0a7d5c")
        self.assertEqual((told["name"], told["short_name"]), ("Café Sara", "Sara"))
        self.assertEqual((told["theme_color"], told["display"]), ("#0a7d5c", "standalone"))
        self.assertTrue(told["start_url"].startswith(told["scope"]))
        self.assertEqual(told["dir"], "ltr")

    def test_icons_have_the_size_and_look_they_are_said_to_have(self):
        told = self.manifest(brand_color="#0a7d5c")
        self.assertEqual(len(told["icons"]), 4)
        for icon in told["icons"]:
            image = self.icon(icon["src"])
            self.assertEqual(f"{image.width}x{image.height}", icon["sizes"])
            corner = image.convert("RGBA").getpixel((0, 0))
            if icon["purpose"] == "maskable":
                self.assertEqual(corner, (0x0A, 0x7D, 0x5C, 255))
            else:
                self.assertEqual(corner[3], 0)

    def test_the_clubs_own_picture_and_a_new_address_with_it(self):
        before = self.manifest()["icons"][0]["src"]
        red = Image.new("RGB", (100, 50), "red")
        data = io.BytesIO()
        red.save(data, "PNG")
        self.club.app_icon = base64.b64encode(data.getvalue())
        after = self.manifest()["icons"][0]["src"]
        self.assertNotEqual(before, after)
        self.assertEqual(self.icon(after).convert("RGBA").getpixel((96, 96)), (255, 0, 0, 255))

    def test_sizes_that_are_not_offered(self):
        for name in ("193", "4096", "192x192"):
            self.assertEqual(
                self.url_open(f"/club/{self.club.id}/icon/{name}.png").status_code, 404
            )

    def test_a_club_without_a_public_page_tells_strangers_nothing(self):
        self.club.public_page = False
        address, icon = (
            f"/club/{self.club.id}/{rest}" for rest in ("manifest.webmanifest", "icon/192.png")
        )
        self.assertEqual(self.url_open(address).status_code, 200, "Sara is a member")
        known = self.club._icon_address(192)
        self.logout()
        self.assertEqual(self.url_open(address).status_code, 404)
        self.assertEqual(self.url_open(icon).status_code, 404)
        self.assertEqual(self.url_open(f"{icon}?mark=0123456789abcdef").status_code, 404)
        self.assertEqual(self.url_open(known).status_code, 200, "from the page of a member")
        self.assertEqual(self.url_open("/club/0/manifest.webmanifest").status_code, 404)

    def test_worker_may_run_for_all_pages_and_is_asked_for_anew(self):
        response = self.url_open("/club/worker.js")
        self.assertEqual(response.headers["Service-Worker-Allowed"], "/")
        self.assertEqual(response.headers["Cache-Control"], "no-cache")
        self.assertIn("javascript", response.headers["Content-Type"])

    def test_pages_of_the_club_name_its_manifest(self):
        page = self.page(f"/my/club/{self.member.id}")
        (link,) = page.xpath("//link[@rel='manifest']/@href")
        self.assertEqual(self.url_open(link).json()["name"], self.club.name)
        self.assertTrue(page.xpath("//meta[@name='theme-color']"))
        self.assertFalse(self.page("/my").xpath("//link[contains(@href, 'webmanifest')]"))

    def test_the_app_opens_on_ones_own_page(self):
        response = self.url_open(f"/club/{self.club.id}/app?page=cards")
        self.assertTrue(response.url.endswith(f"/my/club/{self.member.id}/cards"), response.url)
        response = self.url_open(f"/club/{self.club.id}/app?page=../../../evil")
        self.assertTrue(response.url.endswith(f"/my/club/{self.member.id}"), response.url)

    def test_the_app_opens_by_the_way_in(self):
        self.new_login("nobody.portal", self.env["res.partner"].create({"name": "Nobody"}))
        self.authenticate("nobody.portal", "nobody.portal")
        response = self.url_open(f"/club/{self.club.id}/app", allow_redirects=False)
        self.assertTrue(response.headers["Location"].endswith(f"/club/join/{self.club.id}"))
        self.logout()
        response = self.url_open(f"/club/{self.club.id}/app", allow_redirects=False)
        self.assertTrue(response.headers["Location"].endswith("/club/login"))

    def test_card_to_keep_is_ones_own(self):
        self.move(self.points, 120)
        response = self.url_open(f"/my/club/{self.member.id}/offline")
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertIn(self.member.number, response.text)
        self.assertIn("120", response.text)
        self.assertNotIn("<script", response.text)
        self.assertNotIn("/web/assets", response.text)

        other = self.url_open(f"/my/club/{self.other.id}/offline")
        self.assertNotIn(SECRET_NAME, other.text)
        self.assertNotIn(self.other.number, other.text)
        self.assertTrue(other.history, "answered like one that does not exist")

    def test_the_page_for_everybody_without_a_connection_names_nobody(self):
        response = self.url_open("/club/offline")
        self.assertNotIn(self.member.number, response.text)
        self.assertNotIn(self.club.name, response.text)

    def test_the_hint_to_install_asks_once(self):
        self.start_tour(f"/my/club/{self.member.id}", "club_install", login="sara.portal")

    def test_signing_out_leaves_word_for_the_browser(self):
        response = self.url_open("/web/session/logout?redirect=/web/login", allow_redirects=False)
        self.assertEqual(response.cookies.get("loyalty_club_left"), "1")


@tagged("post_install", "-at_install")
class TestPortalNotifications(PortalCase):
    """Which messages come by which way."""

    def setUp(self):
        super().setUp()
        patcher = patch(ADDRESSES, lambda host, port: ["8.8.8.8"])
        patcher.start()
        self.addCleanup(patcher.stop)
        self.url = f"/my/club/{self.member.id}/notifications"

    def send(self, path="", member=None, **values):
        url = f"/my/club/{(member or self.member).id}/notifications{path}"
        values = {"csrf_token": self.csrf_token(), **values}
        return self.url_open(url, data=values, allow_redirects=False)

    def csrf_token(self):
        (token,) = set(self.page(self.url).xpath("//input[@name='csrf_token']/@value"))
        return token

    def test_turning_on_from_the_page(self):
        response = self.send("/device", **FakeBrowser().words)
        self.assertEqual((response.status_code, response.json()), (200, {"error": ""}))
        device = self.member.push_device_ids
        self.assertEqual(len(device), 1)
        page = self.page(self.url)
        self.assertEqual(page.xpath("//li[@data-mark]/@data-mark"), [device.mark])
        self.assertNotIn("push.test", self.url_open(self.url).text)

    def test_a_refusal_says_what_to_do(self):
        words = {**FakeBrowser().words, "endpoint": "https://localhost/a"}
        response = self.send("/device", **words)
        self.assertEqual(response.status_code, 422)
        self.assertIn("another browser", response.json()["error"])
        self.assertFalse(self.member.push_device_ids)

    def test_without_the_forms_token_nothing_happens(self):
        response = self.url_open(f"{self.url}/device", data=FakeBrowser().words)
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.member.push_device_ids)

    def test_removing_twice_is_once(self):
        self.send("/device", **FakeBrowser().words)
        mark = self.member.push_device_ids.mark
        for _time in range(2):
            self.assertEqual(self.send("/device/remove", device=mark).status_code, 303)
            self.assertFalse(self.member.push_device_ids)

    def test_of_another_member_nothing_is_seen_or_changed(self):
        other = self.env["loyalty.club.push.device"]._turn_on(
            self.other, **FakeBrowser("other").words, name="Firefox"
        )
        for path, values in (
            ("/device", FakeBrowser().words),
            ("/device/remove", {"device": other.mark}),
            ("/try", {}),
            ("/save", {}),
        ):
            response = self.send(path, member=self.other, **values)
            self.assertIn(response.status_code, (303, 404), path)
        self.send("/device/remove", device=other.mark)  # by the own membership
        self.assertTrue(other.exists())
        self.assertEqual(len(self.other.push_device_ids), 1)
        self.assertFalse(self.member.push_device_ids)
        text = self.url_open(f"/my/club/{self.other.id}/notifications").text
        self.assertNotIn(SECRET_NAME, text)
        self.assertNotIn(str(SECRET_POINTS), text)

    def test_one_to_try_is_queued_once(self):
        self.send("/device", **FakeBrowser().words)
        for _time in range(2):
            self.assertEqual(self.send("/try").status_code, 303)
        waiting = self.env["loyalty.club.outbox"].search(
            [("channel", "=", "push"), ("partner_id", "=", self.member.partner_id.id)]
        )
        self.assertEqual(len(waiting), 1)

    def test_what_is_wanted_is_kept(self):
        purpose = self.env["loyalty.club.purpose"].search(
            [("club_id", "=", self.club.id), ("code", "=", "marketing")]
        )
        page = self.page(self.url)
        (version,) = page.xpath(f"//input[@name='wording_{purpose.id}']/@value")
        values = {f"wording_{purpose.id}": version, f"consent_{purpose.id}_push": "1"}
        self.assertEqual(self.send("/save", **values).status_code, 303)
        self.send("/device", **FakeBrowser().words)
        self.assertEqual(self.member._agreed("marketing", "push"), self.member)
        self.assertFalse(self.member._agreed("marketing", "sms"))

    def test_questions_of_no_channel_are_not_asked_here_and_stay(self):
        self.member._set_consents({("profiling", "general"): True}, "portal")
        self.assertNotIn("_general", json.dumps(self.page(self.url).xpath("//input/@name")))
        self.send("/save")
        kept = self.member.consent_ids.filtered(lambda one: one.purpose_id.code == "profiling")
        self.assertTrue(kept.given)

    def test_a_club_without_notifications_does_not_offer_them(self):
        self.club.notify_devices = False
        self.assertFalse(self.page(self.url).xpath("//*[hasclass('o_club_push')]"))
        self.assertEqual(self.send("/device", **FakeBrowser().words).status_code, 422)

    def test_turning_on_and_off_in_a_browser(self):
        self.start_tour(self.url, "club_push", login="sara.portal")
        self.assertFalse(self.member.push_device_ids)
