"""Numbers of cards and identifiers of chips: how they are made, typed, and read by readers.

A card's number is what its barcode says. The club's own numbers are made of a prefix, a serial
number, some digits of chance and a check digit: whoever holds the card with one serial number
cannot tell the number of the next. They can be taken neither for a bank card, nor for a
member number, a telephone number or a national code.
"""

import itertools
import re
import string
from collections.abc import Sequence

from stdnum import damm

from .codes import InputError, is_payment_card_number, typed

SERIAL_DIGITS = 8
SERIAL_MAX = 10**SERIAL_DIGITS - 1
CHANCE_DIGITS = 5
CHANCE_LIMIT = 10**CHANCE_DIGITS
RANGE_MAX = 100_000
_GROUP = 5

# No bank card begins with 7 or 8 (ISO/IEC 7812: fuel, health and telephone), none has letters.
_PREFIX = re.compile(r"[A-Z]{1,3}|[78][0-9]{0,2}")
_OWN = re.compile(rf"(?:[A-Z]{{1,3}}|[78][0-9]{{0,2}})[0-9]{{{SERIAL_DIGITS + CHANCE_DIGITS + 1}}}")
_ANY = re.compile(r"[0-9A-Z]{4,32}")
_COUNTED = re.compile(r"(?P<stem>.*?)(?P<count>[0-9]{1,15})")
_SEPARATORS = re.compile("[-\\s_.:\u2010-\u2015\u2212]")

# Lengths of chip identifiers in bytes: 4, 7 and 10 by ISO/IEC 14443-3, 5 for 125 kHz tags, 8 by
# ISO/IEC 15693. Readers that write decimals pad those of 4 bytes to ten digits.
_CHIP_BYTES = (4, 5, 7, 8, 10)
_CHIP_DECIMAL_BYTES = (4, 7, 8)
_PADDED_DECIMAL = 10
_RANDOM_CHIP = 0x08  # ISO/IEC 14443-3: such a 4-byte identifier is made anew at every reading
_SHOWN = 4


def card_number(serial: int, chance: int, prefix: str = "8") -> str:
    """Return the number of a card: prefix, 8 digits, 5 digits of chance, Damm's check digit.

    :param serial: 1 to 99,999,999
    :param chance: 0 to 99,999, drawn for this card
    :param prefix: up to three capital letters, or up to three digits of which the first is 7 or 8
    :raise InputError: `card_serial`, `card_prefix`

    >>> card_number(1, 4711), card_number(1, 4711, "LC")
    ('800000001047115', 'LC00000001047111')
    """
    if not 1 <= serial <= SERIAL_MAX or not 0 <= chance < CHANCE_LIMIT:
        raise InputError("card_serial", serial)
    if not is_card_prefix(prefix):
        raise InputError("card_prefix", prefix)
    body = f"{prefix}{serial:0{SERIAL_DIGITS}d}{chance:0{CHANCE_DIGITS}d}"
    return body + damm.calc_check_digit(body.lstrip(string.ascii_uppercase))


def is_card_prefix(prefix: str) -> bool:
    """Tell whether card numbers may begin with `prefix`.

    >>> is_card_prefix("8"), is_card_prefix("LC"), is_card_prefix("6")
    (True, True, False)
    """
    return bool(_PREFIX.fullmatch(prefix))


def is_own_number(text: str) -> bool:
    """Tell whether `text` has the form and the check digit of a number the club makes itself.

    >>> is_own_number("۸۰۰۰۰ ۰۰۰۱۰ ۴۷۱۱۵"), is_own_number("800000001047116")
    (True, False)
    """
    number = _compact(text)
    return bool(_OWN.fullmatch(number)) and damm.is_valid(number.lstrip(string.ascii_uppercase))


def normalise_card(text: str) -> str:
    """Return the one form of a number that stands on a card, however it was typed or scanned.

    :raise InputError: `card_number` for what is no number, `payment_card` for what can be a bank
        card's, which the club must never store

    >>> normalise_card(" ab-۰۰۱۲ ")
    'AB0012'
    """
    number = _compact(text)
    if not _ANY.fullmatch(number):
        raise InputError("card_number", text)
    if is_payment_card_number(number):
        raise InputError("payment_card")
    return number


