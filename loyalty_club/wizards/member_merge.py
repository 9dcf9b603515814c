from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError


class LoyaltyClubMemberMerge(models.TransientModel):
    """Make one membership of several that belong to one person."""

    _name = "loyalty.club.member.merge"
    _description = "Merge Memberships"

    member_ids = fields.Many2many("loyalty.club.member", string="Memberships", required=True)
    survivor_id = fields.Many2one(
        "loyalty.club.member",
        string="The one that stays",
        required=True,
        ondelete="cascade",
        domain="[('id', 'in', member_ids)]",
    )
    merge_contacts = fields.Boolean(
        string="Merge the contacts as well",
        help="Orders, invoices and messages of the other contacts then go to the contact of the "
        "membership that stays; the other contacts are deleted.",
    )
    contacts_differ = fields.Boolean(compute="_compute_contacts_differ")
    note = fields.Char(string="Reason")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        if self.env.context.get("active_model") == "loyalty.club.member":
            members = self.env["loyalty.club.member"].browse(self.env.context.get("active_ids"))
            values["member_ids"] = [Command.set(members.ids)]
            open_first = members.sorted(lambda member: (member.state != "active", member.id))
            values["survivor_id"] = open_first[:1].id
        return values

    @api.depends("member_ids")
    def _compute_contacts_differ(self):
        may = self.env.user.has_group("base.group_partner_manager")
        for wizard in self:
            wizard.contacts_differ = may and len(wizard.member_ids.partner_id) > 1

    @api.depends("member_ids")
    def _compute_preview(self):
        """What each membership has of each kind, and what they have together."""
        for wizard in self:
            rows = Markup()
            wallets = wizard.member_ids.wallet_ids.filtered("balance")
            for kind, group in wallets.grouped("kind_id").items():
                parts = " + ".join(kind._format(wallet.balance) for wallet in group)
                total = kind._format(sum(group.mapped("balance")))
                rows += Markup("<tr><td>%s</td><td>%s</td><th>%s</th></tr>") % (
                    kind.name,
                    parts,
                    total,
                )
            wizard.preview = Markup("<table class='table table-sm mb-0'>%s</table>") % rows

    def action_merge(self):
        """Merge, then open the membership that stays.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: as :meth:`loyalty.club.member._merge_into`.
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(self.env._("Only a club manager merges memberships."))
        members, survivor = self.member_ids, self.survivor_id
        (members - survivor)._merge_into(survivor, self.note)
        if self.merge_contacts and self.contacts_differ:
            self.env["base.partner.merge.automatic.wizard"].create({})._merge(
                members.partner_id.ids, survivor.partner_id
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "loyalty.club.member",
            "res_id": survivor.id,
            "views": [(False, "form")],
        }
