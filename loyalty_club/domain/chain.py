"""The chain of a wallet: each entry is sealed together with the one before it.

The seal is an HMAC-SHA256 whose key is kept outside the database, so that whoever can
write to the database still cannot rewrite the past unseen. It holds no personal data (an
entry's note may be some, and is left out): erasing a person leaves the chain valid.

What is sealed is one text per entry, which :func:`fact_text` writes in Python and
:func:`sql_fact_text` in PostgreSQL: the audit reads the texts of a million entries from
the database as they are, and only seals them here.
"""

import hashlib
import hmac
from decimal import Decimal
from typing import NamedTuple


class Fact(NamedTuple):
    """What an entry states.

    :param kind_id: the wallet's kind of value, which gives the amounts their unit.
    :param date: moment in UTC, ``YYYY-MM-DD HH:MM:SS``.
    """

    wallet_id: int
    seq: int
    kind_id: int
    member_id: int | None
    company_id: int
    amount: Decimal
    balance_after: Decimal
    date: str
    reverses_id: int | None
    branch_id: int | None
    user_id: int
    origin_id: int | None
    origin_model: str | None
    kind: str
    key: str


class Sealer:
    """Seals with one key, which is worked into the HMAC only once."""

    def __init__(self, secret: bytes) -> None:
        self._keyed = hmac.new(secret, digestmod=hashlib.sha256)

    def seal(self, previous: str, text: str) -> str:
        """Seal one entry onto the chain.

        :param previous: seal of the wallet's entry before, ``""`` for the first one.
        :param text: the entry's :func:`fact_text`.
        :returns: 64 hexadecimal characters.
        """
        sealed = self._keyed.copy()
        sealed.update((text + previous).encode())
        return sealed.hexdigest()


def fingerprint(secret: bytes) -> str:
    """A public name for a secret key: eight characters that do not reveal it."""
    return hashlib.sha256(b"loyalty-club-chain:" + secret).hexdigest()[:8]


def seal(secret: bytes, previous: str, fact: Fact) -> str:
    """Seal one entry onto the chain.

    :param secret: the chain's secret key.
    :param previous: seal of the wallet's entry before, ``""`` for the first one.
    :returns: 64 hexadecimal characters.

    >>> fact = Fact(1, 1, 1, 7, 1, Decimal(5), Decimal(5), "2025-01-01 00:00:00",
    ...             None, None, 2, None, None, "earn", "k")
    >>> seal(b"a", "", fact) == seal(b"a", "", fact._replace(amount=Decimal("5.000")))
    True
    >>> seal(b"a", "", fact) == seal(b"a", "", fact._replace(amount=Decimal(6)))
    False
    """
    return Sealer(secret).seal(previous, fact_text(fact))


def fact_text(fact: Fact) -> str:
    """The text of an entry that is sealed: other facts, other text.

    Figures and the moment have no bar in them; texts are free, so that each says its length
    in bytes first. What is empty is written as nothing, an empty text as ``0:``.

    >>> fact_text(Fact(1, 2, 3, None, 5, Decimal("6.50"), Decimal(700), "2025-01-01 00:00:00",
    ...                None, 8, 9, None, None, "earn", "k"))
    '1|2|3||5|6.5|700|2025-01-01 00:00:00||8|9||:|4:earn|1:k|'
    """
    amount, balance_after = _plain(fact.amount), _plain(fact.balance_after)
    figures = (*fact[:5], amount, balance_after, *fact[7:12])
    parts = ["" if figure is None else str(figure) for figure in figures]
    parts += map(_counted, fact[12:])
    return "|".join(parts) + "|"


def sql_fact_text(entry: str, wallet: str) -> str:
    """SQL twin of :func:`fact_text`: an expression over aliases of both tables.

    The session must write moments in ISO style, as every session of Odoo does.

    >>> sql_fact_text("e", "w").startswith("concat(e.wallet_id, '|', e.seq, '|', w.kind_id")
    True
    """
    figures = [
        f"{entry}.wallet_id",
        f"{entry}.seq",
        f"{wallet}.kind_id",
        f"{entry}.member_id",
        f"{entry}.company_id",
        f"trim_scale({entry}.amount)",
        f"trim_scale({entry}.balance_after)",
        *(
            f"{entry}.{name}"
            for name in ("date", "reverses_id", "branch_id", "user_id", "origin_id")
        ),
    ]
    texts = [f"{entry}.{name}" for name in ("origin_model", "kind", "idempotency_key")]
    parts = figures + [f"octet_length({text}), ':', {text}" for text in texts]
    return "concat(" + ", ".join(f"{part}, '|'" for part in parts) + ")"


def _plain(amount: Decimal) -> str:
    """One spelling of a number for ever, whatever the scale of a column.

    >>> [_plain(Decimal(text)) for text in ("5.000", "-0.50", "1E+3", "-0")]
    ['5', '-0.5', '1000', '0']
    """
    return f"{(amount + 0).normalize():f}"


def _counted(text: str | None) -> str:
    return ":" if text is None else f"{len(text.encode())}:{text}"
