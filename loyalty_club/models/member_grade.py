from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..finding import column_of, found_in

GRADE_GROUPS = "sales_team.group_sale_salesman,loyalty_club.group_user,loyalty_club.group_auditor"


class LoyaltyClubMember(models.Model):
    """The grade of a member; one that was given by hand is not changed by the rules."""

    _inherit = "loyalty.club.member"

    grade_id = fields.Many2one(
        "loyalty.club.grade",
        domain="[('club_id', '=', club_id)]",
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="How sales treats this customer; points do not matter. Empty it to let the rules "
        "decide.",
    )
    grade_by_hand = fields.Boolean(
        string="Grade given by hand", readonly=True, copy=False, help="The rules leave it alone."
    )
    grade_change_ids = fields.One2many("loyalty.club.grade.change", "member_id", readonly=True)

    # === CONSTRAINT METHODS === #

    @api.constrains("grade_id")
    def _check_grade(self):
        for member in self:
            if member.grade_id and member.grade_id.club_id != member.club_id:
                raise ValidationError(
                    self.env._("%(grade)s is a grade of another club.", grade=member.grade_id.name)
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(
            [dict(vals, grade_by_hand=True) if vals.get("grade_id") else vals for vals in vals_list]
        )
        members.filtered("grade_id")._note_grades({})
        return members

    def write(self, vals):
        if "grade_id" not in vals:
            return super().write(vals)
        former = {member.id: member.grade_id.id for member in self}
        result = super().write(dict(vals, grade_by_hand=bool(vals["grade_id"])))
        self.filtered(lambda member: member.grade_id.id != former[member.id])._note_grades(former)
        return result

    @api.model
    def _is_own_field(self, name):
        # A grade that nobody typed is not taken from a client's context.
        return name in ("grade_id", "grade_by_hand", "grade_change_ids") or super()._is_own_field(
            name
        )

    def _check_own_fields(self, vals):
        super()._check_own_fields(vals)
        if self.env.su:
            return
        if "grade_change_ids" in vals or ("grade_by_hand" in vals and "grade_id" not in vals):
            raise UserError(self.env._("Whether a grade was given by hand is noted by itself."))
        if "grade_id" in vals and not self.env.user.has_group("loyalty_club.group_marketer"):
            raise AccessError(self.env._("Only a club marketer or manager gives grades."))

    # === BUSINESS METHODS === #

    def _note_grades(self, former):
        """Write as facts that these members have other grades now, given by hand.

        :param former: dict of member id to the id of the grade before.
        """
        if not self:
            return
        self.env["loyalty.club.member"].flush_model(["grade_id"])
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_club_grade_change
                       (member_id, from_grade_id, grade_id, date, by_hand, user_id)
                SELECT m.id, NULLIF(old.grade, 0), m.grade_id, %(now)s, TRUE, %(user)s
                  FROM unnest(%(ids)s::int[], %(former)s::int[]) AS old(member, grade)
                  JOIN loyalty_club_member m ON m.id = old.member
                """,
                ids=self.ids,
                former=[former.get(member.id) or 0 for member in self],
                now=fields.Datetime.now(),
                user=self.env.uid,
            )
        )
        self.env["loyalty.club.grade.change"].invalidate_model()
        self.invalidate_recordset(["grade_change_ids"])

    def _merge_one_into(self, survivor, note):
        result = super()._merge_one_into(survivor, note)
        self.env["loyalty.club.grade.change"].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_club_grade_change SET member_id = %s WHERE member_id = %s",
                survivor.id,
                self.id,
            )
        )
        self.env["loyalty.club.grade.change"].invalidate_model()
        if self.grade_by_hand and not survivor.grade_by_hand:
            survivor.grade_id = self.grade_id
        return result


class ResPartner(models.Model):
    """Sales and customer care see the grade wherever they see the contact."""

    _inherit = "res.partner"

    club_grade_id = fields.Many2one(
        "loyalty.club.grade",
        string="Grade",
        compute="_compute_club_grade_id",
        search="_search_club_grade_id",
        groups=GRADE_GROUPS,
        help="Customer grade in the company's club.",
    )

    @api.depends("club_member_ids.grade_id", "commercial_partner_id")
    @api.depends_context("company")
    def _compute_club_grade_id(self):
        # sudo: sales sees the grade without rights on memberships; only of companies in sight
        members = self.env["loyalty.club.member"].sudo()
        found = members.search_fetch(
            [
                ("partner_id", "in", (self | self.commercial_partner_id)._origin.ids),
                ("grade_id", "!=", False),
                ("merged_into_id", "=", False),
                ("company_id", "in", self.env.companies.ids),
            ],
            ["partner_id", "company_id", "grade_id"],
            order="club_id, id",
        ).sorted(lambda member: member.company_id != self.env.company)
        grades = {}
        for member in found:
            grades.setdefault(member.partner_id.id, member.grade_id.id)
        for partner in self:
            partner.club_grade_id = grades.get(partner._origin.id) or grades.get(
                partner.commercial_partner_id._origin.id, False
            )

    @api.model
    def _search_club_grade_id(self, operator, value):
        """Contacts who have such a grade themselves, or whose company has it."""
        if operator in ("not in", "not any", "not like", "not ilike"):
            return NotImplemented
        # sudo: as in the computation
        members = self.env["loyalty.club.member"].sudo()
        here = Domain("merged_into_id", "=", False) & Domain(
            "company_id", "in", self.env.companies.ids
        )
        if operator == "in" and False in value:
            graded = members._search(here & Domain("grade_id", "!=", False))
            found = ~found_in(column_of(graded, "partner_id"))
            rest = [item for item in value if item]
            return found | self._search_club_grade_id("in", rest) if rest else found
        graded = members._search(here & Domain("grade_id", operator, value))
        partners = column_of(graded, "partner_id")
        return found_in(partners) | found_in(partners, "commercial_partner_id")


class CrmLead(models.Model):
    """Leads and opportunities show how their customer is graded."""

    _inherit = "crm.lead"

    club_grade_id = fields.Many2one(
        related="partner_id.club_grade_id", string="Grade", groups=GRADE_GROUPS
    )
