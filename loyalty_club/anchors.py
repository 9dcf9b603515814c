"""The anchors' files: the heads of the chains, day by day, outside the database.

They lie beside the keys, in ``anchors/<database>``: ``index`` with a line per anchor (see
:mod:`.domain.anchor`), and a compressed CSV (wallet, number, seal) for each. A file is complete
before its line is written, and nothing that has a line is written again. Copy the folder to another
machine now and then: who can change both the database and this folder can still not make them agree
with an older copy.
"""

import contextlib
import csv
import fcntl
import gzip
import hashlib
import os

from . import keyring
from .domain import anchor as lines

_INDEX = "index"
_BLOCK = 1 << 20


def folder(database):
    """Folder of the anchors of ``database``."""
    return keyring.folder(database) / "anchors" / database


def index(database):
    """The lines of the index; none when nothing was anchored yet.

    :returns: list of :class:`~.domain.anchor.Anchor`; None stands for a line that is none.
    :raises OSError: when there is an index that cannot be read.
    """
    return [_parsed(line) for line in _lines(_read(folder(database)))]


def add(database, uuid, date, chunks):
    """Write one more anchor, so that it outlives a power cut.

    :param uuid: the database's name for itself.
    :param date: moment of the heads in UTC.
    :param chunks: iterable of lists of (wallet id, number, seal).
    :returns: :class:`~.domain.anchor.Anchor`.
    :raises OSError: when it cannot be written.
    """
    place = folder(database)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    key_id, secret = keyring.current_key(database)
    with _open_index(place) as stream:
        written = _read(place)
        known = _lines(written)
        number = len(known) + 1
        draft = place / f"{number:06d}.part"
        wallets = _write_heads(draft, chunks)
        previous = lines.digest(known[-1] if known else uuid)
        content = _digest_of(draft)
        anchor = lines.sealed(secret, key_id, number, date, wallets, content, previous)
        draft.rename(place / anchor.filename)
        _sync_folder(place)
        if not written.endswith(b"\n"):
            # A line that a power cut left half written never counted: it goes.
            stream.truncate(written.rfind(b"\n") + 1)
        stream.write(f"{anchor.line}\n".encode())
        stream.flush()
        os.fsync(stream.fileno())
    return anchor


def checked(database, uuid):
    """Go through the index, and say of each line what is wrong with it.

    :param uuid: the database's name for itself.
    :returns: generator of (number, anchor or None, what is wrong or None).
    :raises OSError: when there is an index that cannot be read.
    """
    keys = keyring.chain_keys(database)
    previous = lines.digest(uuid)
    for number, line in enumerate(_lines(_read(folder(database))), 1):
        anchor = _parsed(line)
        yield number, anchor, _fault_of_line(anchor, number, previous, keys)
        previous = lines.digest(line)


def fault_of_file(database, anchor):
    """What is wrong with the file of an anchor whose line is right, or None."""
    path = folder(database) / anchor.filename
    if not path.exists():
        return f"its file {anchor.filename} is missing"
    if _digest_of(path) != anchor.content:
        return f"its file {anchor.filename} was changed"
    return None


def heads(database, anchor):
    """The heads that an anchor holds, by wallet id.

    :returns: generator of (wallet id, number, seal).
    """
    with gzip.open(folder(database) / anchor.filename, "rt", newline="") as stream:
        for wallet, seq, seal in csv.reader(stream):
            yield int(wallet), int(seq), seal


def _fault_of_line(anchor, number, previous, keys):
    if anchor is None:
        return "its line cannot be read"
    if anchor.number != number:
        return f"its line says that it is anchor {anchor.number}"
    if anchor.previous != previous:
        if number == 1:
            return "it belongs to another database: move the folder away if this one is new"
        return "the line before it was changed or removed"
    if anchor.key_id not in keys:
        return "it is sealed with a key this server does not hold"
    if not lines.fits(keys[anchor.key_id], anchor):
        return "its line does not fit its seal"
    return None


def _read(place):
    try:
        return (place / _INDEX).read_bytes()
    except FileNotFoundError:
        return b""


def _lines(written):
    """The complete lines; what follows the last end of a line was being written when the
    power failed."""
    return written.decode(errors="replace").split("\n")[:-1]


def _parsed(line):
    try:
        return lines.parsed(line)
    except ValueError:
        return None


@contextlib.contextmanager
def _open_index(place):
    """The index for appending, for one process at a time."""
    descriptor = os.open(place / _INDEX, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield stream


def _write_heads(draft, chunks):
    """Write the heads to a file of its own and return how many they are."""
    wallets = 0
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        with gzip.open(stream, "wt", compresslevel=6, newline="") as packed:
            writer = csv.writer(packed, lineterminator="\n")
            for rows in chunks:
                writer.writerows(rows)
                wallets += len(rows)
        stream.flush()
        os.fsync(stream.fileno())
    return wallets


def _digest_of(path):
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def _sync_folder(place):
    """Make a new name in a folder outlive a power cut."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
