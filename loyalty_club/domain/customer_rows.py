"""What one row of a file of customers says: who the customer is, what was bought, opening points.

Nothing is looked up here. A row that a person must correct carries faults instead of values.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from . import codes
from .card_number import normalise_card
from .codes import InputError
from .customer_profile import PROFILE_READERS
from .dates import typed_moment
from .identity import identity_kind, normalise_identity
from .phone import normalise_phone

HOME = "IR"  # numbers without a country code that fit nowhere else are tried here
AMOUNT_LIMIT = Decimal(10**13)
AMOUNT_STEP = Decimal("0.001")  # the journal's scale
NAME_LENGTH = 200
REFERENCE_LENGTH = 64
EMAIL_LENGTH = 254

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")
_LONG_NUMBER = re.compile(r"[0-9](?:[-\s_\u2010-\u2015\u2212]*[0-9]){12,}")
_PERSIAN = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک"})
_ZWNJ = "\u200c"  # part of Persian spelling


class Fault(NamedTuple):
    """What is wrong with a row: a key that the models translate, where, and what was found."""

    code: str
    column: str = ""
    value: str = ""


@dataclass(slots=True)
class CustomerRow:
    """One row: a customer, and at most one purchase."""

    line: int
    external_ref: str = ""
    number: str = ""
    name: str = ""
    mobile: str = ""
    email: str = ""
    join_date: date | None = None
    branch: str = ""
    purchase_day: date | None = None
    purchase_time: time | None = None
    purchase_amount: Decimal | None = None
    purchase_quantity: Decimal | None = None
    purchase_ref: str = ""
    opening_points: Decimal = Decimal(0)
    opening_credit: Decimal = Decimal(0)
    identity_code: str = ""
    identity_index: str = ""  # by which a kept code is found; whoever looks it up fills it in
    card_number: str = ""
    area: str = ""
    profile: dict[str, str | date] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def has_purchase(self) -> bool:
        return self.purchase_day is not None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader of a file has to know.

    :param today: the club's day; nothing may have happened later.
    :param region: country of telephone numbers without a country code (ISO 3166).
    :param step: smallest step of the club's points.
    :param credit_step: smallest step of the club's credit, None if it keeps no credit.
    """

    today: date
    region: str = HOME
    step: Decimal = Decimal(1)
    credit_step: Decimal | None = None


def read_row(line: int, cells: Mapping[str, str], reading: Reading) -> CustomerRow:
    """Return what the row of number `line` says; `cells` are its texts by meaning.

    >>> row = read_row(2, {"mobile": "۰۹۱۲۱۲۳۴۵۶۷", "purchase_date": "1403/05/12",
    ...     "purchase_amount": "۱۲٬۵۰۰"}, Reading(date(2025, 1, 1)))
    >>> row.mobile, row.purchase_day, row.purchase_amount
    ('+989121234567', datetime.date(2024, 8, 2), Decimal('12500.000'))
    """
    row = CustomerRow(line)
    for meaning, read in _READERS.items():
        text = cells.get(meaning, "")
        if text and not text.isspace():
            try:
                read(row, text, reading)
            except InputError as error:
                shown = "" if error.code in _SECRET else clean_text(text)
                row.faults.append(Fault(error.code, meaning, shown))
    if not row.faults:
        _check_whole(row)
    return row


