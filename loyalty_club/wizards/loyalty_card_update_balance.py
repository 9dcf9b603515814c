from odoo import models
from odoo.exceptions import AccessError


class LoyaltyCardUpdateBalance(models.TransientModel):
    _inherit = "loyalty.card.update.balance"

    def action_update_card_point(self):
        """On a club card the new balance is an adjustment on the ledger, with its reason."""
        if not self.card_id.sudo().club_wallet_id:  # sudo: managed or not is no secret
            return super().action_update_card_point()
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(self.env._("Only a club manager adjusts the balance of a club card."))
        self.card_id._club_adjust_to(self.new_balance, self.description)
        return True
