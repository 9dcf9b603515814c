"""`make check`: every linter over the whole repository, in a few seconds; `make fix` formats."""

import os
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import addons, node, odoo_source, system, virtualenv
from .console import say, took
from .paths import REPO, home, locked

PRETTIER = {".js", ".mjs", ".cjs", ".xml", ".scss", ".css", ".json", ".yml", ".yaml"}
SCRIPTS = {".js", ".mjs", ".cjs"}
# Not written by us by hand.
FOREIGN = ("/static/lib/", "/static/description/", "package-lock.json")


@dataclass
class Check:
    """One linter: its name, what it is called with, and how it went."""

    name: str
    command: list
    fixes: bool = False
    output: str = ""
    failed: bool = False
    seconds: float = 0


class Tools:
    """The programs that check, and the files they look at."""

    def __init__(self):
        home().mkdir(parents=True, exist_ok=True)
        with locked("setup"):
            self.odoo = odoo_source.find()
            self.venv = virtualenv.ensure(self.odoo)
            self.node_bin = node.ensure(self.venv)
        self.files = _files()
        self.addons = [str(folder.relative_to(REPO)) for folder in addons.folders()]

    def environment(self):
        """Programs of ours first; eslint's configuration finds its parts through NODE_PATH."""
        path = f"{self.venv / 'bin'}:{self.node_bin}:{os.environ['PATH']}"
        modules = str(self.node_bin.parent)
        python_path = f"{REPO}:{REPO / 'tools'}"
        return {**os.environ, "PATH": path, "NODE_PATH": modules, "PYTHONPATH": python_path}

    def having(self, suffixes):
        """The files with one of these suffixes."""
        return [file for file in self.files if Path(file).suffix in suffixes]


def check():
    """Run every check, two at a time; return 1 when one failed."""
    start = time.monotonic()
    tools = Tools()
    environment = tools.environment()
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        jobs = [pool.submit(_run, item, environment) for item in _checks(tools)]
        done = [_xml_is_well_formed(tools), *(job.result() for job in jobs)]
    for item in done:
        say(f"  {'FAILED' if item.failed else 'ok':<7}{item.name:<22}{took(item.seconds):>8}")
    failed = [item for item in done if item.failed]
    for item in failed:
        say(f"\n--- {item.name}\n{item.output.rstrip()}")
    say(f"\n{len(done)} checks in {took(time.monotonic() - start)}: {len(failed) or 'none'} failed")
    if any(item.fixes for item in failed):
        say("make fix mends what can be mended by a program")
    return 1 if failed else 0


def fix():
    """Let the formatters and the linters that can mend do so."""
    tools = Tools()
    commands = [
        ["ruff", "check", "--fix", "--quiet", "."],
        ["ruff", "format", "--quiet", "."],
        ["eslint", "--fix", *tools.having(SCRIPTS)],
        ["prettier", "--write", "--log-level=warn", *tools.having(PRETTIER)],
    ]
    for command in commands:
        say(system.run(command, check=False, env=tools.environment(), cwd=REPO).stdout.rstrip())


def _checks(tools):
    """The checks that have something to look at."""
    scripts, pretty = tools.having(SCRIPTS), tools.having(PRETTIER)
    yield Check("ruff", ["ruff", "check", "--output-format=concise", "."], fixes=True)
    yield Check(
        "ruff format", ["ruff", "format", "--check", "--output-format=concise", "."], fixes=True
    )
    yield Check("eslint", ["eslint", "--max-warnings=0", *scripts], fixes=True)
    yield Check("prettier", ["prettier", "--check", "--log-level=warn", *pretty], fixes=True)
    if tools.addons:
        # The house extends a big model of Odoo's in several files, one per concern.
        several = "--disable=consider-merging-classes-inherited"
        yield Check("pylint-odoo", ["pylint", "--rcfile=.pylintrc", several, *tools.addons])
        yield Check("odoo xml, csv", ["oca-checks-odoo-module", *tools.addons])
        yield Check("persian", ["python", "-m", "clubtool.translations", "check"])
    if "loyalty_club" in tools.addons:
        yield Check("layers", ["lint-imports", "--no-cache"])
    if texts := tools.having({".po", ".pot"}):
        yield Check("po files", ["oca-checks-po", "--disable=po-pretty-format", *texts])


def _run(item, environment):
    start = time.monotonic()
    result = subprocess.run(
        item.command,
        cwd=REPO,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    item.output, item.failed = result.stdout, bool(result.returncode)
    item.seconds = time.monotonic() - start
    return item


def _xml_is_well_formed(tools):
    start = time.monotonic()
    item = Check("xml well-formed", [])
    for file in tools.having({".xml", ".svg"}):
        try:
            ElementTree.parse(REPO / file)  # noqa: S314 (the repository's own files)
        except ElementTree.ParseError as error:
            item.output += f"{file}: {error}\n"
    item.failed, item.seconds = bool(item.output), time.monotonic() - start
    return item


def _files():
    """The repository's files, as git sees them: what it ignores is nobody's source."""
    listing = ["git", "-C", REPO, "ls-files", "-z", "-co", "--exclude-standard"]
    names = set(system.run(listing).stdout.split("\0"))
    kept = (name for name in names if name and not any(part in f"/{name}" for part in FOREIGN))
    return sorted(name for name in kept if (REPO / name).is_file())
