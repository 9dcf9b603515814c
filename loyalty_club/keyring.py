"""The ledger's secret keys, kept in a folder outside the database.

Where: the environment variable ``LOYALTY_CLUB_KEYS``, else the option
``loyalty_club_keys`` of the Odoo configuration, else ``loyalty_club_keys`` beside the
filestores in ``data_dir``. Each database has its own sub-folder unless the folder was
given explicitly. Losing a key loses no money: the audit then says which entries can no
longer be checked.
"""

import logging
import os
import secrets
from pathlib import Path

from odoo.tools import config

from .domain.chain import fingerprint

_logger = logging.getLogger(__name__)
_SUFFIX = ".key"
_ONCE_SUFFIX = ".pepper"
_cache: dict[Path, dict[str, bytes]] = {}
_secrets: dict[Path, bytes] = {}


def folder(database):
    """Folder that holds the keys of ``database``."""
    given = os.environ.get("LOYALTY_CLUB_KEYS") or config.get("loyalty_club_keys")
    if given:
        return Path(given)
    return Path(config["data_dir"]) / "loyalty_club_keys" / database


def chain_keys(database):
    """All chain keys of ``database`` by their public fingerprint; the newest is last.

    The first call on a new database makes the first key.

    :raises OSError: when the folder can be neither read nor made.
    """
    place = folder(database)
    if place not in _cache:
        keys = _read(place)
        if not keys:
            _make(place / f"chain{_SUFFIX}")
            keys = _read(place)
        _cache[place] = keys
    return _cache[place]


def current_key(database):
    """Fingerprint and secret with which new entries are sealed."""
    return list(chain_keys(database).items())[-1]


def secret(database, name):
    """The secret ``name`` of ``database``, 32 bytes that are made once, like the chain's key.

    What is stored under such a secret (one-time codes, what is counted of whom) cannot be
    guessed from a copy of the database. Losing it makes codes that are under way invalid.

    :param name: short word that names the use; each use has a secret of its own.
    :raises OSError: when it can be neither read nor made.
    """
    path = folder(database) / f"{name}{_ONCE_SUFFIX}"
    if path not in _secrets:
        if not path.exists():
            _make(path)
        _secrets[path] = bytes.fromhex(path.read_text().strip())
    return _secrets[path]


def _read(place):
    files = sorted(place.glob(f"*{_SUFFIX}"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    secrets_ = (bytes.fromhex(path.read_text().strip()) for path in files)
    return {fingerprint(secret): secret for secret in secrets_}


def _make(path):
    """Write a new key, readable by the server's user only.

    Exclusive creation of one fixed name decides the race of two workers: the second
    finds the file of the first.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(secrets.token_hex(32))
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(draft, path)
        _logger.info("Made the key %s; keep a copy of it apart.", path)
    except FileExistsError:
        _logger.debug("Another process made %s first.", path)
    finally:
        draft.unlink()
