"""Dates in pages, documents and letters: shown in the Jalali calendar and read back from it."""

import pytz

from odoo import api, fields, models

from ..hooks import format_date, language_pattern, uses_jalali
from ..tools import jalali


class IrQwebFieldDate(models.AbstractModel):
    """Days in templates. What a template shows follows from the hook of ``format_date``."""

    _inherit = "ir.qweb.field.date"

    @api.model
    def attributes(self, record, field_name, options, values=None):
        """Give the website's editor the text as it is shown."""
        result = super().attributes(record, field_name, options, values)
        day = record[field_name]
        if options.get("inherit_branding") and day and record._fields[field_name].type == "date":
            lang_code = self.env.user.lang
            if uses_jalali(self.env, lang_code):
                shown = format_date(self.env, day, lang_code)
                result["data-oe-original-with-format"] = shown
        return result

    @api.model
    def from_html(self, model, field, element):
        """Read a day that was typed in the website's editor."""
        text = element.text_content().strip()
        if text and uses_jalali(self.env, self.env.user.lang):
            return fields.Date.to_string(jalali.day_of(jalali.parse(text)))
        return super().from_html(model, field, element)


class IrQwebFieldDatetime(models.AbstractModel):
    """Moments in templates."""

    _inherit = "ir.qweb.field.datetime"

    @api.model
    def value_to_html(self, value, options):
        """Show a moment in the Jalali calendar to readers of Persian."""
        moment = value and fields.Datetime.to_datetime(value)
        if (
            not moment
            or not uses_jalali(self.env, self.user_lang().code)
            or jalali.is_machine_pattern(options.get("format"))
            or not jalali.covers(moment)
        ):
            return super().value_to_html(value, options)
        if options.get("time_only"):
            return jalali.persian_digits(super().value_to_html(value, options))
        zone = {"tz": options["tz_name"]} if options.get("tz_name") else {}
        moment = fields.Datetime.context_timestamp(self.with_context(**zone), moment)
        kind = "date" if options.get("date_only") else "datetime"
        pattern = options.get("format") or language_pattern(self.env, kind)
        if options.get("hide_seconds"):
            pattern = pattern.replace(":ss", "").replace(":s", "")
        show = jalali.format_date if kind == "date" else jalali.format_datetime
        return show(moment, pattern)

    @api.model
    def attributes(self, record, field_name, options, values=None):
        """Give the website's editor the text as it is shown."""
        result = super().attributes(record, field_name, options, values)
        moment = record[field_name]
        lang_code = self.env.user.lang
        if options.get("inherit_branding") and moment and uses_jalali(self.env, lang_code):
            zone = record.env.context.get("tz") or self.env.user.tz
            moment = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
            shown = jalali.format_datetime(moment, language_pattern(self.env, "datetime"))
            result["data-oe-original-with-format"] = shown
        return result

    @api.model
    def from_html(self, model, field, element):
        """Read a moment that was typed in the website's editor."""
        text = element.text_content().strip()
        if not text or not uses_jalali(self.env, self.env.user.lang):
            return super().from_html(model, field, element)
        moment = fields.Datetime.to_datetime(jalali.parse(text))
        zone = element.attrib.get("data-oe-original-tz") or self.env.context.get("tz")
        zone = zone or self.env.user.tz
        if zone in pytz.all_timezones_set:
            moment = pytz.timezone(zone).localize(moment).astimezone(pytz.utc)
        return fields.Datetime.to_string(moment)
