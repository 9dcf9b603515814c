"""A visitor who types codes into the public page, over one connection kept open."""

import http.client
import re
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

PAGE = "/loyalty_club/card"
# What differs from answer to answer and says nothing: the token against forged forms.
TOKEN = re.compile(rb"[0-9a-f]{40}o[0-9]+")


@dataclass(frozen=True, slots=True)
class Told:
    """What the page said to one code."""

    status: int
    leads_to: str  # where the answer sends the browser, if anywhere
    text: bytes
    seconds: float

    @property
    def said(self):
        """All that could tell one answer from another, but for its time."""
        return self.status, self.leads_to, self.text


class Guesser:
    """One visitor's session.

    :param port: of the server on loopback.
    """

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies = {}
        self.token = TOKEN.search(self._ask("GET")[-1])[0].decode()

    def told(self, code):
        """Type one code; what the page says."""
        start = time.perf_counter()
        body = urlencode({"csrf_token": self.token, "code": code})
        status, leads_to, page = self._ask("POST", body)
        return Told(status, leads_to, TOKEN.sub(b"", page), time.perf_counter() - start)

    def read(self, address):
        """The page at an address to which an answer led."""
        return self._ask("GET", address=address)[-1].decode()

    def _ask(self, method, body=None, address=PAGE):
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, address, body, headers)
        response = self.connection.getresponse()
        page = response.read()
        for line in response.msg.get_all("Set-Cookie") or ():
            cookies = SimpleCookie(line)
            self.cookies |= {name: cookie.value for name, cookie in cookies.items()}
        return response.status, response.headers.get("Location", ""), page
