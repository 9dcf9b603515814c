from odoo import models


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def _load_sample_history(self):
        """Give the club of the sample data a history; the sample data call it once."""
        # Only where sample data are wanted
        from ..demo import ledger_demo

        self.ensure_one()
        ledger_demo.load(self)
