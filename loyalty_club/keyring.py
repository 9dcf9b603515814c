"""The ledger's secret keys, kept in a folder outside the database.

Where: the environment variable ``LOYALTY_CLUB_KEYS``, else the option
``loyalty_club_keys`` of the Odoo configuration, else ``loyalty_club_keys`` beside the
filestores in ``data_dir``. Each database has its own sub-folder unless the folder was
given explicitly. Losing a key loses no money: the audit then says which entries can no
longer be checked.
"""

import logging
import os
import re
import secrets
from datetime import datetime, timezone
from pathlib import Path

from odoo.tools import config

from .domain.chain import fingerprint

_logger = logging.getLogger(__name__)
_SUFFIX = ".key"
_CHAIN = "chain"
_VAULT = "vault"
_ONCE_SUFFIX = ".pepper"
_KEY = re.compile("[0-9a-f]{64}")
_cache: dict[tuple[Path, str], dict[str, bytes]] = {}
_vault_read: dict[Path, int | None] = {}
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
    return _keys(folder(database), _CHAIN)


def vault_keys(database):
    """All keys of what is kept sealed in ``database``, by fingerprint; the newest is last.

    Beside the first one, ``vault.key``, lie files ``vault-<time>.key``: the last by name is the
    newest key, on every server that has a copy of the folder, whatever the copy's own time is.
    A key that is put into the folder while servers run is known to them at once.

    :raises OSError: when the folder can be neither read nor made.
    """
    place = folder(database)
    changed = _changed(place)
    if _vault_read.get(place) != changed:
        _cache.pop((place, _VAULT), None)
        _vault_read[place] = changed
    return _keys(place, _VAULT)


def add_vault_key(database):
    """Make a new key; from now on it seals, and the older ones go on opening what they sealed.

    :returns: the path of its file, of which a copy belongs apart from the database's.
    :raises OSError: when it cannot be written.
    """
    vault_keys(database)  # the first key comes first
    moment = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S%f")
    path = folder(database) / f"{_VAULT}-{moment}{_SUFFIX}"
    _make(path)
    return path


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


def _keys(place, use):
    if (place, use) not in _cache:
        keys = _read(place, use)
        if not keys:
            _make(place / f"{use}{_SUFFIX}")
            keys = _read(place, use)
        if not keys:
            raise OSError(f"No key in {place} can be used.")
        _cache[place, use] = keys
    return _cache[place, use]


def _read(place, use):
    """Keys of one use, the newest last; any other key in the folder is the chain's, as it always
    was. A file that is still being copied is no key yet."""
    files = [
        path
        for path in place.glob(f"*{_SUFFIX}")
        if (_VAULT if path.name.startswith(_VAULT) else _CHAIN) == use
    ]
    files.sort(key=(lambda path: path.stem) if use == _VAULT else _age)
    texts = {path: path.read_text().strip().lower() for path in files}
    for path, text in texts.items():
        if not _KEY.fullmatch(text):
            _logger.error("%s holds no key and is left out.", path)
            _vault_read.pop(place, None)  # it may be one the next time
    found = (bytes.fromhex(text) for text in texts.values() if _KEY.fullmatch(text))
    return {fingerprint(key): key for key in found}


def _age(path):
    return path.stat().st_mtime_ns, path.name


def _changed(place):
    """When a file last came to or left the folder; None while there is none."""
    try:
        return place.stat().st_mtime_ns
    except FileNotFoundError:
        return None


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
