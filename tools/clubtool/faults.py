"""`make fault`: the fault harness of tests/fault in its long form, about 25 minutes."""

import os
import subprocess

from .installation import prepare
from .paths import REPO, clone_dir, locked


def run_all():
    """Run it (SHORT=1: three minutes) and return its exit code.

    What it prints ends with the line of figures; LC_SEED=… repeats a run's choices.
    """
    return _run("tests.fault", prepare())


def run_browser():
    """`make browser`: the journeys of tests/browser in their long form (SHORT=1: one minute)."""
    return _run("tests.browser", prepare(browser=True))


def run_portal():
    """`make portal`: a member's own place, tests/portal in its long form (SHORT=1: one minute)."""
    return _run("tests.portal", prepare(browser=True))


def _run(module, installation):
    words = [installation.python, "-m", module]
    words += ["--short"] if os.environ.get("SHORT") else []
    with locked(f"test_{clone_dir().name}"):
        return subprocess.run(
            [str(word) for word in words],
            cwd=REPO,
            env=installation.environment(),
            stdin=subprocess.DEVNULL,
            check=False,
        ).returncode
