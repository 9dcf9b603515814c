"""A server with two workers on a database of its own, its tills, its members and its judge."""

import contextlib
import json
from functools import partial
from pathlib import Path

from clubtool import testing
from clubtool.system import CommandFailed

from ..support.books import Books
from ..support.till import Till, Together
from .judge import Judge, audit_verdict
from .load import Client, Load

FOLDER = Path(__file__).parent
AUDIT = Path(testing.__file__).parent / "inside" / "audit.py"
CREDIT, POINTS = 100, 1000  # what each member has, see prepare.py
TILLS = 8


class World:
    """What the parts of the harness work with.

    :param server: :class:`clubtool.servers.Server`, running.
    :param shop: what prepare.py printed.
    :param unused: members whom no part has used yet; parts take theirs from it.
    :param cluster: where the database is, when it is not with the others.
    """

    def __init__(self, server, shop, unused, cluster=None):
        self.server = server
        self.shop = shop
        self.unused = unused
        self.cluster = cluster
        self.open_books()
        self.clients = [Client(self.log_in(facts)) for facts in shop["tills"]]
        self.warm()

    def open_books(self):
        """Connect to the database, anew after it crashed."""
        self.books = Books(testing.connect_kwargs(self.server.database, self.cluster))
        self.judge = Judge(self.books)

    def log_in(self, facts, url=None):
        """A session of a till's cashier."""
        return Till(url or self.server.url, self.server.database, facts)

    def warm(self):
        """Let each worker load what it needs at its first call: not in a race."""
        calls = [
            partial(client.till.call, "res.users", "has_group", client.till.facts["user_id"], group)
            for client, group in zip(self.clients, ["base.group_user"] * TILLS, strict=True)
        ]
        Together(TILLS)(calls)

    def members(self, number):
        """Members whom nobody has used yet."""
        taken = self.unused[:number]
        assert len(taken) == number, "prepare.py made too few members for this plan"
        del self.unused[:number]
        return taken

    def last_entry(self):
        """Id of the ledger's last entry."""
        return self.books.value("SELECT MAX(id) FROM loyalty_club_entry")

    def entry_ids(self, keys):
        """Ids of the entries with these keys."""
        return dict(
            self.books.rows(
                "SELECT idempotency_key, id FROM loyalty_club_entry"
                " WHERE idempotency_key = ANY(%s)",
                list(keys),
            )
        )

    def restart(self):
        """End the server as a power cut does, and start it again."""
        self.server.kill()
        self.server.start()
        self.server.wait_until_ready()
        self.warm()

    def deadlocks(self):
        """How often transactions of this database waited for each other for ever.

        PostgreSQL counts them with a delay, Odoo logs those that it does not expect.
        """
        counted = self.books.value(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        logged = self.server.log.read_text(errors="replace").count("deadlock detected")
        return max(counted, logged)

    def ring(self):
        """Three members who can sign in, and whom nobody has used yet."""
        return self.shop["rings"].pop()

    def member_client(self, member):
        """A session of a member."""
        return Client(self.log_in(member))

    def load(self, habits, seed, clients=None):
        """Clients at work; see :class:`Load`."""
        return Load(clients or self.clients, habits, seed)

    def audit(self):
        """What the ledger's own audit finds."""
        options = [testing.cluster_option(self.cluster)] if self.cluster else []
        try:
            report = testing.databases().inside(self.server.database, AUDIT, *options)
        except CommandFailed as failure:  # it ends with an error when there are faults
            report = failure.output
        return audit_verdict(report)


class Stage:
    """One database with a shop, and the worlds that parts want of it, one at a time.

    ``plain``     the server as it is sold, with workers that run crons
    ``crashable`` the same with the database in a cluster that may be crashed
    ``mutated``   a server with bugs that can be switched on, see mutants.py
    """

    def __init__(self, label, members):
        self.name = testing.copy_database(label)
        self.running = contextlib.ExitStack()
        self.kind = self.current = None
        words = {"FAULT_MEMBERS": str(members)}
        output = testing.databases().inside(self.name, FOLDER / "prepare.py", environment=words)
        (line,) = [line for line in output.splitlines() if line.startswith("storm: ")]
        self.shop = json.loads(line.removeprefix("storm: "))
        self.unused = list(self.shop["members"])

    def world(self, kind):
        """The world of this kind; the one before it ends."""
        if kind != self.kind:
            self.running.close()
            self.current = self.running.enter_context(getattr(self, f"_{kind}")())
            self.kind = kind
        return self.current

    def close(self):
        """End what runs and drop the database."""
        self.running.close()
        testing.drop_database(self.name)

    @contextlib.contextmanager
    def _plain(self, *options, crons=2, cluster=None):
        options = [f"--max-cron-threads={crons}", *options]
        with testing.start_server(self.name, workers=2, options=options) as server:
            world = World(server, self.shop, self.unused, cluster)
            yield world
            world.books.close()

    @contextlib.contextmanager
    def _crashable(self):
        with testing.private_cluster(self.name) as cluster:
            option = testing.cluster_option(cluster)
            with self._plain(option, crons=0, cluster=cluster) as world:
                yield world

    @contextlib.contextmanager
    def _mutated(self):
        addons = ",".join([*testing.addons_path(), str(FOLDER / "planted")])
        load = "base,rpc,web,fault_mutants"
        with self._plain(f"--addons-path={addons}", f"--load={load}") as world:
            yield world
