"""Where things live: the repository, the home of what set-up builds, and locks on both.

The home (`CLUB_HOME`) is shared by every clone on the machine. Each piece in it is named after
a hash of what it depends on, so two clones that agree share it and two that differ don't clash.
"""

import contextlib
import fcntl
import hashlib
import os
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]


def home():
    """The folder that holds everything set-up makes."""
    if os.environ.get("CLUB_HOME"):
        return Path(os.environ["CLUB_HOME"]).resolve()
    if os.geteuid() == 0:
        return Path("/var/cache/loyalty-club")
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "loyalty-club"


def clone_id():
    """Six characters that stand for this clone: its demo and its logs are its own."""
    return digest(REPO)[:6]


def clone_dir():
    """The folder in the home for what belongs to this clone alone (configuration, logs)."""
    folder = home() / "clones" / clone_id()
    if not folder.exists():
        (folder / "logs").mkdir(parents=True, exist_ok=True)
        # Tells later runs when the clone is gone, so that its demo can go as well.
        (folder / "repository").write_text(f"{REPO}\n")
    return folder


def digest(*parts):
    """A short hash of texts, paths' names or bytes.

    >>> digest("a", "b") == digest("a", "b") != digest("ab")
    True
    """
    total = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        # The length keeps ("a", "b") and ("ab",) apart.
        total.update(b"%d:" % len(data) + data)
    return total.hexdigest()[:10]


def _lock_file(name):
    folder = home() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    # Never removed: a lock on a deleted file protects nobody.
    return os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)


@contextlib.contextmanager
def locked(name):
    """Hold the named lock alone; a second run waits here until the first is through."""
    handle = _lock_file(name)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def hold_shared(name):
    """Mark the named thing as in use until this process ends, however it ends."""
    handle = _lock_file(name)
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


@contextlib.contextmanager
def if_unused(name):
    """Yield whether nobody has the named thing in use; while yielding True nobody can take it."""
    handle = _lock_file(name)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
