from odoo import api, fields, models
from odoo.exceptions import UserError

CLUB_GROUPS = "loyalty_club.group_user,loyalty_club.group_auditor"


class ResPartner(models.Model):
    _inherit = "res.partner"

    club_member_ids = fields.One2many(
        "loyalty.club.member",
        "partner_id",
        string="Club memberships",
        domain=[("merged_into_id", "=", False)],
        groups=CLUB_GROUPS,
    )
    club_member_count = fields.Integer(compute="_compute_club_member_count", groups=CLUB_GROUPS)
    club_status = fields.Char(
        compute="_compute_club_status",
        groups=CLUB_GROUPS,
        help="Points of a member, or the number of memberships.",
    )

    def _compute_club_member_count(self):
        counts = dict(
            self.env["loyalty.club.member"]._read_group(
                [("partner_id", "in", self.ids), ("merged_into_id", "=", False)],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.club_member_count = counts.get(partner, 0)

    @api.depends("club_member_ids.points_balance")
    def _compute_club_status(self):
        for partner in self:
            members = partner.club_member_ids
            if len(members) == 1:
                # sudo: a cashier sees the points without rights on the kind of value
                kind = members.sudo().club_id.points_kind_id
                partner.club_status = kind._format(members.points_balance)
            elif members:
                partner.club_status = self.env._("%(count)s clubs", count=len(members))
            else:
                partner.club_status = self.env._("Not a member")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_members(self):
        # sudo: memberships of any company keep the contact
        members = self.env["loyalty.club.member"].sudo().search([("partner_id", "in", self.ids)])
        if members:
            raise UserError(
                self.env._(
                    "%(names)s cannot be deleted: the customer club keeps their value. "
                    "Close the membership and archive the contact instead.",
                    names=members.partner_id[:5].mapped("display_name"),
                )
            )

    def action_view_club_members(self):
        """Open the contact's memberships, or enrol it when it has none."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.member_action")
        action["domain"] = [("partner_id", "=", self.id), ("merged_into_id", "=", False)]
        action["context"] = {"default_partner_id": self.id}
        members = self.club_member_ids
        if len(members) == 1 or (not members and members.has_access("create")):
            action["views"] = [(False, "form")]
            action["res_id"] = members.id
        return action
