"""What is kept of people so that a copy of the database does not tell it.

Values are sealed with AES-256-GCM (NIST SP 800-38D) under keys that lie in the keyring's
folder, outside the database. A sealed value names the key it was made with: the newest key
seals, every key opens, so keys can be changed while old values are still there. What must be
found again without being opened has a blind index beside it: an HMAC under a secret of its
own, which stays when the sealing key changes.
"""

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from . import keyring

_VERSION = "v1"
_NONCE_BYTES = 12
_INDEX_CHARS = 32


class VaultError(Exception):
    """A sealed value that does not open: its key is missing, or it was moved or altered."""


def seal(database, purpose, holder, text):
    """Seal ``text``; each call gives another result.

    :param database: name of the database whose keys are used.
    :param purpose: what it is, e.g. ``identity_code``.
    :param holder: whose it is, a text that never changes, e.g. the membership number. A value
        that was copied to another holder does not open there.
    :returns: ``v1.<key fingerprint>.<base64>``.
    :raises OSError: when the key can be neither read nor made.
    """
    mark, key = list(keyring.vault_keys(database).items())[-1]
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(nonce, text.encode(), _bound_to(purpose, holder))
    return f"{_VERSION}.{mark}.{base64.b64encode(sealed).decode()}"


def unseal(database, purpose, holder, sealed):
    """The text that :func:`seal` made ``sealed`` of.

    :raises VaultError: when its key is missing, or it is not this holder's.
    """
    version, mark, body = [*sealed.split(".", 2), "", ""][:3]
    key = keyring.vault_keys(database).get(mark)
    if version != _VERSION or key is None:
        raise VaultError(f"key {mark} is missing")
    try:
        raw = base64.b64decode(body, validate=True)
    except ValueError as error:
        raise VaultError("altered") from error
    nonce, ciphertext = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, _bound_to(purpose, holder)).decode()
    except (InvalidTag, ValueError) as error:
        raise VaultError("altered, or another holder's") from error


def blind(database, purpose, text):
    """Index by which an equal ``text`` is found again, and from which nobody tells it.

    :param purpose: texts of different purposes have nothing in common.
    :returns: 32 hexadecimal digits.
    :raises OSError: when the secret can be neither read nor made.
    """
    secret = keyring.secret(database, "blind")
    message = f"{purpose}\0{text}".encode()
    return hmac.new(secret, message, hashlib.sha256).hexdigest()[:_INDEX_CHARS]


def newest_mark(database):
    """What every value begins with that was sealed with the newest key."""
    return f"{_VERSION}.{list(keyring.vault_keys(database))[-1]}."


def _bound_to(purpose, holder):
    return f"{purpose}\0{holder}".encode()
