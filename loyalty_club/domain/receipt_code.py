"""The code of an entry: with it whoever holds it can ask whether the entry is in the chain.

Twenty characters that people can copy: 31 bits say which entry, 64 bits are the beginning
of its seal, and the last character finds typing errors. Which entry is hidden under a mask that
the chain's key and the seal give: two codes do not tell how many entries lie between them,
and nobody without the key makes a code.
"""

import hashlib
import hmac
import re

from .codes import GIFT_ALPHABET, InputError, check_character, typed

ID_BITS = 31  # ids are PostgreSQL integers
SEAL_BITS = 64
SEAL_DIGITS = SEAL_BITS // 4  # hexadecimal
LENGTH = (ID_BITS + SEAL_BITS) // 5 + 1
_GROUP = 4
_BLANKS = re.compile(r"[\W_]")  # whatever people put between groups


def receipt_code(secret: bytes, entry_id: int, seal: str) -> str:
    """The code of an entry, in groups of four.

    :param secret: the key with which the entry was sealed.
    :param entry_id: a positive PostgreSQL integer.
    :param seal: its seal, hexadecimal.

    >>> receipt_code(b"key", 1, "0123456789abcdef" * 4)
    'FFKQ-T4YC-5T82-G27Q-61F8'
    """
    head = seal[:SEAL_DIGITS]
    number = (entry_id ^ _mask(secret, head)) << SEAL_BITS | int(head, 16)
    body = "".join(GIFT_ALPHABET[number >> 5 * place & 31] for place in range(LENGTH - 1))
    return grouped(body + check_character(body))


def grouped(code: str) -> str:
    """A code as it is printed.

    >>> grouped("FFKQT4YC5T82G27Q61F8")
    'FFKQ-T4YC-5T82-G27Q-61F8'
    """
    return "-".join(code[at : at + _GROUP] for at in range(0, LENGTH, _GROUP))


def read(text: str) -> str:
    """The 20 characters of a typed code: capitals, ASCII, nothing between them.

    :raise InputError: `receipt_code` for a code that cannot have been printed: wrong length,
        a foreign character, a typing error.

    >>> read("ffkq t4yc-5t82·g27q 6lf8")
    'FFKQT4YC5T82G27Q61F8'
    """
    code = _BLANKS.sub("", typed(text)).upper().translate(str.maketrans("ILO", "110"))
    foreign = set(code) - set(GIFT_ALPHABET)
    if foreign or len(code) != LENGTH or check_character(code[:-1]) != code[-1]:
        raise InputError("receipt_code", text)
    return code


def opened(secrets, code: str):
    """What a code says under each of the chain's keys.

    :param secrets: the keys.
    :param code: as :func:`read` gives it.
    :returns: ids of entries it can mean, one for each key, and the beginning of the seal.

    >>> opened([b"key"], "FFKQT4YC5T82G27Q61F8")
    ([1], '0123456789abcdef')
    """
    number = sum(GIFT_ALPHABET.index(char) << 5 * at for at, char in enumerate(code[:-1]))
    head = f"{number & (1 << SEAL_BITS) - 1:0{SEAL_DIGITS}x}"
    hidden = number >> SEAL_BITS
    return [hidden ^ _mask(secret, head) for secret in secrets], head


def _mask(secret: bytes, head: str) -> int:
    digest = hmac.new(secret, f"receipt code:{head}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:4], "big") >> 32 - ID_BITS
