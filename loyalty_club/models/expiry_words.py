from babel.dates import get_month_names

from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import get_lang


class LoyaltyClubExpiryPolicy(models.Model):
    """An expiry policy in words, as members would read it in the club's terms."""

    _inherit = "loyalty.club.expiry.policy"

    sentence = fields.Char(compute="_compute_sentence", string="In words")

    @api.depends_context("lang")
    @api.depends(
        "rule", "number", "unit", "period", "calendar", "day", "month_of_year", "day_of_month"
    )
    def _compute_sentence(self):
        for policy in self:
            policy.sentence = getattr(policy, f"_sentence_{policy.rule}", policy._sentence_never)()

    def _sentence_never(self):
        return self.env._("Never expires.")

    def _sentence_after(self):
        return self.env._(
            "Expires %(duration)s after it was earned.",
            duration=self._duration(self.unit, self.number),
        ) + self._which_calendar(self.unit)

    def _sentence_inactivity(self):
        return self.env._(
            "Expires after %(duration)s without activity.",
            duration=self._duration(self.unit, self.number),
        ) + self._which_calendar(self.unit)

    def _sentence_period(self):
        periods = {
            "month": self.env._("month"),
            "quarter": self.env._("quarter"),
            "half_year": self.env._("half-year"),
            "year": self.env._("year"),
        }
        texts = {
            0: self.env._("Expires at the end of the %(period)s in which it was earned."),
            1: self.env._("Expires at the end of the %(period)s after the one it was earned in."),
        }
        text = texts.get(
            self.number,
            self.env._("Expires at the end of the %(period)s, %(duration)s after it was earned."),
        )
        words = {
            "period": periods[self.period],
            "duration": self._duration(self.period, self.number),
        }
        return text % words + self._which_calendar(self.period)

    def _sentence_date(self):
        if not self.day:
            return False
        return self.env._(
            "What is earned up to %(day)s expires after that day.",
            day=format_date(self.env, self.day),
        )

    def _sentence_yearly(self):
        return self.env._(
            "Expires every year after %(day)s %(month)s.",
            day=self.day_of_month,
            month=self._month_names().get(self.month_of_year, self.month_of_year),
        )

    def _duration(self, unit, number):
        """``number`` units of time in words."""
        one, many = {
            "day": (self.env._("1 day"), self.env._("%(number)s days")),
            "month": (self.env._("1 month"), self.env._("%(number)s months")),
            "quarter": (self.env._("1 quarter"), self.env._("%(number)s quarters")),
            "half_year": (self.env._("1 half-year"), self.env._("%(number)s half-years")),
            "year": (self.env._("1 year"), self.env._("%(number)s years")),
        }[unit]
        return one if number == 1 else many % {"number": number}

    def _which_calendar(self, unit):
        """A sentence that names the calendar, where it makes a difference."""
        if self.calendar == "gregorian" or unit == "day":
            return ""
        return " " + self.env._("By the Persian calendar.")

    def _month_names(self):
        """Names of the months of the policy's calendar by number, from 1."""
        if self.calendar == "gregorian":
            return get_month_names("wide", locale=get_lang(self.env).code)
        names = (
            self.env._("Farvardin"), self.env._("Ordibehesht"), self.env._("Khordad"),
            self.env._("Tir"), self.env._("Mordad"), self.env._("Shahrivar"),
            self.env._("Mehr"), self.env._("Aban"), self.env._("Azar"),
            self.env._("Dey"), self.env._("Bahman"), self.env._("Esfand"),
        )  # fmt: skip
        return dict(enumerate(names, 1))
