"""What people type: digits of any keyboard, card codes, national identifiers, amounts.

Every refusal is an `InputError`: its `code` is a stable key that the models translate. Codes are
compared in one canonical form, which the `normalise`-like functions return: ASCII, no separators.
"""

import re
import secrets
import string
import unicodedata
from decimal import Decimal

from stdnum import damm, luhn

MEMBER_DIGITS = 8
MEMBER_SEQUENCE_MAX = 10**MEMBER_DIGITS - 1
GIFT_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: without I, L, O, U
GIFT_RANDOM_CHARS = 16  # 16 · 5 bits = 80 bits of chance
NUMBER_LIMIT = Decimal(10**15)  # numeric(18, 2) and JavaScript's 2**53 both hold it
NUMBER_MAX_CHARS = 60
NUMBER_MIN_EXPONENT = -30

_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫٬", "01234567890123456789.,")
_LETTERS = str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ە": "ه", "ہ": "ه", "ٱ": "ا", "ـ": None}
)
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SEPARATORS = re.compile("[-\\s_\u2010-\u2015\u2212]")

_MEMBER = re.compile(r"(?:[A-Z]{0,3}|[0-9]{0,3})[0-9]{9}")  # MEMBER_DIGITS and the check
_MEMBER_PREFIX = re.compile(r"[A-Z]{0,3}|[0-9]{0,3}")
# Lengths and first digits by ISO/IEC 7812: 13 Visa, 14 Diners, 15 Amex, 16 all others (Iran's banks
# use 2, 5, 6 and 9), 17 to 19 Maestro, UnionPay, Visa. An EAN-13 of Iran (626…) is none of them.
_PAYMENT_CARD = re.compile(r"4[0-9]{12}|3[0689][0-9]{12}|3[47][0-9]{13}|[2-69][0-9]{15,18}")
_NUMBER_TYPING = str.maketrans("−،\u00a0\u2009\u202f", "-,   ")
_NUMBER = re.compile(
    r"(?P<sign>[-+]?)"
    r"(?P<whole>[0-9]+|[1-9][0-9]{0,2}(?P<mark>[, '])[0-9]{3}(?:(?P=mark)[0-9]{3})*)?"
    r"(?P<rest>(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,2})?)"
)


_KEY_LENGTHS = range(8, 129)


class InputError(ValueError):
    """A text that a person must correct.

    `code` says what is wrong (a key for translation), `value` is the text as it was given. The
    message holds only the code: what was typed may be a bank card or a national code, and
    messages go to logs.

    >>> str(InputError("phone", "0912"))
    'phone'
    """

    def __init__(self, code: str, value: object = "") -> None:
        super().__init__(code)
        self.code = code
        self.value = value


# === TEXT === #


def ascii_digits(text: str) -> str:
    """Return `text` with Persian and Arabic digits, ٫ and ٬ as ASCII; nothing (False) gives "".

    >>> ascii_digits("۱۲٬۳۴۵٫۶۷ و ٠٩")
    '12,345.67 و 09'
    """
    return (text or "").translate(_DIGITS)


def typed(text: str) -> str:
    """Return `text` in ASCII digits, without outer blanks and the invisible marks of right-to-left.

    >>> typed(" \\u202a۰۹۱۲\\u202c ")
    '0912'
    """
    return _INVISIBLE.sub("", ascii_digits(text)).strip()


def fold_persian(text: str) -> str:
    """Return the form in which two spellings of one name are equal. For searching, not for showing.

    Arabic ي ك ة become ی ک ه; hamza, madda, vowel signs, tatweel, ZWNJ, accents and presentation
    forms go (Unicode NFKD); digits become ASCII, blanks single, Latin letters small.

    >>> fold_persian("علي‌رضا  كَريمي ۱۲") == fold_persian("علیرضا کریمی 12")
    True
    """
    parts = unicodedata.normalize("NFKD", text or "")
    kept = "".join(char for char in parts if unicodedata.category(char) not in {"Mn", "Cf"})
    return " ".join(ascii_digits(kept).translate(_LETTERS).casefold().split())


