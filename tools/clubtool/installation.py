"""What set-up made, in one object, and how Odoo is called with it."""

import configparser
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from . import addons, node, odoo_source, postgres, system, virtualenv
from .paths import REPO, clone_dir, home, locked


@dataclass
class Installation:
    """Everything that is needed to run Odoo from this clone."""

    odoo: odoo_source.OdooSource
    venv: Path
    node_bin: Path
    cluster: postgres.Cluster

    @property
    def python(self):
        """The interpreter of the virtual environment."""
        return self.venv / "bin" / "python"

    @property
    def data_dir(self):
        """Odoo's data folder (file store, sessions)."""
        return home() / "data"

    @property
    def config(self):
        """The configuration file of this clone."""
        return clone_dir() / "odoo.conf"

    def environment(self):
        """The environment of every program we start; `rtlcss` must be on the PATH for Odoo."""
        path = [str(self.venv / "bin"), str(self.node_bin)]
        path += [folder for folder in os.environ["PATH"].split(":") if folder not in path]
        return {
            **os.environ,
            "PATH": ":".join(path),
            "PYTHONPATH": str(REPO / "tools"),
            "ODOO_RC": str(self.config),
            # An environment variable: Odoo warns about options it doesn't know in odoo.conf.
            "LOYALTY_CLUB_KEYS": str(home() / "keys"),
            "CLUB_HOME": str(home()),
            "PGHOST": str(self.cluster.socket),
            "PGUSER": postgres.ROLE,
        }

    def addons_path(self):
        """The folders in which Odoo looks for addons, as texts."""
        folders = [*self.odoo.addons, *([REPO] if addons.folders() else [])]
        return [str(folder) for folder in folders]

    def command(self, *words):
        """Odoo's command line: `command("shell", "-d", name)`."""
        return [str(word) for word in (self.python, "-m", "odoo", *words)]

    def write_config(self):
        """Write odoo.conf from what is there now; called at each start, so it is never stale."""
        options = {
            "addons_path": ",".join(self.addons_path()),
            "data_dir": self.data_dir,
            "db_host": self.cluster.socket,
            "db_user": postgres.ROLE,
            "http_interface": "127.0.0.1",
            "list_db": "False",
            # Nobody needs it: databases are made and dropped by this tool.
            "admin_passwd": secrets.token_hex(16),
            "workers": "0",
            "max_cron_threads": "0",
        }
        config = configparser.RawConfigParser()
        config["options"] = {name: str(value) for name, value in options.items()}
        # Written beside and renamed: another run may be reading it.
        draft = self.config.with_suffix(f".{os.getpid()}")
        with open(draft, "w", opener=_private) as file:
            config.write(file)
        draft.rename(self.config)


def prepare(browser=False):
    """Everything up to a running cluster and a written configuration; quick when it is there."""
    home().mkdir(parents=True, exist_ok=True)
    with locked("setup"):
        system.ensure_packages(browser)
        odoo = odoo_source.find()
        venv = virtualenv.ensure(odoo)
        node_bin = node.ensure(venv)
        _ensure_chain_key()
    cluster = postgres.ensure()
    installation = Installation(odoo, venv, node_bin, cluster)
    installation.write_config()
    return installation


def _private(path, flags):
    return os.open(path, flags, 0o600)


def _ensure_chain_key():
    """The ledger's secret, made once, kept outside every database, for its owner's eyes only."""
    folder = home() / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    key = folder / "chain.key"
    if key.exists():
        return
    draft = folder / f"draft.{os.getpid()}"
    with open(draft, "w", opener=_private) as out:
        out.write(f"{secrets.token_hex(32)}\n")
    draft.rename(key)
