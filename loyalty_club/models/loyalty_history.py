from odoo import api, models
from odoo.exceptions import UserError


class LoyaltyHistory(models.Model):
    """Stock's display log. For managed cards the ledger writes it, and nobody else."""

    _inherit = "loyalty.history"

    _order_index = models.Index("(order_model, order_id)")

    @api.model_create_multi
    def create(self, vals_list):
        """Lines of managed cards are left out: the ledger has written them already."""
        card_ids = {vals.get("card_id") for vals in vals_list}
        # sudo: whether a card is managed does not depend on who asks
        managed = self.env["loyalty.card"].sudo().browse(card_ids).filtered("club_wallet_id")
        return super().create(
            [vals for vals in vals_list if vals.get("card_id") not in set(managed.ids)]
        )

    def write(self, vals):
        if vals and self.sudo().card_id.club_wallet_id:  # sudo: as in create
            raise UserError(
                self.env._("The history of a club card shows its ledger and is not edited.")
            )
        return super().write(vals)

    def unlink(self):
        """Lines of managed cards stay: what happened, happened."""
        kept = self.sudo().filtered("card_id.club_wallet_id")  # sudo: as in create
        return super(LoyaltyHistory, self - kept).unlink()
