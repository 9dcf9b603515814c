"""Nonsense of all sorts at every door: nothing breaks, and nothing is moved without a right.

Who asks is nobody, somebody without a membership, or a member with empty wallets: whatever they
send, the ledger is afterwards what it was before.
"""

import json
import random
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote_plus

from .corpus import BODIES, MEDIA, METHODS, TEXTS, VALUES
from .visitor import FORM, JSON, Visitor, in_path

REQUESTS, FEW, THREADS = 10_000, 500, 4
TOKEN_LASTS = 40  # requests after which a session's token is read anew
# Odoo itself breaks on other addresses, before any door is reached.
IN_ADDRESS = [text for text in TEXTS if "\0" not in text and "\ud800" not in text]
TRACES = ("Traceback (most recent call last)", "psycopg2.errors", "werkzeug.exceptions.Internal")
# What a person is told in words; other exceptions are defects.
TOLD = re.compile(
    r"odoo\.exceptions\.|odoo\.http\.SessionExpired|werkzeug\.exceptions\.(NotFound|Forbidden|BadRe)"
)
# Records of the log, werkzeug's own left out: those are requests that reach no door.
BROKEN = re.compile(
    r"^\S+ \S+ \d+ (?:ERROR|CRITICAL) \S+ (?!werkzeug).*?(?=^\d{4}-|\Z)", re.MULTILINE | re.DOTALL
)
SHOWN = 1200  # characters of a record, from its end
LEDGER = """
    SELECT json_build_array(
        (SELECT COUNT(*) FROM loyalty_club_entry),
        (SELECT COALESCE(SUM(amount), 0)::text FROM loyalty_club_entry),
        (SELECT COALESCE(SUM(balance), 0)::text FROM loyalty_club_wallet),
        (SELECT COALESCE(SUM(held), 0)::text FROM loyalty_club_wallet),
        (SELECT COALESCE(SUM(remaining), 0)::text FROM loyalty_club_lot),
        (SELECT COUNT(*) FROM loyalty_club_hold),
        (SELECT COUNT(*) FROM loyalty_club_reward_claim),
        (SELECT COUNT(*) FROM loyalty_club_purchase),
        (SELECT COUNT(*) FROM loyalty_club_member),
        (SELECT COALESCE(SUM(points), 0)::text FROM loyalty_card),
        (SELECT COUNT(*) FROM res_users),
        (SELECT md5(string_agg(gid || '-' || uid, ',' ORDER BY gid, uid))
           FROM res_groups_users_rel))"""


