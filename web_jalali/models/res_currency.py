"""The Iranian rial as people count it, and the toman, which is ten rials."""

from odoo import api, models
from odoo.tools import SQL, format_amount, formatLang

from ..hooks import LANGUAGE

# Tables that name a currency without an amount having been counted in it.
_SETTINGS = {
    *("res_company", "res_country", "res_currency_rate"),
    *("account_account", "account_journal", "product_pricelist"),
}


class ResCurrency(models.Model):
    """Currencies, of which the rial may be shown in tomans."""

    _inherit = "res.currency"

    def _format_shown(self, amount, company=None):
        """``amount`` as customers read it: rials in tomans if their company shows them so.

        :param company: res.company, by default the current one
        """
        self.ensure_one()
        if not self._is_shown_as_toman(company):
            return format_amount(self.env, amount, self)
        tomans = amount / 10
        digits = 0 if tomans == int(tomans) else 1
        return self.env._("%(amount)s toman", amount=formatLang(self.env, tomans, digits=digits))

    def _is_shown_as_toman(self, company=None):
        """Whether customers of ``company`` read, and type, a tenth of what is kept.

        :param company: res.company, by default the current one
        """
        return self.name == "IRR" and (company or self.env.company).rial_shown == "toman"

    @api.model
    def _jalali_set_up_rial(self):
        """Let the rial be counted whole and be called by its name, if it is not in use yet.

        Odoo delivers it with a hundred parts, "Fils", that nobody has ever paid with.
        """
        rial = self.env.ref("base.IRR", raise_if_not_found=False)
        if not rial or rial.rounding == 1 or rial._jalali_is_used():
            return
        rial.write(
            {
                "rounding": 1,
                "symbol": "ریال",
                "position": "after",
                "currency_unit_label": "Rial",
                "currency_subunit_label": "Rial",
            }
        )
        if self.env["res.lang"]._get_data(code=LANGUAGE):
            # Odoo's Persian says "dinar" here.
            persian = {"currency_unit_label": "ریال", "currency_subunit_label": "ریال"}
            rial.with_context(lang=LANGUAGE).write(persian)

    def _jalali_is_used(self):
        """Whether any record but a setting has amounts in this currency."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT linked.relname, attribute.attname
              FROM pg_constraint AS link
              JOIN pg_class AS linked ON linked.oid = link.conrelid
              JOIN pg_attribute AS attribute ON attribute.attrelid = link.conrelid
                                            AND attribute.attnum = link.conkey[1]
             WHERE link.contype = 'f' AND link.confrelid = 'res_currency'::regclass
            """
        )
        tests = [
            SQL(
                "SELECT 1 FROM %s WHERE %s = %s",
                SQL.identifier(table),
                SQL.identifier(column),
                self.id,
            )
            for table, column in self.env.cr.fetchall()
            if table not in _SETTINGS
        ]
        self.env.cr.execute(SQL("SELECT EXISTS (%s)", SQL(" UNION ALL ").join(tests)))
        return self.env.cr.fetchone()[0]
