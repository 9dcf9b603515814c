"""Figures and days as the reader of a statement writes them."""

from odoo import fields
from odoo.tools import format_date, formatLang
from odoo.tools.misc import get_lang

from ..clock import zone_of
from ..domain.dates import jalali_text

_PERSIAN = str.maketrans("0123456789,.", "۰۱۲۳۴۵۶۷۸۹٬٫")
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


class Words:
    """Writes in the language of ``env`` and by the wall clock of ``company``.

    A Persian reader finds days of the Jalali calendar and Persian digits.
    """

    def __init__(self, env, company):
        self.env = env
        language = get_lang(env)
        self.persian = language.code == "fa_IR"
        self.right_to_left = language.direction == "rtl"
        self.code = language.iso_code
        self._local = company.with_context(tz=zone_of(company))

    def local(self, moment):
        """``moment`` (UTC, naive) by the wall clock of the company, naive."""
        return fields.Datetime.context_timestamp(self._local, moment).replace(tzinfo=None)

    def digits(self, text):
        """``text`` with the reader's digits; signs stay as they are."""
        return text.translate(_PERSIAN_DIGITS) if self.persian else text

    def day(self, day):
        """A date, or nothing for none."""
        if not day:
            return ""
        return self.digits(jalali_text(day)) if self.persian else format_date(self.env, day)

    def moment(self, moment):
        """Date and time of day of ``moment`` (UTC, naive)."""
        local = self.local(moment)
        return f"{self.day(local.date())} {self.digits(format(local, '%H:%M'))}"

    def figure(self, amount, kind):
        """``amount`` (Decimal) in the unit of ``kind``, which is named elsewhere."""
        text = formatLang(self.env, float(abs(amount)), digits=decimals(kind))
        text = text.translate(_PERSIAN) if self.persian else text
        return f"−{text}" if amount < 0 else text


def decimals(kind):
    """Decimals that the smallest step of a wallet kind has."""
    step = f"{kind.rounding:.3f}".rstrip("0")
    return len(step.partition(".")[2])
