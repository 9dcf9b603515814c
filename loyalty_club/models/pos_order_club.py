"""What the back office sees of the club on an order of a till."""

from odoo import api, fields, models

from .res_partner import CLUB_GROUPS


class PosOrder(models.Model):
    _inherit = "pos.order"

    club_member_id = fields.Many2one(
        "loyalty.club.member",
        string="Club member",
        compute="_compute_club_member_id",
        groups=CLUB_GROUPS,
        help="The customer's membership in the club of the till.",
    )
    club_branch_id = fields.Many2one(
        related="config_id.club_branch_id", string="Club branch", help="The shop of the till."
    )
    club_entry_ids = fields.One2many(
        "loyalty.club.entry",
        "origin_id",
        domain=[("origin_model", "=", "pos.order")],
        string="Entries in the ledger",
        readonly=True,
        groups=CLUB_GROUPS,
    )

    club_shortfall_ids = fields.One2many(
        "loyalty.club.shortfall",
        "order_id",
        string="Payments not covered",
        readonly=True,
        groups="loyalty_club.group_manager,loyalty_club.group_auditor",
    )

    # === COMPUTE METHODS === #

    def _compute_club_member_id(self):
        members = self._club_members()
        for order in self:
            order.club_member_id = members.get(order.id)

    # === BUSINESS METHODS === #

    @api.model
    def _club_untold(self):
        """What the till has no use for: it is spared the work."""
        return super()._club_untold() | {
            "club_member_id", "club_branch_id", "club_entry_ids", "club_shortfall_ids"
        }  # fmt: skip
