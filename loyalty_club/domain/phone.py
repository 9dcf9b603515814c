"""Phone numbers: one person's number has one form (E.164), however it was typed or stored."""

import re

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    format_number,
    is_valid_number,
    national_significant_number,
    number_type,
    parse,
    region_code_for_number,
)

from .codes import InputError, typed

# Only what a number is written with: `phonenumbers` would also find one inside a sentence, read
# letters as keys, or drop an extension.
_WRITTEN = re.compile(r"\+?[0-9 ()./\u00a0\u2010-\u2015-]{3,30}")
_SHOWN_DIGITS = 4
# In some countries a number does not show whether it is a mobile's.
_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


def normalise_phone(text: str, region: str = "IR") -> str:
    """Return the number in E.164: "+", country code, national number.

    :param region: ISO 3166 code of the country whose numbers come without a country code
    :raise InputError: `phone` if no subscriber of any network can have this number
        (numbering plans as `phonenumbers` knows them)

    >>> {normalise_phone(text) for text in ("۰۹۱۲ ۱۲۳ ۴۵۶۷", "00989121234567", "9121234567")}
    {'+989121234567'}
    """
    return format_number(_parsed(text, region), PhoneNumberFormat.E164)


def phone_forms(e164: str, region: str = "IR") -> tuple[str, ...]:
    """Return every form in which the number may stand in old data, E.164 first, none twice.

    International forms always; national ones (0912…, 912…) only for a number of `region`.

    :raise InputError: `phone`

    >>> phone_forms("+989121234567")[:5]
    ('+989121234567', '+98 912 123 4567', '00989121234567', '989121234567', '09121234567')
    """
    number = _parsed(e164, region)
    full = format_number(number, PhoneNumberFormat.E164)
    spaced = format_number(number, PhoneNumberFormat.INTERNATIONAL)
    forms = [full, spaced, f"00{full[1:]}", full[1:]]
    if region_code_for_number(number) == region:
        written = format_number(number, PhoneNumberFormat.NATIONAL)
        forms += [re.sub("[^0-9]", "", written), national_significant_number(number), written]
    return tuple(dict.fromkeys(forms))


def is_mobile(text: str, region: str = "IR") -> bool:
    """Tell whether a text message can reach the number.

    >>> is_mobile("09121234567"), is_mobile("02188001234"), is_mobile("0912")
    (True, False, False)
    """
    try:
        return number_type(_parsed(text, region)) in _MOBILE
    except InputError:
        return False


def mask_phone(text: str, region: str = "IR") -> str:
    """Return the number for eyes that need only recognise it: country code and last four digits.

    Never raises and never shows what is no phone number.

    >>> mask_phone("09121234567"), mask_phone("0912")
    ('+98******4567', '***')
    """
    try:
        number = _parsed(text, region)
    except InputError:
        return "***"
    national = national_significant_number(number)
    hidden = max(len(national) - _SHOWN_DIGITS, 0)
    return f"+{number.country_code}{'*' * hidden}{national[hidden:]}"


def _parsed(text: str, region: str) -> PhoneNumber:
    """Return the valid number that `text` writes, or raise InputError `phone`."""
    written = typed(text)
    if not _WRITTEN.fullmatch(written):
        raise InputError("phone", text)
    try:
        number = parse(written, region)
    except NumberParseException as error:
        raise InputError("phone", text) from error
    if not is_valid_number(number):
        raise InputError("phone", text)
    return number
