from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import RELATIONS


class LoyaltyClubFamilyMember(models.Model):
    """Somebody of a member's family, as the member told: a first name, and when to congratulate."""

    _name = "loyalty.club.family.member"
    _inherit = ["loyalty.club.sealed.birthday", "loyalty.club.own.work"]
    _description = "Family Member"
    _order = "member_id, id"
    _sealed = {"birthday_sealed": "family_birthday"}
    _dates = {"birthday": "birth"}
    _own = frozenset({"birthday_plain", "birthday_sealed", "birth_gregorian", "birth_jalali"})

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, ondelete="cascade", index=True
    )
    club_id = fields.Many2one(related="member_id.club_id", store=True, index=True, precompute=True)
    company_id = fields.Many2one(related="member_id.company_id", store=True, precompute=True)
    relation = fields.Selection(RELATIONS, required=True, default="child")
    name = fields.Char(string="First name", required=True)
    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        Member = self.env["loyalty.club.member"]
        kept_list = []
        for vals in vals_list:
            self._check_kept_columns(vals)
            member = Member.browse(vals.get("member_id"))
            kept_list.append(self._kept_values(vals, member) if "birthday" in vals else vals)
        relatives = super().create(kept_list)
        relatives.member_id._refresh_completion()
        return relatives

    def write(self, vals):
        self._check_kept_columns(vals)
        if "member_id" in vals and self.filtered(lambda one: one.member_id.id != vals["member_id"]):
            raise UserError(
                self.env._("A family stays with its member. Enter it anew with the other.")
            )
        if "birthday" not in vals:
            return super().write(vals)
        for relative in self:  # what is sealed is bound to its holder
            kept = relative._without_unseen(vals)
            if "birthday" in kept:
                kept = self._kept_values(kept, relative.member_id)
            super(LoyaltyClubFamilyMember, relative).write(kept)
        return True

    def unlink(self):
        members = self.member_id
        result = super().unlink()
        members._refresh_completion()
        return result

    def _check_kept_columns(self, vals):
        if not self.env.su and self._own & vals.keys():
            raise UserError(self.env._("The club works this out. Write the birthday itself."))

    def _kept_values(self, vals, member):
        """``vals`` with the columns in place of the birthday."""
        kept = {name: value for name, value in vals.items() if name != "birthday"}
        return kept | self._date_columns(
            "birthday", vals["birthday"], member.number, member.club_id
        )

    # === BUSINESS METHODS === #

    def _holder(self):
        return self.member_id.number

    @api.model
    def _holder_sql(self):
        return SQL(
            "(SELECT number FROM loyalty_club_member WHERE id = %s)",
            SQL.identifier(self._table, "member_id"),
        )

    @api.model
    def _sensitive_code(self, name):
        return "family_ids"