def clean_text(text: str) -> str:
    """Return `text` as we keep it: no invisible marks but ZWNJ, single blanks, Persian ی and ک.

    >>> clean_text(" \\u200eعلي  رضا\\n ")
    'علی رضا'
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = "".join(
        char if char == _ZWNJ or unicodedata.category(char)[0] != "C" else " " * char.isspace()
        for char in unicodedata.normalize("NFC", text)
    )
    return " ".join(kept.translate(_PERSIAN).split()).strip(_ZWNJ)


def phone_number(text: str, region: str) -> str:
    """Return a telephone number of `region`, else of Iran, in E.164.

    :raise InputError: `phone`

    >>> phone_number("0912 123 4567", "AE")
    '+989121234567'
    """
    try:
        return normalise_phone(text, region)
    except InputError:
        if region == HOME:
            raise
        return normalise_phone(text, HOME)


# === READERS: one per meaning === #


def _read_external_ref(row: CustomerRow, text: str, _reading: Reading) -> None:
    row.external_ref = _reference(text)


def _read_number(row: CustomerRow, text: str, _reading: Reading) -> None:
    if not codes.is_member_number(text):
        card = codes.is_payment_card_number(text)
        raise InputError("payment_card" if card else "member_number", text)
    row.number = re.sub(r"[-\s]", "", codes.typed(text)).upper()


def _read_name(row: CustomerRow, text: str, _reading: Reading) -> None:
    row.name = f"{row.name} {_safe_text(text, NAME_LENGTH)}".strip()


def _read_mobile(row: CustomerRow, text: str, reading: Reading) -> None:
    row.mobile = phone_number(text, reading.region)


def _read_email(row: CustomerRow, text: str, _reading: Reading) -> None:
    address = codes.typed(text).lower()
    if len(address) > EMAIL_LENGTH or not _EMAIL.fullmatch(address):
        raise InputError("email", text)
    row.email = address


def _read_national_code(row: CustomerRow, text: str, _reading: Reading) -> None:
    row.identity_code = normalise_identity(text, identity_kind(text))


def _read_card_number(row: CustomerRow, text: str, _reading: Reading) -> None:
    row.card_number = normalise_card(text)


def _read_area(row: CustomerRow, text: str, _reading: Reading) -> None:
    row.area = _safe_text(text, NAME_LENGTH)


def _read_occupation(row: CustomerRow, text: str, _reading: Reading) -> None:
    row.profile["occupation"] = _safe_text(text, NAME_LENGTH)


def _reader_of_profile(name: str) -> Callable[[CustomerRow, str, Reading], None]:
    def read(row: CustomerRow, text: str, reading: Reading) -> None:
        row.profile[name] = PROFILE_READERS[name](text, reading.today)

    return read


def _read_join_date(row: CustomerRow, text: str, reading: Reading) -> None:
    row.join_date = _past(text, reading).day


def _read_branch(row: CustomerRow, text: str, _reading: Reading) -> None:
    row.branch = _safe_text(text, NAME_LENGTH)


def _read_purchase_date(row: CustomerRow, text: str, reading: Reading) -> None:
    row.purchase_day, row.purchase_time = _past(text, reading)


def _read_purchase_amount(row: CustomerRow, text: str, _reading: Reading) -> None:
    amount = _amount(text)
    row.purchase_amount = amount.quantize(AMOUNT_STEP, rounding=ROUND_HALF_UP)


def _read_purchase_quantity(row: CustomerRow, text: str, _reading: Reading) -> None:
    row.purchase_quantity = _amount(text).quantize(AMOUNT_STEP, rounding=ROUND_HALF_UP)


def _read_purchase_ref(row: CustomerRow, text: str, _reading: Reading) -> None:
    row.purchase_ref = _reference(text)


def _read_opening_points(row: CustomerRow, text: str, reading: Reading) -> None:
    points = _amount(text)
    if points % reading.step:
        raise InputError("points_step", text)
    row.opening_points = points


def _read_opening_credit(row: CustomerRow, text: str, reading: Reading) -> None:
    credit = _amount(text)
    if reading.credit_step is None:
        raise InputError("no_credit", text)
    if credit % reading.credit_step:
        raise InputError("credit_step", text)
    row.opening_credit = credit


_READERS: dict[str, Callable[[CustomerRow, str, Reading], None]] = {
    "external_ref": _read_external_ref,
    "number": _read_number,
    "name": _read_name,
    "family_name": _read_name,
    "mobile": _read_mobile,
    "email": _read_email,
    "national_code": _read_national_code,
    "join_date": _read_join_date,
    "branch": _read_branch,
    "purchase_date": _read_purchase_date,
    "purchase_amount": _read_purchase_amount,
    "purchase_quantity": _read_purchase_quantity,
    "purchase_ref": _read_purchase_ref,
    "opening_points": _read_opening_points,
    "opening_credit": _read_opening_credit,
    "card_number": _read_card_number,
    "area": _read_area,
    "occupation": _read_occupation,
    **{name: _reader_of_profile(name) for name in PROFILE_READERS},
}
# What was typed there is not shown again.
_SECRET = {"payment_card", "national_code", "legal_entity_id"}


# === VALUES === #


def _safe_text(text: str, length: int) -> str:
    """Text to be kept: not too long, and without a bank card's number in it."""
    if any(codes.is_payment_card_number(run) for run in _LONG_NUMBER.findall(codes.typed(text))):
        raise InputError("payment_card", text)
    kept = clean_text(text)
    if len(kept) > length:
        raise InputError("too_long", text)
    return kept


def _reference(text: str) -> str:
    return codes.ascii_digits(_safe_text(text, REFERENCE_LENGTH))


def _past(text: str, reading: Reading):
    moment = typed_moment(text)
    if moment.day > reading.today:
        raise InputError("future", text)
    return moment


def _amount(text: str) -> Decimal:
    try:
        amount = codes.decimal_number(text)
    except InputError as error:
        raise InputError("huge" if error.code == "number_range" else "amount", text) from error
    if amount < 0:
        raise InputError("negative", text)
    if amount > AMOUNT_LIMIT:
        raise InputError("huge", text)
    return amount


def _check_whole(row: CustomerRow) -> None:
    """What no single cell tells."""
    named = (row.external_ref, row.number, row.mobile, row.identity_code, row.card_number)
    if not any(named):
        row.faults.append(Fault("nobody"))
    if row.purchase_day is None and row.purchase_amount is not None:
        row.faults.append(Fault("no_date"))
    told = row.purchase_day or row.purchase_ref or row.purchase_quantity
    if row.purchase_amount is None and told:
        row.faults.append(Fault("no_amount"))
