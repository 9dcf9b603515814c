"""A push service on this computer, as browsers choose it: it decrypts what it is sent."""

import base64
import json
import ssl
import struct
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HOST = "push.test"


def letters(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def data_of(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point(key):
    """A public key as browsers write it."""
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


class FakeBrowser:
    """One browser's half of RFC 8291, written from the RFC: its keys, and how it reads."""

    def __init__(self, name="one"):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.salt = b"0123456789abcdef"
        self.endpoint = f"https://{HOST}/send/{name}"
        self.p256dh = letters(point(self.key.public_key()))
        self.auth = letters(self.salt)

    @property
    def words(self):
        return {"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": self.auth}

    def open_message(self, body):
        """What a message says."""
        salt, size, length = body[:16], *struct.unpack("!LB", body[16:21])
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        if not sealed or len(sealed) > size:
            raise ValueError("the message is no single record")
        other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        info = b"WebPush: info\0" + point(self.key.public_key()) + sender
        shared = self._derive(self.key.exchange(ec.ECDH(), other), self.salt, info, 32)
        key = self._derive(shared, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = self._derive(shared, salt, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        return plain.rstrip(b"\0").removesuffix(b"\2").decode()

    def _derive(self, material, salt, info, length):
        return HKDF(hashes.SHA256(), length, salt, info).derive(material)


class PushService:
    """Answers on loopback over TLS, with a certificate of its own, and keeps what came.

    :ivar came: list of (path, headers, body).
    :ivar answers: dict of path to the status that is answered; 201 when left out.
    """

    def __init__(self):
        self.came, self.answers = [], {}
        self._folder = TemporaryDirectory()
        self.trust = f"{self._folder.name}/service.pem"
        self._certify()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.came.append((self.path, dict(self.headers), body))
                self.send_response(service.answers.get(self.path, 201))
                self.send_header("Location", "https://169.254.169.254/")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.trust)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self._thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self._thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()
        self._folder.cleanup()

    def claims(self, headers, public):
        """The claims of a message's token, if the holder of ``public`` has signed them."""
        scheme, _blank, rest = headers["Authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        if scheme != "vapid" or parts["k"] != public:
            raise ValueError("the message names another sender")
        signed, _dot, signature = parts["t"].rpartition(".")
        r, s = data_of(signature)[:32], data_of(signature)[32:]
        seal = utils.encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data_of(public))
        key.verify(seal, signed.encode(), ec.ECDSA(hashes.SHA256()))
        return json.loads(data_of(signed.partition(".")[2]))

    def _certify(self):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
        now = datetime.now(timezone.utc)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        with open(self.trust, "wb") as file:
            file.write(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
            file.write(certificate.public_bytes(serialization.Encoding.PEM))
