"""Feasts of the lunar year: their days are worked out ahead, and corrected by people."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..clock import today_in
from ..domain.lunar import is_lunar_day, lunar_days

_YEARS = 4  # that are listed ahead


class LoyaltyClubOccasion(models.Model):
    """A day of the lunar year is listed for some years ahead, as the calendar calculates it.

    What somebody corrected stays: days are added behind the last one, and worked out anew only
    when another day of the year is chosen.
    """

    _inherit = "loyalty.club.occasion"

    calendar = fields.Selection(
        selection_add=[("lunar", "A day of the lunar year"), ("dates",)],
        ondelete={"lunar": "set default"},
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("calendar", "month", "day")
    def _check_lunar_day(self):
        for occasion in self.filtered(lambda one: one.calendar == "lunar"):
            if not is_lunar_day(occasion.month, occasion.day):
                raise ValidationError(
                    self.env._(
                        "“%(occasion)s”: the lunar year has 12 months of 29 or 30 days.",
                        occasion=occasion.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        occasions = super().create(vals_list)
        occasions.filtered(lambda one: not one.date_ids)._list_lunar_days()
        return occasions

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"calendar", "month", "day"} and "date_ids" not in vals:
            moved = self.filtered(lambda one: one.calendar == "lunar")
            moved.date_ids.unlink()
            moved._list_lunar_days()
        return result

    # === CRONS === #

    @api.model
    def _cron_list_lunar_days(self):
        """Add days to occasions of whose days the last comes within a year."""
        self.search([("calendar", "=", "lunar")])._list_lunar_days()

    # === BUSINESS METHODS === #

    def _list_lunar_days(self):
        """List the days of the coming years behind those that are listed."""
        wanted = []
        for occasion in self.filtered(lambda one: one.calendar == "lunar"):
            today = today_in(occasion.company_id)
            last = max(occasion.date_ids.mapped("date"), default=None)
            if last and last > today + relativedelta(years=1):
                continue
            # A lunar year has 354 or 355 days: the listed feast is not listed again.
            since = last + timedelta(days=300) if last else today - timedelta(days=30)
            wanted += [
                {"occasion_id": occasion.id, "date": day}
                for day in lunar_days(occasion.month, occasion.day, since, _YEARS)
            ]
        self.env["loyalty.club.occasion.date"].create(wanted)

    def _spec(self, is_jalali):
        spec = super()._spec(is_jalali)
        if self.calendar != "lunar":
            return spec
        days = [day.date.isoformat() for day in self.date_ids.sorted("date")]
        return {
            **{name: spec[name] for name in ("occasion", "before", "after")},
            "calendar": "dates",
            "dates": days,
        }
