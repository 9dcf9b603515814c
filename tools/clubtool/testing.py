"""What end-to-end tests and benchmarks call: copies of databases, servers, Odoo's own suites.

`copy_database("load")` gives a database with Odoo, demo data and our addons. With it,
`with start_server(name, workers=2) as server:` gives a server at `server.url`, and
`run_odoo_tests(name, "/loyalty")` a result whose `returncode` is 0 when all is well and whose
`summary` says what is not.
"""

import contextlib
import functools
import os
import re
import subprocess
from collections import namedtuple

from . import addons, postgres, servers, system
from .databases import INSIDE, Databases
from .installation import prepare
from .paths import REPO, clone_dir, locked

OdooTestRun = namedtuple("OdooTestRun", "returncode tests failed errors summary log")
SUMMARY = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
# `make test` names the template once: files that change during the run don't change it.
TEMPLATE = "CLUB_TEST_TEMPLATE"


@functools.cache
def databases():
    """The databases of this clone's installation."""
    return Databases(prepare())


def installation():
    """This clone's installation: its commands, environment, configuration."""
    return databases().installation


def copy_database(label, template="test"):
    """A fresh database for this process: with our addons, or without (`template="base"`).

    It is dropped by `drop_database`, or by the next run when this process has ended.
    """
    if template == "base":
        return databases().working_copy(databases().base(), label)
    known = os.environ.get(TEMPLATE)
    return databases().working_copy(known or databases().test(), label)


def small_database(label, modules):
    """A fresh database with these modules and what they need, nothing else; no demo data."""
    name = databases().working_name(label)
    databases().install(name, modules)
    databases().inside(name, INSIDE / "finish_template.py")
    return name


def install(name, modules):
    """Install more modules into a copy, with their demo data."""
    databases().install(name, modules, "--with-demo")


def drop_database(name):
    """Drop a database and its files."""
    databases().drop(name)


def connect_kwargs(name, cluster=None):
    """Arguments for `psycopg2.connect`."""
    cluster = cluster or databases().cluster
    return {"host": str(cluster.socket), "user": "odoo", "dbname": name}


@contextlib.contextmanager
def private_cluster(name):
    """A PostgreSQL cluster that may be crashed, with the database of this name in it.

    Odoo works there with the option that `cluster_option` gives. Other clusters don't notice.
    """
    with locked(f"private_{clone_dir().name}"):
        cluster = postgres.private(clone_dir() / "postgres")
        try:
            cluster.psql(f"CREATE DATABASE {name} OWNER odoo")
            source, programs = databases().cluster, cluster.programs
            dump = [programs / "pg_dump", "-h", source.socket, "-U", "odoo", name]
            load = [programs / "psql", "-X", "-q", "-h", cluster.socket, "-U", "odoo", "-d", name]
            with subprocess.Popen(dump, stdout=subprocess.PIPE) as reader:
                system.run([*load, "-1", "-v", "ON_ERROR_STOP=1"], stdin=reader.stdout)
            yield cluster
        finally:
            cluster.remove()


def addons_path():
    """The folders in which Odoo looks for addons, ours among them."""
    return installation().addons_path()


def cluster_option(cluster):
    """By which Odoo finds its database in this cluster."""
    return f"--db_host={cluster.socket}"


@contextlib.contextmanager
def start_server(name, workers=0, port=None, options=(), environment=None):
    """A real server on a database: yields `Server` (url, port, pid, log, kill(), stop())."""
    log = clone_dir() / "logs" / f"server_{name}_{os.getpid()}_{port or servers.free_port()}.log"
    log.unlink(missing_ok=True)
    server = servers.start(
        installation(),
        name,
        log=log,
        port=port,
        workers=workers,
        options=options,
        environment=environment,
    )
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.stop()


def run_odoo_tests(name, tags, timeout=3600):
    """Run tests of installed modules by Odoo's own runner, e.g. tags="/loyalty,/sale_loyalty".

    Tests marked `at_install` run after loading as well: while a complete database is still
    being loaded, columns of modules that come later are required and nobody fills them.
    """
    log = clone_dir() / "logs" / f"tests_{name}_{re.sub(r'[^a-z0-9]+', '_', tags.lower())[:40]}.log"
    log.unlink(missing_ok=True)
    words = [str(installation().python), "-m", "clubtool.inside.run_suites", "server", "-d", name]
    words += ["--stop-after-init", f"--http-port={servers.free_port()}", f"--logfile={log}"]
    words += [f"--test-tags={tags}"]
    environment = installation().environment()
    result = system.run(words, check=False, env=environment, cwd=REPO, timeout=timeout)
    text = log.read_text(errors="replace") if log.exists() else result.stdout
    found = SUMMARY.findall(text)
    failed, errors, tests = (int(number) for number in found[-1]) if found else (0, 0, 0)
    wrong = result.returncode or failed or errors or not found
    return OdooTestRun(int(bool(wrong)), tests, failed, errors, _failures(text), log)


def _failures(text):
    """The tracebacks of failed tests and the closing line of a log."""
    lines = text.splitlines()
    stamp = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
    shown, inside = [], False
    for line in lines:
        if stamp.match(line):
            inside = bool(re.search(r" (ERROR|CRITICAL) ", line)) or bool(SUMMARY.search(line))
        if inside:
            shown.append(line)
    return "\n".join(shown[:400])


def complaints(log):
    """WARNING and worse in a log that come from our addons; a failed test's own log doesn't."""
    ours = "|".join(re.escape(name) for name in addons.names()) or "(?!)"
    pattern = re.compile(rf" (WARNING|ERROR|CRITICAL) \S+ odoo\.addons\.({ours})(?!\.tests\.)[.:]")
    return [line for line in log.read_text(errors="replace").splitlines() if pattern.search(line)]
