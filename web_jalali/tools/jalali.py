"""The Jalali (Solar Hijri) calendar and its texts: pure functions, no Odoo import.

Days are Gregorian `date` values everywhere; Jalali years, months and days are plain numbers.
"""

import datetime as dt
import re

import babel.dates
import jdatetime

MONTHS = (
    *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور"),
    *("مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
)
QUARTERS = ("بهار", "تابستان", "پاییز", "زمستان")
ERA = "ه‍.ش."
#: Length in months of the periods that are other days in the two calendars.
PERIODS = {"month": 1, "quarter": 3, "year": 12}
#: Of `datetime.date.weekday()`: the Persian week begins on Saturday.
SATURDAY = 5
#: Patterns that babel knows by name.
NAMED = ("full", "long", "medium", "short")

# jdatetime knows the years 1 to 9377.
_FIRST, _LAST = dt.date(622, 3, 21), dt.date(9998, 3, 20)
# No Jalali year of living people or of their papers is as great, no Gregorian one as small.
_FIRST_GREGORIAN = 1700
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_LATIN_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫٬", "01234567890123456789.,")
# Arabic keyboards and old fonts write these where Persian has its own letters.
_LETTERS = str.maketrans("يىكۀ", "ییکه", "\u0640")
_ARABIC_LETTERS = str.maketrans("یک", "يك")
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Explicit patterns meant for machines: 20261122T103000Z, 2026-11-22, 2026-11-22 10:30:00
_MACHINE = re.compile(r"y{1,4}(-?)M{1,2}\1d{1,2}(?:$|[ 'TH])")
_TIME = r"(?:[ T،,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?"
_TEXTS = (
    re.compile(
        r"(?P<year>\d{4})(?P<mark>[/.\- ])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})" + _TIME
    ),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})" + _TIME),
    re.compile(rf"(?P<day>\d{{1,2}}) (?P<name>{'|'.join(MONTHS)})،? (?P<year>\d{{4}})" + _TIME),
)


def persian_digits(text):
    """Return `text` with ۰-۹ for 0-9.

    >>> persian_digits("1405/09/01")
    '۱۴۰۵/۰۹/۰۱'
    """
    return str(text).translate(_PERSIAN_DIGITS)


def latin_digits(text):
    """Return `text` with 0-9 for Persian and Arabic digits, without marks of direction.

    >>> latin_digits("۰۹۱۲ ٣٤٥")
    '0912 345'
    """
    return _MARKS.sub("", str(text)).translate(_LATIN_DIGITS)


def fold_letters(text):
    """Return `text` with Persian letters for their Arabic twins, so that equal words are equal.

    >>> fold_letters("علي كريمي") == "علی کریمی"
    True
    """
    return str(text).translate(_LETTERS)


def spellings(text):
    """Return `text` and how else people may have typed it, without repetition.

    >>> spellings("علی ۱۲") == ["علی ۱۲", "علی 12", "علي 12"]
    True
    >>> spellings("Ali 12")
    ['Ali 12']
    """
    persian = fold_letters(latin_digits(text))
    return list(dict.fromkeys([text, persian, persian.translate(_ARABIC_LETTERS)]))


def covers(value):
    """Whether the Jalali calendar of this module has this day."""
    return _FIRST <= day_of(value) <= _LAST


def day_of(value):
    """Return the day of a date or of a moment."""
    return value.date() if isinstance(value, dt.datetime) else value


def to_jalali(value):
    """Return (year, month, day) of a Gregorian date or moment.

    >>> to_jalali(dt.date(2026, 11, 22))
    (1405, 9, 1)
    """
    found = jdatetime.date.fromgregorian(date=day_of(value))
    return found.year, found.month, found.day


def to_gregorian(year, month, day):
    """Return the Gregorian date of a Jalali one.

    :raise ValueError: for a day that does not exist

    >>> to_gregorian(1403, 12, 30)
    datetime.date(2025, 3, 20)
    """
    return jdatetime.date(year, month, day).togregorian()


def month_length(year, month):
    """Return the number of days: 31, 30, and 29 for Esfand of a common year.

    >>> [month_length(1404, month) for month in (6, 7, 12)], month_length(1403, 12)
    ([31, 30, 29], 30)
    """
    if month < 12:
        return 31 if month <= 6 else 30
    return 30 if jdatetime.date(year, 1, 1).isleap() else 29


def start_of(value, period):
    """Return the first day of the month, quarter or year that holds `value`.

    >>> start_of(dt.date(2026, 11, 30), "quarter")
    datetime.date(2026, 9, 23)
    """
    return next_start(value, period, 0)


