from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import AMOUNT_DIGITS, MEMBER_KINDS

STATES = [("draft", "Draft"), ("active", "In force"), ("stopped", "Stopped")]
# Kinds of value that purchases can earn.
EARNED_KINDS = ("points", "cashback", "ewallet")
# What a rule keeps beside its terms: a change of it makes no new version.
_NO_TERMS = frozenset({"name", "note", "state", "replaces_id"})


class LoyaltyClubEarnRule(models.Model):
    """A rule by which purchases earn: who, what, where, when, how much, and at most how much.

    Anybody who works with the club's marketing may write a draft; a manager puts it into force.
    What counts is kept in versions (:class:`LoyaltyClubEarnVersion`): saving a rule that is in
    force ends one and begins the next, at once or on the day it is planned for.
    """

    _name = "loyalty.club.earn.rule"
    _inherit = ["loyalty.club.own.work"]
    _description = "Earning Rule"
    _own = frozenset({"state", "company_id"})
    _order = "club_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    note = fields.Char(
        string="What members read",
        translate=True,
        help="One line for members' pages, for example “Double points on Fridays”. Empty: the "
        "rule is not advertised.",
    )
    sequence = fields.Integer(
        default=10, help="Rules are judged from top to bottom; it matters for exclusive ones."
    )
    state = fields.Selection(
        STATES, string="Status", required=True, readonly=True, default="draft", copy=False
    )
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="club_id.currency_id")
    replaces_id = fields.Many2one(
        "loyalty.club.earn.rule",
        string="Takes the place of",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        domain="[('club_id', '=', club_id), ('state', '=', 'active'), ('id', '!=', id)]",
        help="That rule ends when this one comes into force.",
    )

    # --- how much
    kind_id = fields.Many2one(
        "loyalty.club.wallet.kind",
        string="Gives",
        required=True,
        ondelete="restrict",
        compute="_compute_kind_id",
        store=True,
        precompute=True,
        readonly=False,
        domain=f"[('club_id', '=', club_id), ('type', 'in', {EARNED_KINDS})]",
    )
    unit = fields.Char(related="kind_id.unit")
    type = fields.Selection(
        [
            ("per_amount", "For each amount spent"),
            ("per_unit", "For each unit bought"),
            ("per_visit", "For each purchase"),
            ("percent", "Percentage of the amount"),
            ("multiplier", "Multiple of the basic points"),
        ],
        string="How",
        required=True,
        default="per_amount",
    )
    points = fields.Float(string="Amount given", digits=AMOUNT_DIGITS, default=1.0)
    per_amount = fields.Monetary(string="for each", default=10.0)
    percent = fields.Float(string="Percentage", digits=(16, 3))
    factor = fields.Float(
        digits=(16, 3),
        default=2.0,
        help="2: members get the basic points of these goods twice, once by the club's terms and "
        "once more by this rule.",
    )
    base = fields.Selection(
        [("goods", "What these goods cost"), ("paid", "Only what was paid by these means")],
        string="Worked out from",
        required=True,
        default="goods",
        help="The second is for cards and wallets that earn more: only what was paid with them "
        "counts.",
    )
    rounding = fields.Selection(
        [("down", "Down"), ("half_up", "Nearest"), ("up", "Up")],
        string="Round",
        required=True,
        default="down",
        help="Once for each purchase, not for each line.",
    )
    step = fields.Float(
        string="to whole steps of",
        digits=AMOUNT_DIGITS,
        help="0: the smallest step of the kind of value.",
    )

    # --- who
    tier_ids = fields.Many2many(
        "loyalty.club.tier",
        "loyalty_club_earn_rule_tier_rel",
        string="Levels",
        domain="[('club_id', '=', club_id)]",
    )
    segment_ids = fields.Many2many(
        "loyalty.club.segment",
        "loyalty_club_earn_rule_segment_rel",
        string="Segments",
        domain="[('club_id', '=', club_id)]",
    )
    not_segment_ids = fields.Many2many(
        "loyalty.club.segment",
        "loyalty_club_earn_rule_not_segment_rel",
        string="Not for segments",
        domain="[('club_id', '=', club_id)]",
    )
    member_kind = fields.Selection(
        [("person", "People"), ("company", "Companies"), *MEMBER_KINDS],
        string="Kind of member",
    )

    # --- what
    product_tmpl_ids = fields.Many2many(
        "product.template",
        "loyalty_club_earn_rule_product_rel",
        string="Products",
        domain="[('sale_ok', '=', True)]",
    )
    category_ids = fields.Many2many(
        "product.category", "loyalty_club_earn_rule_category_rel", string="Categories"
    )
    tag_ids = fields.Many2many("product.tag", "loyalty_club_earn_rule_tag_rel", string="Tags")
    not_product_tmpl_ids = fields.Many2many(
        "product.template", "loyalty_club_earn_rule_not_product_rel", string="Not these products"
    )
    not_category_ids = fields.Many2many(
        "product.category",
        "loyalty_club_earn_rule_not_category_rel",
        string="Not these categories",
    )
    not_tag_ids = fields.Many2many(
        "product.tag", "loyalty_club_earn_rule_not_tag_rel", string="Not these tags"
    )
    minimum_amount = fields.Monetary(
        string="From an amount of", help="Of these goods, in one purchase. 0: any amount."
    )
    minimum_quantity = fields.Float(
        string="From a quantity of",
        digits="Product Unit",
        help="Of these goods, in one purchase. 0: any quantity.",
    )

    # === COMPUTE METHODS === #

    @api.depends("club_id")
    def _compute_kind_id(self):
        for rule in self:
            if rule.kind_id.club_id != rule.club_id:
                rule.kind_id = rule.club_id.points_kind_id

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_own_work(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Save, and let rules in force count as they now are.

        :raises AccessError: for anyone but a club manager, once a rule is not a draft any more.
        """
        self._check_own_work(vals)
        if any(rule.state != "draft" for rule in self):
            self._check_manager()
        if "club_id" in vals and any(rule.club_id.id != vals["club_id"] for rule in self):
            raise UserError(self.env._("A rule stays with its club. Make another one there."))
        result = super().write(vals)
        if vals.keys() - _NO_TERMS:
            self._note_version()
        return result

    def copy_data(self, default=None):
        rows = super().copy_data(default)
        for rule, row in zip(self, rows, strict=True):
            if not (default or {}).get("name"):
                row["name"] = self.env._("%(name)s (draft)", name=rule.name)
        return rows

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        # sudo: nobody's rights hide that a rule has counted
        if (
            self.env["loyalty.club.earn.version"]
            .sudo()
            .search_count([("rule_id", "in", self.ids)], limit=1)
        ):
            raise UserError(
                self.env._("Sales were judged by this rule, so it is kept. Stop it instead.")
            )

    # === ACTION METHODS === #

    def action_activate(self):
        """Put drafts, and rules that were stopped, into force.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: when a rule cannot come into force, with the reason.
        """
        self._check_manager()
        rules = self.filtered(lambda rule: rule.state != "active")
        rules._check_not_over()
        # sudo: the status is written by the club itself
        replaced = rules.replaces_id.sudo().filtered(lambda rule: rule.state == "active")
        successors = {draft.replaces_id: draft for draft in rules}
        for rule in replaced:
            rule._end(successors[rule]._since())
        rules.sudo().write({"state": "active"})  # sudo: as above
        rules._note_version()
        return True

    def action_stop(self):
        """End rules now: sales from this moment on earn nothing by them.

        :raises AccessError: for anyone but a club manager.
        """
        self._check_manager()
        for rule in self.filtered(lambda rule: rule.state == "active"):
            rule.sudo()._end()  # sudo: the status is written by the club itself
        return True

    def action_new_draft(self):
        """Open a copy of the rule, to change it at leisure: it takes the rule's place later.

        :raises AccessError: for whoever may not write rules.
        """
        self.ensure_one()
        draft = self.copy({"replaces_id": self.id if self.state == "active" else False})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "views": [(False, "form")],
        }

    def action_view_versions(self):
        """Open what counted when."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.earn_version_action")
        return dict(action, domain=[("rule_id", "=", self.id)], context={})

    # === BUSINESS METHODS === #

    def _end(self, since=None):
        self.ensure_one()
        self.write({"state": "stopped"})
        self.env["loyalty.club.earn.version"]._note(self.club_id, "rule", self, [], since)

    def _note_version(self):
        """Let rules in force count as they are now, from the moment they are planned for."""
        Version = self.env["loyalty.club.earn.version"]
        for rule in self.filtered(lambda rule: rule.state == "active"):
            Version._note(rule.club_id, "rule", rule, [rule._spec()], rule._since())

    def _since(self):
        """The moment from which a change of this rule counts; None: from now on."""
        planned = self.effective_from
        return planned if planned and planned > fields.Datetime.now() else None

    def _check_own_work(self, vals):
        if self._own & vals.keys() and not self.env.su:
            raise UserError(
                self.env._("A rule comes into force and ends by its buttons, not by editing.")
            )

    def _check_manager(self):
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_manager")):
            raise AccessError(
                self.env._(
                    "Only a club manager changes rules that are in force. Make a draft of it; a "
                    "manager puts it into force."
                )
            )
