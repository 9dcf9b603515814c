from odoo import api, fields, models
from odoo.tools import format_datetime, format_list

from ..const import AMOUNT_DIGITS
from .earn_rule_spec import CAPS
from .earn_rule_when import SALE_CHANNELS, WEEKDAYS

# Fields that a rule's wording is made of.
_TERMS = (
    "club_id", "kind_id", "type", "points", "per_amount", "percent", "factor", "base", "rounding",
    "step", "tier_ids", "segment_ids", "not_segment_ids", "member_kind", "product_tmpl_ids",
    "category_ids", "tag_ids", "not_product_tmpl_ids", "not_category_ids", "not_tag_ids",
    "minimum_amount", "minimum_quantity", "branch_ids", "payment_method_ids", "wallet_kind_ids",
    "card_shown", "date_from", "date_until", "hour_from", "hour_until", "occasion_ids", "nth",
    "every_nth", "within_days", "away_days", "streak_count", "streak_unit", "condition",
    "stacking", "group",
    *(f"channel_{name}" for name in SALE_CHANNELS),
    *(f"on_{name}" for name in WEEKDAYS),
    *(f"cap_{name}" for name in CAPS),
)  # fmt: skip


class LoyaltyClubEarnRule(models.Model):
    """What a rule's form says about it; nothing here is stored."""

    _inherit = "loyalty.club.earn.rule"

    sentence = fields.Text(
        string="Read aloud",
        compute="_compute_sentence",
        help="What the rule means as it stands here, in your language.",
    )
    version_ids = fields.One2many("loyalty.club.earn.version", "rule_id", string="Versions")
    version_count = fields.Integer(string="Changes", compute="_compute_version_count")
    given_total = fields.Float(
        string="Given so far",
        compute="_compute_given_total",
        digits=AMOUNT_DIGITS,
        help="By this rule, less what was taken back with goods.",
    )
    plan = fields.Text(
        compute="_compute_plan",
        help="When what stands here counts later: since when, and what counts until then.",
    )
    warning = fields.Char(
        compute="_compute_warning", help="What the rule names and is no longer in use."
    )
    can_edit = fields.Boolean(compute="_compute_can_edit")

    # === COMPUTE METHODS === #

    @api.depends(lambda self: self._wording_fields())
    @api.depends_context("lang")
    def _compute_sentence(self):
        Sentence = self.env["loyalty.club.earn.sentence"]
        specs = [rule._spec_or_nothing() for rule in self]
        for rule, sentence in zip(self, Sentence._sentences(specs), strict=True):
            rule.sentence = sentence

    @api.depends("version_ids")
    def _compute_version_count(self):
        counts = dict(
            self.env["loyalty.club.earn.version"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.version_count = counts.get(rule._origin, 0)

    def _compute_given_total(self):
        """One sum over what was given, whatever the number of rules."""
        sums = dict(
            self.env["loyalty.club.earn.award"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["amount:sum"]
            )
        )
        for rule in self:
            rule.given_total = sums.get(rule._origin, 0.0)

    @api.depends("version_ids.valid_from", "version_ids.valid_until")
    @api.depends_context("lang")
    def _compute_plan(self):
        for rule in self:
            now = rule.version_ids.filtered(lambda version: version.state == "now")
            planned = rule.version_ids.filtered(lambda version: version.state == "planned")
            if planned:
                until = now[:1].sentence or self.env._("it does not count")
                rule.plan = self.env._(
                    "It counts so from %(date)s on. Until then: %(sentence)s",
                    date=format_datetime(self.env, planned[0].valid_from, dt_format="short"),
                    sentence=until,
                )
            elif now[:1].valid_until:
                rule.plan = self.env._(
                    "It counts until %(date)s.",
                    date=format_datetime(self.env, now[0].valid_until, dt_format="short"),
                )
            else:
                rule.plan = False

    @api.depends(lambda self: self._wording_fields())
    def _compute_warning(self):
        for rule in self:
            archived = rule._archived() if rule.state == "active" else []
            rule.warning = bool(archived) and self.env._(
                "No longer in use: %(names)s. The rule counts as it is; take this out when you "
                "change it.",
                names=format_list(self.env, archived),
            )

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_edit(self):
        manager = self.env.user.has_group("loyalty_club.group_manager")
        for rule in self:
            rule.can_edit = manager or rule.state == "draft"

    # === ACTION METHODS === #

    def action_view_awards(self):
        """Open what the rule gave, sale by sale."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.earn_award_action")
        return dict(action, domain=[("rule_id", "=", self.id)], context={})

    # === BUSINESS METHODS === #

    @api.model
    def _wording_fields(self):
        """Names of the fields whose change is heard in the sentence. A new type adds its own."""
        return [*_TERMS, *self._own_fields_of_types()]

    def _spec_or_nothing(self):
        """The spec of a rule that is being edited; nothing while it cannot be read."""
        try:
            return self._spec() if self.type else {}
        except (ValueError, SyntaxError, TypeError):
            return {}
