"""A private PostgreSQL cluster: its own folder and socket, no network port, no passwords.

It never touches a cluster of the machine's. PostgreSQL refuses to run as root, so root runs it
as the user `postgres` that Debian's package made. Whoever set it up, and nobody else on the
machine, may connect, through the socket (`peer` asks the kernel who is calling).
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import system
from .console import Failure, step
from .paths import digest, home, locked

ROLE = "odoo"  # owns the databases; may create databases, nothing more
ADMIN = "postgres"
OLDEST = 13  # what Odoo 19 asks for
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{socket}'
max_connections = 200
shared_buffers = 256MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
log_destination = stderr
"""


@dataclass
class Cluster:
    """The running cluster: how its programs are found and where it listens."""

    programs: Path
    folder: Path
    socket: Path

    def start(self):
        """Start it unless it is running; a pid file left by a crash doesn't matter."""
        if self._ready():
            return
        with step("starting PostgreSQL"):
            self._launch()

    def _launch(self):
        self.socket.mkdir(parents=True, exist_ok=True)
        _give_to_owner(self.socket)
        # Its own log file: a server that inherits our output would keep a pipe open for ever.
        command = ["pg_ctl", "start", "-w", "-t", "120", "-s", "-D", self.folder / "data"]
        result = self._as_owner(*command, "-l", self.folder / "server.log")
        if result.returncode and not self._ready():
            raise self._start_failure()

    def stop(self):
        """Stop it; connections that are open are ended."""
        self._as_owner("pg_ctl", "stop", "-w", "-m", "fast", "-s", "-D", self.folder / "data")

    def crash(self):
        """End it as a power cut would end its programs, and start it: it recovers from its log."""
        data = self.folder / "data"
        words = ["restart", "-w", "-t", "120", "-m", "immediate", "-s", "-D", data]
        result = self._as_owner("pg_ctl", *words, "-l", self.folder / "server.log")
        if result.returncode and not self._ready():
            raise self._start_failure()

    def remove(self):
        """Stop it and forget all that it holds."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.socket, ignore_errors=True)

    def running(self):
        """Whether a server answers on the socket."""
        return self._ready()

    def psql(self, sql, database="postgres", role=ADMIN):
        """Run SQL and return the rows as a list of lists of text."""
        ask = [self.programs / "psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1"]
        where = ["-h", self.socket, "-U", role, "-d", database]
        output = system.run([*ask, *where, "-c", sql]).stdout
        return [line.split("\t") for line in output.splitlines() if line]

    def _ready(self):
        probe = [self.programs / "pg_isready", "-q", "-h", self.socket]
        return not system.run(probe, check=False).returncode

    def _start_failure(self):
        log = self.folder / "server.log"
        end = log.read_text(errors="replace").splitlines()[-8:] if log.exists() else []
        return Failure(
            "PostgreSQL did not start. The end of its log:\n" + "\n".join(end),
            f"The whole log: {log}\n"
            f"If its folder is damaged, remove it and set up again: rm -r {self.folder}",
        )

    def _as_owner(self, program, *arguments):
        """Run one of PostgreSQL's programs as the user who owns the cluster."""
        words = [str(word) for word in (self.programs / program, *arguments)]
        if os.geteuid() == 0:
            words = ["setpriv", f"--reuid={ADMIN}", f"--regid={ADMIN}", "--init-groups", *words]
        return subprocess.run(
            words,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            check=False,
        )

    def create(self):
        """Make the cluster's folder: the server's data, who may connect, and its settings."""
        with step("a PostgreSQL cluster of our own"):
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            _give_to_owner(self.folder)
            data = self.folder / "data"
            form = ["-E", "UTF8", "--locale=C.UTF-8", "--auth=peer", "-U", ADMIN]
            if self._as_owner("initdb", "-D", data, *form).returncode:
                raise Failure(
                    f"PostgreSQL's initdb could not make {data}.",
                    f"See whether {self.folder.parent} can be reached by the user {_owner()} "
                    "and the disk has space.",
                )
            self._write_access_rules(data)
            with (data / "postgresql.conf").open("a") as settings:
                settings.write(SETTINGS.format(socket=self.socket))
            self._launch()
            self.psql(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
            (self.folder / "complete").touch()

    def _write_access_rules(self, data):
        callers = {_caller(), _owner()}
        (data / "pg_hba.conf").write_text("local all all peer map=club\n")
        lines = [f"club {caller} {role}\n" for caller in callers for role in (ROLE, ADMIN)]
        (data / "pg_ident.conf").write_text("".join(sorted(lines)))


def _caller():
    return pwd.getpwuid(os.geteuid()).pw_name


def _owner():
    """The system user that runs the server."""
    return ADMIN if os.geteuid() == 0 else _caller()


def _give_to_owner(folder):
    if os.geteuid() == 0:
        owner = pwd.getpwnam(ADMIN)
        os.chown(folder, owner.pw_uid, owner.pw_gid)


def _programs():
    """The folder of the newest PostgreSQL on this machine."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if _usable(path)]
    if not found:
        raise Failure(
            f"There is no PostgreSQL server of version {OLDEST} or newer in /usr/lib/postgresql.",
            "Install one: apt-get install postgresql",
        )
    return max(found, key=_major)


def _usable(path):
    return (path / "initdb").exists() and (path / "postgres").exists() and _major(path) >= OLDEST


def _major(path):
    name = path.parent.name
    return int(name) if name.isdigit() else 0


def _cluster(folder=None):
    programs = _programs()
    folder = folder or home() / "postgres" / programs.parent.name
    socket = folder / "socket"
    # A socket's address has room for 107 bytes, and PostgreSQL adds a name to the folder.
    if len(os.fsencode(socket)) > 85:
        socket = Path("/tmp") / f"loyalty-club-{digest(folder)}"  # noqa: S108 (peer checked)
    return Cluster(programs, folder, socket)


def existing():
    """The cluster if it was set up before, else None."""
    cluster = _cluster()
    return cluster if (cluster.folder / "complete").exists() else None


def private(folder):
    """One more cluster, made anew in a folder and running: one that a test may crash."""
    cluster = _cluster(folder)
    cluster.stop()  # it may be left from a run that was ended
    cluster.create()
    return cluster


def ensure():
    """The cluster, made and started when needed."""
    cluster = _cluster()
    with locked("postgres"):
        if not (cluster.folder / "complete").exists():
            cluster.create()
        cluster.start()
    return cluster
