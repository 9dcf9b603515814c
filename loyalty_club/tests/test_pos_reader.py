"""The door for card readers: who may knock, what the till is told, what the reader learns."""

import json
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from ..models import pos_reader
from .common import ClubCommon

CHIP = "04A2245B6C1D80"


@tagged("post_install", "-at_install")
class TestPosReader(ClubCommon, HttpCase):
    """A simulated reader beside the test till; Sara has a card with a chip."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "reader_manager", groups="point_of_sale.group_pos_manager"
        )
        cls.till.with_user(cls.manager).action_club_reader_address()
        cls.card = cls.env["loyalty.club.card"]._issue(
            cls.club,
            cls.member,
            type="rfid",
            uid=CHIP,
            discount_percent=10,
            discount_mode="discount",
        )

    def reads(self, data, token=None, **options):
        """What the reader is answered: status of HTTP, and of the body."""
        path = f"/loyalty_club/reader/{token or self.till.sudo().club_reader_token}"
        response = self.url_open(path, data=data, **options)
        body = response.json()
        self.assertEqual(body.keys(), {"club", "status"}, "nobody's name, nothing of value")
        return response.status_code, body["status"]

    def told(self):
        """What the till was told, in this order."""
        self.env.cr.precommit.run()
        name = f"{self.till.access_token}-CLUB_CARD_READ"
        found = [json.loads(row.message) for row in self.env["bus.bus"].sudo().search([])]
        return [message["payload"] for message in found if message["type"] == name]

    def test_till_is_told_whose_card_was_read(self):
        self.assertEqual(self.reads({"uid": CHIP}), (200, "told"))

        (told,) = self.told()
        self.assertEqual(
            {name: told[name] for name in ("partner_id", "card", "message", "programs", "read")},
            {
                "partner_id": self.member.partner_id.id,
                "card": {
                    "number": self.card.number,
                    "percent": 10.0,
                    "shown": self.card.number,
                },
                "message": False,
                "programs": [],
                "read": "…1D80",
            },
        )
        self.assertEqual(told["panel"]["member_number"], self.member.number)

    def test_readers_send_forms_json_or_bare_text_in_any_order_of_bytes(self):
        as_json = {"headers": {"Content-Type": "application/json"}}
        as_text = {"headers": {"Content-Type": "text/plain"}}

        for data, options in (
            ({"uid": "04:a2:24:5b:6c:1d:80"}, {}),
            (json.dumps({"uid": "801D6C5B24A204"}), as_json),
            (json.dumps({"uid": int(CHIP, 16)}), as_json),
            (CHIP, as_text),
        ):
            self.assertEqual(self.reads(data, **options), (200, "told"), data)

    def test_printed_number_is_read_as_well(self):
        self.assertEqual(self.reads({"uid": self.card.number}), (200, "told"))

    def test_unknown_card_is_told_without_its_identifier(self):
        self.assertEqual(self.reads({"uid": "AABBCCDD"}), (200, "unknown"))

        (message,) = self.told()
        self.assertEqual((message["partner_id"], message["read"]), (False, "…CCDD"))

    def test_lost_card_is_refused_and_the_till_says_why(self):
        self.card._report_lost("Test")

        self.assertEqual(self.reads({"uid": CHIP}), (200, "refused"))

        (message,) = self.told()
        self.assertFalse(message["partner_id"])
        self.assertIn("reported lost", message["message"])

    def test_what_is_no_reading_reaches_no_till(self):
        for data in ({"uid": ""}, {"uid": "x" * 5000}, b"\xff\xfe", "[1]", "null"):
            self.assertEqual(self.reads(data)[1], "unknown", data)

        self.assertEqual(self.told(), [])

    def test_guessing_is_refused_and_shuts_nobody_elses_door(self):
        tried = [self.reads({"uid": CHIP}, token="guess") for _try in range(12)]

        self.assertEqual(tried, [(404, "nowhere")] * 10 + [(429, "wait")] * 2)
        self.assertEqual(self.reads({"uid": CHIP}), (200, "told"), "a reader in the same shop")

    def test_a_reader_gone_mad_is_throttled(self):
        with patch.object(pos_reader, "_READS", (3, 60)):
            answers = [self.reads({"uid": CHIP})[0] for _read in range(5)]

        self.assertEqual(answers, [200, 200, 200, 429, 429])

    def test_new_address_makes_the_old_one_worth_nothing(self):
        old = self.till.sudo().club_reader_token
        self.till.with_user(self.manager).action_club_reader_address()

        self.assertEqual(self.reads({"uid": CHIP}, token=old), (404, "nowhere"))

        self.till.with_user(self.manager).action_club_reader_remove()
        self.assertFalse(self.till.sudo().club_reader_token)

    def test_cashiers_neither_see_nor_make_the_address(self):
        till = self.till.with_user(self.cashier)

        with self.assertRaises(AccessError):
            till.action_club_reader_address()
        with self.assertRaises(AccessError):
            till.read(["club_reader_token"])
        self.assertNotIn("club_reader_token", till.read([])[0])

    def test_addresses_are_not_opened_by_a_click(self):
        url = f"/loyalty_club/reader/{self.till.sudo().club_reader_token}"

        self.assertEqual(self.url_open(url).status_code, 405)
