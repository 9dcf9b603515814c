"""What members alone see: a group of the portal for pages, and a text of the club."""

from odoo import Command, api, fields, models


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    area_text = fields.Html(
        string="For members only",
        translate=True,
        sanitize_attributes=True,
        help="Shown on the member's own page, to active members and nobody else.",
    )


class LoyaltyClubMember(models.Model):
    """Members with a login are in a group that others are not in."""

    _inherit = "loyalty.club.member"

    def _joined(self):
        result = super()._joined()
        self.partner_id._club_sync_portal()
        return result

    def write(self, vals):
        result = super().write(vals)
        if {"state", "merged_into_id"} & vals.keys():
            (self | self.merged_into_id).partner_id._club_sync_portal()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_from_portal(self):
        # sudo: see _club_sync_portal
        users = self.sudo().partner_id.user_ids
        users.filtered("share").group_ids -= self.env.ref("loyalty_club.group_portal_member")


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _club_sync_portal(self):
        """Let those of these contacts be in the members' group who are members and log in.

        Employees see pages by their own rights and are left alone.
        """
        # sudo: groups are an administrator's; this one follows memberships alone
        users = self.env["res.users"].sudo()
        users = users.search([("partner_id", "in", self.ids), ("share", "=", True)])
        if not users:
            return
        group = self.env.ref("loyalty_club.group_portal_member").sudo()
        members = self.env["loyalty.club.member"].sudo()
        members = members.search(
            [
                ("partner_id", "in", users.partner_id.ids),
                ("state", "!=", "closed"),
                ("merged_into_id", "=", False),
            ]
        )
        wanted = users.filtered(lambda user: user.partner_id in members.partner_id)
        present = users.filtered(lambda user: group in user.group_ids)
        changes = [Command.link(user.id) for user in wanted - present]
        changes += [Command.unlink(user.id) for user in present - wanted]
        if changes:
            group.write({"user_ids": changes})


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        users.partner_id._club_sync_portal()
        return users

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") or "partner_id" in vals:
            self.partner_id._club_sync_portal()
        return result
