import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .segment import _RULE_ERRORS, _reason

_logger = logging.getLogger(__name__)


class LoyaltyClubGrade(models.Model):
    """A grade that sales and customer care give customers, such as A, B and C.

    It says how a customer is to be treated and has nothing to do with points: given by hand, or
    by the first rule in order that fits. Who has which grade is kept on the member, and every
    change as a fact.
    """

    _name = "loyalty.club.grade"
    _inherit = ["loyalty.club.member.rule"]
    _description = "Customer Grade"
    _order = "club_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first grade whose rule fits is given.")
    active = fields.Boolean(default=True)
    color = fields.Integer()
    note = fields.Text(
        string="How to treat them", translate=True, help="Shown to sales beside the grade."
    )
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    domain = fields.Char(help="Empty: the grade is given by hand alone.")
    member_count = fields.Integer(string="Members", compute="_compute_member_count")

    _name_unique = models.UniqueIndex(
        "(club_id, (name->>'en_US'))", "The club has a grade of this name: choose another."
    )

    # === COMPUTE METHODS === #

    def _compute_member_count(self):
        counts = dict(
            self.env["loyalty.club.member"]._read_group(
                [("grade_id", "in", self.ids)], ["grade_id"], ["__count"]
            )
        )
        for grade in self:
            grade.member_count = counts.get(grade, 0)

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        if self.env["loyalty.club.grade.change"].search_count(
            ["|", ("grade_id", "in", self.ids), ("from_grade_id", "in", self.ids)], limit=1
        ):
            raise UserError(
                self.env._("Who had a grade, and since when, is kept. Archive the grade instead.")
            )

    # === ACTION METHODS === #

    def action_grade(self):
        """Work out now which members the rules of these grades' clubs give which grade.

        :raises AccessError: for anyone but a club marketer or manager.
        """
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_marketer")):
            raise AccessError(self.env._("Only a club marketer or manager does this."))
        self._regrade(self.club_id)

    def action_view_members(self):
        """Open the members who have this grade."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.member_action")
        return dict(action, name=self.display_name, domain=[("grade_id", "=", self.id)], context={})

    # === BUSINESS METHODS === #

    @api.model
    def _create_defaults(self, club):
        """A, B and C by RFM total, for ``club`` (loyalty.club)."""
        names = club._default_names()
        rules = [
            ("grade_a", 10, "[('rfm_total', '>=', 110)]"),
            ("grade_b", 3, "[('rfm_total', '>=', 70)]"),
            ("grade_c", 2, "[('rfm_total', '>', 0)]"),
        ]
        return self.create(
            [
                {
                    "name": names[key],
                    "club_id": club.id,
                    "sequence": 10 * number,
                    "color": color,
                    "domain": domain,
                }
                for number, (key, color, domain) in enumerate(rules, 1)
            ]
        )

    @api.model
    def _cron_grade(self):
        """Grade the members of all clubs, one transaction each."""
        for club in self.env["loyalty.club"].search([("active", "=", True)]):
            self._regrade(club)
            if self.env["ir.cron"]._commit_progress(1) <= 0:
                break

    @api.model
    def _regrade(self, clubs):
        """Give members the grade of the first rule that fits, by one statement per club.

        Grades given by hand stay. A rule that fails says why on its grade, and the grades of
        its club stay as they were.

        :returns: the clubs that could be graded.
        """
        done = clubs.browse()
        self.env.flush_all()
        for club in clubs:
            # sudo: rules are evaluated as their authors; the grades are noted by the club itself
            rules = self.sudo().search([("club_id", "=", club.id), ("domain", "!=", False)])
            rules = rules.filtered(lambda grade: grade.domain != "[]")
            if rules and rules._regrade_club():
                done |= club
        self.env["loyalty.club.member"].invalidate_model(["grade_id", "grade_change_ids"])
        return done

    def _regrade_club(self):
        """Apply these rules of one club in their order; whether all of them worked."""
        for place, grade in enumerate(self):
            try:
                with self.env.cr.savepoint():
                    if place == 0:
                        self._start_choice()
                    grade._choose()
            except _RULE_ERRORS as error:
                _logger.info("Grade %s of the club: %s", grade.id, error)
                grade.error = _reason(error)
                return False
        self._note_choice()
        self.filtered("error").error = False
        return True

    def _start_choice(self):
        self.env.cr.execute(
            "CREATE TEMP TABLE IF NOT EXISTS loyalty_club_grade_choice"
            " (member_id int PRIMARY KEY, grade_id int) ON COMMIT DROP;"
            "TRUNCATE loyalty_club_grade_choice"
        )

    def _choose(self):
        """Choose this grade for whom its rule fits and no earlier one did."""
        query = self._rule_query(self._author_env())
        self.env.cr.execute(
            SQL(
                "INSERT INTO loyalty_club_grade_choice SELECT fitting.id, %s FROM %s AS fitting(id)"
                " ON CONFLICT DO NOTHING",
                self.id,
                query.subselect(),
            )
        )

    def _note_choice(self):
        """Write the grades that differ, and each change as a fact: one statement."""
        self.env.cr.execute(
            SQL(
                """
                WITH changed AS (
                    SELECT m.id, m.grade_id AS former, choice.grade_id
                      FROM loyalty_club_member m
                      LEFT JOIN loyalty_club_grade_choice choice ON choice.member_id = m.id
                     WHERE m.club_id = %(club)s AND m.merged_into_id IS NULL
                       AND m.grade_by_hand IS NOT TRUE
                       AND m.grade_id IS DISTINCT FROM choice.grade_id
                ), written AS (
                    UPDATE loyalty_club_member m SET grade_id = changed.grade_id
                      FROM changed WHERE m.id = changed.id RETURNING m.id
                )
                INSERT INTO loyalty_club_grade_change
                       (member_id, from_grade_id, grade_id, date, by_hand, user_id)
                SELECT written.id, changed.former, changed.grade_id, %(now)s, FALSE, %(user)s
                  FROM written JOIN changed ON changed.id = written.id
                """,
                club=self.club_id.id,
                now=fields.Datetime.now(),
                user=self.env.uid,
            )
        )
        self.env["loyalty.club.grade.change"].invalidate_model()
