from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class LoyaltyClubTransfer(models.Model):
    """What a step of a transfer reads and locks before it judges anything."""

    _inherit = "loyalty.club.transfer"

    @api.model
    def _wallet_of(self, kind, member):
        """The member's wallet of ``kind``, made with its card when it is missing."""
        wallet = self.env["loyalty.club.wallet"].search(
            [("kind_id", "=", kind.id), ("member_id", "=", member.id)]
        )
        if not wallet:
            wallet = kind._wallets_of(member)[member.id]
            self.env["loyalty.card"]._club_create_for(kind, [wallet])
        return wallet

    @api.model
    def _read_ahead(self, wallet, receiver):
        """Read what the steps need of wide tables, and no more, while nothing is locked."""
        members = wallet.member_id | receiver
        members.fetch(["partner_id", "club_id", "state", "join_date", "contact_changed_at"])
        wallet.company_id.fetch(["partner_id"])
        self.env.user.fetch(["active", "partner_id", "tz"])
        people = members.partner_id | wallet.company_id.partner_id | self.env.user.partner_id
        people.fetch(["name", "lang", "tz", "phone", "email_normalized"])

    @api.model
    def _lock_wallets(self, wallets):
        """Nothing else moves these wallets until we are done: limits are counted under it."""
        wallets.flush_recordset()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM loyalty_club_wallet WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                tuple(wallets.ids),
            )
        )
        wallets.invalidate_recordset()

    @api.model
    def _locked(self, reference):
        """The transfer under its lock and that of its wallets."""
        transfer = self.search([("reference", "=", reference)])
        if not transfer:
            raise UserError(self.env._("There is no such transfer."))
        transfer.flush_recordset()
        self.env.cr.execute(
            SQL("SELECT id FROM loyalty_club_transfer WHERE id = %s FOR NO KEY UPDATE", transfer.id)
        )
        self._lock_wallets(transfer.sender_wallet_id | transfer.receiver_wallet_id)
        transfer.invalidate_recordset()
        return transfer