def next_start(value, period, count=1):
    """Return the first day of the `count`-th month, quarter or year after the one of `value`.

    >>> next_start(dt.date(2026, 3, 20), "year")
    datetime.date(2026, 3, 21)
    """
    year, month, _day = to_jalali(value)
    length = PERIODS[period]
    months = year * 12 + (month - 1) // length * length + length * count
    return to_gregorian(months // 12, months % 12 + 1, 1)


def add_months(value, count):
    """Return the same day of the month `count` months later, its last day if it is shorter.

    >>> to_jalali(add_months(to_gregorian(1405, 6, 31), 1))
    (1405, 7, 30)
    """
    year, month, day = to_jalali(value)
    months = year * 12 + month - 1 + count
    year, month = months // 12, months % 12 + 1
    return to_gregorian(year, month, min(day, month_length(year, month)))


def week_of(value, first_weekday=SATURDAY):
    """Return (year, number) of the week of `value`; week 1 is the one that holds 1 Farvardin.

    >>> week_of(dt.date(2026, 3, 20)), week_of(dt.date(2026, 3, 21))
    ((1404, 53), (1405, 1))
    """
    day = day_of(value)
    start = day - dt.timedelta((day.weekday() - first_weekday) % 7)
    year = to_jalali(start + dt.timedelta(6))[0]
    new_year = to_gregorian(year, 1, 1)
    first = new_year - dt.timedelta((new_year.weekday() - first_weekday) % 7)
    return year, (start - first).days // 7 + 1


class JalaliDateTimeFormat(babel.dates.DateTimeFormat):
    """LDML patterns on the Jalali date of a moment.

    Calendar fields are ours; weekday, time and zone stay babel's, which needs the Gregorian
    value for them.
    """

    def __init__(self, value, locale, reference_date=None):
        super().__init__(value, locale, reference_date)
        self.year, self.month, self.day = to_jalali(value)

    def __getitem__(self, name):
        field, width = name[0], len(name)
        number = self._number(field)
        if field in "MLQq" and width > 2:
            return (MONTHS if field in "ML" else QUARTERS)[number - 1]
        if field == "G":
            return ERA
        if number is None:
            return super().__getitem__(name)
        if field in "yYu" and width == 2:
            number %= 100
        return str(number).zfill(width)

    def _number(self, field):
        match field:
            case "y" | "u":
                return self.year
            case "M" | "L":
                return self.month
            case "d":
                return self.day
            case "Q" | "q":
                return (self.month + 2) // 3
            case "Y" | "w":
                return week_of(self.value)["Yw".index(field)]
            case "W":
                return self._week_of_month()
            case "D":
                return (day_of(self.value) - to_gregorian(self.year, 1, 1)).days + 1
        return None

    def _week_of_month(self):
        first = to_gregorian(self.year, self.month, 1)
        return (self.day - 1 + (first.weekday() - SATURDAY) % 7) // 7 + 1


def is_machine_pattern(pattern):
    """Whether a pattern makes a date for programs, which read the Gregorian calendar.

    >>> is_machine_pattern("yyyyMMdd'T'HHmmss'Z'"), is_machine_pattern("yyyy/MM/dd")
    (True, False)
    """
    return bool(pattern) and pattern not in NAMED and bool(_MACHINE.match(pattern))


def format_date(value, pattern="yyyy/MM/dd", locale="fa_IR"):
    """Return the day of `value` by an LDML pattern or one of babel's names for them.

    >>> format_date(dt.date(2026, 11, 22), "full")
    'یکشنبه ۱ آذر ۱۴۰۵'
    """
    locale = babel.Locale.parse(locale)
    if pattern in NAMED:
        pattern = babel.dates.get_date_format(pattern, locale=locale).pattern
    return persian_digits(_applied(pattern, day_of(value), locale))


def format_datetime(value, pattern, locale="fa_IR"):
    """Return a moment, which is in its time zone already, by an LDML pattern or a name.

    >>> format_datetime(dt.datetime(2026, 11, 22, 15, 40), "EEEE d MMMM HH:mm")
    'یکشنبه ۱ آذر ۱۵:۴۰'
    """
    locale = babel.Locale.parse(locale)
    if pattern not in NAMED:
        return persian_digits(_applied(pattern, value, locale))
    day = babel.dates.get_date_format(pattern, locale=locale).pattern
    time = babel.dates.get_time_format(pattern, locale=locale).pattern
    frame = str(babel.dates.get_datetime_format(pattern, locale=locale)).replace("'", "")
    text = frame.replace("{0}", _applied(time, value, locale))
    return persian_digits(text.replace("{1}", _applied(day, value, locale)))


def _applied(pattern, value, locale):
    return babel.dates.parse_pattern(pattern).format % JalaliDateTimeFormat(value, locale)


def parse(text):
    """Return the Gregorian date that `text` writes, or the moment if it has a time of day.

    Read: 1405/9/1, 14050901 and 1 آذر 1405 in any of the three scripts of digits, a year of
    1700 or more as a Gregorian one, and behind it a time of day.

    :raise ValueError: for what is no date, and for a day that does not exist

    >>> parse("۱۴۰۵/۰۹/۰۱"), parse("1 آذر 1405 15:40")
    (datetime.date(2026, 11, 22), datetime.datetime(2026, 11, 22, 15, 40))
    """
    written = fold_letters(latin_digits(text)).strip()
    found = next((match for match in (known.fullmatch(written) for known in _TEXTS) if match), None)
    if not found:
        raise ValueError(f"Not a date: {text!r}")
    parts = found.groupdict()
    month = MONTHS.index(parts["name"]) + 1 if parts.get("name") else int(parts["month"])
    year, day = int(parts["year"]), int(parts["day"])
    calendar = to_gregorian if year < _FIRST_GREGORIAN else dt.date
    value = calendar(year, month, day)
    if parts["hour"] is None:
        return value
    time = dt.time(int(parts["hour"]), int(parts["minute"]), int(parts["second"] or 0))
    return dt.datetime.combine(value, time)
