"""Load: clients who send jobs and never give up on an answer.

An answer counts only when it is one: the server's own words, accepted or refused. Anything else
(no connection, a bare 404 or 500, a half answer, a session that was forgotten) says nothing
about what happened. The client then asks again with the same key until it knows.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import requests

from ..support.till import Answer, Till

GIVE_UP = 90  # seconds without any answer: the server is gone, and the run has failed
PAUSE = 0.05  # seconds between two tries


@dataclass(frozen=True)
class Job:
    """One thing that a client wants done exactly once.

    :param name: what it is, for reports.
    :param send: sends it through a till; the same again each time.
    :param read: what an answer says: "done", "replayed" (it was done before), "refused", or
        None when it says nothing about what happened.
    :param entries: what must stand in the ledger when it was done: idempotency key to
        (wallet id, amount); a function of the answer where the server makes the key.
    :param order: uuid of the order that must be stored when it was done.
    """

    name: str
    send: Callable[[Till], Answer]
    read: Callable[[Answer], str | None]
    entries: dict | Callable[[Answer], dict] = field(default_factory=dict)
    order: str = ""


@dataclass(frozen=True)
class Reply:
    """What came of a job in the end."""

    job: Job
    answer: Answer
    word: str  # as `Job.read` gives it
    tries: int
    seconds: float  # from the first try to the answer
    asked_at: float  # when the last try was sent, in seconds of the epoch

    @property
    def entries(self):
        """What must stand in the ledger if it was done, and must not if it was refused."""
        found = self.job.entries
        return found(self.answer) if callable(found) else found

    @property
    def done(self):
        """Whether the server said that it did it, now or before."""
        return self.word != "refused"


class Client:
    """A cashier's session that outlives whatever happens to the server.

    :param till: :class:`Till`, logged in.
    """

    def __init__(self, till):
        self.till = till
        self.unknown = Counter()  # answers that were none, by kind

    def ask(self, job):
        """Send a job until there is an answer.

        :returns: :class:`Reply`.
        :raises TimeoutError: when there is none for a long time.
        """
        start, tries = time.perf_counter(), 0
        while time.perf_counter() - start < GIVE_UP:
            tries, asked_at = tries + 1, time.time()
            answer = self._try(job)
            if answer:
                seconds = time.perf_counter() - start
                return Reply(job, answer, job.read(answer), tries, seconds, asked_at)
            time.sleep(PAUSE)
        raise TimeoutError(f"no answer to {job.name}: {dict(self.unknown)}")

    def _try(self, job):
        """The answer, or None when what came back is not one."""
        try:
            answer = job.send(self.till)
            if job.read(answer):
                return answer
            self.unknown[f"{answer.status} {answer.error}"] += 1
            # A server that lost sight of its database forgets who was logged in.
            if "Session" in answer.error or answer.status == 404:
                self.till.log_in()
        except (requests.RequestException, ValueError) as error:
            self.unknown[type(error).__name__] += 1
            self.till.http.close()
        return None


class Load:
    """Clients that work side by side until they have nothing left to do or are told to stop.

    :param clients: list of :class:`Client`.
    :param habits: function of (number of the client, its random numbers) that returns a
        generator: it yields jobs and is sent the reply to each.
    :param seed: repeats the habits' choices.
    """

    def __init__(self, clients, habits, seed):
        self.clients = clients
        self.habits = [
            habits(number, random.Random(f"{seed}:{number}")) for number in range(len(clients))
        ]
        self.replies = []
        self.errors = []
        self.stopped = threading.Event()
        self.threads = [
            threading.Thread(target=self._work, args=pair, daemon=True)
            for pair in zip(clients, self.habits, strict=True)
        ]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, kind, *_error):
        self.stop()
        if self.errors and not kind:
            raise self.errors[0]

    def run(self):
        """Let all of them work to the end of what they want; returns the replies."""
        with self:
            self.wait()
        return self.replies

    def wait(self):
        """Wait until they have nothing left to do."""
        for thread in self.threads:
            thread.join()

    def stop(self):
        """Let each finish what it has begun, and end."""
        self.stopped.set()
        self.wait()

    @property
    def unknown(self):
        """How often clients got no answer, by kind."""
        return sum((client.unknown for client in self.clients), Counter())

    def _work(self, client, habit):
        try:
            job = next(habit)
            while not self.stopped.is_set():
                reply = client.ask(job)
                self.replies.append(reply)
                job = habit.send(reply)
        except StopIteration:
            pass
        except Exception as error:
            self.errors.append(error)
