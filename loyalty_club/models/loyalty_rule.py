from odoo import api, models


class LoyaltyRule(models.Model):
    """Which products sell stored value is remembered; a change of rules forgets it."""

    _inherit = "loyalty.rule"

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        rules.program_id._check_club_products()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        if "product_ids" in vals:
            self.program_id._check_club_products()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
