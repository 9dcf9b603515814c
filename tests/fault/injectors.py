"""What goes wrong, and how: each injector breaks one thing, again and again."""

import contextlib
import os
import random
import signal
import time

from clubtool import servers


class WorkerKiller:
    """Kills workers of our own server, as the kernel does when memory runs out (SIGKILL).

    :param server: the server whose workers die.
    :param cron: kill those that run crons instead of those that answer.
    :param sign: function whose result changes when something was just committed. Every other
        kill waits for it: then the work is done and the answer is still on its way.
    """

    def __init__(self, server, seed, cron=False, sign=None):
        self.server = server
        self.rng = random.Random(f"kill:{seed}")
        self.cron = cron
        self.sign = sign
        self.done = 0

    def strike(self):
        """Kill one worker; returns whether there was one."""
        alive = self.server.workers(self.cron)
        if not alive:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.rng.choice(alive), signal.SIGKILL)
            self.done += 1
            return True
        return False

    def strike_often(self, times, between):
        """Kill ``times`` workers, with random pauses in seconds."""
        wanted = self.done + times
        while self.done < wanted:
            time.sleep(self.rng.uniform(*between))
            if self.sign and self.rng.random() < 0.5:
                self._wait_for_a_sign()
            self.strike()

    def _wait_for_a_sign(self):
        seen, deadline = self.sign(), time.monotonic() + 2
        while self.sign() == seen and time.monotonic() < deadline:
            time.sleep(0.0005)


class DatabaseCrasher:
    """Ends a private PostgreSQL without warning and starts it again.

    Odoo's main process ends when it looks at its database while there is none. The service
    manager of a shop's server then starts it again, and so does this.

    :param server: :class:`clubtool.servers.Server` that works on the database.
    :param cluster: :class:`clubtool.postgres.Cluster`, private to the test.
    """

    def __init__(self, server, cluster, seed):
        self.server = server
        self.cluster = cluster
        self.rng = random.Random(f"crash:{seed}")
        self.done = 0
        self.restarts = 0
        self.absences = []  # seconds without service, of each crash

    def strike_often(self, times, between=(0.5, 2.0)):
        """Crash it ``times`` times, each time after a while of service."""
        for _time in range(times):
            time.sleep(self.rng.uniform(*between))
            start = time.monotonic()
            self.cluster.crash()
            self.done += 1
            self._wait_for_service()
            self.absences.append(time.monotonic() - start)

    def _wait_for_service(self):
        while not servers.answers(self.server.port):
            if self.server.process.poll() is not None:
                self.server.start()
                self.restarts += 1
            time.sleep(0.2)