class Fuzzer:
    """One thread's requests.

    :param stage: :class:`tests.portal.stage.Stage`.
    :param seed: decides everything that is sent.
    """

    def __init__(self, stage, doors, seed):
        self.stage = stage
        self.doors = doors
        self.rng = random.Random(seed)
        logins = (None, stage.shop["other"]["login"], stage.shop["nobody"]["login"])
        self.visitors = [Visitor(stage.server, login) for login in logins]
        self.sent = 0
        self.wrong = []
        self.statuses = {}
        self.waited = []

    def run(self, count):
        """Send so many requests."""
        for _number in range(count):
            self.one()

    def one(self):
        """Send one request and judge the answer."""
        door = self.rng.choice(self.doors)
        visitor = self.who(door)
        if not visitor.login:  # visitors come from everywhere
            visitor.network = f"10.{self.rng.randrange(250)}.{self.rng.randrange(250)}.7"
        if self.sent % TOKEN_LASTS == 0:
            for each in self.visitors:
                each.take_token()
        self.sent += 1
        method, address, body, media = self.request(visitor, door)
        answer = visitor.send(method, address, body, media)
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        self.waited.append(answer.seconds)
        if fault := self.fault(answer):
            who, shown = visitor.login or "a visitor", (body or b"")[:300]
            self.wrong.append(f"{fault} by {who}: {method} {address[:300]} {media} {shown}")

    def who(self, door):
        """Whoever asks: few visitors where they are but sent to the login."""
        shut = door.auth == "user" and self.rng.random() < 0.8
        return self.rng.choice(self.visitors[1:] if shut else self.visitors)

    def request(self, visitor, door):
        """Method, address, body and media type of one request."""
        rng = self.rng
        values = {name: self.value(door, name) for name in door.parameters}
        address = door.path(values, in_path)
        method = rng.choice(door.methods) if rng.random() < 0.93 else rng.choice(METHODS)
        if door.type == "http" and rng.random() < 0.05:
            return method, address, rng.choice(BODIES), rng.choice(MEDIA)
        fields = {name: values[name] for name in door.names if rng.random() < 0.9}
        if rng.random() < 0.15:
            fields[rng.choice(("id", "uid", "context", "lang", "member", "error"))] = self.odd()
        if door.type == "jsonrpc":
            return method, address, _json(fields), JSON
        pairs = [(name, _text(value)) for name, value in fields.items()]
        if rng.random() < 0.05:
            pairs += pairs
        if method in ("GET", "HEAD"):
            return method, _with_query(address, pairs), None, None
        if rng.random() < 0.9:
            pairs.append(("csrf_token", visitor.token))
        return method, address, _form(pairs), FORM

    def value(self, door, name):
        """A value for a parameter: what belongs there, somebody else's, or nonsense."""
        chance = self.rng.random()
        sort = door.records.get(name)
        if chance < 0.45:
            if not sort:
                return self.stage.plain[name]
            return self.stage.other.values[sort]
        if chance < 0.6 and sort:
            return self.stage.victim.values[sort]
        if f"<int:{name}>" in door.address and chance < 0.95:
            return self.rng.choice((0, 1, 2**31 - 1, 2**31, 2**63, 10**30, 987654321))
        if name in door.arguments:
            return self.rng.choice(IN_ADDRESS)
        return self.odd() if door.type == "jsonrpc" else self.rng.choice(TEXTS)

    def odd(self):
        """A text or what else JSON can say."""
        return self.rng.choice(TEXTS + VALUES)

    def fault(self, answer):
        """What is wrong with an answer, or an empty text."""
        if answer.status >= 500:
            return f"status {answer.status}"
        if answer.error:
            known = TOLD.search(answer.exception) or answer.error.get("code") in (100, 404)
            return "" if known else f"error {answer.exception or answer.error.get('message')}"
        return next((f"“{trace}” on a page" for trace in TRACES if trace in answer.text), "")


def run(stage, figures, short):
    """Send nonsense in several threads, and compare the books before and after.

    :param stage: :class:`tests.portal.stage.Stage`.
    :param figures: :class:`tests.portal.figures.Figures`, filled in here.
    """
    throw(stage, figures, FEW if short else REQUESTS)


def throw(stage, figures, count, doors=None):
    """Send so many requests.

    :param doors: at which; at all of them, when left out.
    """
    books, victim = stage.books.value(LEDGER), stage.victim.state()
    logged = stage.server.log.stat().st_size
    fuzzers = [
        Fuzzer(stage, doors or stage.doors, f"{figures.seed}:{number}") for number in range(THREADS)
    ]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda fuzzer: fuzzer.run(count // THREADS), fuzzers))
    for fuzzer in fuzzers:
        figures.rounds += fuzzer.sent
        figures.wrong += fuzzer.wrong
        figures.waited += fuzzer.waited
        for status, number in fuzzer.statuses.items():
            figures.notes[status] = figures.notes.get(status, 0) + number
    figures.notes = dict(sorted(figures.notes.items(), key=str))
    now = stage.books.value(LEDGER)
    figures.demand(now == books, f"the ledger changed from {books} to {now}")
    changed = {name for name, rows in stage.victim.state().items() if victim.get(name) != rows}
    figures.demand(not changed, f"{sorted(changed)} of another member's changed")
    figures.wrong += [f"logged: …{record[-SHOWN:]}" for record in _broken(stage, logged)[:20]]


def _broken(stage, start):
    """What the server has logged as broken since then."""
    with stage.server.log.open(errors="replace") as log:
        log.seek(start)
        return BROKEN.findall(log.read())


def _text(value):
    return value if isinstance(value, str) else json.dumps(value)


def _quoted(text):
    return quote_plus(text, errors="surrogatepass")


def _form(pairs):
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs).encode()


def _with_query(address, pairs):
    query = _form((name, value[:4000]) for name, value in pairs).decode()
    return f"{address}?{query}" if query else address


def _json(fields):
    return json.dumps({"jsonrpc": "2.0", "method": "call", "params": fields}).encode()
