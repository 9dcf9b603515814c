"""Gift cards as a document: drawn for staff who may read them, in both directions of writing."""

import io

from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestGiftCard(ClubCommon, HttpCase):
    """A gift card of 25 that the club keeps, and a card of stock's own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        kind = cls.new_kind("gift_card")
        cls.gifts = cls.new_program("gift_card", kind=kind)
        admin = cls.env.ref("base.user_admin")
        cards = cls.env["loyalty.card"].with_user(admin)
        cls.card = cards.create({"program_id": cls.gifts.id, "points": 25})
        cls.points = cls.member.wallet_ids.card_ids[:1]
        cls.seller = new_test_user(
            cls.env, "gift_seller", groups="base.group_user,point_of_sale.group_pos_user"
        )

    def text(self, lang="en_US"):
        sheets = self.env["loyalty.club.gift.card.sheet"].with_context(lang=lang)
        _name, _type, data = sheets._render(self.card)
        (page,) = PdfReader(io.BytesIO(data)).pages
        return page.extract_text().replace("\n", " ")

    def test_it_says_what_it_is_worth_in_figures_and_in_words(self):
        text = self.text()

        self.assertIn("25.00", text)
        self.assertIn("Twenty-Five", text)
        self.assertIn(self.card.code, text.replace(" ", ""))

    def test_persian_readers_have_their_digits_and_words(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        document = self.env["loyalty.club.gift.card.sheet"].with_context(lang="fa_IR")
        page = str(document._document(self.card.sudo()))

        self.assertIn('dir="rtl"', page)
        self.assertIn("۲۵", page)
        self.assertIn("بیست و پنج", page)

    def test_what_is_no_gift_card_of_the_club_is_not_printed(self):
        self.assertTrue(self.card.club_gift_card)
        with self.assertRaisesRegex(UserError, "no gift card"):
            self.points.action_print_gift_card()

    def test_staff_fetch_the_cards_that_they_may_read(self):
        address = self.card.action_print_gift_card()["url"]
        self.authenticate("gift_seller", "gift_seller")

        answer = self.url_open(address)

        self.assertEqual((answer.status_code, answer.content[:4]), (200, b"%PDF"))
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        for guess in (f"/loyalty_club/gift-cards/{self.points.id}", "/loyalty_club/gift-cards/x"):
            self.assertEqual(self.url_open(guess).status_code, 404)

    def test_members_and_strangers_fetch_nothing(self):
        address = self.card.action_print_gift_card()["url"]
        self.assertIn("/web/login", self.url_open(address).url)
        new_test_user(self.env, "gift_portal", groups="base.group_portal")
        self.authenticate("gift_portal", "gift_portal")

        self.assertEqual(self.url_open(address).status_code, 404)
