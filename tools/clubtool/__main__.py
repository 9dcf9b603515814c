"""`python3 -m clubtool <command>`: what the Makefile's targets call."""

import contextlib
import os
import re
import shlex
import sys

from . import alltests, bench, checks, cleaning, demo, faults, translations, virtualenv
from .console import Failure, say
from .databases import INSIDE, Databases
from .installation import prepare


def setup():
    """Build everything that demo and test stand on."""
    installation = prepare(browser=True)
    base = Databases(installation).base()
    say(f"set-up: everything is in place (Odoo {installation.odoo.version}, template {base})")


def _name(default=""):
    """The database that DB names."""
    name = os.environ.get("DB") or default
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,50}", name):
        raise Failure("DB must name a database: small letters, digits and _.", "make ... DB=<name>")
    return name


def _existing(databases):
    """The database that DB names, or the demo's; it must be there."""
    name = _name(demo.database_name())
    if databases.exists(name):
        return name
    if os.environ.get("DB"):
        raise Failure(f"There is no database {name}.", f"To make it: make db DB={name}")
    raise Failure("There is no demo database yet.", "To make it: make demo. Or name one: DB=<name>")


def shell():
    """An Odoo shell on DB."""
    databases = Databases(prepare())
    options = ["shell", "-d", _existing(databases), "--no-http", "--log-level=warn"]
    words = databases.installation.command(*options)
    os.execve(words[0], words, databases.installation.environment())


def db():
    """A fresh database named DB: Odoo's modules and demo data, and our addons unless BARE=1."""
    name = _name()
    databases = Databases(prepare())
    template = databases.base() if os.environ.get("BARE") else databases.test()
    databases.drop(name)
    databases.copy(template, name)
    say(f"database {name}: a copy of {template}")


def env():
    """Print what a terminal needs to call odoo, psql and pytest by hand."""
    # Standard output is for the shell that evaluates it.
    with contextlib.redirect_stdout(sys.stderr):
        installation = prepare()
    changed = installation.environment().items() - os.environ.items()
    for name, value in sorted(changed):
        say(f"export {name}={shlex.quote(value)}")


def audit():
    """Check the ledger of DB; the exit code says whether it is whole."""
    databases = Databases(prepare())
    return databases.show(_existing(databases), INSIDE / "audit.py")


COMMANDS = {
    "setup": setup,
    "shell": shell,
    "db": db,
    "env": env,
    "audit": audit,
    "demo": demo.show,
    "stop": demo.stop,
    "clean": cleaning.clean,
    "test": alltests.run_all,
    "fault": faults.run_all,
    "browser": faults.run_browser,
    "portal": faults.run_portal,
    "check": checks.check,
    "fix": checks.fix,
    "bench": bench.bench,
    "pot": translations.pot,
    "lock": virtualenv.lock,
}


def main(words):
    """Run one command; return the exit code."""
    try:
        return COMMANDS[words[0]]() or 0
    except Failure as failure:
        failure.report()
        return 1
    except BrokenPipeError:
        # Our reader (`make help | head`) has seen enough; Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        say("\ninterrupted")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
