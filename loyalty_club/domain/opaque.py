"""Numbers that travel in an address: nobody reads them, makes up others, or changes one.

The tag is an HMAC of the numbers; the numbers are hidden by a stream that the tag decides. Equal
numbers give equal tokens, so nothing has to be stored.
"""

import binascii
import hashlib
import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode

TAG_BYTES = 16  # 128 bits: guessing is hopeless, so tries need not be counted


def seal(secret: bytes, *numbers: int) -> str:
    """Return the token of `numbers`, each from 0 to 2**32 - 1, in letters that addresses bear.

    >>> token = seal(b"key", 7, 42, 1)
    >>> len(token), unseal(b"key", token, 3)
    (38, (7, 42, 1))
    """
    plain = struct.pack(f">{len(numbers)}I", *numbers)
    tag = _mac(secret, b"tag", plain)[:TAG_BYTES]
    return urlsafe_b64encode(tag + _hidden(secret, tag, plain)).rstrip(b"=").decode()


def unseal(secret: bytes, token: str, count: int) -> tuple[int, ...] | None:
    """Return the `count` numbers of a token, or None if `secret` never made it.

    >>> unseal(b"key", seal(b"other key", 7), 1) is None, unseal(b"key", "nonsense", 1) is None
    (True, True)
    """
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (ValueError, binascii.Error):
        return None
    if len(raw) != TAG_BYTES + 4 * count:
        return None
    tag, hidden = raw[:TAG_BYTES], raw[TAG_BYTES:]
    plain = _hidden(secret, tag, hidden)
    if not hmac.compare_digest(_mac(secret, b"tag", plain)[:TAG_BYTES], tag):
        return None
    numbers = struct.unpack(f">{count}I", plain)
    # One token is written in one way: base64 would allow others at its end.
    return numbers if hmac.compare_digest(seal(secret, *numbers), token) else None


def _hidden(secret: bytes, tag: bytes, text: bytes) -> bytes:
    """Hide, or show again, up to 32 bytes."""
    stream = _mac(secret, b"stream", tag)
    return bytes(one ^ other for one, other in zip(text, stream, strict=False))


def _mac(secret: bytes, use: bytes, text: bytes) -> bytes:
    return hmac.new(secret, use + b"\0" + text, hashlib.sha256).digest()
