import re

from odoo.tests import BaseCase

from ..domain import traces


def found(kind, value, text):
    """PostgreSQL's expression, as Python understands it."""
    expression = traces.pattern(kind, value)
    for theirs, ours in (("[[:space:]\u200c]", "[\\s\u200c]"), ("[[:space:]", "[\\s")):
        expression = expression.replace(theirs, ours)
    return bool(re.search(expression.replace("[[:alnum:]]", "[^\\W_]"), text, re.IGNORECASE))


class TestTraces(BaseCase):
    def test_every_writing_of_a_number_is_found(self):
        for text in (
            "+989121234567", "0912 123 4567", "00989121234567", "9121234567", "(0912) 123-45-67",
            "tel:+98-912-123-4567", "۰۹۱۲۱۲۳۴۵۶۷", "٠٩١٢ ١٢٣ ٤٥٦٧", '{"phone": "989121234567"}',
        ):  # fmt: skip
            with self.subTest(text=text):
                self.assertTrue(found("phone", "+98 912 123 4567", text))

    def test_another_number_is_not(self):
        for text in ("+989121234568", "19121234567", "91212345670", "912123456"):
            with self.subTest(text=text):
                self.assertFalse(found("phone", "09121234567", text))

    def test_a_name_is_found_in_either_order_and_on_any_keyboard(self):
        for text in ("zeynab  KIANFAR", "Kianfar, Zeynab", "<p>Zeynab&#39;</p> Zeynab Kianfar."):
            with self.subTest(text=text):
                self.assertTrue(found("name", "Zeynab Kianfar", text))
        self.assertTrue(found("name", "زینب کیانفر", "خانم زينب كيانفر آمد"))
        self.assertTrue(found("name", "Sean O'Brien", "Sean O&#39;Brien"))

    def test_a_part_of_a_longer_word_is_no_trace(self):
        self.assertFalse(found("name", "Rose Gold", "Primrose Golden"))

    def test_codes_are_found_with_gaps_and_not_inside_longer_ones(self):
        self.assertTrue(found("code", "0499370899", "049-937089-9"))
        self.assertTrue(found("code", "0499370899", "۰۴۹۹۳۷۰۸۹۹"))
        self.assertFalse(found("code", "0499370899", "10499370899"))

    def test_short_texts_identify_nobody(self):
        self.assertEqual(
            [
                traces.pattern(*value)
                for value in (("name", "Ali"), ("code", "12"), ("phone", "11"))
            ],
            [None] * 3,
        )
