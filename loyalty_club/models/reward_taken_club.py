"""What a club says of rewards that its members take, and what ends them besides members."""

from odoo import api, fields, models


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    taken_days = fields.Integer(
        string="Days to collect a reward",
        required=True,
        default=30,
        help="A reward that a member took on her own pages is kept for her so many days. Its "
        "points are held meanwhile.",
    )
    taken_forfeit = fields.Boolean(
        string="Points are lost when it is not collected",
        help="What nobody collected in time takes its points all the same. Off: the points go "
        "back to the member.",
    )

    _taken_sound = models.Constraint(
        "CHECK (taken_days BETWEEN 1 AND 3650)",
        "A reward is kept for at least a day, and for ten years at most.",
    )


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    taken_ids = fields.One2many("loyalty.club.reward.taken", "member_id", readonly=True)

    def _check_nothing_held(self, wallets):
        """Whoever leaves collects nothing more: the points of rewards that were taken are free
        again, and share the fate of the others."""
        self._taken_of(wallets).filtered("hold_id")._finish("cancelled")
        return super()._check_nothing_held(wallets)

    def _merge_into(self, survivor, note=None):
        """Rewards that were taken follow the points, under the same codes."""
        taken = self._taken_of((self | survivor).wallet_ids)
        with self.env.cr.savepoint():  # refused, nothing was let go
            taken._let_go()
            result = super()._merge_into(survivor, note)
            taken._hold_again(survivor)
        return result

    @api.model
    def _taken_of(self, wallets):
        """Rewards that wait to be collected, taken with the points of these wallets."""
        # sudo: who ends a membership, or merges two, need not read rewards
        taken = self.env["loyalty.club.reward.taken"].sudo()
        return taken.search([("wallet_id", "in", wallets.ids), ("state", "=", "open")])


class LoyaltyClubHold(models.Model):
    _inherit = "loyalty.club.hold"

    def _release_by_hand(self):
        """A reward whose points a manager lets go is cancelled with them."""
        released = super()._release_by_hand()
        # sudo: the right was checked by the release
        taken = self.env["loyalty.club.reward.taken"].sudo()
        taken = taken.search([("hold_id", "in", self.ids), ("state", "=", "open")])
        taken._finish("cancelled")
        return released
