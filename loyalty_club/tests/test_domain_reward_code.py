"""Codes of rewards: one form, however they were typed or read; a slip names no other one."""

import doctest

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import reward_code as codes
from odoo.addons.loyalty_club.domain.codes import (
    GIFT_ALPHABET,
    check_character,
    is_gift_code,
    is_member_number,
)

bodies = st.text(GIFT_ALPHABET, min_size=9, max_size=9)


class TestDomainRewardCode(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(codes)
        self.assertEqual(result.failed, 0)
        self.assertGreater(result.attempted, 0)

    @given(bodies)
    @settings(deadline=None, database=None)
    def test_read_as_it_is_shown_and_taken_for_nothing_else(self, body):
        code = f"R{body}{check_character(body)}"

        self.assertEqual(codes.read_reward_code(codes.shown_reward_code(code).lower()), code)
        self.assertFalse(is_member_number(code))
        self.assertFalse(is_gift_code(code))

    @given(bodies, st.integers(0, 8), st.sampled_from(GIFT_ALPHABET))
    @settings(deadline=None, database=None)
    def test_a_wrong_character_is_noticed(self, body, place, other):
        code = f"R{body}{check_character(body)}"
        wrong = code[: place + 1] + other + code[place + 2 :]

        self.assertEqual(codes.read_reward_code(wrong), code if wrong == code else None)
