"""Files with Jalali dates."""

import re
from datetime import datetime

from odoo import models

from odoo.addons.base_import.models.base_import import ImportValidationError

from ..tools import jalali

# Files with a Gregorian year as small are rarer than those with a Jalali one.
_YEARS = range(1200, 1600)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4})(.*)", re.DOTALL)
_MONTH_NAMES = "|".join(jalali.MONTHS)
_JALALI = re.compile(
    r"(?P<first>\d{4})(?:([-/. ])\d{1,2}\2\d{1,2}|\d{4})(?!\d)"
    rf"|\d{{1,2}} (?:{_MONTH_NAMES})،? (?P<last>\d{{4}})(?!\d)"
)
_DATE, _MOMENT = "%Y-%m-%d", "%Y-%m-%d %H:%M:%S"


class BaseImportImport(models.TransientModel):
    """The import of files, which would take 1405/09/01 for a day of the Middle Ages."""

    _inherit = "base_import.import"

    def _parse_date_from_data(self, data, index, name, field_type, options):
        """Put Gregorian dates for Jalali ones; whatever else stands there is Odoo's to judge."""
        date_format = options.get("date_format") or _DATE
        moment_format = options.get("datetime_format") or _MOMENT
        for number, line in enumerate(data, start=1):
            written = _jalali_text(line[index], date_format)
            if not written:
                continue
            try:
                value = jalali.parse(written)
            except ValueError as error:
                message = self.env._(
                    "Column %(column)s, line %(line)s: %(text)s is no day of the Jalali calendar.",
                    column=name,
                    line=number,
                    text=line[index],
                )
                raise ImportValidationError(message, field=name, field_type=field_type) from error
            is_moment = isinstance(value, datetime) and field_type == "datetime"
            line[index] = value.strftime(moment_format if is_moment else date_format)
        return super()._parse_date_from_data(data, index, name, field_type, options)

    def _try_match_date_time(self, preview_values, options):
        """Find columns of dates also when their days exist in the Jalali calendar only."""
        values = [value for value in preview_values if value]
        if values and all(_jalali_text(value, options.get("date_format")) for value in values):
            return ["date", "datetime"]
        return super()._try_match_date_time(preview_values, options)


def _jalali_text(text, date_format):
    """``text`` with its Jalali year first and in Latin digits; None for what is no Jalali date."""
    if not isinstance(text, str):
        return None
    written = jalali.fold_letters(jalali.latin_digits(text)).strip()
    match = _YEAR_LAST.fullmatch(written)
    if match:
        first, mark, second, year, rest = match.groups()
        month_first = date_format and date_format.find("%m") < date_format.find("%d")
        month, day = (first, second) if month_first else (second, first)
        written = f"{year}{mark}{month}{mark}{day}{rest}"
    match = _JALALI.match(written)
    return written if match and int(match["first"] or match["last"]) in _YEARS else None
