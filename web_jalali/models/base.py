"""Grouping by Jalali months, quarters and years in every view of the web client.

Only what the web client calls turns the calendar on, by the context key ``jalali_groups`` that
holds the name of the model; ``_read_group`` of Odoo's own code stays Gregorian, also when a
record of these groups computes something by it.
"""

import datetime

import pytz

from odoo import api, models
from odoo.fields import Date
from odoo.tools import SQL
from odoo.tools.misc import (
    DEFAULT_SERVER_DATE_FORMAT,
    DEFAULT_SERVER_DATETIME_FORMAT,
    get_lang,
)

from ..hooks import LANGUAGE
from ..tools import jalali

_KEY = "jalali_groups"
_LABELS = {
    "hour": "d MMMM HH:00",
    "day": "d MMMM yyyy",
    "week": "'هفته' w، YYYY",
    "month": "MMMM yyyy",
    "quarter": "QQQQ yyyy",
    "year": "yyyy",
}
# Its query goes on from one Gregorian period to the next by itself.
_GREGORIAN_MODELS = {"project.task.burndown.chart.report"}


class Base(models.AbstractModel):
    """The Jalali calendar in the groups that the web client shows."""

    _inherit = "base"

    # What the web client calls

    @api.model
    @api.readonly
    def formatted_read_group(self, domain, groupby=(), *args, **kwargs):
        """Group by Jalali periods for Persian users."""
        grouped = self._with_jalali_groups(groupby)
        return super(Base, grouped).formatted_read_group(domain, groupby, *args, **kwargs)

    @api.model
    @api.readonly
    def formatted_read_grouping_sets(self, domain, grouping_sets, *args, **kwargs):
        """Group by Jalali periods for Persian users."""
        grouped = self._with_jalali_groups(spec for group in grouping_sets for spec in group)
        return super(Base, grouped).formatted_read_grouping_sets(
            domain, grouping_sets, *args, **kwargs
        )

    @api.model
    @api.readonly
    def web_read_group(self, domain, groupby, *args, **kwargs):
        """Group by Jalali periods for Persian users."""
        grouped = self._with_jalali_groups(groupby)
        return super(Base, grouped).web_read_group(domain, groupby, *args, **kwargs)

    @api.model
    @api.readonly
    def read_progress_bar(self, domain, group_by, progress_bar):
        """Group by Jalali periods for Persian users."""
        grouped = self._with_jalali_groups([group_by])
        return super(Base, grouped).read_progress_bar(domain, group_by, progress_bar)

    def web_read(self, specification):
        """Read the records of a group without the calendar of the groups."""
        if not self.env.context.get(_KEY):
            return super().web_read(specification)
        return super(Base, self.with_context(**{_KEY: None})).web_read(specification)

    def _with_jalali_groups(self, specs):
        wanted = (
            _KEY not in self.env.context
            and self._name not in _GREGORIAN_MODELS
            and any(spec.rpartition(":")[2] in _LABELS for spec in specs)
            and get_lang(self.env).code == LANGUAGE
        )
        return self.with_context(**{_KEY: self._name}) if wanted else self

    # SQL

    def _read_group_groupby(self, alias, groupby_spec, query):
        path, _colon, period = groupby_spec.partition(":")
        if period in jalali.PERIODS and self._jalali_type(path):
            # By day Odoo cares for access rights, joins and the time zone.
            day = super()._read_group_groupby(alias, f"{path}:day", query)
            result = SQL("date" if self._jalali_type(path) == "date" else "timestamp")
            return SQL("jalali_trunc(%s, (%s)::date)::%s", period, day, result)
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _jalali_type(self, path):
        """Return date or datetime for the path of a field grouped in the Jalali calendar."""
        if self.env.context.get(_KEY) != self._name:
            return None
        model = self
        *relations, name = path.split(".")
        for relation in relations:
            field = model._fields.get(relation)
            if field is None or field.type != "many2one":
                return None
            model = self.env[field.comodel_name]
        field = model._fields.get(name)
        return field.type if field is not None and field.type in ("date", "datetime") else None

    # Labels and domains

    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        path, _colon, period = groupby_spec.partition(":")
        field_type = period in _LABELS and self._jalali_type(path)
        if not field_type:
            return super()._web_read_group_groupby_formatter(groupby_spec, values)
        relation, dot, _rest = path.partition(".")
        if dot:
            # The model at the end of the path makes the label and the domain.
            switched = self.with_context(**{_KEY: self._fields[relation].comodel_name})
            return super(Base, switched)._web_read_group_groupby_formatter(groupby_spec, values)

        stock = super()._web_read_group_groupby_formatter(groupby_spec, values)

        def formatter(value):
            if not value or not jalali.covers(value):
                return stock(value)
            (start, _label), domain = stock(value)
            if period in jalali.PERIODS:
                start, end = self._jalali_bounds(value, period, field_type)
                domain = ["&", (path, ">=", start), (path, "<", end)]
            return (start, jalali.format_datetime(_moment(value), _LABELS[period])), domain

        return formatter

    def _jalali_bounds(self, value, period, field_type):
        """The first instants of a period and of the next one as the web client sends them."""
        bounds = value, jalali.next_start(value, period)
        if field_type == "date":
            return [day.strftime(DEFAULT_SERVER_DATE_FORMAT) for day in bounds]
        moments = map(_moment, bounds)
        if self.env.context.get("tz") in pytz.all_timezones_set:
            zone = pytz.timezone(self.env.context["tz"])
            moments = (zone.localize(moment).astimezone(pytz.utc) for moment in moments)
        return [moment.strftime(DEFAULT_SERVER_DATETIME_FORMAT) for moment in moments]

    # Periods without records

    @api.model
    def _web_read_group_fill_temporal(
        self, groups, groupby, aggregates, fill_from=False, fill_to=False, min_groups=False
    ):
        path, _colon, period = groupby[0].partition(":")
        field_type = period in jalali.PERIODS and self._jalali_type(path)
        if not field_type:
            return super()._web_read_group_fill_temporal(
                groups, groupby, aggregates, fill_from, fill_to, min_groups
            )
        found = [group[0] for group in groups if group[0]]
        days = _periods_between(found, period, fill_from, fill_to, min_groups)
        wanted = {_moment(day) if field_type == "datetime" else day for day in days}
        by_value = {}
        for group in groups:
            by_value.setdefault(group[0] or False, []).append(group)
        specs = [*groupby[1:], *aggregates]
        empty = tuple(self._read_group_empty_value(spec) for spec in specs)
        filled = []
        for value in sorted(wanted.union(found)):
            filled += by_value.get(value) or [(value, *empty)]
        return filled + by_value.get(False, [])


def _moment(value):
    if isinstance(value, datetime.datetime):
        return value
    return datetime.datetime.combine(value, datetime.time())


def _periods_between(found, period, fill_from, fill_to, min_groups):
    """The first days of all periods from one bound to the other, by default of what was found."""
    days = sorted(jalali.day_of(value) for value in found)
    first = Date.to_date(fill_from) if fill_from else (days[:1] or [None])[0]
    last = Date.to_date(fill_to) if fill_to else (days[-1:] or [None])[0]
    first, last = first or last, last or first
    if not first:
        return []
    first, last = jalali.start_of(first, period), jalali.start_of(last, period)
    if min_groups:
        last = max(last, jalali.next_start(first, period, min_groups - 1))
    periods = []
    while first <= last:
        periods.append(first)
        first = jalali.next_start(first, period)
    return periods