def printed_numbers(first: str, last: str) -> Sequence[str]:
    """Return the numbers from `first` to `last` of cards that came printed.

    :raise InputError: `card_number`; `payment_card`; `card_range` when the two do not differ in
        their last digits alone, are the wrong way round or more than 100,000 apart

    >>> printed_numbers("AB-0099", "ab0101")
    ['AB0099', 'AB0100', 'AB0101']
    """
    first, last = normalise_card(first), normalise_card(last)
    begin, end = _COUNTED.fullmatch(first), _COUNTED.fullmatch(last)
    if not begin or not end or len(first) != len(last) or begin["stem"] != end["stem"]:
        raise InputError("card_range", first)
    low, high = int(begin["count"]), int(end["count"])
    if not 0 <= high - low < RANGE_MAX:
        raise InputError("card_range", first)
    width = len(begin["count"])
    return [normalise_card(f"{begin['stem']}{value:0{width}d}") for value in range(low, high + 1)]


def grouped(number: str) -> str:
    """Return a card's number as people read it.

    >>> grouped("800000001047115"), grouped("AB0012")
    ('80000 00010 47115', 'AB0012')
    """
    if len(number) <= 2 * _GROUP - 1:
        return number
    return " ".join(number[at : at + _GROUP] for at in range(0, len(number), _GROUP))


# === CHIPS === #


def chip_forms(text: str) -> tuple[str, ...]:
    """Return the identifiers that a chip may have of which a reader wrote `text`, likeliest first.

    Readers write hexadecimal or decimal digits, the bytes in one order or the other, with or
    without signs between them. An identifier has one form here, whichever way it was read: the
    bytes in that of the two orders that comes first. Empty for what no reader writes.

    >>> chip_forms("04:a2:24:5b:6c:1d:80"), chip_forms("801D6C5B24A204")
    (('04A2245B6C1D80',), ('04A2245B6C1D80',))
    >>> {chip_forms(text)[0] for text in ("0305419896", "12345678", "78 56 34 12")}
    {'12345678'}
    """
    chip = _compact(text).removeprefix("0X")
    if not re.fullmatch("[0-9A-F]{1,20}", chip):
        return ()
    found = []
    if len(chip) % 2 == 0 and len(chip) // 2 in _CHIP_BYTES:
        found.append(bytes.fromhex(chip))
    if chip.isdecimal():
        value = int(chip)
        size = next((size for size in _CHIP_DECIMAL_BYTES if value < 256**size), None)
        if size:
            found.insert(0 if len(chip) == _PADDED_DECIMAL else len(found), value.to_bytes(size))
    named = (min(form, form[::-1]).hex().upper() for form in found if any(form))
    return tuple(dict.fromkeys(form for form in named if set(form) != {"F"}))


def normalise_chip(text: str) -> str:
    """Return the identifier by which a chip is registered.

    :raise InputError: `chip` for what no reader writes; `chip_random` for a chip that gives itself
        another identifier at every reading, as most telephones do

    >>> normalise_chip("B2 5C 03 9E")
    '9E035CB2'
    """
    forms = chip_forms(text)
    if not forms:
        raise InputError("chip", text)
    compact = _compact(text).removeprefix("0X")
    if len(compact) == 2 * _CHIP_BYTES[0] and int(compact[:2], 16) == _RANDOM_CHIP:
        raise InputError("chip_random", text)
    return forms[0]


def mask_chip(chip: str) -> str:
    """Return a chip's identifier for eyes that need only recognise it.

    >>> mask_chip("9E035CB2")
    '…5CB2'
    """
    return f"…{chip[-_SHOWN:]}"


# === PINS === #


def typed_pin(text: str) -> str:
    """Return the four to eight digits of a PIN.

    :raise InputError: `pin` for anything else; `pin_weak` for one that is guessed first: equal
        digits, digits in a row, or a year

    >>> typed_pin("۲۷۴۱")
    '2741'
    """
    pin = typed(text)
    if not re.fullmatch("[0-9]{4,8}", pin):
        raise InputError("pin")
    steps = {(int(right) - int(left)) % 10 for left, right in itertools.pairwise(pin)}
    if len(steps) == 1 and steps <= {0, 1, 9}:
        raise InputError("pin_weak")
    if re.fullmatch("(?:19|20|13|14)[0-9]{2}", pin):
        raise InputError("pin_weak")
    return pin


def _compact(text: str) -> str:
    """Return a typed text in capitals, without blanks and signs between groups."""
    return _SEPARATORS.sub("", typed(text)).upper()
