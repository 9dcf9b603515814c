"""Colours of a club: whatever somebody chooses, what stands on it can be read."""

import doctest

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import colours
from odoo.addons.loyalty_club.domain.codes import InputError

some = st.integers(0, 0xFFFFFF).map(lambda number: tuple(number.to_bytes(3)))


class TestDomainColours(BaseCase):
    def test_doctests(self):
        self.assertEqual(doctest.testmod(colours).failed, 0)

    @given(some)
    def test_every_colour_is_read_as_it_is_written(self, colour):
        self.assertEqual(colours.read_colour(colours.write_colour(colour)), colour)

    @given(some)
    def test_what_stands_on_a_colour_can_be_read(self, colour):
        look = colours.look_of(colours.write_colour(colour))
        main, on, shade, ink, soft = map(colours.read_colour, look)

        self.assertGreaterEqual(colours.contrast(on, main), colours.READABLE)
        self.assertGreaterEqual(colours.contrast(ink, colours.WHITE), colours.READABLE)
        self.assertGreaterEqual(colours.contrast(ink, soft), colours.READABLE)
        self.assertGreater(colours.contrast(on, shade), colours.contrast(on, main) - 0.01)

    def test_what_is_no_colour_is_refused(self):
        for text in ("", "red", "#12", "#12345", "#1234567", "#00gg00", "# 123456", "#fff;}"):
            with self.subTest(text=text), self.assertRaises(InputError) as caught:
                colours.look_of(text)
            self.assertEqual(caught.exception.code, "colour")
