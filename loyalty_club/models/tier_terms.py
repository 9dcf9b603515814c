from decimal import Decimal

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..const import AMOUNT_DIGITS
from ..domain.tier_periods import Terms
from ..domain.tiers import MEASURES

PERIOD_MONTHS = (1, 2, 3, 4, 6, 12, 24)
_TERMS = (
    "tier_period", "tier_calendar", "tier_period_months", "tier_year_month", "tier_year_day",
    "tier_keep", "tier_keep_months", "tier_grace_days", "tier_max_drop", "tier_idle_months",
    "tier_points", "tier_head_start", "tier_head_start_measure",
    *(f"tier_weight_{name}" for name in MEASURES),
)  # fmt: skip


class LoyaltyClub(models.Model):
    """In which periods a club counts what its levels ask for, and how long a level lasts."""

    _inherit = "loyalty.club"

    tier_ids = fields.One2many("loyalty.club.tier", "club_id", string="Levels", copy=True)
    tier_period = fields.Selection(
        [
            ("rolling", "The last months"),
            ("year", "Fixed periods"),
            ("anniversary", "Years of membership"),
            ("ever", "Always"),
        ],
        string="Figures count in",
        required=True,
        default="rolling",
        help="The figures that levels ask for are counted over the last months up to today, over "
        "fixed periods such as a calendar year, over periods from the day of joining, or since "
        "ever.",
    )
    tier_calendar = fields.Selection(
        [("gregorian", "Gregorian"), ("jalali", "Persian")],
        string="Calendar of levels",
        required=True,
        default=lambda self: self._default_tier_calendar(),
    )
    tier_period_months = fields.Integer(
        string="Length (months)", required=True, default=12, help="1, 2, 3, 4, 6, 12 or 24 months."
    )
    tier_year_month = fields.Integer(string="Begins in month", required=True, default=1)
    tier_year_day = fields.Integer(string="on day", required=True, default=1)
    tier_keep = fields.Selection(
        [
            ("period", "To the end of the period in which it was reached"),
            ("next", "To the end of the period after"),
            ("months", "For a number of months"),
        ],
        string="A level lasts",
        required=True,
        default="months",
        help="A level that was reached lasts at least so long. When its time is over, the "
        "figures of then decide anew.",
    )
    tier_keep_months = fields.Integer(
        string="Months",
        required=True,
        default=12,
        help="For “a number of months”: how many. Else so many months beyond the end of the "
        "period.",
    )
    tier_grace_days = fields.Integer(
        string="Days of grace of levels",
        required=True,
        default=0,
        help="After the last day of a level, so many days are left to reach it again.",
    )
    tier_max_drop = fields.Integer(
        string="Levels down at once",
        required=True,
        default=0,
        help="When a level is over, at most so many levels are lost; 0: as many as the figures "
        "say.",
    )
    tier_idle_months = fields.Integer(
        string="One level down after (months)",
        required=True,
        default=0,
        help="For each so many months without a purchase one level is lost, until the next "
        "purchase; 0: never.",
    )
    tier_points = fields.Selection(
        [("purchases", "Points for purchases"), ("all", "Points for purchases and other acts")],
        string="Points that count",
        required=True,
        default="purchases",
    )
    tier_head_start = fields.Float(
        string="Head start",
        digits=AMOUNT_DIGITS,
        help="Counts for new members in their first period as if it were reached: who sees that "
        "the way has begun goes on. It is not spent and not paid.",
    )
    tier_head_start_measure = fields.Selection(
        [
            ("points", "points"),
            ("spend", "money spent"),
            ("visits", "purchases"),
            ("items", "items"),
            ("engagement", "points for taking part"),
        ],
        required=True,
        default="points",
    )
    tier_weight_points = fields.Float(string="Weight of a point", digits=(16, 4))
    tier_weight_spend = fields.Float(string="Weight of a unit of money", digits=(16, 4))
    tier_weight_visits = fields.Float(string="Weight of a purchase", digits=(16, 4))
    tier_weight_items = fields.Float(string="Weight of an item", digits=(16, 4))
    tier_weight_engagement = fields.Float(
        string="Weight of a point for taking part", digits=(16, 4)
    )
    tier_computed_on = fields.Datetime(string="Levels computed on", readonly=True, copy=False)

    # === CONSTRAINT METHODS === #

    @api.constrains(*(name for name in _TERMS if not name.startswith("tier_weight")))
    def _check_tier_terms(self):
        for club in self:
            if fault := club._tier_terms_fault():
                raise ValidationError(fault)

    def _tier_terms_fault(self):
        """Why these terms cannot be kept, as a sentence; empty when they can."""
        if self.tier_period_months not in PERIOD_MONTHS:
            return self.env._("A period of levels is 1, 2, 3, 4, 6, 12 or 24 months long.")
        if not 1 <= self.tier_year_month <= 12 or not 1 <= self.tier_year_day <= 28:
            return self.env._("Periods begin on a day from 1 to 28 of a month from 1 to 12.")
        numbers = (self.tier_keep_months, self.tier_grace_days, self.tier_max_drop)
        if min(*numbers, self.tier_idle_months, self.tier_head_start) < 0:
            return self.env._("Months, days, levels and head start are zero or more.")
        if self.tier_keep == "months" and not self.tier_keep_months:
            return self.env._("Say for how many months a level lasts.")
        if max(self.tier_keep_months, self.tier_idle_months) > 120 or self.tier_grace_days > 366:
            return self.env._("A level lasts at most 120 months, with at most 366 days of grace.")
        if self.tier_period == "rolling" and self.tier_keep == "next":
            return self.env._(
                "The last months have no period after them. Let the level last for a number of "
                "months, or as long as the figures are reached."
            )
        return ""

    @api.constrains(*(f"tier_weight_{name}" for name in MEASURES))
    def _check_tier_weights(self):
        if any(club[f"tier_weight_{name}"] < 0 for club in self for name in MEASURES):
            raise ValidationError(self.env._("Weights of the score cannot be negative."))
        self.env["loyalty.club.tier"]._judge_ladders(self.ids)

    # === CRUD METHODS === #

    def write(self, vals):
        with self.env["loyalty.club.tier"]._checked_together():
            result = super().write(vals)
        if vals.keys() & set(_TERMS):
            self.env.registry.clear_cache()
        return result

    # === ACTION METHODS === #

    def action_compute_tiers(self):
        """Work out now who is on which level.

        :raises AccessError: for anyone but a club marketer or manager.
        """
        self.env["loyalty.club.tier"]._check_computing_right()
        self.env["loyalty.club.tier"]._recompute(self)
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _default_tier_calendar(self):
        """Persian where the company is in Iran."""
        return "jalali" if self.env.company.country_id.code == "IR" else "gregorian"

    @api.model
    @tools.ormcache("club_id", cache="default")
    def _tier_terms(self, club_id):
        """The terms of a club's levels as the domain takes them, and whose points count."""
        # sudo: the same for whoever asks; a till asks at each sale
        club = self.sudo().browse(club_id)
        weights = {name: Decimal(str(club[f"tier_weight_{name}"])) for name in MEASURES}
        head = {club.tier_head_start_measure: Decimal(str(club.tier_head_start))}
        terms = Terms(
            kind=club.tier_period,
            calendar=club.tier_calendar,
            months=club.tier_period_months,
            month=club.tier_year_month,
            day=club.tier_year_day,
            keep=club.tier_keep,
            keep_months=club.tier_keep_months,
            grace_days=club.tier_grace_days,
            max_drop=club.tier_max_drop,
            idle_months=club.tier_idle_months,
            weights={name: weight for name, weight in weights.items() if weight},
            head_start=head if club.tier_head_start else {},
        )
        return terms, club.tier_points
