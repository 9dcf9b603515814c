"""Rials and tomans."""

from odoo.tests import tagged

from odoo.addons.web_jalali.hooks import post_init_hook
from odoo.addons.web_jalali.tests.common import JalaliCase


@tagged("post_install", "-at_install")
class TestResCurrency(JalaliCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rial = cls.env.ref("base.IRR")
        cls.delivered = {
            "rounding": 0.01,
            "symbol": "﷼",
            "position": "before",
            "currency_unit_label": "Dinar",
            "currency_subunit_label": "Fils",
        }

    def test_installing_sets_the_rial_right(self):
        rial = self.rial
        rial.write(self.delivered)
        post_init_hook(self.env)
        self.assertEqual((rial.rounding, rial.decimal_places, rial.symbol), (1, 0, "ریال"))
        self.assertEqual((rial.position, rial.currency_unit_label), ("after", "Rial"))
        self.assertEqual(rial.with_env(self.persian).currency_unit_label, "ریال")

    def test_the_name_stays_right_when_persian_is_loaded_again(self):
        self.env["ir.module.module"]._load_module_terms(
            ["base", "web_jalali"], ["fa_IR"], overwrite=True
        )
        self.rial.invalidate_recordset()
        self.assertEqual(self.rial.with_env(self.persian).currency_unit_label, "ریال")

    def test_a_company_in_rials_is_no_use_of_it(self):
        self.rial.write({**self.delivered, "active": True})
        self.env["res.company"].create({"name": "Bazaar", "currency_id": self.rial.id})
        self.env["res.currency.rate"].create({"currency_id": self.rial.id, "name": "2026-01-01"})
        self.rial._jalali_set_up_rial()
        self.assertEqual(self.rial.rounding, 1)

    def test_a_rial_that_is_in_use_stays_as_it_is(self):
        self.rial.write({**self.delivered, "active": True})
        # Any table that is no setting of the currency; what it means is of no importance.
        self.env.cr.execute(
            "CREATE TABLE web_jalali_amount (currency_id integer REFERENCES res_currency)"
        )
        self.env.cr.execute("INSERT INTO web_jalali_amount VALUES (%s)", [self.rial.id])
        self.rial._jalali_set_up_rial()
        self.assertEqual((self.rial.rounding, self.rial.symbol), (0.01, "﷼"))
        self.env.cr.execute("DELETE FROM web_jalali_amount")
        self.rial._jalali_set_up_rial()
        self.assertEqual(self.rial.rounding, 1)

    def test_amounts_in_rials_or_in_tomans(self):
        self.rial.write({"active": True, "symbol": "ریال"})
        rial = self.rial.with_env(self.persian)
        self.assertEqual(rial._format_shown(1250000), rial.format(1250000))
        self.assertIn("ریال", rial._format_shown(1250000))
        self.env.company.rial_shown = "toman"
        rial = self.rial.with_env(self.english)
        self.assertEqual(rial._format_shown(1250000), "125,000 toman")
        self.assertEqual(rial._format_shown(-1250005), "-125,000.5 toman")
        other = self.env["res.company"].create({"name": "Rials"})
        self.assertEqual(rial._format_shown(10, other), rial.format(10))
        dollar = self.env.ref("base.USD").with_env(self.english)
        self.assertEqual(dollar._format_shown(10), dollar.format(10))

    def test_in_words(self):
        self.rial.with_env(self.persian).currency_unit_label = "ریال"
        words = self.rial.with_env(self.persian).amount_to_text(1250000)
        self.assertEqual(words, "یک میلیون و دویست و پنجاه هزار ریال")
