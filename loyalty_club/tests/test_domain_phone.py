"""Phone numbers: one person's number has one form, however it was typed."""

import doctest

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import phone
from odoo.addons.loyalty_club.domain.codes import InputError

PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
mobiles = st.integers(9120000000, 9129999999).map(str)


class TestDomainPhone(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(phone)
        self.assertEqual(result.failed, 0)
        self.assertGreater(result.attempted, 0)

    @given(mobiles)
    @settings(deadline=None, database=None)
    def test_every_form_of_a_mobile_is_one_number(self, national):
        for start in ("0", "0098", "+98", "98", "", "+98 (0) ", "0098-0"):
            for text in (start + national, (start + national).translate(PERSIAN)):
                self.assertEqual(phone.normalise_phone(text), f"+98{national}", text)

    @given(mobiles)
    @settings(deadline=None, database=None)
    def test_every_search_form_leads_back_to_the_number(self, national):
        e164 = f"+98{national}"
        forms = phone.phone_forms(e164)

        self.assertEqual(forms[0], e164)
        self.assertEqual(len(forms), len(set(forms)))
        self.assertEqual({phone.normalise_phone(form) for form in forms}, {e164})

    def test_separators_and_invisible_marks_are_forgiven(self):
        for text in ("0912 123-4567", "(0912) 123.4567", "\u202a+98 912 123 4567\u202c"):
            self.assertEqual(phone.normalise_phone(text), "+989121234567")

    def test_landlines_and_foreign_numbers(self):
        self.assertEqual(phone.normalise_phone("021-88776655"), "+982188776655")
        self.assertEqual(phone.normalise_phone("0044 20 7946 0958"), "+442079460958")
        self.assertEqual(phone.normalise_phone("0501234567", "AE"), "+971501234567")

    def test_foreign_numbers_have_no_national_form_at_home(self):
        forms = phone.phone_forms("+442079460958", "IR")

        self.assertIn("00442079460958", forms)
        self.assertNotIn("02079460958", forms)

    def test_what_is_no_phone_number_is_refused(self):
        for text in (
            *("", False, " ", "0912", "abc", "0912abcdefg", "09121234567 ext 5", "0499370899"),
            *("call 09121234567", "09121234567 09121234568", "0912123456789012345", "9" * 300),
            "tel:09121234567",
        ):
            with self.assertRaises(InputError) as caught:
                phone.normalise_phone(text)
            self.assertEqual(caught.exception.code, "phone")

    @given(mobiles)
    @settings(deadline=None, database=None)
    def test_a_masked_number_shows_four_digits_of_the_subscriber(self, national):
        masked = phone.mask_phone(f"0{national}")

        self.assertEqual(masked, f"+98******{national[-4:]}")
        self.assertEqual(phone.mask_phone("not a phone 12345"), "***")

    @given(st.text())
    @settings(deadline=None, database=None)
    def test_any_text_gives_a_number_or_an_input_error(self, text):
        try:
            self.assertTrue(phone.normalise_phone(text).startswith("+"))
        except InputError as error:
            self.assertEqual(error.code, "phone")
