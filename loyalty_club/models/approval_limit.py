from odoo import api, fields, models
from odoo.exceptions import AccessError


class LoyaltyClubApprovalLimit(models.AbstractModel):
    """Terms that say up to what one person decides alone.

    Those whom a limit binds do not move it: only administrators of access rights do.
    """

    _name = "loyalty.club.approval.limit"
    _description = "Limits of Approval"

    # Names of the fields that are such limits.
    _limits = frozenset()

    can_set_limits = fields.Boolean(compute="_compute_can_set_limits")

    @api.depends_context("uid")
    def _compute_can_set_limits(self):
        self.can_set_limits = self._may_set_limits()

    def write(self, vals):
        """:raises AccessError: when somebody moves a limit who is no administrator."""
        named = self._limits & vals.keys()
        changed = any(record[name] != vals[name] for name in named for record in self)
        if changed and not self._may_set_limits():
            raise AccessError(
                self.env._(
                    "Up to what one person decides alone is set by administrators of access "
                    "rights. Ask one of them to change the limit."
                )
            )
        return super().write(vals)

    def _may_set_limits(self):
        return self.env.su or self.env.user.has_group("base.group_erp_manager")
