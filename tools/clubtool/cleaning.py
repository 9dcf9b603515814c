"""`make clean`: remove what set-up made, after saying what."""

import os
import shutil

from . import demo, postgres
from .console import say, step
from .databases import Databases
from .installation import prepare
from .paths import clone_dir, home

# Only what set-up makes by name: CLUB_HOME may be a folder with other things in it.
OURS = ["odoo", "venv", "node", "postgres", "data", "templates", "clones", "locks"]


def clean():
    """Remove this clone's demo and logs; with ALL=1 everything, the ledger's key excepted."""
    if os.environ.get("ALL"):
        _clean_home()
    else:
        _clean_clone()


def _clean_clone():
    say(f"This removes the demo database {demo.database_name()} and {clone_dir()}.")
    say("What all clones share stays; `make clean ALL=1` removes that as well.")
    demo.end_server(demo.State())
    if postgres.existing():
        Databases(prepare()).drop(demo.database_name())
    shutil.rmtree(clone_dir())


def _clean_home():
    say(f"This removes everything set-up made in {home()}: {', '.join(OURS)}.")
    say(f"The ledger's key stays: {home() / 'keys'}")
    demo.end_server(demo.State())
    cluster = postgres.existing()
    with step("removing"):
        if cluster and cluster.running():
            cluster.stop()
        for name in OURS:
            shutil.rmtree(home() / name, ignore_errors=True)
