"""A till as the server knows it: a logged-in cashier who sends orders over HTTP."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests

PATIENCE = 60  # seconds for one answer


@dataclass(frozen=True)
class Answer:
    """What the server said to one call."""

    status: int
    result: object
    error: str  # the exception's name; empty when all went well
    message: str  # what the cashier reads
    seconds: float

    @property
    def accepted(self):
        """Whether the call did what it was asked to do."""
        return self.status == 200 and not self.error

    @property
    def refused_clearly(self):
        """Whether it was refused with words for a person, not with a breakdown."""
        known = ("UserError", "AccessError", "ValidationError")
        return self.status == 200 and self.error.endswith(known) and len(self.message) > 20


class Till:
    """One session of one cashier, kept open as a browser keeps it.

    :param facts: what `Shop.till` says about the till.
    """

    def __init__(self, url, database, facts):
        self.url = url
        self.facts = facts
        self.database = database
        self.http = requests.Session()
        answer = self.log_in()
        assert answer.accepted, f"{facts['login']} cannot log in: {answer.message}"
        assert answer.result["uid"] == facts["user_id"]

    def log_in(self):
        """Sign the cashier in, at the start or after the server forgot the session."""
        login = self.facts["login"]
        # A line cut within a cookie leaves one behind that goes for some addresses only.
        self.http.cookies.clear()
        return self.post(
            "/web/session/authenticate",
            {"db": self.database, "login": login, "password": login},
        )

    def call(self, model, method, *arguments, **keywords):
        """Call a model's method as the web client does."""
        parameters = {"model": model, "method": method, "args": arguments, "kwargs": keywords}
        return self.post(f"/web/dataset/call_kw/{model}/{method}", parameters)

    def sync(self, order):
        """Send a paid order."""
        return self.call("pos.order", "sync_from_ui", [order])

    def post(self, path, parameters):
        """Call a JSON-RPC route."""
        start = time.perf_counter()
        body = {"jsonrpc": "2.0", "method": "call", "params": parameters}
        response = self.http.post(f"{self.url}{path}", json=body, timeout=PATIENCE)
        seconds = time.perf_counter() - start
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        reply = response.json() if is_json else {"error": {"message": response.text[:200]}}
        error = reply.get("error") or {}
        data = error.get("data") or {}
        return Answer(
            response.status_code,
            reply.get("result"),
            data.get("name") or (error and "no exception named") or "",
            data.get("message") or error.get("message") or "",
            seconds,
        )


class Together:
    """Makes calls at the same moment, each in a thread of its own."""

    def __init__(self, number):
        self.pool = ThreadPoolExecutor(number)
        self.barrier = threading.Barrier(number)

    def __call__(self, calls):
        """The answers of as many calls as there are threads, in their order.

        :param calls: iterable of functions without arguments.
        """
        futures = [self.pool.submit(self._released, call) for call in calls]
        return [future.result() for future in futures]

    def _released(self, call):
        self.barrier.wait(PATIENCE)
        return call()
