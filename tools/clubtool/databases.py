"""Databases: templates built once and copied in seconds, each named after what it depends on.

- club_base_<key>: Odoo with every module the club needs and demo data, without our addons
- club_test_<key>: the same with our addons installed
- club_demo_<clone>: what `make demo` shows; it belongs to the clone
- club_run_<label>_<process>: somebody works on it; dropped when the process has ended
"""

import os
import shutil
import subprocess
import time
from pathlib import Path

from . import addons, system, virtualenv
from .console import Failure, step
from .paths import REPO, clone_dir, digest, hold_shared, home, if_unused, locked

# What stands in every template; the modules our addons name in `depends` come on top.
MODULES = [
    "point_of_sale",
    "pos_loyalty",
    "crm",
    "sms",
    "portal",
    "mass_mailing_sms",
    "sale_loyalty",
    "sale_management",
]
INSIDE = Path(__file__).parent / "inside"
KEPT = 2  # templates of each kind that stay when they are superseded


class Databases:
    """The databases of an installation."""

    def __init__(self, installation):
        self.installation = installation
        self.cluster = installation.cluster
        self._held = []

    # --- templates

    def base(self):
        """The template without our addons, built when it isn't there (about 3 minutes)."""
        recipe = (INSIDE / "finish_template.py").read_bytes()
        modules = sorted(addons.dependencies().union(MODULES))
        parts = [self.installation.odoo.version, *modules, virtualenv.LOCK.read_bytes(), recipe]
        name = f"club_base_{digest(*parts)}"
        return self._template(name, lambda draft: self._build_base(draft, modules))

    def test(self):
        """The template with our addons, whatever their state in this clone is now."""
        base = self.base()
        name = f"club_test_{digest(base, addons.content_hash())}"
        return self._template(name, lambda draft: self._build_test(base, draft))

    def _template(self, name, build):
        with locked(f"build_{name}"):
            # In use until this process ends, so that no other run drops it under our feet.
            self._held.append(hold_shared(name))
            if not self.exists(name):
                draft = f"{name}_part"
                self.drop(draft)
                build(draft)
                self._seal(draft, name)
            # The mark's date says when the template was last wanted.
            (home() / "templates").mkdir(exist_ok=True)
            (home() / "templates" / name).touch()
            self._prune(name.rsplit("_", 1)[0])
        return name

    def _build_base(self, draft, modules):
        system.need_space(home(), 2)
        with step("database with Odoo's modules and demo data (about 3 minutes, once)"):
            self.install(draft, ["base", *modules], "--with-demo")
            self.inside(draft, INSIDE / "finish_template.py")

    def _build_test(self, base, draft):
        with step("database with the club's addons, for tests"):
            self.copy(base, draft)
            if addons.names():
                self.install(draft, addons.names(), "--with-demo")
                self.inside(draft, INSIDE / "finish_template.py")

    def _seal(self, draft, name):
        """A finished draft becomes the template that nobody can connect to, and so can't spoil."""
        self.filestore(name).parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.filestore(name), ignore_errors=True)
        if self.filestore(draft).exists():
            self.filestore(draft).rename(self.filestore(name))
        self.cluster.psql(f"ALTER DATABASE {draft} RENAME TO {name}")
        self.cluster.psql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")

    def _prune(self, kind):
        """Drop templates of this kind beyond the newest, unless somebody uses them."""
        marks = (home() / "templates").glob(f"{kind}_*")
        newest_last = sorted(marks, key=lambda mark: mark.stat().st_mtime)
        for mark in newest_last[:-KEPT]:
            self._drop_if_unused(mark.name, lock=mark.name)
            if not self.exists(mark.name):
                mark.unlink(missing_ok=True)

    # --- copies

    def copy(self, template, name, durable=False):
        """Copy a database with its files; tests need no durable commits, people do."""
        self.cluster.psql(f"CREATE DATABASE {name} TEMPLATE {template} OWNER odoo")
        if not durable:
            self.cluster.psql(f"ALTER DATABASE {name} SET synchronous_commit = off")
        shutil.rmtree(self.filestore(name), ignore_errors=True)
        if self.filestore(template).exists():
            # Hard links: Odoo never changes a stored file, it writes new ones and removes old ones.
            shutil.copytree(self.filestore(template), self.filestore(name), copy_function=os.link)

    def working_copy(self, template, label):
        """A copy that lives as long as this process; whoever comes next drops what is left."""
        name = self.working_name(label)
        self.copy(template, name)
        return name

    def working_name(self, label):
        """The name of a database, not made yet, that lives as long as this process."""
        self.drop_leftovers()
        name = f"club_run_{label}_{os.getpid()}"
        self._held.append(hold_shared(name))
        self.drop(name)
        return name

    def drop_leftovers(self):
        """Drop what processes left that ended without tidying up, and demos of deleted clones."""
        for name in self.names("club_run_%"):
            self._drop_if_unused(name, lock=name)
        for name in self.names("club_%_part"):
            self._drop_if_unused(name, lock=f"build_{name.removesuffix('_part')}")
        for mark in (home() / "clones").glob("*/repository"):
            if not Path(mark.read_text().strip()).exists():
                self.drop(f"club_demo_{mark.parent.name}")
                shutil.rmtree(mark.parent)
        for log in (clone_dir() / "logs").glob("*club_run_*"):
            if time.time() - log.stat().st_mtime > 24 * 3600:
                log.unlink(missing_ok=True)

    def _drop_if_unused(self, name, lock):
        with if_unused(lock) as unused:
            if unused:
                self.drop(name)

    def drop(self, name):
        """Drop a database and its files, whoever is connected."""
        self.cluster.psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        shutil.rmtree(self.filestore(name), ignore_errors=True)
        # Anchors of its ledger would accuse the next database of that name.
        shutil.rmtree(home() / "keys" / "anchors" / name, ignore_errors=True)

    # --- facts

    def exists(self, name):
        """Whether the cluster has a database of this name."""
        return bool(self.names(name))

    def names(self, pattern):
        """The databases whose names match an SQL pattern."""
        literal = pattern.replace("_", r"\_")
        sql = f"SELECT datname FROM pg_database WHERE datname LIKE '{literal}' ORDER BY 1"
        return [row[0] for row in self.cluster.psql(sql)]

    def filestore(self, name):
        """The folder of a database's files."""
        return self.installation.data_dir / "filestore" / name

    # --- Odoo at work in a database

    def install(self, name, modules, *options):
        """Install modules; the database is made when it isn't there."""
        self._odoo(name, "-i", ",".join(modules), *options)

    def update(self, name, modules, *options):
        """Update modules from their files."""
        self._odoo(name, "-u", ",".join(modules), *options)

    def _odoo(self, name, *options):
        log = clone_dir() / "logs" / f"{name}.log"
        log.unlink(missing_ok=True)
        quiet = ["--stop-after-init", "--no-http", "--logfile", log]
        words = self.installation.command("server", "-d", name, *options, *quiet)
        result = system.run(words, check=False, env=self.installation.environment(), cwd=REPO)
        if result.returncode or _broken(log):
            raise OdooFailed(name, log, result.stdout)

    def inside(self, name, script, *options, environment=None):
        """Run a Python script in an Odoo shell on the database; it commits what it wants kept."""
        streams = {"stderr": subprocess.STDOUT, "stdout": subprocess.PIPE}
        result = self._shell(name, script, *options, environment=environment, **streams)
        if result.returncode:
            raise system.CommandFailed([Path(script).name], result)
        return result.stdout

    def show(self, name, script):
        """Run a script likewise, print what it prints, and return its exit code."""
        return self._shell(name, script, stdout=None, stderr=None).returncode

    def _shell(self, name, script, *options, environment=None, **streams):
        quiet = ["--no-http", "--log-level=warn"]
        words = self.installation.command("shell", "-d", name, *quiet, *options)
        environment = {**self.installation.environment(), **(environment or {})}
        with Path(script).open() as source:
            return system.run(
                words, check=False, stdin=source, env=environment, cwd=REPO, **streams
            )


# Sample data that fails is to Odoo a warning only, but what is built on it would not work.
_BAD = (" CRITICAL ", " ERROR ", " demo data failed to install")


def _broken(log):
    """Odoo ends with 0 after some failed installations: its log knows better."""
    return not log.exists() or any(sign in log.read_text(errors="replace") for sign in _BAD)


class OdooFailed(Failure):
    """Odoo could not install or update modules."""

    def __init__(self, name, log, output):
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        bad = [n for n, line in enumerate(lines) if any(sign in line for sign in _BAD)]
        shown = lines[bad[0] : bad[0] + 40] if bad else (output or "").splitlines()[-20:]
        super().__init__(
            f"Odoo failed while preparing the database {name}:\n" + "\n".join(shown),
            f"The whole log: {log}",
        )
