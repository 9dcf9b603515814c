"""Somebody on the web: a session of her own over one connection that is kept open."""

import http.client
import json
import re
import secrets
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import quote, urlencode

PATIENCE = 120  # seconds for one answer
TOKEN = re.compile(r"[0-9a-f]{40}o[0-9]+")
# What differs from answer to answer and says nothing: tokens, request keys, file versions.
CHANCE = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\b[0-9a-f]{32,}(?:o[0-9]+)?\b")
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said.

    :param leads_to: where it sends the browser, if anywhere.
    """

    status: int
    leads_to: str
    media: str
    text: str
    seconds: float

    @property
    def said(self):
        """All that could tell one answer from another."""
        return self.status, CHANCE.sub("#", self.leads_to), CHANCE.sub("#", self.text)

    @property
    def error(self):
        """The error of an answer to JSON-RPC: a dict, empty when all went well."""
        if not self.media.startswith(JSON):
            return {}
        try:
            reply = json.loads(self.text)
        except ValueError:
            return {}
        error = reply.get("error") if isinstance(reply, dict) else None
        return error if isinstance(error, dict) else {}

    @property
    def exception(self):
        """Name of the exception that such an answer tells of."""
        return (self.error.get("data") or {}).get("name", "")


class Visitor:
    """One person's session.

    :param server: :class:`clubtool.servers.Server`, running.
    :param login: of somebody whose password is the login; nobody's when left out.
    :param network: address from which she comes, as the server's proxy tells it.
    """

    def __init__(self, server, login=None, network=None):
        self.server = server
        self.login = login
        self.network = network or f"10.{secrets.randbelow(200)}.{secrets.randbelow(250)}.1"
        self.cookies = {}
        self.connection = None
        self.token = ""
        if login:
            words = {"db": server.database, "login": login, "password": login}
            answer = self.call("/web/session/authenticate", words)
            assert not answer.error, f"{login} cannot sign in: {answer.text[:300]}"

    def get(self, address):
        """Read a page."""
        return self.send("GET", address)

    def post(self, address, token=True, **fields):
        """Send a form, with the token against forged forms unless told otherwise."""
        if token and not self.token:
            self.take_token()
        body = urlencode({"csrf_token": self.token, **fields} if token else fields)
        return self.send("POST", address, body, FORM)

    def call(self, address, parameters):
        """Call a JSON-RPC door."""
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": parameters})
        return self.send("POST", address, body, JSON)

    def take_token(self):
        """Read the session's token off a page."""
        address = "/my/account" if self.login else "/web/login"
        found = TOKEN.search(self.send("GET", address).text)
        self.token = found[0] if found else ""

    def send(self, method, address, body=None, media=None):
        """Send one request; once more when the server had closed the kept connection."""
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-Forwarded-For": self.network,
            "X-Forwarded-Host": f"127.0.0.1:{self.server.port}",
            "X-Forwarded-Proto": "http",
        }
        if media:
            headers["Content-Type"] = media
        if isinstance(body, str):
            body = body.encode("utf-8", "surrogatepass")
        start = time.perf_counter()
        for last in (False, True):
            try:
                return self._exchange(method, address, body, headers, start)
            except (http.client.HTTPException, OSError):
                self.connection = None
                if last:
                    raise
        return None

    def _exchange(self, method, address, body, headers, start):
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                "127.0.0.1", self.server.port, timeout=PATIENCE
            )
        self.connection.request(method, address, body, headers)
        response = self.connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        for line in response.msg.get_all("Set-Cookie") or ():
            for name, cookie in SimpleCookie(line).items():
                if cookie["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = cookie.value
        leads_to = response.headers.get("Location", "")
        media = response.headers.get("Content-Type", "")
        seconds = time.perf_counter() - start
        return Answer(response.status, leads_to, media, text, seconds)


def in_path(value):
    """A value as a part of an address."""
    return quote(str(value), safe="", errors="surrogatepass")
