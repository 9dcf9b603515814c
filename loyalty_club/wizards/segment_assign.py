from odoo import Command, api, fields, models


class LoyaltyClubSegmentAssign(models.TransientModel):
    """Put members into segments by hand, or take them out."""

    _name = "loyalty.club.segment.assign"
    _description = "Put into Segments"

    act = fields.Selection(
        [("add", "Put into"), ("remove", "Take out of")],
        string="What to do",
        required=True,
        default="add",
    )
    club_id = fields.Many2one("loyalty.club", required=True, ondelete="cascade")
    segment_ids = fields.Many2many(
        "loyalty.club.segment",
        string="Segments",
        required=True,
        domain="[('club_id', '=', club_id), ('kind', '=', 'manual')]",
    )
    member_ids = fields.Many2many(
        "loyalty.club.member",
        string="Members",
        required=True,
        domain="[('club_id', '=', club_id), ('merged_into_id', '=', False)]",
    )

    @api.model
    def default_get(self, names):
        """The members who are marked in the list, or the segment whose form is open."""
        values = super().default_get(names)
        model, ids = self.env.context.get("active_model"), self.env.context.get("active_ids") or []
        if model == "loyalty.club.member":
            members = self.env[model].browse(ids)
            values["member_ids"] = [Command.set(members.ids)]
            values["club_id"] = members[:1].club_id.id
        elif model == "loyalty.club.segment":
            segments = self.env[model].browse(ids)
            values["segment_ids"] = [Command.set(segments.ids)]
            values["club_id"] = segments[:1].club_id.id
        elif "club_id" in names and not values.get("club_id"):
            values["club_id"] = self.env["loyalty.club"]._for_company(self.env.company).id
        return values

    def action_assign(self):
        """Do it.

        :raises AccessError: for anyone but a club marketer or manager.
        :raises UserError: for segments by rule, or members of another club.
        """
        self.ensure_one()
        if self.act == "add":
            self.segment_ids._add(self.member_ids)
        else:
            self.segment_ids._remove(self.member_ids)
