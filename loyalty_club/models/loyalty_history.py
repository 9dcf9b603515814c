from odoo import api, models
from odoo.exceptions import UserError

from ..movement import current_authority


class LoyaltyHistory(models.Model):
    """Stock's display log. For managed cards the ledger writes it, and nobody else."""

    _inherit = "loyalty.history"

    _order_index = models.Index("(order_model, order_id)")

    @api.model_create_multi
    def create(self, vals_list):
        """Lines of managed cards are left out: the ledger has written them already.

        :raises UserError: when somebody adds such a line by hand.
        """
        card_ids = {vals.get("card_id") for vals in vals_list}
        # sudo: whether a card is managed does not depend on who asks
        managed = self.env["loyalty.card"].sudo().browse(card_ids).filtered("club_wallet_id")
        self._club_refuse_by_hand(managed)
        return super().create(
            [vals for vals in vals_list if vals.get("card_id") not in set(managed.ids)]
        )

    def write(self, vals):
        if vals and self.sudo().card_id.club_wallet_id:  # sudo: as in create
            raise UserError(self._club_refusal())
        return super().write(vals)

    def unlink(self):
        """Lines of managed cards stay: what happened, happened.

        :raises UserError: when somebody deletes such a line by hand.
        """
        kept = self.sudo().filtered("card_id.club_wallet_id")  # sudo: as in create
        self._club_refuse_by_hand(kept)
        return super(LoyaltyHistory, self - kept).unlink()

    @api.model
    def _club_refuse_by_hand(self, managed):
        """Stock's own flows may go on, for which our code gave authority, or a manager's."""
        by_flow = current_authority() or self.env.user.has_group("loyalty_club.group_manager")
        if managed and not by_flow:
            raise UserError(self._club_refusal())

    @api.model
    def _club_refusal(self):
        return self.env._("The history of a club card shows its ledger and is not edited.")
