"""The stateful machine (machine/): the ledger against a reference model, and planted bugs."""

import json
import re
from pathlib import Path

from clubtool import testing
from clubtool.system import CommandFailed

from .figures import folder

RUN = Path(__file__).parent / "machine" / "run.py"
BUG = re.compile(r"^machine: mutant (\w+) (found|SURVIVED)", re.MULTILINE)
SEEDS = 2**31  # the machine's seed is a number
ENOUGH = 5_000  # steps of a run that has minutes to look for the bugs as well


def run(world, figures, steps):
    """About ``steps`` steps, then every bug that it has to find. Nothing is committed.

    :param world: :class:`tests.fault.world.World`; only its database is used.
    :param figures: :class:`tests.fault.figures.Figures`, filled in here.
    """
    words = {
        "STEPS": str(steps),
        "SEED": str(int.from_bytes(figures.seed.encode(), "big") % SEEDS),
        "MUTANTS": "" if steps >= ENOUGH else "0",  # all of them, or none
        "FAULT_RESULTS": str(folder()),
    }
    try:
        output = testing.databases().inside(world.server.database, RUN, environment=words)
    except CommandFailed as failure:  # it ends with an error when something is wrong
        output = failure.output
    (folder() / "machine.txt").write_text(output)
    figures.bugs = {name.replace("_", " "): state == "found" for name, state in BUG.findall(output)}
    file = folder() / "machine.json"
    if not file.exists():
        figures.demand(False, f"the machine did not come to an end: {output[-2000:]}")
        return
    found = json.loads(file.read_text())
    file.unlink()  # `Figures.store` tells it again
    figures.rounds, figures.steps = found["rounds"], found["steps"]
    figures.half += found["violations"]
    figures.demand(not found["violations"], output[-3000:])
    for name, caught in figures.bugs.items():
        figures.demand(caught, f"the bug “{name}” was not found")
