"""Texts of Odoo's modules that our users meet are Persian where Odoo leaves them in English."""

import polib

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.translate import code_translations

MODULES = ("loyalty", "pos_loyalty", "sms")


@tagged("post_install", "-at_install")
class TestStockTexts(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fa_IR")
        cls.env["ir.module.module"]._load_module_terms(["loyalty_club"], ["fa_IR"])
        cls.texts = {
            entry.msgid: entry for entry in polib.pofile(file_path("loyalty_club/i18n_extra/fa.po"))
        }

    def test_labels_of_the_database(self):
        field = self.env.ref("loyalty.field_loyalty_program__portal_visible")
        self.assertEqual(field.with_context(lang="fa_IR").field_description, "نمایش در پرتال")
        self.assertEqual(field.with_context(lang="en_US").field_description, "Portal Visible")

    def test_messages_of_the_server(self):
        program = self.env["loyalty.program"].with_context(lang="fa_IR").create({"name": "P"})
        with self.assertRaisesRegex(UserError, "برنامه فعال حذف نمی‌شود"):
            program.unlink()

    def test_texts_that_odoo_has_in_persian_stay_odoos(self):
        texts = code_translations.get_python_translations("sms", "fa_IR")
        self.assertEqual(texts["Invalid recipient number. Please update it."][:12], "شماره گیرنده")

    def test_texts_of_the_browser(self):
        texts = code_translations.get_web_translations("loyalty_club", "fa_IR")["messages"]
        self.assertIn({"id": "%s Points", "string": "%s امتیاز"}, map(dict, texts))

    def test_every_text_is_one_that_odoo_has(self):
        known = set()
        for module in MODULES:
            known |= {e.msgid for e in polib.pofile(file_path(f"{module}/i18n/{module}.pot"))}
        self.assertFalse(set(self.texts) - known)
        self.assertTrue(all(entry.msgstr.strip() for entry in self.texts.values()))
