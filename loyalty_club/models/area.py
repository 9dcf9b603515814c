from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LoyaltyClubArea(models.Model):
    """A region in which members live or buy: a province, a town, a quarter."""

    _name = "loyalty.club.area"
    _description = "Area"
    _parent_store = True
    _order = "complete_name, id"
    _rec_name = "complete_name"

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        string="Full name", compute="_compute_complete_name", recursive=True, store=True
    )
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True)
    parent_id = fields.Many2one(
        "loyalty.club.area",
        string="Part of",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('club_id', '=', club_id)]",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("loyalty.club.area", "parent_id", string="Parts")
    active = fields.Boolean(default=True)
    member_count = fields.Integer(compute="_compute_member_count")

    _name_unique = models.UniqueIndex(
        "(club_id, COALESCE(parent_id, 0), (name->>'en_US'))", "This area is there already."
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for area in self:
            above = area.parent_id.complete_name
            area.complete_name = f"{above} / {area.name}" if above else area.name

    def _compute_member_count(self):
        counts = dict(
            self.env["loyalty.club.member"]._read_group(
                [("area_id", "in", self.ids), ("merged_into_id", "=", False)],
                ["area_id"],
                ["__count"],
            )
        )
        for area in self:
            area.member_count = counts.get(area, 0)

    @api.constrains("parent_id", "club_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("An area cannot be a part of itself."))
        for area in self:
            if area.parent_id and area.parent_id.club_id != area.club_id:
                raise ValidationError(
                    self.env._(
                        "%(part)s and %(whole)s belong to different clubs.",
                        part=area.name,
                        whole=area.parent_id.name,
                    )
                )
