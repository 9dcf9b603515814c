from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LoyaltyClubActRule(models.Model):
    """What acts bring may live shorter, or longer, than what purchases bring."""

    _inherit = "loyalty.club.act.rule"

    expiry_policy_id = fields.Many2one(
        "loyalty.club.expiry.policy",
        string="Expiry",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('club_id', '=', club_id)]",
        help="Until when it may be spent. Empty: as other value of its kind.",
    )

    @api.constrains("expiry_policy_id", "club_id")
    def _check_expiry_policy(self):
        for rule in self:
            policy = rule.expiry_policy_id
            if policy and policy.club_id != rule.club_id:
                raise ValidationError(
                    self.env._(
                        "The expiry “%(policy)s” belongs to another club. Choose one of %(club)s.",
                        policy=policy.name,
                        club=rule.club_id.name,
                    )
                )

    def _expires_on(self, day):
        """Last day of what is given on ``day``; None: as its kind of value says."""
        return self.expiry_policy_id._expires_on(day) or None
