from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class LoyaltyClubOccasionCharge(models.Model):
    """An occasion may be for the members of segments; the rule narrows them further."""

    _inherit = "loyalty.club.occasion.charge"

    segment_ids = fields.Many2many(
        "loyalty.club.segment",
        string="Segments",
        domain="[('club_id', '=', club_id)]",
        help="Members of any of them, whom the rule below fits as well. Empty: the rule alone.",
    )

    @api.depends("segment_ids")
    def _compute_preview(self):
        return super()._compute_preview()

    @api.constrains("segment_ids", "club_id")
    def _check_segments(self):
        for charge in self:
            if charge.segment_ids.club_id - charge.club_id:
                raise ValidationError(self.env._("Choose segments of the occasion's own club."))

    def _check_editable(self, vals):
        result = super()._check_editable(vals)
        if "segment_ids" in vals and any(charge.state != "draft" for charge in self):
            raise UserError(
                self.env._(
                    "An occasion that was charged, or waits for approval, is not edited. Make a "
                    "new one."
                )
            )
        return result

    def _group(self, env):
        group = super()._group(env)
        if self.segment_ids:
            group &= Domain("segment_ids", "in", self.segment_ids._origin.ids)
        return group
