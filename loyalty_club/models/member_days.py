"""How far the days of a member are from today: what rules ask for more often than for dates."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..clock import today_in
from ..domain.yearly import days_until
from .member_measures import COMPARE


class LoyaltyClubMember(models.Model):
    """Days since, and days to; nothing here is stored."""

    _inherit = "loyalty.club.member"

    days_since_purchase = fields.Integer(
        string="Days since the last purchase",
        compute="_compute_days_since",
        search="_search_days_since_purchase",
    )
    days_since_joining = fields.Integer(
        string="Days since joining",
        compute="_compute_days_since",
        search="_search_days_since_joining",
    )
    days_to_expiry = fields.Integer(
        string="Days to the next expiry",
        compute="_compute_days_since",
        search="_search_days_to_expiry",
        help="0: the last day of something is today.",
    )
    birthday_in_days = fields.Integer(
        string="Days to the birthday",
        compute="_compute_days_ahead",
        search="_search_birthday_in_days",
        help="0: it is today. In the Persian calendar for companies in Iran.",
    )
    anniversary_in_days = fields.Integer(
        string="Days to the wedding anniversary",
        compute="_compute_days_ahead",
        search="_search_anniversary_in_days",
    )

    # === COMPUTE METHODS === #

    @api.depends("join_date", "last_purchase_on", "next_expiry_on")
    def _compute_days_since(self):
        """How far days are from today; -1 where there is none."""
        for company, members in self.grouped("company_id").items():
            today = today_in(company)
            for member in members:
                last, joined, ends = (
                    member[name] for name in ("last_purchase_on", "join_date", "next_expiry_on")
                )
                member.days_since_purchase = (today - last).days if last else -1
                member.days_since_joining = (today - joined).days if joined else -1
                member.days_to_expiry = (ends - today).days if ends else -1

    @api.depends("birth_gregorian", "birth_jalali", "anniversary_gregorian", "anniversary_jalali")
    def _compute_days_ahead(self):
        for company, members in self.grouped("company_id").items():
            calendar, ahead = self._days_ahead(company)
            for member in members:
                member.birthday_in_days = ahead.get(member[f"birth_{calendar}"], -1)
                member.anniversary_in_days = ahead.get(member[f"anniversary_{calendar}"], -1)

    @api.model
    def _days_ahead(self, company):
        """In which calendar people of ``company`` keep their days, and how far each is."""
        jalali = company.country_id.code == "IR"
        return (
            "jalali" if jalali else "gregorian",
            days_until(today_in(company), jalali=jalali),
        )

    # === SEARCH METHODS === #

    @api.model
    def _search_days_since_purchase(self, operator, value):
        return self._search_days("last_purchase_on", operator, value, -1)

    @api.model
    def _search_days_since_joining(self, operator, value):
        return self._search_days("join_date", operator, value, -1)

    @api.model
    def _search_days_to_expiry(self, operator, value):
        return self._search_days("next_expiry_on", operator, value, 1)

    @api.model
    def _search_days(self, name, operator, value, sign):
        """Members whose day ``name`` is so many days from today; who has none is never found.

        :param sign: 1 when days to come are counted, -1 for days gone by.
        """
        today = today_in(self.env.company)
        if operator == "in":
            days = [today + timedelta(days=sign * count) for count in value if count is not False]
            return Domain(name, "in", days)
        if operator not in COMPARE:
            return NotImplemented
        if sign < 0:
            operator = operator.translate(str.maketrans("<>", "><"))
        return Domain(name, operator, today + timedelta(days=sign * value))

    @api.model
    def _search_birthday_in_days(self, operator, value):
        return self._search_days_ahead("birth", operator, value)

    @api.model
    def _search_anniversary_in_days(self, operator, value):
        return self._search_days_ahead("anniversary", operator, value)

    @api.model
    def _search_days_ahead(self, stem, operator, value):
        if operator == "in":
            wanted = set(value)
        elif operator in COMPARE:
            wanted = {days for days in range(367) if COMPARE[operator](days, value)}
        else:
            return NotImplemented
        calendar, ahead = self._days_ahead(self.env.company)
        numbers = [number for number, days in ahead.items() if days in wanted]
        return Domain(f"{stem}_{calendar}", "in", numbers)
