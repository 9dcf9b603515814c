from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..domain.acts import weighted_score


class LoyaltyClubAssessment(models.Model):
    """A member scored on the criteria of an index, once; confirmed, the score becomes points."""

    _name = "loyalty.club.assessment"
    _inherit = ["loyalty.club.own.work"]
    _description = "Assessment of a Member"
    _order = "id desc"
    _own = frozenset(
        {"state", "score", "act_id", "answer", "confirmed_on", "assessor_id", "company_id"}
    )

    index_id = fields.Many2one("loyalty.club.index", required=True, ondelete="restrict", index=True)
    club_id = fields.Many2one(related="index_id.club_id", store=True, precompute=True)
    company_id = fields.Many2one(related="index_id.company_id", store=True, precompute=True)
    member_id = fields.Many2one(
        "loyalty.club.member",
        required=True,
        ondelete="restrict",
        index=True,
        domain="[('club_id', '=', club_id), ('state', '=', 'active')]",
    )
    line_ids = fields.One2many(
        "loyalty.club.assessment.line",
        "assessment_id",
        string="Scores",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    score = fields.Float(
        string="Score (%)", compute="_compute_score", store=True, digits=(16, 2), aggregator="avg"
    )
    note = fields.Text(string="Remarks")
    state = fields.Selection(
        [("draft", "Draft"), ("done", "Confirmed")],
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    assessor_id = fields.Many2one("res.users", string="Scored by", readonly=True, copy=False)
    confirmed_on = fields.Datetime(string="Confirmed on", readonly=True, copy=False)
    act_id = fields.Many2one("loyalty.club.act", string="Reward", readonly=True, copy=False)
    answer = fields.Char(string="What came of it", readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.depends("index_id")
    def _compute_line_ids(self):
        """A line for each criterion of the index."""
        for assessment in self:
            criteria = assessment.index_id.criterion_ids
            if assessment.line_ids.criterion_id != criteria:
                assessment.line_ids = [
                    Command.clear(),
                    *(Command.create({"criterion_id": criterion.id}) for criterion in criteria),
                ]

    @api.depends("line_ids.score", "line_ids.weight", "line_ids.highest_score")
    def _compute_score(self):
        for assessment in self:
            figures = [
                (Decimal(str(line.weight)), Decimal(str(line.score)), Decimal(line.highest_score))
                for line in assessment.line_ids
                if line.highest_score
            ]
            assessment.score = weighted_score(figures)

    @api.depends("index_id.name", "member_id.display_name")
    def _compute_display_name(self):
        for assessment in self:
            parts = (assessment.index_id.name, assessment.member_id.display_name)
            assessment.display_name = " · ".join(part for part in parts if part)

    # === CONSTRAINT METHODS === #

    @api.constrains("member_id", "index_id")
    def _check_club(self):
        for assessment in self:
            if assessment.member_id.club_id != assessment.index_id.club_id:
                raise ValidationError(
                    self.env._(
                        "%(member)s is a member of another club than “%(index)s”.",
                        member=assessment.member_id.display_name,
                        index=assessment.index_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_editable(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_editable(vals)
        return super().write(vals)

    def _check_editable(self, vals):
        done = any(assessment.state != "draft" for assessment in self)
        scores = {"index_id", "member_id", "line_ids", "note"} & vals.keys()
        if not self.env.su and (self._own & vals.keys() or (done and scores)):
            raise UserError(self.env._("What was confirmed stays as it is. Make a new assessment."))

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(assessment.state != "draft" for assessment in self):
            raise UserError(self.env._("Only drafts are deleted: what was confirmed is kept."))

    # === ACTION METHODS === #

    def action_confirm(self):
        """Let the score count; a second click changes nothing.

        :raises AccessError: for anyone but a club marketer or manager.
        """
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_marketer")):
            raise AccessError(self.env._("Only a club marketer or manager scores members."))
        self.check_access("write")
        self._check_complete()
        # sudo: what came of it is noted by its own code alone; the right was just checked
        for assessment in self.sudo().filtered(lambda one: one.state == "draft"):
            outcome = assessment.member_id._earn_act(
                assessment.index_id.kind_id.code,
                f"assessment-{assessment.id}",
                origin=(self._name, assessment.id),
                score=Decimal(str(assessment.score)),
            )
            assessment.write(
                {
                    "state": "done",
                    "assessor_id": self.env.uid,
                    "confirmed_on": fields.Datetime.now(),
                    "act_id": outcome.act_id,
                    "answer": self.env["loyalty.club.act"]._staff_answer(outcome),
                }
            )

    def _check_complete(self):
        """:raises UserError: when a criterion of the index has no line."""
        for assessment in self:
            missing = assessment.index_id.criterion_ids - assessment.line_ids.criterion_id
            if assessment.state == "draft" and missing:
                raise UserError(
                    self.env._("Score %(names)s as well.", names=", ".join(missing.mapped("name")))
                )


class LoyaltyClubAssessmentLine(models.Model):
    """The score of one criterion."""

    _name = "loyalty.club.assessment.line"
    _description = "Score of a Criterion"
    _order = "assessment_id, sequence, id"
    _rec_name = "criterion_id"

    assessment_id = fields.Many2one(
        "loyalty.club.assessment", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="assessment_id.company_id")
    criterion_id = fields.Many2one(
        "loyalty.club.index.criterion", required=True, ondelete="restrict"
    )
    sequence = fields.Integer(related="criterion_id.sequence", store=True)
    hint = fields.Char(related="criterion_id.hint")
    # As they are when it is scored: an index that is changed later changes no score.
    weight = fields.Float(digits=(16, 4), compute="_compute_weight", store=True, precompute=True)
    highest_score = fields.Integer(
        string="Out of", compute="_compute_weight", store=True, precompute=True
    )
    score = fields.Float(digits=(16, 2), required=True, default=0.0)

    _score_positive = models.Constraint("CHECK (score >= 0)", "A score is not negative.")
    _criterion_unique = models.UniqueIndex(
        "(assessment_id, criterion_id)", "A criterion is scored once."
    )

    @api.depends("criterion_id")
    def _compute_weight(self):
        for line in self:
            line.weight = line.criterion_id.weight
            line.highest_score = line.criterion_id.highest_score

    @api.constrains("score", "criterion_id", "assessment_id")
    def _check_score(self):
        for line in self:
            if line.criterion_id.index_id != line.assessment_id.index_id:
                raise ValidationError(
                    self.env._(
                        "“%(criterion)s” is a criterion of another index.",
                        criterion=line.criterion_id.name,
                    )
                )
            if line.score > line.highest_score:
                raise ValidationError(
                    self.env._(
                        "“%(criterion)s” is scored from 0 to %(highest)s.",
                        criterion=line.criterion_id.name,
                        highest=line.highest_score,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_figures(vals)
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    def write(self, vals):
        self._check_figures(vals)
        self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        self._check_draft()

    def _check_figures(self, vals):
        if not self.env.su and {"weight", "highest_score"} & vals.keys():
            raise UserError(self.env._("Weights and highest scores are those of the index."))

    def _check_draft(self):
        if not self.env.su and any(line.assessment_id.state != "draft" for line in self):
            raise UserError(self.env._("What was confirmed stays as it is. Make a new assessment."))
