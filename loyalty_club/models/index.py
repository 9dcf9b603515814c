from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LoyaltyClubIndex(models.Model):
    """A quality that cannot be counted: how well a dealer shows our goods, say.

    It is made of criteria with weights, each scored by somebody; the weighted score in percent
    becomes points by the rule for its kind of act.
    """

    _name = "loyalty.club.index"
    _description = "Index"
    _order = "club_id, name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    kind_id = fields.Many2one(
        "loyalty.club.act.kind",
        string="Counts as",
        required=True,
        ondelete="restrict",
        domain="[('club_id', '=', club_id)]",
        compute="_compute_kind_id",
        store=True,
        precompute=True,
        readonly=False,
        help="Its rules say what a score brings, and how often.",
    )
    criterion_ids = fields.One2many(
        "loyalty.club.index.criterion", "index_id", string="Criteria", copy=True
    )
    assessment_count = fields.Integer(compute="_compute_assessment_count")

    # === COMPUTE METHODS === #

    @api.depends("club_id")
    def _compute_kind_id(self):
        for index in self:
            if index.kind_id.club_id != index.club_id:
                index.kind_id = index.club_id and self.env["loyalty.club.act.kind"]._of(
                    index.club_id, "assessment"
                )

    def _compute_assessment_count(self):
        counts = dict(
            self.env["loyalty.club.assessment"]._read_group(
                [("index_id", "in", self.ids)], ["index_id"], ["__count"]
            )
        )
        for index in self:
            index.assessment_count = counts.get(index, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("criterion_ids")
    def _check_criteria(self):
        for index in self:
            if not index.criterion_ids.filtered("weight"):
                raise ValidationError(
                    self.env._(
                        "“%(index)s” needs at least one criterion with a weight.", index=index.name
                    )
                )

    @api.constrains("kind_id", "club_id")
    def _check_kind(self):
        for index in self:
            if index.kind_id.club_id != index.club_id:
                raise ValidationError(
                    self.env._(
                        "“%(act)s” is an act of another club.", act=index.kind_id.display_name
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        indices = super().create(vals_list)
        indices._check_criteria()  # an empty list is no value, and checks nothing
        return indices

    # === ACTION METHODS === #

    def action_view_assessments(self):
        """Open who was scored."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.assessment_action")
        domain = [("index_id", "=", self.id)]
        return dict(action, domain=domain, context={"default_index_id": self.id})


class LoyaltyClubIndexCriterion(models.Model):
    """One thing that an index looks at, how much it weighs, and how far its score goes."""

    _name = "loyalty.club.index.criterion"
    _description = "Criterion of an Index"
    _order = "index_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    index_id = fields.Many2one("loyalty.club.index", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="index_id.company_id", store=True, precompute=True)
    weight = fields.Float(required=True, default=1.0, digits=(16, 4))
    highest_score = fields.Integer(string="Highest score", required=True, default=5)
    hint = fields.Char(translate=True, help="What a high and what a low score mean.")

    _figures_sound = models.Constraint(
        "CHECK (weight >= 0 AND highest_score BETWEEN 1 AND 100)",
        "Weights are not negative; scores go up to a number from 1 to 100.",
    )
