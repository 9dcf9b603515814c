from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import TransactionCase, tagged

from .. import keyring
from ..models import rate_limit
from .common import ClubCommon

HOUR = 3600


class LimitWords:
    """Words in which tests speak of limits."""

    @property
    def limits(self):
        return self.env["loyalty.club.rate.limit"]

    def later(self, seconds):
        """Let time pass, as far as the buckets know."""
        for bucket in self.limits.search([]):
            bucket.full_at -= timedelta(seconds=seconds)
        self.env.flush_all()


@tagged("post_install", "-at_install")
class TestRateLimit(LimitWords, TransactionCase):
    """So many tries at once, then as time allows."""

    def test_a_bucket_allows_exactly_what_it_holds(self):
        answers = [self.limits._allow("a", 5, HOUR) for _try in range(40)]

        self.assertEqual(answers, [True] * 5 + [False] * 35)

    def test_a_bucket_of_one_allows_one(self):
        answers = [self.limits._allow("a", 1, HOUR) for _try in range(3)]

        self.assertEqual(answers, [True, False, False])

    def test_keys_have_buckets_of_their_own(self):
        self.assertTrue(self.limits._allow("a", 1, HOUR))

        self.assertTrue(self.limits._allow("b", 1, HOUR))

    def test_tokens_come_back_evenly(self):
        for _try in range(4):
            self.limits._allow("a", 4, HOUR)

        self.later(HOUR / 4)

        self.assertTrue(self.limits._allow("a", 4, HOUR))
        self.assertFalse(self.limits._allow("a", 4, HOUR))

    def test_waiting_long_saves_nothing_beyond_a_full_bucket(self):
        self.limits._allow("a", 2, HOUR)

        self.later(100 * HOUR)

        self.assertEqual(
            [self.limits._allow("a", 2, HOUR) for _try in range(3)], [True, True, False]
        )

    def test_it_says_how_long_to_wait(self):
        self.assertEqual(self.limits._wait("a", 4, HOUR), 0)
        for _try in range(4):
            self.assertEqual(self.limits._wait("a", 4, HOUR), 0)
            self.limits._allow("a", 4, HOUR)

        self.assertAlmostEqual(self.limits._wait("a", 4, HOUR), HOUR / 4, delta=5)
        self.assertIn("15 min", self.limits._refusal_text(HOUR / 4))

    def test_a_try_that_was_none_is_given_back(self):
        self.limits._allow("a", 1, HOUR)

        self.limits._give_back("a", 1, HOUR)

        self.assertTrue(self.limits._allow("a", 1, HOUR))

    def test_nothing_stored_names_anybody(self):
        self.limits._allow("phone:+989121234567", 5, HOUR)

        key = self.limits.search([], order="id desc", limit=1).key

        self.assertRegex(key, "^[0-9a-f]{32}$")
        with patch.object(keyring, "secret", return_value=b"another"):
            self.assertNotEqual(self.limits._hashed("phone:+989121234567"), key)

    def test_full_buckets_are_forgotten(self):
        self.limits._allow("old", 5, HOUR)
        self.later(3 * HOUR)
        self.limits._allow("new", 5, HOUR)

        self.limits._gc_full()
        self.env.invalidate_all()

        left = self.limits.search([]).mapped("key")
        self.assertIn(self.limits._hashed("new"), left)
        self.assertNotIn(self.limits._hashed("old"), left)

    def test_addresses_of_one_network_count_as_one(self):
        networks = [rate_limit._network(f"198.51.{end}") for end in ("100.7", "100.9", "101.7")]

        self.assertEqual(networks, ["198.51.100.0/24", "198.51.100.0/24", "198.51.101.0/24"])
        self.assertEqual(rate_limit._network("2001:db8:1:2:3::4"), "2001:db8:1:2::/64")
        self.assertEqual(rate_limit._network("nonsense"), "none")


@tagged("post_install", "-at_install")
class TestTypedCodes(LimitWords, ClubCommon):
    """Codes of gift cards cannot be found by trying."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        kind = cls.new_kind("gift_card")
        cls.gift_program = cls.new_program("gift_card", kind=kind)
        cls.gift = cls.env["loyalty.card"].create({"program_id": cls.gift_program.id, "points": 50})

    def use(self, code):
        """Type a code at the till; the answer's error, or None."""
        today = fields.Date.to_string(fields.Date.today())
        answer = self.till.with_user(self.cashier).use_coupon_code(code, today, False, False)
        return answer["payload"].get("error_message")

    def test_wrong_codes_of_one_cashier_come_to_an_end(self):
        for number in range(20):
            self.assertIn("invalid", self.use(f"044wrong{number}"))

        self.assertIn("Too many tries", self.use("044wrong20"))
        self.assertIn("Too many tries", self.use(self.gift.code))

        self.later(HOUR)
        self.assertIsNone(self.use(self.gift.code))

    def test_right_codes_do_not_count(self):
        for _number in range(30):
            self.assertIsNone(self.use(self.gift.code))

    def test_an_attack_by_visitors_leaves_everybody_a_first_try(self):
        visitor = self.limits.with_user(self.env.ref("base.public_user"))
        everybody = ("code:all", 3, HOUR)
        with patch.object(rate_limit, "_WRONG_OF_ALL", everybody):
            for _wrong in range(3):
                visitor._code_wrong()

            answers = [visitor._code_refusal() for _try in range(3)]

        self.assertEqual([bool(answer) for answer in answers], [False, False, True])

    def test_an_attack_by_visitors_does_not_stop_the_shop(self):
        with patch.object(rate_limit, "_WRONG_OF_ALL", ("code:all", 1, HOUR)):
            self.limits.with_user(self.env.ref("base.public_user"))._code_wrong()

            answers = [self.use("044wrong") for _try in range(5)]

        self.assertTrue(all("invalid" in answer for answer in answers))
