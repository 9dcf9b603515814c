from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyClubPurposeVersion(models.Model):
    """A wording as it was shown: made by the club itself whenever the text changes."""

    _name = "loyalty.club.purpose.version"
    _inherit = ["loyalty.club.fact"]
    _description = "Wording of a Purpose"
    _order = "purpose_id, number desc"
    _log_access = False
    _rec_name = "number"

    purpose_id = fields.Many2one(
        "loyalty.club.purpose", required=True, readonly=True, ondelete="restrict"
    )
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    number = fields.Integer(string="Version", required=True, readonly=True)
    text = fields.Text(string="Wording", required=True, readonly=True, translate=True)
    date = fields.Datetime(string="Since", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True, ondelete="restrict")

    _number_unique = models.Constraint(
        "UNIQUE (purpose_id, number)", "A purpose has one wording of each number."
    )

    @api.depends("purpose_id.name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(purpose)s, wording %(number)s",
                purpose=version.purpose_id.name or "",
                number=version.number,
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        # sudo: answers of any member keep the wording
        changes = self.env["loyalty.club.consent.change"].sudo()
        if not self.env.su or changes.search_count([("version_id", "in", self.ids)], limit=1):
            raise UserError(self._fact_refusal())

    @api.model
    def _fact_refusal(self):
        return self.env._(
            "A wording that was shown is not changed. Change the text of the purpose: that makes "
            "a new version."
        )
