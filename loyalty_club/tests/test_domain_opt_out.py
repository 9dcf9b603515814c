import doctest

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..domain import keywords, opaque

numbers = st.integers(0, 2**32 - 1)
secrets = st.binary(min_size=16, max_size=32)


class TestDomainKeywords(BaseCase):
    """A “no” is understood in whatever words, a “yes” only in the words offered."""

    def test_doctests(self):
        result = doctest.testmod(keywords)
        self.assertEqual(result.failed, 0)
        self.assertGreater(result.attempted, 0)

    def test_no(self):
        for text in (
            *("لغو", "لغو۱۱", "لغو 11", "لغو١١", "«لغو»", " لغو. ", "۱۱", "١١", "11", "11.", "۱۱!"),
            *("STOP", "stop", "Stop.", "STOP ALL", "stopall", "OFF", "Off!", "unsubscribe", "No"),
            *(
                "نه",
                "لطفا پیامک نفرستید",
                "ديگر پيامك نفرستيد",
                "انصراف",
                "please stop",
                "لغو کنید",
            ),
            "stop\u200f",
        ):
            with self.subTest(text):
                self.assertEqual(keywords.read(text), "stop")

    def test_yes(self):
        for text in ("وصل", "وصل۱۲", "۱۲", "12", "START", "start!", "UNSTOP", "شروع", "on"):
            with self.subTest(text):
                self.assertEqual(keywords.read(text), "start")

    def test_neither(self):
        for text in (
            *("", " ", "سلام", "112", "1 1", "ممنون", "yes", "بله", "start stopping me please not"),
            *("بسته من کی میرسد؟", "I come at 11", "ساعت ۱۲ باز هستید؟", "on Monday", "😀"),
            "The bus stop in front of your shop is closed, when will it be open again please",
        ):
            with self.subTest(text):
                self.assertIsNone(keywords.read(text))

    def test_doubt_is_a_no(self):
        self.assertEqual(keywords.read("start? no, stop"), "stop")

    @given(st.text(max_size=200))
    @settings(deadline=None, database=None)
    def test_any_text_is_read(self, text):
        self.assertIn(keywords.read(text), ("stop", "start", None))


class TestDomainOpaque(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(opaque)
        self.assertEqual(result.failed, 0)
        self.assertGreater(result.attempted, 0)

    @given(secrets, numbers, numbers, numbers)
    @settings(deadline=None, database=None)
    def test_token_gives_back_the_numbers(self, secret, one, two, three):
        token = opaque.seal(secret, one, two, three)

        self.assertRegex(token, r"^[A-Za-z0-9_-]{38}$")
        self.assertEqual(opaque.unseal(secret, token, 3), (one, two, three))
        self.assertIsNone(opaque.unseal(secret + b"!", token, 3))
        self.assertIsNone(opaque.unseal(secret, token, 2))

    @given(secrets, numbers, st.integers(0, 31), st.characters(categories=("L", "N")))
    @settings(deadline=None, database=None)
    def test_one_other_character_makes_it_void(self, secret, number, place, char):
        token = opaque.seal(secret, number)
        place %= len(token)
        wrong = token[:place] + char + token[place + 1 :]

        if wrong != token:
            self.assertIsNone(opaque.unseal(secret, wrong, 1))

    @given(st.text(max_size=60))
    @settings(deadline=None, database=None)
    def test_made_up_tokens_are_void(self, text):
        self.assertIsNone(opaque.unseal(b"key", text, 3))

    def test_neighbours_look_unlike(self):
        tokens = {opaque.seal(b"key", number, 1, 1)[-16:-4] for number in range(500)}
        self.assertEqual(len(tokens), 500)
