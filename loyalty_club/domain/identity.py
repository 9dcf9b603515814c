"""What identifies a person or a company towards the club: national code, legal entity's ID, or
the document of a foreigner. Each has one form in which it is kept and compared."""

import re

from .codes import InputError, is_payment_card_number, legal_entity_id, national_code, typed

_NOT_WRITTEN = re.compile(r"[\W_]+")
_FOREIGN = re.compile(r"[A-Z0-9]{4,30}")
_NATIONAL_DIGITS = 10
_LEGAL_DIGITS = 11
_SHORTEST_LOOKED_UP = 7
_IRANIAN = re.compile("[0-9]{10,11}")


def identity_kind(text: str) -> str:
    """Return the kind of code that ``text`` can be, where nobody said: ``legal`` or ``national``.

    >>> identity_kind("۱۰۳۸۰۲۸۴۷۹۰"), identity_kind("0499370899")
    ('legal', 'national')
    """
    return "legal" if len(_compact(text)) == _LEGAL_DIGITS else "national"


def normalise_identity(text: str, kind: str) -> str:
    """Return the one form of a code.

    A foreigner's document (passport, residence card, universal code) is kept as it is, in capitals
    without blanks and dashes: no check digit is common to all of them.

    :param kind: ``national``, ``legal`` or ``foreign``.
    :raise InputError: ``national_code``, ``legal_entity_id``, ``foreign_document``, or
        ``payment_card``, which the club must never keep

    >>> normalise_identity("۴۹۹-۳۷۰۸۹۹", "national"), normalise_identity("k 123-456", "foreign")
    ('0499370899', 'K123456')
    """
    if kind == "national":
        return national_code(text)
    if kind == "legal":
        return legal_entity_id(text)
    code = _compact(text)
    if not _FOREIGN.fullmatch(code):
        raise InputError("foreign_document", text)
    if is_payment_card_number(code):
        raise InputError("payment_card", text)
    return code


def identity_forms(text: str) -> list[str]:
    """Return every form in which ``text``, of a kind that nobody said, may have been kept.

    >>> identity_forms("۴۹۹۳۷۰۸۹۹"), identity_forms("علی")
    (['0499370899', '499370899'], [])
    """
    found = []
    for kind in ("national", "legal", "foreign"):
        try:
            found.append(normalise_identity(text, kind))
        except InputError:
            continue
    return list(dict.fromkeys(found))


def is_whole(text: str) -> bool:
    """Whether ``text`` may be a whole code, rather than the first digits of some number.

    >>> is_whole("0499370899"), is_whole("K123456"), is_whole("0912123"), is_whole("Sara 2")
    (True, True, False, False)
    """
    return any(
        len(form) >= (_NATIONAL_DIGITS if form.isdecimal() else _SHORTEST_LOOKED_UP)
        for form in identity_forms(text)
    )


def is_doubtful(code: str) -> bool:
    """Whether a foreigner's document looks like an Iranian code whose check digit does not fit.

    >>> is_doubtful("0499370898"), is_doubtful("0499370899"), is_doubtful("K123456")
    (True, False, False)
    """
    if not _IRANIAN.fullmatch(code):
        return False
    try:
        normalise_identity(code, identity_kind(code))
    except InputError:
        return True
    return False


def _compact(text: str) -> str:
    return _NOT_WRITTEN.sub("", typed(text)).upper()
