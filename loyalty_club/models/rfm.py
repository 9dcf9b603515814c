from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..clock import today_in
from ..const import AMOUNT_DIGITS
from ..domain import rhythm
from .member_measures import COMPARE

BEHAVIOURS = [
    ("none", "No purchase"),
    ("once", "Once"),
    ("twice", "Twice"),
    ("regular", "Regularly"),
    ("irregular", "Irregularly"),
]


class LoyaltyClubRfm(models.Model):
    """Recency, frequency and monetary value of a member, her rhythm, scores, class and stage.

    Kept beside the member in a narrow table: it is rewritten often, the member is not. Only what
    a purchase changes is stored: the last purchase and not the days since, sums and not their
    means. What follows from it is worked out where it is read, searched or summed up
    (``rhythm.SQL``), so that a night without purchases changes nothing.
    """

    _name = "loyalty.club.rfm"
    _inherit = ["loyalty.club.fact"]
    _description = "RFM Value"
    _order = "total desc, id"
    _log_access = False
    _rec_name = "member_id"

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="member_id.partner_id")
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="club_id.company_id")
    currency_id = fields.Many2one(related="club_id.currency_id")
    branch_id = fields.Many2one(related="member_id.branch_id")
    member_kind = fields.Selection(related="member_id.kind")
    member_state = fields.Selection(related="member_id.state", string="Status")
    join_date = fields.Date(related="member_id.join_date")

    # --- of all times
    first_purchase_on = fields.Date(string="First purchase", readonly=True)
    last_purchase_on = fields.Date(string="Last purchase", readonly=True)
    # --- of the window
    frequency = fields.Integer(readonly=True, help="Number of purchases in the window.")
    monetary = fields.Float(
        string="Monetary value",
        digits=AMOUNT_DIGITS,
        readonly=True,
        help="Money spent in the window, returns deducted.",
    )
    monetary_before = fields.Float(
        string="Spent in the earlier half",
        digits=AMOUNT_DIGITS,
        readonly=True,
        help="What of it was spent in the earlier half of the window.",
    )
    visits = fields.Integer(readonly=True, help="Days with a purchase in the window.")
    gap_sum = fields.Integer(
        string="Days between first and last visit", readonly=True, aggregator=None
    )
    gap_squares = fields.Integer(string="Sum of squared gaps", readonly=True, aggregator=None)
    # --- compared with the others
    r = fields.Integer(readonly=True, aggregator="avg")
    f = fields.Integer(readonly=True, aggregator="avg")
    m = fields.Integer(readonly=True, aggregator="avg")
    scores = fields.Char(compute="_compute_scores", string="R-F-M")
    total = fields.Float(digits=(16, 2), readonly=True, aggregator="avg")
    # Without indexes: each of the few classes and stages has a large part of the members, and a
    # value that changes is written beside the old one and in no index, as long as none has it.
    class_id = fields.Many2one("loyalty.club.rfm.class", readonly=True, ondelete="set null")
    lifecycle_id = fields.Many2one(
        "loyalty.club.lifecycle", string="Stage", readonly=True, ondelete="set null"
    )
    # --- worked out of the above where it is read: see ``rhythm.SQL``
    recency = fields.Integer(
        string="Recency (days)",
        compute="_compute_derived",
        search=lambda self, *condition: self._search_derived("recency", *condition),
        aggregator="avg",
        help="Days from the last purchase to today.",
    )
    mean_gap = fields.Float(
        string="Usual gap (days)",
        compute="_compute_derived",
        search=lambda self, *condition: self._search_derived("mean_gap", *condition),
        digits=(16, 2),
        aggregator="avg",
        help="Mean number of days from one visit to the next, in the window.",
    )
    gap_spread = fields.Float(
        string="Spread of gaps (days)",
        compute="_compute_derived",
        search=lambda self, *condition: self._search_derived("gap_spread", *condition),
        digits=(16, 2),
        aggregator="avg",
        help="Standard deviation of the gaps: small when the member comes evenly.",
    )
    expected_on = fields.Date(
        string="Expected next",
        compute="_compute_derived",
        search=lambda self, *condition: self._search_derived("expected_on", *condition),
        help="The day of the next visit by the member's own rhythm: last visit plus usual gap.",
    )
    mean_basket = fields.Float(
        string="Average basket",
        compute="_compute_derived",
        search=lambda self, *condition: self._search_derived("mean_basket", *condition),
        digits=AMOUNT_DIGITS,
        aggregator="avg",
        help="Money spent per purchase in the window, returns deducted.",
    )
    trend = fields.Float(
        string="Trend (%)",
        compute="_compute_derived",
        search=lambda self, *condition: self._search_derived("trend", *condition),
        digits=(16, 2),
        aggregator="avg",
        help="By how much more, or less, was spent in the later half of the window than in the "
        "earlier one.",
    )
    behaviour = fields.Selection(
        BEHAVIOURS,
        string="Buys",
        compute="_compute_derived",
        search=lambda self, *condition: self._search_derived("behaviour", *condition),
        help="Regularly: from three visits on, when the gaps spread by at most half of their mean.",
    )

    _member_unique = models.UniqueIndex("(member_id)", "A member has one RFM value.")

    def init(self):
        # Room beside a value for its next one.
        self.env.cr.execute("ALTER TABLE loyalty_club_rfm SET (fillfactor = 70)")

    # === COMPUTE METHODS === #

    @api.depends("r", "f", "m")
    def _compute_scores(self):
        for value in self:
            value.scores = f"{value.r}-{value.f}-{value.m}" if value.r else False

    @api.depends(
        "last_purchase_on", "frequency", "monetary", "monetary_before", "visits", "gap_sum",
        "gap_squares",
    )  # fmt: skip
    def _compute_derived(self):
        today = {company: today_in(company) for company in self.company_id}
        for value in self:
            own = rhythm.Rhythm(value.visits, value.gap_sum, value.gap_squares)
            spent, before = (Decimal(str(value[name])) for name in ("monetary", "monetary_before"))
            last = value.last_purchase_on or None
            value.recency = (today[value.company_id] - last).days if last else 0
            value.mean_gap = rhythm.mean_gap(own) or 0.0
            value.gap_spread = rhythm.gap_spread(own) or 0.0
            value.expected_on = rhythm.expected_on(last, own)
            value.mean_basket = rhythm.mean_basket(spent, value.frequency) or 0.0
            value.trend = rhythm.trend(spent, before) or 0.0
            value.behaviour = rhythm.behaviour(own)

    # === SEARCH METHODS === #

    @api.model
    def _search_derived(self, name, operator, value):
        """Values of which what is worked out as ``name`` compares so; none is found by none."""
        if operator == "in":
            wanted = [item for item in value if item is not False and item is not None]
            found = self._derived_domain(name, SQL("= ANY(%s)", wanted)) if wanted else Domain.FALSE
            none = self._derived_domain(name, SQL("IS NULL"))
            return found | none if len(wanted) < len(list(value)) else found
        if operator not in COMPARE:
            return NotImplemented
        return self._derived_domain(name, SQL("%s %s", SQL(operator), value))

    @api.model
    def _derived_domain(self, name, condition):
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s %s", model._field_to_sql(alias, name, query), condition
            )
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        """What is worked out can be sorted, grouped and summed up like what is stored."""
        if field_expr not in rhythm.SQL:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        text = rhythm.SQL[field_expr]
        columns = text.format(v=SQL.identifier(alias).code, today="%s")
        # Whoever looks has one today, as in every rule over days (member_days.py).
        today = [SQL("%s::date", today_in(self.env.company))] if "{today}" in text else []
        return SQL(f"({columns})", *today)

    # === BUSINESS METHODS === #

    @api.model
    def _fact_refusal(self):
        return self.env._("RFM values are computed from purchases, not typed.")
