"""A level shows who was invited to it, and invites."""

from odoo import fields, models


class LoyaltyClubTier(models.Model):
    _inherit = "loyalty.club.tier"

    invitation_count = fields.Integer(
        string="Invitations",
        compute="_compute_invitation_count",
        compute_sudo=True,
        help="Invitations that wait for an answer.",
    )

    # === COMPUTE METHODS === #

    def _compute_invitation_count(self):
        counts = dict(
            self.env["loyalty.club.tier.invitation"]._read_group(
                [("tier_id", "in", self.ids), ("state", "=", "open")], ["tier_id"], ["__count"]
            )
        )
        for tier in self:
            tier.invitation_count = counts.get(tier, 0)

    # === ACTION METHODS === #

    def action_invite(self):
        """Ask who shall be invited to this level, and until when they can answer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.tier_grant_action")
        return dict(
            action,
            name=self.env._("Invite to %(tier)s", tier=self.name),
            context={
                "default_how": "invited",
                "default_tier_id": self.id,
                "default_club_id": self.club_id.id,
            },
        )

    def action_view_invitations(self):
        """Open who was invited to this level, and what they answered."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_club.tier_invitation_action"
        )
        return dict(action, domain=[("tier_id", "=", self.id)], context={})
