"""What the person at the terminal sees: one short line per step, and errors that say what to do."""

import contextlib
import sys
import time


class Failure(Exception):
    """Something the person has to know about; `remedy` says what to do next."""

    def __init__(self, problem, remedy=""):
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy

    def report(self):
        """Print the problem and the remedy, without a traceback."""
        say(f"\nFAILED: {self.problem}", stream=sys.stderr)
        for line in self.remedy.splitlines():
            say(f"  -> {line}" if line.strip() else "", stream=sys.stderr)


def say(text="", stream=None):
    """Print a line at once, also when the output goes to a file or a pipe."""
    stream = stream or sys.stdout
    stream.write(f"{text}\n")
    stream.flush()


def took(seconds):
    """A duration as people read it.

    >>> took(0.42), took(75)
    ('0.4 s', '1 min 15 s')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02d} s"


@contextlib.contextmanager
def step(title):
    """Announce a piece of work, then its time; a failure is announced as one."""
    sys.stdout.write(f"  {title} ... ")
    sys.stdout.flush()
    start = time.monotonic()
    try:
        yield
    except BaseException:
        say("failed")
        raise
    say(f"done, {took(time.monotonic() - start)}")
