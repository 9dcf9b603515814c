"""Contacts: numbers are kept in the digits that telephones and other programs know."""

from odoo import api, models

from ..hooks import LANGUAGE
from ..tools import jalali

_NUMBERS = ("phone", "vat", "company_registry", "zip", "ref", "barcode")
_TEXTS = ("name", "street", "street2", "city", "function")


class ResPartner(models.Model):
    """Contacts whose numbers and names were typed on a Persian or an Arabic keyboard."""

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        """Keep numbers in Latin digits and, for Persian users, names in Persian letters."""
        return super().create([self._persian_values(vals) for vals in vals_list])

    def write(self, vals):
        """Keep numbers in Latin digits and, for Persian users, names in Persian letters."""
        return super().write(self._persian_values(vals))

    @api.model
    def _persian_values(self, vals):
        kept = {
            name: jalali.latin_digits(vals[name])
            for name in _NUMBERS
            if isinstance(vals.get(name), str)
        }
        if self.env.lang == LANGUAGE:
            kept |= {
                name: jalali.fold_letters(vals[name])
                for name in _TEXTS
                if isinstance(vals.get(name), str)
            }
        return {**vals, **kept}