def compact(text: str) -> str:
    """Return a typed code in capitals, without the blanks and dashes people put between groups."""
    return _SEPARATORS.sub("", typed(text)).upper()


# === MEMBER NUMBERS AND PAYMENT CARDS === #


def member_number(sequence: int, prefix: str = "") -> str:
    """Return the number for a member's card: prefix, eight digits, one check digit.

    The check digit is Damm's (H. M. Damm, 2004; `stdnum.damm`), taken over all digits: it catches
    every wrong digit and every exchange of two neighbours. The number has 9 to 12 characters and a
    payment card 13 to 19, so no member number can be taken for a bank card, whatever it begins
    with. For an all-digit prefix take one that phones and national codes do not begin with.

    :param sequence: 1 to 99,999,999
    :param prefix: up to three capital letters or up to three digits ("042": Odoo's customer cards)
    :raise InputError: `member_sequence`, `member_prefix`

    >>> member_number(1), member_number(1, "LC")
    ('000000013', 'LC000000013')
    """
    if not 1 <= sequence <= MEMBER_SEQUENCE_MAX:
        raise InputError("member_sequence", sequence)
    if not _MEMBER_PREFIX.fullmatch(prefix):
        raise InputError("member_prefix", prefix)
    body = f"{prefix}{sequence:0{MEMBER_DIGITS}d}"
    return body + damm.calc_check_digit(body.lstrip(string.ascii_uppercase))


def is_member_number(text: str) -> bool:
    """Tell whether `text` has the form and the check digit of a member number.

    >>> is_member_number("lc ۰۰۰۰۰۰۰۱۳"), is_member_number("LC000000031")
    (True, False)
    """
    number = compact(text)
    if not _MEMBER.fullmatch(number):
        return False
    return damm.is_valid(number.lstrip(string.ascii_uppercase))


def is_payment_card_number(text: str) -> bool:
    """Tell whether `text` can be a bank card's number, which the club must never store (PCI DSS).

    Length and first digits as issued (ISO/IEC 7812-1), and the Luhn check digit. One in ten other
    numbers of such a form passes too: better refused than kept.

    >>> is_payment_card_number("۶۰۳۷-۹۹۱۲-۳۴۵۶-۷۸۹۳"), is_payment_card_number("09121234567")
    (True, False)
    """
    number = compact(text)
    return bool(_PAYMENT_CARD.fullmatch(number)) and luhn.is_valid(number)


# === NATIONAL IDENTIFIERS === #


def national_code(text: str) -> str:
    """Return the ten digits of an Iranian national code (کد ملی).

    Spreadsheets drop leading zeros, so eight or nine digits are filled up. Check digit (rule of
    the civil registration, ثبت احوال): r = Σ digit·(10 … 2) mod 11; it is r if r < 2, else 11 - r.

    :raise InputError: `national_code`, also for ten equal digits, which pass the sum

    >>> national_code("۴۹۹-۳۷۰۸۹۹")
    '0499370899'
    """
    code = compact(text)
    if not re.fullmatch("[0-9]{8,10}", code):
        raise InputError("national_code", text)
    code = code.zfill(10)
    rest = sum(int(digit) * (10 - place) for place, digit in enumerate(code[:9])) % 11
    if len(set(code)) == 1 or int(code[9]) != (rest if rest < 2 else 11 - rest):
        raise InputError("national_code", text)
    return code


def legal_entity_id(text: str) -> str:
    """Return the eleven digits of an Iranian legal entity's identifier (شناسه ملی).

    Check digit (rule of the companies' registry, شناسه ملی اشخاص حقوقی): with t = tenth digit + 2,
    Σ (digit + t)·(29, 27, 23, 19, 17, 29, 27, 23, 19, 17) mod 11, where 10 counts as 0.

    :raise InputError: `legal_entity_id`, also for eleven equal digits

    >>> legal_entity_id("۱۰۳۸۰۲۸۴۷۹۰")
    '10380284790'
    """
    code = compact(text)
    if not re.fullmatch("[0-9]{11}", code) or len(set(code)) == 1:
        raise InputError("legal_entity_id", text)
    tens = int(code[9]) + 2
    weights = (29, 27, 23, 19, 17)
    rest = sum((int(code[place]) + tens) * weights[place % 5] for place in range(10)) % 11
    if int(code[10]) != rest % 10:
        raise InputError("legal_entity_id", text)
    return code


