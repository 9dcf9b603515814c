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
_SPACING = re.compile(r"[\s./()-]")
_SCRIPTS = [
    str.maketrans("0123456789", digits) for digits in ("0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩")
]
_SHOWN_DIGITS = 4
HOME = "IR"  # numbers without a country code that are of no other country
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


def mobile_numbers(text: str, *regions: str) -> tuple[str, ...]:
    """Return every mobile number that `text` may mean, in E.164: that of the first region first.

    A number with a country code means the same everywhere; without one it is tried in each of
    `regions`, and at last in Iran. What is no mobile's number anywhere gives nothing.

    >>> mobile_numbers("۰۹۱۲ ۱۲۳ ۴۵۶۷", "US"), mobile_numbers("021 8800 1234")
    (('+989121234567',), ())
    """
    found = []
    for region in dict.fromkeys([*filter(None, regions), HOME]):
        try:
            number = _parsed(text, region)
        except InputError:
            continue
        if number_type(number) in _MOBILE:
            found.append(format_number(number, PhoneNumberFormat.E164))
    return tuple(dict.fromkeys(found))


def stored_forms(e164: str) -> tuple[str, ...]:
    """Return how the number may be stored, blanks and dashes apart, in digits of three scripts.

    >>> stored_forms("+989121234567")[:4]
    ('+989121234567', '00989121234567', '989121234567', '09121234567')
    """
    region = region_code_for_number(_parsed(e164, HOME)) or HOME
    forms = dict.fromkeys(_SPACING.sub("", form) for form in phone_forms(e164, region))
    return tuple(form.translate(script) for script in _SCRIPTS for form in forms)


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
