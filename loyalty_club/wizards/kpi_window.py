from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ..clock import today_in
from ..domain.periods import month_start

_NAMES = (
    "activation", "engagement", "redemption", "value_delta", "retention", "frequency_change",
)  # fmt: skip
_DAYS = {"days_90": 90, "days_365": 365}


class LoyaltyClubKpiWindow(models.TransientModel):
    """The key figures of a club in a period, each with the numbers that it is made of."""

    _name = "loyalty.club.kpi.window"
    _description = "Key Figures of a Period"

    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    period = fields.Selection(
        [
            ("last_month", "Last month"),
            ("this_month", "This month so far"),
            ("days_90", "Last 90 days"),
            ("days_365", "Last 365 days"),
            ("own", "From day to day"),
        ],
        required=True,
        default="last_month",
        help="Months are those in which the club notes its history.",
    )
    first = fields.Date(
        string="From",
        compute="_compute_days",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    last = fields.Date(
        string="To",
        compute="_compute_days",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    activation = fields.Char(compute="_compute_figures")
    activation_of = fields.Char(compute="_compute_figures")
    engagement = fields.Char(compute="_compute_figures")
    engagement_of = fields.Char(compute="_compute_figures")
    redemption = fields.Char(compute="_compute_figures")
    redemption_of = fields.Char(compute="_compute_figures")
    value_delta = fields.Char(compute="_compute_figures")
    value_delta_of = fields.Char(compute="_compute_figures")
    retention = fields.Char(compute="_compute_figures")
    retention_of = fields.Char(compute="_compute_figures")
    frequency_change = fields.Char(compute="_compute_figures")
    frequency_change_of = fields.Char(compute="_compute_figures")

    # === COMPUTE METHODS === #

    @api.depends("club_id", "period")
    def _compute_days(self):
        for window in self:
            today = today_in(window.club_id.company_id or self.env.company)
            window.first, window.last = window._days_of_period(today)

    def _days_of_period(self, today):
        """The first and the last day of the chosen period."""
        jalali = self.club_id.rfm_calendar == "jalali"
        start = month_start(today, jalali=jalali)
        if self.period in _DAYS:
            return today - timedelta(days=_DAYS[self.period] - 1), today
        if self.period == "last_month":
            end = start - timedelta(days=1)
            return month_start(end, jalali=jalali), end
        if self.period == "this_month":
            return start, today
        return self.first or start, self.last or today

    @api.depends("club_id", "first", "last")
    def _compute_figures(self):
        for window in self:
            found = window._figures()
            for name in _NAMES:
                window[name], window[f"{name}_of"] = found.get(name, (False, False))

    # === BUSINESS METHODS === #

    def _figures(self):
        """Name of each figure to its value and what it is made of, as texts."""
        if not (self.club_id and self.first and self.last) or self.last < self.first:
            return {}
        self.club_id.check_access("read")
        # sudo: sums over the whole club, of whose rows nothing is shown
        found = (
            self.env["loyalty.club.kpi"].sudo()._measure(self.club_id.sudo(), self.first, self.last)
        )
        return {
            name: (self._said(name, values["value"]), self._made_of(name, values))
            for name, values in found.items()
        }

    def _said(self, name, value):
        if value is None:
            return self.env._("No figure yet")
        if name == "value_delta":
            return self._money(value)
        sign = "+" if name == "frequency_change" and value > 0 else ""
        return self.env._("%(number)s%%", number=sign + formatLang(self.env, 100 * value, digits=1))

    def _money(self, amount):
        # sudo: the currency of a club that may be read
        currency = self.club_id.sudo().company_id.currency_id
        return formatLang(self.env, amount or 0.0, currency_obj=currency)

    def _made_of(self, name, values):
        """The numbers of a figure as a sentence."""
        numbers = {
            key: self._money(value)
            if key.endswith("_mean")
            else formatLang(self.env, value, digits=0)
            for key, value in values.items()
            if key != "value"
        }
        return {
            "activation": lambda: self.env._(
                "%(members)s of %(eligible)s buyers whom the club wants are members.", **numbers
            ),
            "engagement": lambda: self.env._(
                "%(active)s of %(members)s members bought or used their value.", **numbers
            ),
            "redemption": lambda: self.env._(
                "%(used)s points were used, %(issued)s were issued.", **numbers
            ),
            "value_delta": lambda: self.env._(
                "%(members)s members spent %(member_mean)s each, %(others)s other buyers "
                "%(other_mean)s.",
                **numbers,
            ),
            "retention": lambda: self.env._(
                "%(retained)s of %(customers)s customers of the period before bought again.",
                **numbers,
            ),
            "frequency_change": lambda: self.env._(
                "%(members)s members bought %(after)s times after joining, %(before)s times "
                "before.",
                **numbers,
            ),
        }[name]()
