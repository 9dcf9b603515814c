import doctest
import re
from decimal import Decimal
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from odoo.tests import BaseCase, HttpCase, tagged

from .. import keyring
from ..controllers import receipt_check
from ..domain import receipt_code
from ..domain.codes import GIFT_ALPHABET, InputError
from .audit_common import AuditCommon

ids = st.integers(1, 2**31 - 1)
seals = st.text(alphabet="0123456789abcdef", min_size=64, max_size=64)
secrets = st.binary(min_size=16, max_size=32)
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


class TestDomainReceiptCode(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(receipt_code)
        self.assertEqual(result.failed, 0)
        self.assertGreater(result.attempted, 0)

    @given(secrets, ids, seals)
    @settings(deadline=None, database=None)
    def test_code_gives_back_the_entry_and_its_seal(self, secret, entry_id, seal):
        code = receipt_code.receipt_code(secret, entry_id, seal)

        self.assertRegex(code, r"^([0-9A-Z]{4}-){4}[0-9A-Z]{4}$")
        found, head = receipt_code.opened([b"another", secret], receipt_code.read(code))
        self.assertEqual((found[1], head), (entry_id, seal[:16]))

    @given(secrets, ids, seals, st.integers(0, 19), st.sampled_from(GIFT_ALPHABET))
    @settings(deadline=None, database=None)
    def test_one_wrong_character_is_noticed(self, secret, entry_id, seal, place, char):
        code = receipt_code.read(receipt_code.receipt_code(secret, entry_id, seal))
        wrong = code[:place] + char + code[place + 1 :]

        if wrong == code:
            self.assertEqual(receipt_code.read(wrong), code)
        else:
            with self.assertRaises(InputError):
                receipt_code.read(wrong)

    @given(secrets, ids, seals, st.integers(0, 18))
    @settings(deadline=None, database=None)
    def test_exchanged_neighbours_are_noticed(self, secret, entry_id, seal, place):
        code = receipt_code.read(receipt_code.receipt_code(secret, entry_id, seal))
        pair = code[place : place + 2]
        wrong = code[:place] + pair[::-1] + code[place + 2 :]

        if wrong != code:
            with self.assertRaises(InputError):
                receipt_code.read(wrong)

    def test_nonsense_is_refused(self):
        for text in ("", "U" * 20, "0" * 19, "0" * 21, "سلام", "0000-0000-0000-0000-000!"):
            with self.subTest(text), self.assertRaises(InputError):
                receipt_code.read(text)

    def test_neighbouring_entries_have_unlike_codes(self):
        """The first characters must not count entries."""
        codes = {
            receipt_code.receipt_code(b"key", number, f"{number:064x}"[::-1])[-6:-2]
            for number in range(1, 200)
        }
        self.assertGreater(len(codes), 190)


@tagged("post_install", "-at_install")
class TestReceiptCheck(AuditCommon, HttpCase):
    """Whoever holds a code can check the movement, and learns nothing else."""

    def setUp(self):
        super().setUp()
        self.entries = self.wallet.entry_ids.sorted("seq")

    def get(self, address, status=200, **query):
        """A page as a visitor sees it, and its text with single blanks."""
        response = self.url_open(f"/loyalty_club/{address}", params=query)
        self.assertEqual(response.status_code, status, response.text)
        self.page = html.fromstring(response.content)
        return " ".join(self.page.xpath("//main")[0].text_content().split())

    def check(self, code, status=200):
        return self.get(f"check/{code}", status)

    def test_code_shows_the_movement_and_that_it_is_unchanged(self):
        text = self.check(self.entries[1].receipt_code)

        for words in ("In the ledger, unchanged", "Spent", "−20\u2069 points", "1 later movement"):
            self.assertIn(words, text)
        self.assertIn("Within a day", text)

    def test_latest_movement_says_so(self):
        self.assertIn("latest movement", self.check(self.entries[2].receipt_code))

    def test_anchored_movement_says_since_when(self):
        self.Anchor._cron_anchor()

        self.assertIn("outside the database since", self.check(self.entries[0].receipt_code))

    def test_page_names_nobody(self):
        text = self.url_open(f"/loyalty_club/check/{self.entries[0].receipt_code}").text

        for secret in (self.member.number, self.member.partner_id.name, self.points_card().code):
            self.assertNotIn(secret, text)

    def test_code_is_read_as_people_type_it(self):
        code = self.entries[0].receipt_code

        for typed in (
            code.lower(),
            code.replace("-", " "),
            code.replace("-", ""),
            code.translate(PERSIAN),
            f"  {code.replace('0', 'o').replace('1', 'l')} ",
        ):
            with self.subTest(typed):
                self.assertIn("unchanged", self.get("check", code=typed))

    def test_typing_error_is_told_as_such(self):
        code = self.entries[0].receipt_code
        wrong = code[:-1] + ("0" if code[-1] != "0" else "1")

        self.assertIn("cannot be a receipt code", self.get("check", code=wrong))
        (field,) = self.page.xpath("//input[@name='code']")
        self.assertEqual(field.get("value"), wrong)

    def test_what_is_typed_is_text_and_never_markup(self):
        response = self.url_open(
            "/loyalty_club/check", params={"code": '"><script>alert(1)</script>'}
        )

        self.assertNotIn("<script>alert(1)", response.text)

    def test_unknown_and_altered_are_answered_alike(self):
        _key, secret = keyring.current_key(self.env.cr.dbname)
        answers = []
        missing = receipt_code.receipt_code(secret, 2**31 - 1, "f" * 64)
        other_seal = receipt_code.receipt_code(secret, self.entries[0].id, "f" * 64)
        foreign_key = receipt_code.receipt_code(b"x", self.entries[0].id, self.entries[0].seal)
        for code in (missing, other_seal, foreign_key):
            answers.append(self.check(code, 404).replace(code, ""))
        code = self.entries[0].receipt_code
        self.tamper_entry("amount = 60", seq=1)
        answers.append(self.check(code, 404).replace(code, ""))

        self.assertIn("Not found, or altered", answers[0])
        self.assertEqual(len(set(answers)), 1, answers)

    def test_tampering_after_the_movement_is_noticed_too(self):
        codes = self.entries.mapped("receipt_code")
        self.tamper_entry("amount = 31", seq=3)

        for code in codes:
            self.check(code, 404)

    def test_moved_head_is_noticed(self):
        code = self.entries[0].receipt_code
        self.tamper(
            "UPDATE loyalty_club_wallet SET head = repeat('0', 64) WHERE id = %s", self.wallet.id
        )

        self.check(code, 404)

    def test_cut_tail_is_noticed_by_the_anchor(self):
        code = self.entries[1].receipt_code
        self.Anchor._cron_anchor()
        self.cut_tail()

        self.check(code, 404)

    def test_who_tries_too_often_waits(self):
        code = self.entries[0].receipt_code
        with patch.object(receipt_check, "TRIES", 3):
            for _time in range(3):
                self.check(code)

            self.assertIn("Too many tries", self.check(code, 429))

        # A mistyped code costs nothing and is not counted.
        self.assertIn("cannot be", self.get("check", code="nonsense"))

    def test_pages_are_not_kept_or_indexed(self):
        response = self.url_open(f"/loyalty_club/check/{self.entries[0].receipt_code}")

        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(response.headers["X-Robots-Tag"], "noindex")

    def test_checkpoint_publishes_digests_and_nothing_else(self):
        self.assertIn("Nothing has been published", self.get("checkpoint"))

        anchors = [self.Anchor._cron_anchor() for _time in range(2)]

        text = self.get("checkpoint")
        self.assertEqual(
            re.findall(r"\b[0-9a-f]{64}\b", text), [anchors[1].digest, anchors[0].digest]
        )
        self.assertNotIn(self.wallet.head, text)

    def test_money_is_shown_in_its_currency(self):
        credit = self.wallet_of(self.member, self.new_kind("ewallet"))
        self.post(Decimal("12.50"), "topup", wallet=credit)

        text = self.check(credit.entry_ids.receipt_code)

        self.assertIn(f"+{credit.kind_id._format(12.5)}".replace("\xa0", " "), text)
