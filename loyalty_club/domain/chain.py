"""The chain of a wallet: each entry is sealed together with the one before it.

The seal is an HMAC-SHA256 whose key is kept outside the database, so that whoever can
write to the database still cannot rewrite the past unseen. It holds no personal data:
erasing a person leaves the chain valid.
"""

import hashlib
import hmac
from decimal import Decimal
from typing import NamedTuple

# One spelling of an amount for ever: the seal must not depend on a column's scale.
_SCALE = Decimal("0.001")


class Fact(NamedTuple):
    """What an entry states. Amounts are in the wallet's unit."""

    wallet_id: int
    seq: int
    kind: str
    amount: Decimal
    balance_after: Decimal
    key: str
    reverses_id: int | None
    date: str


def fingerprint(secret: bytes) -> str:
    """A public name for a secret key: eight characters that do not reveal it."""
    return hashlib.sha256(b"loyalty-club-chain:" + secret).hexdigest()[:8]


def seal(secret: bytes, previous: str, fact: Fact) -> str:
    """Seal one entry onto the chain.

    :param secret: the chain's secret key.
    :param previous: seal of the wallet's entry before, ``""`` for the first one.
    :returns: 64 hexadecimal characters.

    >>> fact = Fact(1, 1, "earn", Decimal(5), Decimal(5), "k", None, "2025-01-01 00:00:00")
    >>> seal(b"a", "", fact) == seal(b"a", "", fact._replace(amount=Decimal("5.000")))
    True
    >>> seal(b"a", "", fact) == seal(b"a", "", fact._replace(amount=Decimal(6)))
    False
    """
    text = "\x1f".join(
        (
            str(fact.wallet_id),
            str(fact.seq),
            fact.kind,
            str(fact.amount.quantize(_SCALE)),
            str(fact.balance_after.quantize(_SCALE)),
            fact.key,
            str(fact.reverses_id or ""),
            fact.date,
            previous,
        )
    )
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
