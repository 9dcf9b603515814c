"""`make bench`: the benchmarks of bench/, each a ratio to a reference measured beside it.

A benchmark is a module bench/bench_<name>.py with a function

    def run(context):                     # context: see Context
        ...
        return Result("rfm", ours=1.9, reference=1.0, unit="s", rows=1_000_000)

which may return several results. This module is also the program that runs one of them, in the
virtual environment: `python -m clubtool.bench bench/bench_rfm.py`.
"""

import contextlib
import dataclasses
import datetime
import importlib.util
import json
import os
import platform
import sys
from pathlib import Path

from . import system
from .console import Failure, say
from .installation import prepare
from .paths import REPO, locked

FOLDER = REPO / "bench"
TABLE = FOLDER / "RESULTS.md"
COLUMNS = "| benchmark | ratio | ours | reference | unit | rows | date | machine |"


@dataclasses.dataclass
class Result:
    """One measured pair. The ratio is ours / reference: for times, below 1 is better."""

    name: str
    ours: float
    reference: float
    unit: str
    rows: int

    @property
    def ratio(self):
        """Ours / reference."""
        return self.ours / self.reference

    def line(self):
        """The result as one line.

        >>> Result("rfm", 1.9, 1.0, "s", 1000).line()
        'bench: rfm ratio=1.9 ours=1.9 reference=1 unit=s rows=1000'
        """
        return (
            f"bench: {self.name} ratio={self.ratio:.3g} ours={self.ours:.4g} "
            f"reference={self.reference:.4g} unit={self.unit} rows={self.rows}"
        )


class Context:
    """What a benchmark works with."""

    def __init__(self):
        from . import testing

        self._testing = testing

    def copy_database(self, label, template="test"):
        """A fresh database with our addons (or `template="base"`: without them)."""
        return self._testing.copy_database(label, template)

    def small_database(self, label, modules):
        """A fresh database with these modules and what they need, nothing else."""
        return self._testing.small_database(label, modules)

    def drop_database(self, name):
        """Drop it."""
        self._testing.drop_database(name)

    @contextlib.contextmanager
    def env(self, name):
        """An Odoo environment of the superuser on a database; commit what later calls must see."""
        import odoo.api
        from odoo.modules.registry import Registry
        from odoo.tools import config

        if config["db_name"] != [name]:
            config.parse_config(["-d", name, "--no-http", "--log-level=warn"], setup_logging=True)
        with Registry(name).cursor() as cursor:
            yield odoo.api.Environment(cursor, odoo.api.SUPERUSER_ID, {})

    def connect(self, name):
        """A plain psycopg2 connection."""
        import psycopg2

        return psycopg2.connect(**self._testing.connect_kwargs(name))

    def start_server(self, name, **options):
        """A real server, see `testing.start_server`."""
        return self._testing.start_server(name, **options)


def bench():
    """Run the benchmarks (ONLY=<name>: one of them) and keep their results in a table."""
    wanted = os.environ.get("ONLY", "")
    files = sorted(FOLDER.glob(f"bench_{wanted or '*'}.py"))
    if not files:
        say(f"no benchmark {wanted!r} in bench/" if wanted else "bench/ has no benchmarks yet")
        return 1 if wanted else 0
    installation = prepare()
    failed = []
    with locked("bench"):
        for file in files:
            say(f"{file.stem} ...")
            try:
                _record(_run_apart(installation, file))
            except Failure as failure:
                failure.report()
                failed.append(file.name)
    say(f"results: {TABLE.relative_to(REPO)}" if not failed else f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def _run_apart(installation, file):
    """Each in a process of its own: nothing is warm or cached from the one before."""
    command = [installation.python, "-m", "clubtool.bench", file]
    text = system.run(command, env=installation.environment(), cwd=REPO).stdout
    results = []
    for line in text.splitlines():
        if line.startswith("result: "):
            results.append(Result(**json.loads(line.removeprefix("result: "))))
        else:
            say(line)
    return results


def _record(results):
    """Put the results into the table in place of earlier ones of the same name."""
    rows = {}
    if TABLE.exists():
        lines = [line for line in TABLE.read_text().splitlines() if line.startswith("| ")]
        rows = {line.split("|")[1].strip(): line for line in lines if line != COLUMNS}
    today = datetime.datetime.now(tz=datetime.timezone.utc).date()
    for result in results:
        cells = [f"{result.ratio:.3g}", f"{result.ours:.4g}", f"{result.reference:.4g}"]
        cells += [result.unit, f"{result.rows:,}", str(today), _machine()]
        rows[result.name] = f"| {result.name} | {' | '.join(cells)} |"
    rule = "|---" * 8 + "|"
    intro = "# Benchmark results\n\nWritten by `make bench`. Ratio = ours / reference.\n"
    TABLE.write_text("\n".join([intro, COLUMNS, rule, *(rows[name] for name in sorted(rows)), ""]))


def _machine():
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return f"{os.cpu_count()} x {line.partition(':')[2].strip()}"
    return f"{os.cpu_count()} x {platform.machine()}"


def _main(file):
    """Run one benchmark file in this process; print its results for people and for `bench`."""
    spec = importlib.util.spec_from_file_location(Path(file).stem, file)
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(FOLDER))
    spec.loader.exec_module(module)
    results = module.run(Context())
    for result in results if isinstance(results, list | tuple) else [results]:
        say(result.line())
        say(f"result: {json.dumps(dataclasses.asdict(result))}")


if __name__ == "__main__":
    # Under its own name, so that a benchmark's Result is this Result.
    from clubtool.bench import _main as run_one

    sys.exit(run_one(sys.argv[1]))
