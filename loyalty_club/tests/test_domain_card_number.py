"""Numbers of cards, identifiers of chips, PINs: one form, however they were typed or read."""

import doctest

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import card_number as cards
from odoo.addons.loyalty_club.domain.codes import (
    InputError,
    is_member_number,
    is_payment_card_number,
)

PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
serials = st.integers(1, cards.SERIAL_MAX)
chances = st.integers(0, cards.CHANCE_LIMIT - 1)
prefixes = st.sampled_from(["8", "7", "81", "799", "A", "LC", "VIP"])


class TestDomainCardNumber(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(cards)
        self.assertEqual(result.failed, 0)
        self.assertGreater(result.attempted, 0)

    @given(serials, chances, prefixes)
    @settings(deadline=None, database=None)
    def test_a_number_of_ours_is_taken_for_nothing_else(self, serial, chance, prefix):
        number = cards.card_number(serial, chance, prefix)

        self.assertTrue(cards.is_own_number(number))
        self.assertFalse(is_payment_card_number(number))
        self.assertFalse(is_member_number(number))
        self.assertGreater(len(number), 13, "no phone, national code or EAN is so long")

    @given(serials, chances, st.data())
    @settings(deadline=None, database=None)
    def test_every_wrong_digit_and_exchange_of_neighbours_is_noticed(self, serial, chance, data):
        number = cards.card_number(serial, chance)
        place = data.draw(st.integers(0, len(number) - 2))
        digit = data.draw(st.sampled_from("0123456789"))

        wrong = number[:place] + digit + number[place + 1 :]
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

        self.assertEqual(cards.is_own_number(wrong), wrong == number)
        self.assertEqual(cards.is_own_number(swapped), swapped == number)

    @given(serials, chances, prefixes)
    @settings(deadline=None, database=None)
    def test_however_it_is_typed_it_is_one_number(self, serial, chance, prefix):
        number = cards.card_number(serial, chance, prefix)

        for text in (cards.grouped(number), number.lower(), number.translate(PERSIAN)):
            self.assertEqual(cards.normalise_card(text), number)

    @given(st.sampled_from([4, 5, 7, 8, 10]).flatmap(lambda n: st.binary(min_size=n, max_size=n)))
    @settings(deadline=None, database=None)
    def test_a_chip_has_one_form_in_either_order_of_bytes(self, chip):
        if len(set(chip)) == 1 and chip[0] in (0, 255):
            self.assertEqual(cards.chip_forms(chip.hex()), ())
            return
        form = min(chip, chip[::-1]).hex().upper()
        for text in (chip.hex(), chip[::-1].hex(":"), chip.hex(" ").upper(), f"0x{chip.hex()}"):
            self.assertIn(form, cards.chip_forms(text))

    @given(st.integers(1, 2**32 - 2), st.sampled_from(["big", "little"]))
    @settings(deadline=None, database=None)
    def test_a_decimal_reader_finds_what_a_hexadecimal_one_registered(self, value, order):
        registered = min(value.to_bytes(4, order), value.to_bytes(4, order)[::-1]).hex().upper()

        self.assertIn(registered, cards.chip_forms(f"{value:010d}"))

    def test_what_no_reader_writes_is_no_chip(self):
        for text in ("", "00000000", "FFFFFFFF", "A2", "not a chip", "04A2245B6C1D", "x" * 500):
            self.assertEqual(cards.chip_forms(text), (), text)

    def test_ranges_that_are_none_are_refused(self):
        for first, last in (
            ("A1", "B2"),
            ("AB0009", "AB0001"),
            ("AB1", "AB0002"),
            ("ABCD", "ABCE"),
        ):
            with self.subTest(first), self.assertRaises(InputError):
                cards.printed_numbers(first, last)
        with self.assertRaises(InputError):
            cards.printed_numbers("AB0000001", "AB0200001")

    def test_bank_cards_are_refused_within_a_range(self):
        with self.assertRaises(InputError) as caught:
            cards.printed_numbers("6037991234567890", "6037991234567899")
        self.assertEqual(caught.exception.code, "payment_card")
