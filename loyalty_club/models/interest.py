from random import randint

from odoo import fields, models


class LoyaltyClubInterest(models.Model):
    """Something that members care for, offered to them to choose from."""

    _name = "loyalty.club.interest"
    _description = "Interest"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True)
    color = fields.Integer(default=lambda self: randint(1, 11))  # noqa: S311 (no secret)
    active = fields.Boolean(default=True)
    member_ids = fields.Many2many(
        "loyalty.club.member", "loyalty_club_member_interest_rel", "interest_id", "member_id"
    )
    member_count = fields.Integer(compute="_compute_member_count")

    _name_unique = models.UniqueIndex(
        "(club_id, (name->>'en_US'))", "This interest is there already."
    )

    def _compute_member_count(self):
        counts = dict(
            self.env["loyalty.club.member"]._read_group(
                [("interest_ids", "in", self.ids), ("merged_into_id", "=", False)],
                ["interest_ids"],
                ["__count"],
            )
        )
        for interest in self:
            interest.member_count = counts.get(interest, 0)
