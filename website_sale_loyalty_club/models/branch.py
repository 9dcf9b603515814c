from odoo import fields, models


class LoyaltyClubBranch(models.Model):
    _inherit = "loyalty.club.branch"

    website_ids = fields.One2many("website", "club_branch_id", string="Websites")
