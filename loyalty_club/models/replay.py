from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..clock import today_in

STATES = [
    ("draft", "Draft"),
    ("running", "Running"),
    ("done", "Done"),
    ("failed", "Failed"),
]
# What is set by the run alone, and stands in no form that is edited.
_OWN = frozenset(
    {
        "company_id",
        "state",
        "user_id",
        "plan",
        "step",
        "done_count",
        "total_count",
        "carried",
        "started_on",
        "finished_on",
        "error",
        "purchase_count",
        "member_count",
        "turnover",
        "before_value",
        "after_value",
        "before_owed",
        "after_owed",
        "winner_count",
        "loser_count",
        "up_count",
        "down_count",
        "unknown_count",
        "margin",
        "margin_turnover",
        "before_margin_value",
        "after_margin_value",
        "line_ids",
        "result_ids",
    }
)
_TERMS = frozenset(
    {
        "club_id",
        "date_from",
        "date_until",
        "rule_ids",
        "without_ids",
        "earn_points",
        "earn_per_amount",
        "earn_rounding",
        "point_value",
        "ignore_dates",
    }
)


class LoyaltyClubReplay(models.Model):
    """What other rules would have given for the purchases of the past, before they go live.

    The purchases of the journal between two days are judged twice: by the rules in force, and by
    those in force with drafts added, others left out and other basic terms. Nothing is written
    but the answer, which may be deleted at any time.
    """

    _name = "loyalty.club.replay"
    _inherit = ["loyalty.club.own.work"]
    _description = "What-if"
    _own = _OWN
    _order = "id desc"

    name = fields.Char(required=True)
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    point_name = fields.Char(related="club_id.point_name")
    user_id = fields.Many2one(
        "res.users", string="Asked by", readonly=True, default=lambda self: self.env.user
    )

    # --- the question
    date_from = fields.Date(
        string="Purchases from",
        required=True,
        default=lambda self: fields.Date.subtract(self._today(), years=1),
    )
    date_until = fields.Date(
        string="until",
        required=True,
        default=lambda self: fields.Date.subtract(self._today(), days=1),
    )
    rule_ids = fields.Many2many(
        "loyalty.club.earn.rule",
        "loyalty_club_replay_rule_rel",
        "replay_id",
        "rule_id",
        string="Rules to try",
        domain="[('club_id', '=', club_id), ('state', '!=', 'active')]",
        help="Drafts, or rules that were stopped, as if they had been in force.",
    )
    without_ids = fields.Many2many(
        "loyalty.club.earn.rule",
        "loyalty_club_replay_without_rel",
        "replay_id",
        "rule_id",
        string="Rules to leave out",
        domain="[('club_id', '=', club_id), ('state', '=', 'active')]",
        help="Rules in force, as if they had been stopped.",
    )
    earn_points = fields.Float(
        string="Points earned",
        digits=(16, 3),
        compute="_compute_terms",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    earn_per_amount = fields.Monetary(
        string="per amount of purchase",
        compute="_compute_terms",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    earn_rounding = fields.Selection(
        selection=lambda self: self._selection_of_club("earn_rounding"),
        string="Round points",
        compute="_compute_terms",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    point_value = fields.Monetary(
        string="Value of a point",
        compute="_compute_terms",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="What a point would be worth. What the rules in force give is valued as it is today.",
    )
    ignore_dates = fields.Boolean(
        string="All through the period",
        default=True,
        help="The rules to try are judged as if they had been valid on every day of the period, "
        "whatever first and last day they have.",
    )

    # --- the way there
    state = fields.Selection(
        STATES, string="Status", required=True, readonly=True, default="draft", copy=False
    )
    plan = fields.Json(readonly=True, copy=False, help="Last member of each step.")
    step = fields.Integer(readonly=True, copy=False)
    done_count = fields.Integer(string="Judged", readonly=True, copy=False)
    total_count = fields.Integer(string="Purchases to judge", readonly=True, copy=False)
    carried = fields.Json(readonly=True, copy=False, help="What one step tells the next.")
    progress = fields.Float(compute="_compute_progress", string="Progress (%)")
    started_on = fields.Datetime(readonly=True, copy=False)
    finished_on = fields.Datetime(readonly=True, copy=False)
    error = fields.Char(string="Why it failed", readonly=True, copy=False)

    # --- constraints
    _period_sound = models.Constraint(
        "CHECK (date_from <= date_until)", "The first day comes before the last one."
    )
    _terms_sound = models.Constraint(
        "CHECK (earn_points >= 0 AND earn_per_amount > 0 AND point_value > 0)",
        "Zero or more points are granted per positive amount of purchase, and a point has a "
        "positive value.",
    )

    @api.model
    def _selection_of_club(self, name):
        return self.env["loyalty.club"]._fields[name]._description_selection(self.env)

    @api.model
    def _today(self):
        return today_in(self.env.company)

    # === COMPUTE METHODS === #

    @api.depends("club_id")
    def _compute_terms(self):
        for replay in self:
            for name in ("earn_points", "earn_per_amount", "earn_rounding", "point_value"):
                replay[name] = replay.club_id[name]

    @api.depends("done_count", "total_count", "state")
    def _compute_progress(self):
        for replay in self:
            share = replay.done_count / replay.total_count if replay.total_count else 0
            replay.progress = 100 if replay.state == "done" else 100 * share

    # === CONSTRAINT METHODS === #

    @api.constrains("club_id", "rule_ids", "without_ids", "date_until")
    def _check_question(self):
        for replay in self:
            if (replay.rule_ids | replay.without_ids).club_id - replay.club_id:
                raise ValidationError(
                    self.env._(
                        "Only rules of “%(club)s” can be tried on its purchases.",
                        club=replay.club_id.name,
                    )
                )
            if replay.rule_ids & replay.without_ids:
                raise ValidationError(
                    self.env._("A rule is either tried or left out. Remove it from one of the two.")
                )
            if replay.date_until > today_in(replay.company_id):
                raise ValidationError(
                    self.env._("Nobody knows what will be bought. Choose days up to today.")
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_open(vals)
        return super().create(vals_list)

    def write(self, vals):
        """The answer belongs to its question: neither is edited once the run has begun.

        :raises UserError: for what the run alone writes, and for terms of one that has begun.
        """
        self._check_open(vals)
        return super().write(vals)

    def _check_open(self, vals):
        if self.env.su:
            return
        begun = any(replay.state not in ("draft", "failed") for replay in self)
        if (_OWN & vals.keys()) or (begun and _TERMS & vals.keys()):
            raise UserError(
                self.env._(
                    "The answer belongs to the question that was asked. Set it back to draft, or "
                    "duplicate it, and ask anew."
                )
            )

    # === ACTION METHODS === #

    def action_start(self):
        """Begin, or begin anew.

        The form goes on step by step (:meth:`action_step`) while it is open; a job does so
        otherwise.

        :raises AccessError: for anyone but a club marketer or manager.
        """
        self._check_marketer()
        # sudo: what a run writes is written by its own code alone; the right was checked
        for replay in self.sudo():
            replay.user_id = self.env.uid
            replay._start()
        return True

    def action_step(self):
        """Judge the next purchases.

        :returns: dict with ``state``, ``progress`` (0 to 100), ``done`` and ``total``.
        :raises AccessError: for anyone but a club marketer or manager.
        """
        self.ensure_one()
        self._check_marketer()
        # sudo: as in action_start
        replay = self.sudo()
        if replay.state == "running" and replay.try_lock_for_update():
            replay._step()
        return {
            "state": replay.state,
            "progress": replay.progress,
            "done": replay.done_count,
            "total": replay.total_count,
        }

    def action_cancel(self):
        """Stop, and forget what was found so far.

        :raises AccessError: for anyone but a club marketer or manager.
        """
        self._check_marketer()
        self.sudo()._forget()  # sudo: as in action_start
        return True

    def action_view_results(self):
        """Open what would have changed for each member."""
        return self._open("loyalty_club.replay_result_action", {"search_default_changed": 1})

    def action_view_winners(self):
        """Open the members who would have got more, the luckiest first."""
        return self._open("loyalty_club.replay_result_action", {"search_default_winners": 1})

    def action_view_losers(self):
        """Open the members who would have got less."""
        return self._open("loyalty_club.replay_result_action", {"search_default_losers": 1})

    def action_view_tier_moves(self):
        """Open the members who would stand on another tier."""
        return self._open("loyalty_club.replay_result_action", {"search_default_moves": 1})

    def _open(self, xml_id, context):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        return dict(action, domain=[("replay_id", "=", self.id)], context=context)

    def _check_marketer(self):
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_marketer")):
            raise AccessError(self.env._("Only a club marketer or manager tries out rules."))
