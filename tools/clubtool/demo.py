"""`make demo` and `make stop`: the club with sample data on 127.0.0.1."""

import contextlib
import json
import os
import signal
import time
from pathlib import Path

from . import addons, postgres, servers
from .console import Failure, say, step
from .databases import Databases
from .installation import prepare
from .paths import REPO, clone_dir, clone_id, locked

# The demo data makes these users; the password is the login.
LOGINS = [
    ("manager", "runs the club: terms, balances, imports, reports"),
    ("marketer", "members, purchases and their RFM values"),
    ("cashier", "sells at the till: Point of Sale, then open a register"),
    ("member", "a customer: opens the portal at /my"),
    ("admin", "Odoo's administrator: settings and apps"),
]
HOOK = REPO / "tools" / "demo.py"


def database_name():
    """The demo database of this clone."""
    return f"club_demo_{clone_id()}"


def show():
    """Bring up the demo; what is there already and still right is kept."""
    with locked(f"demo_{clone_id()}"):
        state = State()
        port = _port(state)
        _refuse_taken_port(port, state)
        databases = Databases(prepare())
        wanted = addons.content_hash()
        fresh = not state.usable(databases)
        if fresh or state.hash != wanted:
            end_server(state)
            (_build if fresh else _update)(databases, state, wanted)
        if state.alive() and state.port != port:
            end_server(state)
        if not state.alive():
            _start(databases.installation, state, port)
    _introduce(state.port)


class State:
    """What this clone remembers about its demo, in a file."""

    def __init__(self):
        self.file = clone_dir() / "demo.json"
        self.base = self.hash = self.started = None
        self.addons = []
        self.pid = self.port = 0
        with contextlib.suppress(FileNotFoundError, ValueError):
            self.__dict__.update(json.loads(self.file.read_text()))

    def save(self):
        """Write it down."""
        kept = {name: value for name, value in self.__dict__.items() if name != "file"}
        self.file.write_text(json.dumps(kept, indent=2))

    def usable(self, databases):
        """Whether the database is there, complete, and made from the template that is right now."""
        if os.environ.get("FRESH"):
            return False
        return self.base == databases.base() and databases.exists(database_name())

    def alive(self):
        """Whether the server that this clone started still runs."""
        # A process id alone may belong to somebody else by now; the start time tells.
        return bool(self.pid) and _start_time(self.pid) == self.started


def _start_time(pid):
    """When a process started, in the kernel's ticks; None when there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def _port(state):
    given = os.environ.get("PORT") or (str(state.port) if state.alive() else "8069")
    if not given.isdigit() or not 1024 <= int(given) <= 65535:
        raise Failure(f"PORT={given} is not a port from 1024 to 65535.", "make demo PORT=8070")
    return int(given)


def _refuse_taken_port(port, state):
    if servers.port_taken(port) and not (state.alive() and state.port == port):
        raise Failure(
            f"Port {port} on 127.0.0.1 is in use by another program.",
            f"Choose another one: make demo PORT={port + 1}",
        )


def _build(databases, state, wanted):
    """The demo database from the template: our addons, Persian, and the sample club."""
    name, base = database_name(), databases.base()
    if state.base and state.base != base:
        say("  Odoo or its packages have changed: the demo is made anew.")
    state.base = None
    state.save()
    with step("demo database (about 2 minutes, once)"):
        databases.drop(name)
        databases.copy(base, name, durable=True)
        if addons.names():
            databases.install(name, addons.names(), "--with-demo", "--load-language=fa_IR")
        if HOOK.exists():
            databases.inside(name, HOOK)
    state.base, state.hash, state.addons = base, wanted, addons.names()
    state.save()


def _update(databases, state, wanted):
    """Bring the addons' changes into the demo database; what was done in it stays."""
    known = [name for name in addons.names() if name in state.addons]
    new = [name for name in addons.names() if name not in state.addons]
    with step("demo database: the addons have changed, updating"):
        if new:
            databases.install(database_name(), new, "--with-demo")
        if known:
            databases.update(database_name(), known)
    state.hash, state.addons = wanted, addons.names()
    state.save()


def _start(installation, state, port):
    log = clone_dir() / "logs" / "demo.log"
    log.unlink(missing_ok=True)
    with step(f"starting Odoo on port {port}"):
        # Threads, not workers: with workers the pages' live connection (the till's, the chat's)
        # needs a proxy in front, and the demo should not.
        options = ["--max-cron-threads=1", f"--db-filter=^{database_name()}$"]
        server = servers.start(installation, database_name(), log=log, port=port, options=options)
        state.pid, state.port, state.started = server.pid, port, _start_time(server.pid)
        state.save()
        try:
            server.wait_until_ready()
        except BaseException:
            server.stop()
            raise


def _introduce(port):
    say(f"\nThe customer club runs at http://{servers.HOST}:{port}\n")
    say("  log in as    (the password is the login)")
    for login, purpose in LOGINS:
        say(f"  {login:<12} {purpose}")
    say(
        "\nClick first: log in as manager and open the app Customer Club (باشگاه مشتریان);\n"
        "then log in as cashier, open Point of Sale and sell something to a member.\n"
        f"\nEnd it with: make stop        Its log: {clone_dir() / 'logs' / 'demo.log'}"
    )


def stop():
    """End this clone's demo, and the database server when nobody else uses it."""
    state = State()
    end_server(state)
    cluster = postgres.existing()
    if cluster and cluster.running():
        others = cluster.psql(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        if others == [["0"]]:
            with step("stopping PostgreSQL"):
                cluster.stop()
        else:
            say("  PostgreSQL stays: other programs of yours are connected to it.")
    say("stopped")


def end_server(state):
    """End the server that the state remembers, if it still runs."""
    if not state.alive():
        return
    with step("stopping Odoo"):
        os.killpg(state.pid, signal.SIGTERM)
        deadline = time.monotonic() + 30
        while state.alive() and time.monotonic() < deadline:
            time.sleep(0.1)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(state.pid, signal.SIGKILL)
    state.pid = 0
    state.save()
