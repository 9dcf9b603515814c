"""Codes and typed numbers: a slip is caught, another way of writing is the same."""

import doctest
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import codes
from odoo.addons.loyalty_club.domain.codes import InputError

PERSIAN = str.maketrans("0123456789.,", "۰۱۲۳۴۵۶۷۸۹٫٬")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")

sequences = st.integers(1, codes.MEMBER_SEQUENCE_MAX)
prefixes = st.one_of(st.text("0123456789", max_size=3), st.text("ABCXYZ", max_size=3))
gift_codes = st.builds(codes.gift_code)
money = st.decimals(-(10**15), 10**15, places=2, allow_nan=False, allow_infinity=False)


def swapped(text: str, at: int) -> str:
    """Return `text` with the characters at `at` and `at + 1` exchanged."""
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


class TestDomainCodes(BaseCase):
    def assertRefused(self, code, function, *args):
        with self.assertRaises(InputError) as caught:
            function(*args)
        self.assertEqual(caught.exception.code, code)

    def test_doctests(self):
        result = doctest.testmod(codes)
        self.assertEqual(result.failed, 0)
        self.assertGreater(result.attempted, 0)

    # --- text

    @given(st.text())
    @settings(deadline=None, database=None)
    def test_folding_twice_is_folding_once(self, text):
        once = codes.fold_persian(text)
        self.assertEqual(codes.fold_persian(once), once)
        self.assertEqual(codes.ascii_digits(codes.ascii_digits(text)), codes.ascii_digits(text))

    def test_spellings_of_one_name_are_equal_for_search(self):
        for left, right in [
            ("علي‌رضا كريمي", "علیرضا کریمی"),
            ("مُحَمَّد", "محمد"),
            ("بـــاشگاه", "باشگاه"),
            ("آقا", "اقا"),
            ("فاطمة", "فاطمه"),
            ("خانۀ ما", "خانه ما"),
            ("مؤمن", "مومن"),
            ("ﻋﻠﯽ", "علی"),
            ("  Ali   REZA ", "ali reza"),
            ("شعبه ۱٢", "شعبه 12"),
        ]:
            self.assertEqual(codes.fold_persian(left), codes.fold_persian(right), left)

    def test_nothing_typed_is_empty_text(self):
        for empty in (False, None, ""):
            self.assertEqual(codes.ascii_digits(empty), "")
            self.assertEqual(codes.fold_persian(empty), "")

    def test_the_error_does_not_print_what_was_typed(self):
        error = InputError("national_code", "0499370899")

        self.assertEqual((error.code, error.value), ("national_code", "0499370899"))
        self.assertNotIn("0499370899", f"{error} {error!r}")

    # --- member numbers

    @given(sequences, prefixes)
    @settings(deadline=None, database=None)
    def test_member_number_is_valid_in_every_script(self, sequence, prefix):
        number = codes.member_number(sequence, prefix)

        for text in (number, number.translate(PERSIAN), number.translate(ARABIC), number.lower()):
            self.assertTrue(codes.is_member_number(text), text)

    @given(sequences, prefixes, st.data())
    @settings(deadline=None, database=None)
    def test_every_single_digit_error_is_caught(self, sequence, prefix, data):
        number = codes.member_number(sequence, prefix)
        at = data.draw(st.sampled_from([i for i, c in enumerate(number) if c.isdigit()]))
        wrong = data.draw(st.sampled_from([c for c in "0123456789" if c != number[at]]))

        self.assertFalse(codes.is_member_number(number[:at] + wrong + number[at + 1 :]))

    @given(sequences, prefixes)
    @settings(deadline=None, database=None)
    def test_every_adjacent_transposition_of_digits_is_caught(self, sequence, prefix):
        number = codes.member_number(sequence, prefix)

        for at in range(len(number) - 1):
            pair = number[at : at + 2]
            if pair.isdigit() and pair[0] != pair[1]:
                self.assertFalse(codes.is_member_number(swapped(number, at)))

    @given(sequences, prefixes)
    @settings(deadline=None, database=None)
    def test_member_number_is_never_a_payment_card(self, sequence, prefix):
        number = codes.member_number(sequence, prefix)

        self.assertLess(len(number), 13)
        self.assertFalse(codes.is_payment_card_number(number))

    def test_member_numbers_out_of_bounds_are_refused(self):
        self.assertRefused("member_sequence", codes.member_number, 0)
        self.assertRefused("member_sequence", codes.member_number, codes.MEMBER_SEQUENCE_MAX + 1)
        for prefix in ("0422", "A1", "-", "الف"):
            self.assertRefused("member_prefix", codes.member_number, 1, prefix)
        self.assertFalse(codes.is_member_number(False))

    # --- payment cards

    def test_payment_cards_are_known(self):
        for card in (
            "6037991234567893",
            "6037-9912-3456-7893",
            "۶۰۳۷۹۹۱۲۳۴۵۶۷۸۹۳",
            "4111 1111 1111 1111",
            "5555555555554444",
            "378282246310005",
            "30569309025904",
            "4222222222222",
            "9919750000000001",
            "2071770000000008",
        ):
            self.assertTrue(luhn.is_valid(codes.typed(card).replace("-", "").replace(" ", "")))
            self.assertTrue(codes.is_payment_card_number(card), card)

    def test_other_numbers_are_not_payment_cards(self):
        for text in (
            "6037991234567894",  # Luhn fails
            "0000000000000000",
            "6260000000004",  # an Iranian EAN-13 that passes Luhn
            "09121234567",
            "0499370899",
            "411111111111111111111111",
            "card",
            "",
            False,
        ):
            self.assertFalse(codes.is_payment_card_number(text), text)

    # --- national identifiers

    def test_national_codes(self):
        for text in ("0499370899", "499370899", "۰۴۹۹۳۷۰۸۹۹", "049-937089-9", " 0499370899\u200f"):
            self.assertEqual(codes.national_code(text), "0499370899")
        self.assertEqual(codes.national_code("10000011"), "0010000011")
        for text in ("0499370898", "1111111111", "0000000000", "1234567", "04993708990", "x", ""):
            self.assertRefused("national_code", codes.national_code, text)

    @given(st.text("0123456789", min_size=9, max_size=9).filter(lambda body: len(set(body)) > 1))
    @settings(deadline=None, database=None)
    def test_exactly_one_check_digit_makes_a_national_code(self, body):
        right = [digit for digit in range(10) if self.passes(codes.national_code, f"{body}{digit}")]

        self.assertEqual(len(right), 1)

    @given(st.text("0123456789", min_size=10, max_size=10).filter(lambda b: len(set(b)) > 1))
    @settings(deadline=None, database=None)
    def test_exactly_one_check_digit_makes_a_legal_entity_id(self, body):
        right = [d for d in range(10) if self.passes(codes.legal_entity_id, f"{body}{d}")]

        self.assertEqual(len(right), 1)

    def test_legal_entity_ids(self):
        for text in ("10380284790", "14007650912", "۱۰۳۸۰۲۸۴۷۹۰", "10380-284790"):
            self.assertEqual(len(codes.legal_entity_id(text)), 11)
        for text in ("10380284791", "1038028479", "11111111111", "00000000000", "", "a"):
            self.assertRefused("legal_entity_id", codes.legal_entity_id, text)

    def passes(self, function, text):
        try:
            return bool(function(text))
        except InputError:
            return False

    # --- gift codes

    @given(gift_codes, st.integers(0, 16), st.sampled_from(codes.GIFT_ALPHABET))
    @settings(deadline=None, database=None)
    def test_every_single_error_in_a_gift_code_is_caught(self, code, at, wrong):
        mistyped = code[:at] + wrong + code[at + 1 :]

        self.assertEqual(codes.is_gift_code(mistyped), mistyped == code)

    @given(gift_codes, st.integers(0, 16), st.integers(0, 16))
    @settings(deadline=None, database=None)
    def test_every_exchange_of_two_characters_is_caught(self, code, one, other):
        letters = list(code)
        letters[one], letters[other] = letters[other], letters[one]
        mistyped = "".join(letters)

        self.assertEqual(codes.is_gift_code(mistyped), mistyped == code)

    @given(gift_codes, st.sampled_from("IiLl1"), st.sampled_from("Oo0"))
    @settings(deadline=None, database=None)
    def test_look_alikes_are_forgiven(self, code, one, zero):
        written = code.replace("1", one).replace("0", zero).lower().translate(PERSIAN)
        grouped = " - ".join(written[i : i + 4] for i in range(0, 17, 4))

        self.assertEqual(codes.normalise_gift_code(grouped), code)

    def test_gift_codes_differ_and_have_17_characters(self):
        made = {codes.gift_code() for _ in range(1000)}

        self.assertEqual(len(made), 1000)
        self.assertEqual({len(code) for code in made}, {17})
        self.assertEqual(set("".join(made)), set(codes.GIFT_ALPHABET))

    def test_wrong_gift_codes_are_refused(self):
        for text in ("", "0" * 16, "0" * 18, "U" * 17, False):
            self.assertRefused("gift_code", codes.normalise_gift_code, text)

    # --- amounts

    @given(money)
    @settings(deadline=None, database=None)
    def test_a_written_amount_is_read_back(self, amount):
        for text in (f"{amount:f}", f"{amount:,.2f}", f"{amount:,.2f}".replace("-", "−")):
            self.assertEqual(codes.decimal_number(text), amount)
            self.assertEqual(codes.decimal_number(text.translate(PERSIAN)), amount)

    def test_forms_of_an_amount(self):
        for text, amount in [
            ("۱۲٬۵۰۰٫۷۵", "12500.75"),
            ("١٢٣", "123"),
            ("(۱٬۰۰۰)", "-1000"),
            ("-5", "-5"),
            ("+5", "5"),
            (".5", "0.5"),
            ("1 234 567", "1234567"),
            ("1\u00a0234", "1234"),
            ("۱،۲۳۴", "1234"),
            ("\u200e-12\u200f", "-12"),
            ("1e3", "1000"),
            ("-0", "0"),
            ("0e99", "0"),
            ("1000000000000000", "1000000000000000"),
        ]:
            self.assertEqual(str(codes.decimal_number(text)), amount, text)

    def test_what_is_no_clear_amount_is_refused(self):
        for text in (
            *("", False, " ", "NaN", "Infinity", "-inf", "abc", "۵ ریال", "1e", "1e999999999"),
            *("1,5", "1,23,456", "0,500", "1.234.567", "1,234 567", "5.", "--5", "(-5)", "(5"),
            *("5)", "5-", "2/5", "1_000", "0x10", "१२", "()", ".", "-", "9" * 100, "1\n2"),
        ):
            self.assertRefused("number", codes.decimal_number, text)
        for text in ("1e16", "1000000000000000.01", "-9e99", "1e-40"):
            self.assertRefused("number_range", codes.decimal_number, text)

    @given(st.text())
    @settings(deadline=None, database=None)
    def test_any_text_gives_a_value_or_an_input_error(self, text):
        for function in (
            codes.decimal_number,
            codes.national_code,
            codes.legal_entity_id,
            codes.normalise_gift_code,
        ):
            try:
                self.assertIsInstance(function(text), str | Decimal)
            except InputError as error:
                self.assertTrue(error.code)
