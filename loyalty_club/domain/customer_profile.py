"""What a file of customers tells of a person's profile: words and days in their kept form."""

from collections.abc import Callable
from datetime import date

from .codes import InputError, fold_persian
from .dates import typed_moment

OLDEST = 1900  # whoever is said to be born before was typed wrong

_SEXES = {
    "female": ("female", "f", "woman", "زن", "خانم", "مونث", "دختر"),
    "male": ("male", "m", "man", "مرد", "آقا", "اقا", "مذکر", "پسر"),
    "other": ("other", "سایر", "دیگر"),
}
_EDUCATIONS = {
    "school": ("school", "below diploma", "زیر دیپلم", "سیکل", "ابتدایی", "راهنمایی"),
    "diploma": ("diploma", "high school", "دیپلم"),
    "associate": ("associate", "associate degree", "فوق دیپلم", "کاردانی", "فوقدیپلم"),
    "bachelor": ("bachelor", "bsc", "ba", "لیسانس", "کارشناسی"),
    "master": ("master", "msc", "ma", "فوق لیسانس", "کارشناسی ارشد", "ارشد", "فوقلیسانس"),
    "doctor": ("doctor", "doctorate", "phd", "دکتری", "دکترا", "دکتر"),
}


def _words(table: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {fold_persian(word): key for key, words in table.items() for word in words}


_SEX_WORDS = _words(_SEXES)
_EDUCATION_WORDS = _words(_EDUCATIONS)


def read_sex(text: str, _today: date) -> str:
    """Return the key of a sex.

    :raise InputError: `sex`

    >>> read_sex("خانم", date.today()), read_sex("M", date.today())
    ('female', 'male')
    """
    return _known(text, _SEX_WORDS, "sex")


def read_education(text: str, _today: date) -> str:
    """Return the key of a level of education.

    :raise InputError: `education`

    >>> read_education("كارشناسي ارشد", date.today())
    'master'
    """
    return _known(text, _EDUCATION_WORDS, "education")


def read_past_day(text: str, today: date) -> date:
    """Return a day of somebody's life, in either calendar.

    :raise InputError: those of :func:`..dates.typed_moment`, `future`

    >>> read_past_day("1370/01/15", date(2025, 1, 1))
    datetime.date(1991, 4, 4)
    """
    day = typed_moment(text).day
    if day > today:
        raise InputError("future", text)
    if day.year < OLDEST:
        raise InputError("date_year", text)
    return day


def _known(text: str, words: dict[str, str], code: str) -> str:
    key = words.get(" ".join(fold_persian(text).replace(".", " ").split()))
    if not key:
        raise InputError(code, text)
    return key


# What of a profile a file may hold, and how it is read.
PROFILE_READERS: dict[str, Callable[[str, date], str | date]] = {
    "birthday": read_past_day,
    "anniversary": read_past_day,
    "sex": read_sex,
    "education": read_education,
}