# === GIFT CODES === #


def gift_code() -> str:
    """Return a new secret gift code: 16 characters of chance (80 bits) and one check character.

    >>> is_gift_code(gift_code())
    True
    """
    body = "".join(secrets.choice(GIFT_ALPHABET) for _ in range(GIFT_RANDOM_CHARS))
    return body + check_character(body)


def normalise_gift_code(text: str) -> str:
    """Return a typed gift code as it was made: capitals, no blanks or dashes, I L → 1, O → 0.

    :raise InputError: `gift_code` for a wrong length, a foreign character or a wrong check

    >>> normalise_gift_code("olol-OLOL 0101-۰۱۰۱ 5")
    '01010101010101015'
    """
    code = compact(text).translate(str.maketrans("ILO", "110"))
    foreign = set(code) - set(GIFT_ALPHABET)
    if foreign or len(code) != GIFT_RANDOM_CHARS + 1 or check_character(code[:-1]) != code[-1]:
        raise InputError("gift_code", text)
    return code


def is_gift_code(text: str) -> bool:
    """Tell whether `text` is a gift code, however it was typed. It may still never have been sold.

    >>> is_gift_code("0101010101010101F")
    False
    """
    try:
        return bool(normalise_gift_code(text))
    except InputError:
        return False


def check_character(body: str) -> str:
    """Return the check character: Σ characterᵢ·2ⁿ⁻ⁱ in the field GF(2⁵), modulo x⁵ + x² + 1.

    One Reed-Solomon check symbol: 2 has order 31 there, so in a code of up to 31 characters every
    wrong character and every exchange of any two is caught; and it stays within the alphabet,
    where Crockford's own (mod 37) needs five more characters.
    """
    state = 0
    for char in body:
        state = (state ^ GIFT_ALPHABET.index(char)) << 1
        state ^= 0b100101 if state & 0b100000 else 0
    return GIFT_ALPHABET[state]


# === AMOUNTS === #


def is_request_key(key: object) -> bool:
    """Whether ``key`` may name a request: 8 to 128 printable ASCII characters.

    >>> [is_request_key(key) for key in ("0d1f-7b2c", "short", "tab\\tinside", None)]
    [True, False, False, False]
    """
    if not isinstance(key, str) or len(key) not in _KEY_LENGTHS:
        return False
    return key.isascii() and key.isprintable()


def decimal_number(text: str) -> Decimal:
    """Return a typed amount, exactly. Its unit is the field's.

    Read: digits of any of the three scripts, a point or ٫ before decimals, groups of three parted
    by one kind of , ٬ ، ' or blank, a minus in front or parentheses round it, an exponent of two
    digits. All else is refused, also what could be read in two ways (1,5  0,500  1.234.567  2/5).

    :raise InputError: `number` for no clear number, `number_range` beyond ±10¹⁵ or 30 decimals

    >>> decimal_number("(۱۲٬۵۰۰٫۷۵)")
    Decimal('-12500.75')
    """
    plain = typed(text).translate(_NUMBER_TYPING)
    negative = plain.startswith("(") and plain.endswith(")")
    match = _NUMBER.fullmatch(plain[1:-1] if negative else plain)
    if not match or len(plain) > NUMBER_MAX_CHARS or (negative and match["sign"]):
        raise InputError("number", text)
    if not match["whole"] and not match["rest"].startswith("."):
        raise InputError("number", text)
    whole = re.sub("[, ']", "", match["whole"] or "0")
    value = Decimal(f"{'-' if negative else match['sign']}{whole}{match['rest']}")
    if not value:
        return Decimal(0)
    if value.copy_abs() > NUMBER_LIMIT or value.as_tuple().exponent < NUMBER_MIN_EXPONENT:
        raise InputError("number_range", text)
    return Decimal(f"{value:f}")  # 1E+3 → 1000
