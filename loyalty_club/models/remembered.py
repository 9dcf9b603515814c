from odoo import api, models


class LoyaltyClubRemembered(models.AbstractModel):
    """Records of which something is kept in memory (``ormcache``), since every sale or visit
    asks: whatever changes them makes all processes forget it."""

    _name = "loyalty.club.remembered"
    _description = "Kept in Memory"

    # Names of the fields of which something is kept; None: any.
    _remembered = None

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        self.env.registry.clear_cache()
        return made

    def write(self, vals):
        result = super().write(vals)
        if self._remembered is None or self._remembered & vals.keys():
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
