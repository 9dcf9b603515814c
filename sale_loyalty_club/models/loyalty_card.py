from odoo import models

from odoo.addons.loyalty_club.movement import current_authority


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _send_creation_communication(self, force_send=False):
        """The e-mail of a club card bought on an order waits in the outbox.

        Stock renders and sends it while the order is being confirmed: a failing printer of
        PDFs would undo the sale, and the card would still be shown without its value.
        """
        granted = current_authority()
        silent = self.env.context.get("loyalty_no_mail") or self.env.context.get(
            "action_no_send_mail"
        )
        if silent or not granted or not granted.absorb:
            return super()._send_creation_communication(force_send)
        managed = self.filtered("club_wallet_id")
        # sudo: whoever sells the card lets its e-mail be sent
        self.env["loyalty.club.outbox"].sudo()._queue_new_card(managed)
        return super(LoyaltyCard, self - managed)._send_creation_communication(force_send)
