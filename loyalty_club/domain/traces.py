"""What a person's values look like wherever somebody may have typed them: regular expressions that
PostgreSQL understands, to be compared without regard to case."""

import re

from phonenumbers import NumberParseException, national_significant_number, parse

from .codes import typed

MARK = "[erased]"
_SPACE = "[[:space:]\u200c]"
_BETWEEN_DIGITS = "[[:space:]()./\u2010-\u2015-]*"
_DIGITS = [f"[{latin}{chr(0x6F0 + latin)}{chr(0x660 + latin)}]" for latin in range(10)]
_NO_DIGIT_BEFORE = "(?<![0-9۰-۹٠-٩])"
_NO_DIGIT_AFTER = "(?![0-9۰-۹٠-٩])"
# Letters that keyboards of the region write in different ways.
_LETTERS = {
    letter: f"[{group}]" for group in ("یيى", "کك", "هةۀ", "اأإآ", "وؤ") for letter in group
}
# As HTML and JSON write them.
_SIGNS = {
    "'": "(?:'|&#39;|&#x27;|&apos;)",
    "&": "(?:&|&amp;)",
    '"': '(?:\\\\?"|&quot;|&#34;)',
    "<": "(?:<|&lt;)",
    ">": "(?:>|&gt;)",
}
_SPECIAL = frozenset(r".^$*+?()[]{}|\-/#~")
# Shorter texts stand in too many places that have nothing to do with the person.
_SHORTEST = {"name": 4, "address": 8, "login": 5, "number": 5}


def pattern(kind: str, value: str, country_code: str = "98") -> str | None:
    """A regular expression for every writing of ``value``; None when it is too short to be told
    from other texts.

    :param kind: ``name``, ``phone``, ``email``, ``code`` (identity codes, cards), ``address``
        or ``login``.
    :param country_code: of phone numbers that come without one.

    >>> pattern("name", "Al") is None, pattern("email", " ") is None
    (True, True)
    """
    value = " ".join(value.split())
    if kind == "phone":
        return _phone(value, country_code)
    if kind == "code":
        return _code(typed(value))
    if len(value) < _SHORTEST.get(kind, 3):
        return None
    if kind == "name":
        return _name(value)
    return f"(?<![[:alnum:]]){_text(value)}(?![[:alnum:]])"


def any_of(patterns: list[str]) -> str:
    """One expression for all of ``patterns``.

    >>> any_of(["a", "b"])
    '(?:a)|(?:b)'
    """
    return "|".join(f"(?:{one})" for one in dict.fromkeys(patterns))


def _text(text):
    return "".join(_letter(letter) for letter in text)


def _letter(letter):
    if letter == " ":
        return f"{_SPACE}+"
    if letter in _SIGNS:
        return _SIGNS[letter]
    if letter in _SPECIAL:
        return f"\\{letter}"
    return _LETTERS.get(letter, letter)


def _name(name):
    """First and last name in either order."""
    words = name.split()
    orders = [_text(name)]
    if len(words) > 1:
        orders.append(_text(words[-1]) + f",?{_SPACE}+" + _text(" ".join(words[:-1])))
    return f"(?<![[:alnum:]])(?:{'|'.join(orders)})(?![[:alnum:]])"


def _phone(text, country_code):
    digits = re.sub("[^0-9+]", "", typed(text))
    try:
        number = parse(digits if digits.startswith("+") else f"+{_full(digits, country_code)}")
        country, own = str(number.country_code), national_significant_number(number)
    except NumberParseException:
        country, own = country_code, digits.lstrip("+0")
    if len(own) < _SHORTEST["number"]:
        return None
    before = f"(?:(?:\\+|{_spelled('00')})?{_spelled(country)}{_BETWEEN_DIGITS})?"
    before += f"(?:\\(?{_DIGITS[0]}\\)?{_BETWEEN_DIGITS})?"
    return f"{_NO_DIGIT_BEFORE}{before}{_spelled(own)}{_NO_DIGIT_AFTER}"


def _full(digits, country_code):
    """``digits`` with their country code."""
    if digits.startswith("00"):
        return digits[2:]
    if digits.startswith(country_code) and len(digits) > 10:
        return digits
    return country_code + digits.lstrip("0")


def _code(code):
    bare = re.sub("[^0-9A-Za-z]", "", code)
    if len(bare) < _SHORTEST["number"]:
        return None
    if bare.isdigit():
        return f"{_NO_DIGIT_BEFORE}{_spelled(bare)}{_NO_DIGIT_AFTER}"
    return f"(?<![[:alnum:]]){_text(bare)}(?![[:alnum:]])"


def _spelled(digits):
    """Digits of any keyboard, with whatever stands between them."""
    return _BETWEEN_DIGITS.join(_DIGITS[int(digit)] for digit in digits)
