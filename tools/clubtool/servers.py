"""Odoo servers: started, waited for, stopped; always on loopback, always by process id."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from .console import Failure
from .paths import REPO

HOST = "127.0.0.1"
PATIENCE = 120  # seconds until a server must have answered


@dataclass
class Server:
    """An Odoo server: its command, and the process when it runs."""

    database: str
    port: int
    log: Path
    words: list
    environment: dict
    process: subprocess.Popen = None

    def start(self):
        """Start it and return at once; see `wait_until_ready`. A killed server starts anew."""
        self.process = subprocess.Popen(
            self.words,
            cwd=REPO,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def url(self):
        """The address without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    @property
    def pid(self):
        """The process id; with workers, that of the process that holds them together."""
        return self.process.pid

    def wait_until_ready(self):
        """Return when the login page answers; fail when the server ends or takes too long."""
        deadline = time.monotonic() + PATIENCE
        while not answers(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                end = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
                raise Failure(
                    f"Odoo did not come up at {self.url}. The end of its log:\n{end}",
                    f"The whole log: {self.log}",
                )
            time.sleep(0.2)

    def workers(self, cron=False):
        """Process ids of the workers that answer requests, or of those that run crons."""
        found, usual = [], os.getpriority(os.PRIO_PROCESS, self.pid)
        for folder in Path("/proc").glob("[0-9]*"):
            # A process may end while it is looked at.
            with contextlib.suppress(OSError):
                facts = (folder / "stat").read_text().rpartition(")")[2].split()
                state, parent, nice = facts[0], int(facts[1]), int(facts[16])
                if parent != self.pid or state == "Z":
                    continue
                # Odoo lets cron workers be nice; the third sort of child serves web sockets.
                websocket = b"\0gevent\0" in (folder / "cmdline").read_bytes()
                if not websocket and cron == (nice > usual):
                    found.append(int(folder.name))
        return sorted(found)

    def kill(self):
        """End the server and its workers as a power cut would (SIGKILL)."""
        self._signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """End the server in good order; what is left after half a minute is killed."""
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(30)
        # Workers outlive a main process that died by itself.
        self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number):
        # The server leads its own process group, so this reaches its workers as well.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def start(installation, database, *, log, port=None, workers=0, options=(), environment=None):
    """Start a server on a database and return at once; see `Server.wait_until_ready`."""
    port = port or free_port()
    words = installation.command("server", "-d", database, "--http-port", port)
    words += [f"--workers={workers}", f"--gevent-port={free_port()}", f"--logfile={log}", *options]
    log.parent.mkdir(parents=True, exist_ok=True)
    log.touch()
    environment = {**installation.environment(), **(environment or {})}
    server = Server(database, port, log, words, environment)
    server.start()
    return server


def answers(port, path="/web/login"):
    """Whether a web server on this port gives the page."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=60) as page:
            return page.status == 200
    except (urllib.error.URLError, OSError):
        return False


def free_port():
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def port_taken(port):
    """Whether somebody listens on this port, on loopback or on all addresses."""
    with socket.socket() as probe:
        # As servers do it: a port that only waits for late packets is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False
