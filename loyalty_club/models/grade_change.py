from odoo import api, fields, models

from .append_only import freeze_table


class LoyaltyClubGradeChange(models.Model):
    """That a member got another grade: when, which, and by whom or by the rules."""

    _name = "loyalty.club.grade.change"
    _inherit = ["loyalty.club.fact"]
    _description = "Change of Grade"
    _order = "date desc, id desc"
    _log_access = False
    _rec_name = "member_id"
    _repointable = frozenset({"member_id"})

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="restrict"
    )
    club_id = fields.Many2one(related="member_id.club_id")
    company_id = fields.Many2one(related="member_id.company_id")
    from_grade_id = fields.Many2one(
        "loyalty.club.grade", string="From", readonly=True, ondelete="restrict"
    )
    grade_id = fields.Many2one(
        "loyalty.club.grade",
        string="To",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    date = fields.Datetime(required=True, readonly=True)
    by_hand = fields.Boolean(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True, ondelete="restrict")

    _member_index = models.Index("(member_id, date)")

    def init(self):
        # Whose grade it was follows merged memberships.
        freeze_table(self.env.cr, self._table, repointable=sorted(self._repointable))

    @api.model
    def _fact_refusal(self):
        return self.env._("Which grade a member had stays on record. Give another grade instead.")
