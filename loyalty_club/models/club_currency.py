"""What a new club begins with in currencies whose units are small."""

from odoo import api, models
from odoo.tools import format_amount

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

    def _money_text(self, amount):
        """``amount`` of the club's money in the unit of whoever reads it.

        Staff read the figure that they type; members and visitors, and messages to them, the
        unit that the company shows to its customers.
        """
        self.ensure_one()
        for_customers = self.env.context.get("club_for_customers")
        if self.env.user._is_internal() and not for_customers:
            return format_amount(self.env, float(amount), self.currency_id)
        return self.currency_id._format_shown(float(amount), self.company_id)

    @api.model
    def _terms_in(self, company, names):
        """Value by name, for those of ``names`` that depend on the currency.

        :param company: res.company; empty for the current one.
        """
        currency = (company or self.env.company).currency_id
        scale = _SCALES.get(currency.name) or max(currency.rounding / _CENT, 1)
        return {name: value * scale for name, value in _TERMS.items() if name in names}
