from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LoyaltyClubWalletKind(models.Model):
    """Until when value of a kind may be spent."""

    _inherit = "loyalty.club.wallet.kind"

    expiry_policy_id = fields.Many2one(
        "loyalty.club.expiry.policy",
        string="Expiry",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('club_id', '=', club_id)]",
        help="Gives what comes in from now on its last day. Empty: it never expires.",
    )
    expiry_sentence = fields.Char(related="expiry_policy_id.sentence", string="Expiry in words")

    @api.constrains("expiry_policy_id", "club_id")
    def _check_expiry_policy_club(self):
        for kind in self:
            if kind.expiry_policy_id and kind.expiry_policy_id.club_id != kind.club_id:
                raise ValidationError(
                    self.env._(
                        "The expiry policy of “%(kind)s” belongs to another club. Choose one of "
                        "“%(club)s”.",
                        kind=kind.name,
                        club=kind.club_id.name,
                    )
                )
