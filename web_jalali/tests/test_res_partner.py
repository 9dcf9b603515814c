"""Contacts typed on Persian and Arabic keyboards."""

from odoo.tests import tagged

from odoo.addons.web_jalali.tests.common import JalaliCase


@tagged("post_install", "-at_install")
class TestResPartner(JalaliCase):
    def test_numbers_are_kept_in_latin_digits_in_every_language(self):
        for env in (self.persian, self.english):
            partner = env["res.partner"].create({"name": "A", "phone": "۰۹۱۲۳۴۵۶۷۸۹", "ref": "٤٢"})
            self.assertEqual((partner.phone, partner.ref), ("09123456789", "42"))
            partner.write({"zip": "۱۲۳۴۵", "phone": False})
            self.assertEqual((partner.zip, partner.phone), ("12345", False))

    def test_names_are_kept_in_persian_letters_for_persian_users(self):
        for env, name in ((self.persian, "علی کریمی"), (self.english, "علي كريمي")):
            partner = env["res.partner"].create({"name": "علي كريمي"})
            self.assertEqual(partner.name, name)

    def test_what_is_given_stays_as_it_was(self):
        values = {"name": "A", "phone": "۰۹"}
        self.env["res.partner"].create([values])
        self.assertEqual(values["phone"], "۰۹")
