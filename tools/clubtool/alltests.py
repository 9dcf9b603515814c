"""`make test`: every test there is, in two lanes on two cores, and one closing line.

    pure     doctests of the domain and of this tool; no Odoo, no database
    addons   pytest-odoo over each addon's tests, browser tours included
    system   tests/: fresh installation, Odoo's own suites, real servers, load, crashes

`pure` and then `addons` run in one lane, `system` in the other. ONLY='…' hands words to pytest;
paths among them choose the parts that run.
"""

import os
import shlex
import subprocess
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from . import addons, testing
from .console import say, took
from .databases import Databases
from .installation import prepare
from .paths import REPO, clone_dir, locked

HEARTBEAT = 60  # seconds between signs of life
PATIENCE = 3600  # seconds until a part that hangs is ended
# What runs inside Odoo can't be imported without it.
_PURE = ["-p", "no:odoo", "--doctest-modules", "--ignore=tools/clubtool/inside"]


@dataclass
class Part:
    """One pytest run: what it runs, where its output goes, what came of it."""

    name: str
    paths: list
    options: list
    output: Path
    report: Path
    counts: Counter = field(default_factory=Counter)
    state: str = "waiting"


def run_all():
    """Run everything; return 0 when all is well."""
    start = time.monotonic()
    installation = prepare(browser=True)
    databases = Databases(installation)
    words = shlex.split(os.environ.get("ONLY", ""))
    # One run per clone at a time: two would only make each other slow and flaky.
    with locked(f"test_{clone_dir().name}"):
        # Named once, so that both lanes test the same template whatever is edited meanwhile.
        os.environ[testing.TEMPLATE] = databases.test()
        database = databases.working_copy(os.environ[testing.TEMPLATE], "addons")
        _odoo_log().unlink(missing_ok=True)
        parts = _parts(database, words)
        _run_lanes(installation, parts)
        totals = sum((part.counts for part in parts), Counter())
        totals += _judge_logs(parts)
        # A part that never came to an end must not look like one without tests.
        totals["failed"] += sum(part.state in ("waiting", "running") for part in parts)
        databases.drop(database)
        databases.drop_leftovers()
    say(f"\nall tests together took {took(time.monotonic() - start)}")
    if not sum(totals.values()):
        say("no test matched")
    # The last line is for people and for programs that read it.
    say(f"{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped")
    return 1 if totals["failed"] else 0


def _parts(database, words):
    """The parts that have something to run, with the paths that were asked for."""
    chosen = [word for word in words if (REPO / word.split("::")[0]).exists()]
    rest = [word for word in words if word not in chosen]
    names = addons.names()
    pure = [f"{name}/domain" for name in names if (REPO / name / "domain").is_dir()]
    plan = {
        "pure": (["tools/clubtool", *pure], _PURE),
        "addons": (
            [f"{name}/tests" for name in names if (REPO / name / "tests").is_dir()],
            [
                f"--odoo-database={database}",
                "--odoo-http",
                "--odoo-log-level=warn",
                f"--odoo-extra=logfile={_odoo_log()}",
            ],
        ),
        "system": ([path for path in ["tests"] if (REPO / path).is_dir()], ["-p", "no:odoo"]),
    }
    folder = clone_dir() / "logs"
    parts = []
    for name, (paths, options) in plan.items():
        if chosen:
            paths = [word for word in chosen if any(_inside(word, path) for path in paths)]
        if paths:
            output, report = folder / f"test_{name}.txt", folder / f"test_{name}.xml"
            parts.append(Part(name, paths, [*options, *rest], output, report))
    return parts


def _odoo_log():
    return clone_dir() / "logs" / "test_addons.log"


def _inside(word, path):
    return f"{word.split('::')[0].rstrip('/')}/".startswith(f"{path}/")


def _run_lanes(installation, parts):
    """`system` beside the others; a sign of life each minute."""
    lanes = [
        [part for part in parts if part.name != "system"],
        [part for part in parts if part.name == "system"],
    ]
    threads = [
        threading.Thread(target=_run_lane, args=(installation, lane), daemon=True) for lane in lanes
    ]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    told = start
    while any(thread.is_alive() for thread in threads):
        time.sleep(0.5)
        if time.monotonic() - told > HEARTBEAT:
            told = time.monotonic()
            for part in parts:
                if part.state == "running":
                    say(f"  {took(told - start):>12}  {part.name}: {_progress(part)}")


def _progress(part):
    lines = part.output.read_text(errors="replace").splitlines() if part.output.exists() else []
    return lines[-1][:90] if lines else "starting"


def _run_lane(installation, lane):
    for part in lane:
        part.state = "running"
        start = time.monotonic()
        try:
            code = _run_part(installation, part)
        except subprocess.TimeoutExpired:
            code = f"ended after {took(PATIENCE)}"
        part.counts = _read_report(part.report)
        # 5 says that no test was selected, which ONLY makes normal.
        if code not in (0, 5) and not part.counts["failed"]:
            part.counts["failed"] += 1
        part.state = "failed" if part.counts["failed"] else "done"
        _tell(part, time.monotonic() - start)


def _run_part(installation, part):
    part.report.unlink(missing_ok=True)
    command = [installation.python, "-m", "pytest", "-ra", "--tb=short", "--color=no"]
    command += [f"--junitxml={part.report}", "--rootdir", REPO, *part.options, *part.paths]
    with part.output.open("w") as output:
        return subprocess.run(
            [str(word) for word in command],
            cwd=REPO,
            env=installation.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE,
            check=False,
        ).returncode


def _tell(part, seconds):
    """The part's outcome: one line when it went well, all of its output when it didn't."""
    text = part.output.read_text(errors="replace").rstrip()
    skipped = [line for line in text.splitlines() if line.startswith("SKIPPED ")]
    counts = ", ".join(f"{number} {kind}" for kind, number in sorted(part.counts.items()))
    if part.state == "failed":
        text = "\n".join(text.splitlines()[-600:])
        say(f"\n{'-' * 30} {part.name}: output {'-' * 30}\n{text}\n{'-' * 80}")
    elif skipped:
        say("\n".join(f"    {line}" for line in skipped))
    say(f"  {part.name}: {part.state} in {took(seconds)} ({counts or 'no tests'})")


def _read_report(report):
    """Count pytest's own record of the run: passed, failed, skipped."""
    counts = Counter()
    if not report.exists():
        return counts
    for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314 (our own file)
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            counts["failed"] += 1
        else:
            counts["skipped" if "skipped" in kinds else "passed"] += 1
    return counts


def _judge_logs(parts):
    """A warning that one of our addons logged during the tests counts as a failed test."""
    if not any(part.name == "addons" for part in parts):
        return Counter()
    found = testing.complaints(_odoo_log()) if _odoo_log().exists() else []
    if found:
        say("\nFAILED: our addons logged warnings; expect them in the test with assertLogs:")
        for line in sorted(set(found))[:40]:
            say(f"  {line[:300]}")
    return Counter({"failed" if found else "passed": 1})
