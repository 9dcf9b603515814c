"""Numbers with Jalali parts: INV/1405/09/0001."""

import re
from datetime import datetime, timedelta

from odoo import models
from odoo.fields import Date, Datetime

from ..tools import jalali

_PARTS = re.compile(r"%\((?P<of>range_|current_)?(?P<part>jyear|jy|jmonth|jday)\)s")
_PATTERNS = {"jyear": "{0:04}", "jy": "{3:02}", "jmonth": "{1:02}", "jday": "{2:02}"}


class IrSequence(models.Model):
    """Sequences whose prefix or suffix holds parts of the Jalali date.

    ``%(jyear)s``, ``%(jy)s``, ``%(jmonth)s`` and ``%(jday)s``, each also with ``range_`` and
    ``current_`` before the name. A sequence with ranges and such a part counts by Jalali years.
    """

    _inherit = "ir.sequence"

    def _get_prefix_suffix(self, date=None, date_range=None):
        if not self._has_jalali_parts():
            return super()._get_prefix_suffix(date, date_range)
        context = self.env.context
        days = {None: date or context.get("ir_sequence_date")}
        days["range_"] = date_range or context.get("ir_sequence_date_range")
        now = datetime.now(self.env.tz).date()

        def written(match):
            day = Date.to_date(days.get(match["of"])) or now
            year, month, number = jalali.to_jalali(day)
            return _PATTERNS[match["part"]].format(year, month, number, year % 100)

        texts = {name: _PARTS.sub(written, self[name] or "") for name in ("prefix", "suffix")}
        return super(IrSequence, self.new(texts, origin=self))._get_prefix_suffix(date, date_range)

    def _has_jalali_parts(self):
        return bool(_PARTS.search(f"{self.prefix or ''}{self.suffix or ''}"))

    def _create_date_range_seq(self, date):
        if not self._has_jalali_parts():
            return super()._create_date_range_seq(date)
        day = Date.to_date(Datetime.to_datetime(date))
        first = jalali.start_of(day, "year")
        last = jalali.next_start(day, "year") - timedelta(1)
        ranges = self.env["ir.sequence.date_range"].search([("sequence_id", "=", self.id)])
        before = [found.date_to for found in ranges if found.date_to < day]
        after = [found.date_from for found in ranges if found.date_from > day]
        # sudo: who draws a number may not write sequences; Odoo makes its ranges the same way
        return ranges.sudo().create(
            {
                "sequence_id": self.id,
                "date_from": max([first, *(found + timedelta(1) for found in before)]),
                "date_to": min([last, *(found - timedelta(1) for found in after)]),
            }
        )
