import re
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from .test_rate_limit import HOUR, LimitWords


class CodeWords(LimitWords):
    """Words in which tests speak of one-time codes."""

    @property
    def codes(self):
        return self.env["loyalty.club.one.time.code"]

    def messages(self, partner, kind=None):
        """What was queued for a person, newest first."""
        domain = [("partner_id", "=", partner.id)] + ([("kind", "=", kind)] if kind else [])
        return self.env["loyalty.club.outbox"].search(domain)

    def code_of(self, partner):
        """The code in the last message to a person, as she reads it."""
        body = self.messages(partner, "one_time_code")[:1].body
        return re.search(r"\b[0-9]{6}\b", body).group()

    def wrong(self, code):
        """Another code than ``code``."""
        return f"{(int(code) + 1) % 10**6:06d}"


@tagged("post_install", "-at_install")
class TestOneTimeCode(CodeWords, TransactionCase):
    """A code says yes to one thing, once, by whom it was sent to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sara = cls.env["res.partner"].create(
            {
                "name": "Sara",
                "phone": "09121234567",
                "email": "sara@example.com",
                "country_id": cls.env.ref("base.ir").id,
            }
        )

    def issue(self, reference="r1", **values):
        self.codes._issue("test", self.sara, reference, **values)
        return self.code_of(self.sara)

    def check(self, code, reference="r1", purpose="test"):
        return self.codes._check(purpose, reference, code)

    def test_the_right_code_is_accepted_once(self):
        code = self.issue()

        self.assertEqual(self.check(code), "ok")
        self.assertEqual(self.check(code), "expired")

    def test_digits_of_any_keyboard_and_blanks_are_read(self):
        code = self.issue()

        persian = code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))

        self.assertEqual(self.check(f" {persian[:3]} {persian[3:]}\u200f"), "ok")

    def test_after_five_wrong_tries_the_right_one_is_refused(self):
        code = self.issue()

        answers = [self.check(self.wrong(code)) for _try in range(6)]

        self.assertEqual(answers, ["wrong"] * 5 + ["over"])
        self.assertEqual(self.check(code), "over")

    def test_the_fifth_try_may_be_right(self):
        code = self.issue()

        for _try in range(4):
            self.check(self.wrong(code))

        self.assertEqual(self.check(code), "ok")

    def test_what_is_no_code_is_no_try(self):
        code = self.issue()

        for text in ("", False, "12345", "1234567", "abcdef") * 2:
            self.assertEqual(self.check(text), "wrong")

        self.assertEqual(self.check(code), "ok")

    def test_a_code_expires(self):
        code = self.issue(minutes=5)

        self.codes.search([]).expires_at = fields.Datetime.now()

        self.assertEqual(self.check(code), "expired")

    def test_a_new_code_makes_the_old_one_void(self):
        old, new = self.issue(), self.issue()

        if old != new:
            self.assertEqual(self.check(old), "wrong")
        self.assertEqual(self.check(new), "ok")

    def test_a_code_is_for_its_own_thing_only(self):
        code = self.issue("r1")

        self.assertEqual(self.check(code, "r2"), "expired")
        self.assertEqual(self.check(code, purpose="other"), "expired")

    def test_many_codes_do_not_make_many_guesses(self):
        self.codes._issue("test", self.sara, "r0")
        with patch.object(type(self.limits), "_give_back"):
            for number in range(4):
                code = self.issue(f"r{number + 1}")
                for _try in range(5):
                    self.check(self.wrong(code), f"r{number + 1}")

        self.assertEqual(self.check("000000", "r0"), "limited")

    def test_nobody_is_flooded_with_codes(self):
        for number in range(5):
            self.issue(f"r{number}")

        with self.assertRaisesRegex(UserError, "Too many"):
            self.issue("r5")

        self.later(HOUR)
        self.issue("r5")

    def test_whoever_cannot_be_reached_is_told_so(self):
        self.sara.write({"phone": "02188001234", "email": False})

        with self.assertRaisesRegex(UserError, "neither a mobile number nor an e-mail"):
            self.issue()

    def test_nothing_stored_tells_the_code(self):
        code = self.issue()
        self.env.flush_all()

        self.env.cr.execute("SELECT row_to_json(c)::text FROM loyalty_club_one_time_code c")

        for row in self.env.cr.fetchall():
            self.assertNotIn(f'"{code}"', row[0])

    def test_codes_are_spread_over_all_six_digits(self):
        with patch("secrets.randbelow", return_value=7):
            self.assertEqual(self.issue(), "000007")

    def test_old_codes_are_forgotten(self):
        self.issue()
        self.codes.search([]).expires_at = "2020-01-01"
        self.env.flush_all()

        self.codes._gc_old()
        self.env.invalidate_all()

        self.assertFalse(self.codes.search([]))
