"""Anchors: what the heads of all chains were on a day, as a line of an index.

Each line names the file with the heads and its digest, and the digest of the line before it:
whoever keeps the last digest, on paper or in a mail, can prove every line above it. A seal made
with the chain's key keeps anybody else from writing the index anew.
"""

import hashlib
from typing import NamedTuple

from .chain import Sealer

_FIELDS = 7


class Anchor(NamedTuple):
    """One line of the index.

    :param number: 1 for the first.
    :param date: moment in UTC whose heads it holds, as PostgreSQL writes it.
    :param wallets: how many heads its file holds.
    :param content: SHA-256 of the file.
    :param previous: digest of the line before; for the first line, of the database's name for
        itself.
    :param key_id: which key sealed it.
    :param seal: HMAC over all of this.
    """

    number: int
    date: str
    wallets: int
    content: str
    previous: str
    key_id: str
    seal: str

    @property
    def filename(self):
        """Name of the file with the heads."""
        return f"{self.number:06d}-{self.date[:10]}.csv.gz"

    @property
    def line(self):
        """The line, without its end."""
        return "|".join(map(str, self))

    @property
    def digest(self):
        """What is published, and what the next line begins with."""
        return digest(self.line)


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(secret: bytes, key_id: str, number, date, wallets, content, previous) -> Anchor:
    """The anchor with these facts.

    >>> anchor = sealed(b"key", "k", 1, "2025-01-01 02:00:00", 7, "c", digest("db"))
    >>> anchor == parsed(anchor.line), fits(b"key", anchor)
    (True, True)
    >>> fits(b"key", anchor._replace(wallets=8))
    False
    """
    anchor = Anchor(number, date, wallets, content, previous, key_id, "")
    return anchor._replace(seal=_seal(secret, anchor))


def fits(secret: bytes, anchor: Anchor) -> bool:
    """Whether an anchor's seal is right."""
    return _seal(secret, anchor) == anchor.seal


def parsed(line: str) -> Anchor:
    """Read a line.

    :raise ValueError: when it is none.
    """
    parts = line.split("|")
    if len(parts) != _FIELDS:
        raise ValueError("not a line of the index")
    return Anchor(int(parts[0]), parts[1], int(parts[2]), *parts[3:])


def _seal(secret, anchor):
    # No entry's text begins with a word, so that neither can pass for the other.
    return Sealer(secret).seal("", f"anchor|{anchor._replace(seal='').line}")
