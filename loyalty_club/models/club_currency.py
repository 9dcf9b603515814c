"""What a new club begins with in currencies whose units are small."""

from odoo import api, models

# A point for ten units that is worth a tenth of one: one per cent.
_TERMS = {"earn_per_amount": 10.0, "point_value": 0.1}
_CENT = 0.01
# Prices are ten thousand times those in euros, though a rial is not divided.
_SCALES = {"IRR": 10_000}


class LoyaltyClub(models.Model):
    """A club whose terms suit the money of its company."""

    _inherit = "loyalty.club"

    @api.model
    def default_get(self, fields):
        """Suggest terms in the current company's money."""
        return {**super().default_get(fields), **self._terms_in(self.env.company, fields)}

    @api.model_create_multi
    def create(self, vals_list):
        """Begin with terms in the money of each club's company."""
        companies = self.env["res.company"]
        return super().create(
            [
                {
                    **self._terms_in(companies.browse(vals.get("company_id")), _TERMS),
                    **vals,
                }
                for vals in vals_list
            ]
        )

    @api.model
    def _terms_in(self, company, names):
        """Value by name, for those of ``names`` that depend on the currency.

        :param company: res.company; empty for the current one.
        """
        currency = (company or self.env.company).currency_id
        scale = _SCALES.get(currency.name) or max(currency.rounding / _CENT, 1)
        return {name: value * scale for name, value in _TERMS.items() if name in names}
