"""How members of a level pay: terms of payment, and how much they may owe.

What stands on a contact itself comes first, then the level, then the company.
"""

from odoo import api, models
from odoo.tools import formatLang


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _club_payment_tiers(self, company):
        """The levels by whose payment terms contacts without terms of their own pay.

        :param company: res.company that sells.
        :returns: dict of contact's id to loyalty.club.tier, as superuser.
        """
        partners = self.with_company(company)
        usual = self._fields["property_payment_term_id"].get_company_dependent_fallback(partners)
        without = partners.filtered(lambda partner: partner.property_payment_term_id == usual)
        return self.env["loyalty.club.tier"]._of_partners(without, company, "payment_term_id")

    def _club_credit_tier(self, company):
        """The level whose credit limit goes for a contact without one of its own: one or none."""
        self.ensure_one()
        holder = self.commercial_partner_id.with_company(company)
        tiers = self.env["loyalty.club.tier"]
        if holder.use_partner_credit_limit:
            return tiers
        return tiers._of_partners(self, company, "credit_limit").get(self.id, tiers)


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.depends("partner_id")
    def _compute_invoice_payment_term_id(self):
        """Customers' invoices go by the terms of the customer's level."""
        result = super()._compute_invoice_payment_term_id()
        sold = self.filtered(lambda move: move.is_sale_document(include_receipts=True))
        for company, moves in sold.grouped("company_id").items():
            tiers = moves.partner_id._club_payment_tiers(company)
            for move in moves.filtered(lambda move, tiers=tiers: move.partner_id.id in tiers):
                move.invoice_payment_term_id = tiers[move.partner_id.id].payment_term_id
        return result

    def _build_credit_warning_message(
        self, record, current_amount=0.0, exclude_current=False, exclude_amount=0.0
    ):
        """What a member of a level may owe is what the level says."""
        tier = record.partner_id._club_credit_tier(record.company_id)
        if not tier:
            return super()._build_credit_warning_message(
                record, current_amount, exclude_current, exclude_amount
            )
        holder = record.partner_id.commercial_partner_id
        total = holder.credit + holder.credit_to_invoice - exclude_amount + current_amount
        if total <= tier.credit_limit:
            return ""
        currency = record.company_id.currency_id
        return self.env._(
            "%(partner)s may owe %(limit)s as a member of the level “%(tier)s”, and would owe "
            "%(total)s with this document and open orders.",
            partner=holder.name,
            limit=formatLang(self.env, tier.credit_limit, currency_obj=currency),
            tier=tier.name,
            total=formatLang(self.env, total, currency_obj=currency),
        )
