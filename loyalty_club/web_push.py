"""Notifications to browsers (RFC 8030, 8188, 8291, 8292): what is sent, to whom and how.

The protocol's arithmetic is Odoo's own. Apart from it stand the club's rules: where a browser may
ask us to send to, a key that never enters the database, and messages that wait for a telephone
that is switched off.
"""

import base64
import binascii
import functools
import hashlib
import json
from typing import NamedTuple
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from odoo.addons.mail.tools import jwt
from odoo.addons.mail.tools.web_push import _encrypt_payload

from . import keyring
from .domain.codes import InputError
from .public_http import PublicSession

LONGEST_ENDPOINT = 1000
_LONGEST_PAYLOAD = 3000  # bytes; push services refuse records of more than 4096
_LONGEST_KEY = 200
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve P-256
_TOKEN_LIFE = 12 * 3600  # seconds; push services accept a day at most
_TAKEN = (200, 201, 202)
_GONE = (404, 410)


class PushKeys(NamedTuple):
    """The pair by which push services know this club's server, as browsers and tokens write it."""

    private: str
    public: str


class Subscription(NamedTuple):
    """Where a browser is reached and how its messages are sealed."""

    endpoint: str
    p256dh: str
    auth: str


def push_keys(database):
    """The pair of ``database``, from a secret that is kept outside of it.

    A copy of the database on another server has another pair, so that trying something there
    reaches nobody's telephone.

    :raises OSError: when the secret can be neither read nor made.
    """
    return _pair(keyring.secret(database, "push"))


@functools.cache
def _pair(secret):
    number = int.from_bytes(secret) % (_ORDER - 1) + 1
    key = ec.derive_private_key(number, ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return PushKeys(_write(number.to_bytes(32)), _write(public))


def key_mark(key):
    """Short name of a public key, or of an endpoint: says nothing of it."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def read_subscription(endpoint, p256dh, auth):
    """What a browser handed over, checked as far as it can be without the network.

    :raises InputError: ``endpoint`` for an address that is none of a push service, ``keys`` for
        keys that seal nothing.
    """
    if not _is_endpoint(endpoint):
        raise InputError("endpoint", endpoint)
    try:
        point, salt = _read(p256dh), _read(auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (ValueError, binascii.Error) as error:
        raise InputError("keys", p256dh) from error
    if len(point) != 65 or len(salt) != 16:
        raise InputError("keys", p256dh)
    return Subscription(endpoint, _write(point), _write(salt))


def _is_endpoint(text):
    """An https address on the usual port, of a host with a name that is not the house's own."""
    if not text or len(text) > LONGEST_ENDPOINT or not text.isascii() or not text.isprintable():
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").rstrip(".")
    return (
        parts.scheme == "https"
        and port in (None, 443)
        and "@" not in parts.netloc
        and "\\" not in text
        and " " not in text
        and "." in host
        # Addresses in numbers are no names; those of the house have no business here.
        and not host.rpartition(".")[2].isdecimal()
        and not host.rpartition(".")[2].startswith("0x")
        and not host.endswith((".localhost", ".local", ".internal", ".invalid", ".home.arpa"))
        and len(host) <= 253
    )


def _read(text):
    if not text or len(text) > _LONGEST_KEY:
        raise ValueError("no key")
    return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def _write(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def payload_of(title, body, **facts):
    """A notification as the worker in the browser reads it; a long text is shortened."""
    while True:
        text = json.dumps({"title": title, "body": body, **facts}, ensure_ascii=False)
        surplus = len(text.encode()) - _LONGEST_PAYLOAD
        if surplus <= 0 or not body:
            return text
        body = body[: -(surplus // 4 + 2)].rstrip() + "…" if len(body) > 3 else ""


class PushSender:
    """Sends notifications, one after the other.

    :param keys: :class:`PushKeys`.
    :param contact: address of this site: push services ask whom to turn to.
    :param session: what speaks to the network.
    """

    def __init__(self, keys, contact, session=None):
        self.keys = keys
        self.contact = contact
        self.session = session or PublicSession()

    def send(self, subscription, payload, seconds):
        """Hand a notification to the push service of one browser.

        :param payload: text, see :func:`payload_of`.
        :param seconds: how long it waits for a device that is switched off.
        :returns: ``taken``, ``gone`` (the browser is reached there no more) or ``failed``.
        """
        parts = urlsplit(subscription.endpoint)
        claims = {"aud": f"{parts.scheme}://{parts.netloc}", "sub": self.contact}
        token = jwt.sign(claims, self.keys.private, _TOKEN_LIFE, jwt.Algorithm.ES256)
        headers = {
            "Authorization": f"vapid t={token}, k={self.keys.public}",
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(seconds),
            "Urgency": "normal",
        }
        keys = json.dumps({"p256dh": subscription.p256dh, "auth": subscription.auth})
        sealed = _encrypt_payload(payload.encode(), {"keys": keys})
        try:
            status = self.session.post_only(subscription.endpoint, headers, sealed)
        except requests.RequestException:
            return "failed"
        if status in _TAKEN:
            return "taken"
        return "gone" if status in _GONE else "failed"
