"""The rate limiter: of many who try at once, exactly as many get through as may."""

import json
from pathlib import Path

from clubtool import testing

RACE = Path(__file__).parent / "race_limiter.py"


def run(world, figures, rounds):
    """40 tries at once from two processes, of which 5 may get through.

    :param world: :class:`tests.fault.world.World`.
    :param figures: :class:`tests.fault.figures.Figures`, filled in here.
    """
    words = {"FAULT_ROUNDS": str(rounds)}
    output = testing.databases().inside(world.server.database, RACE, environment=words)
    (line,) = [line for line in output.splitlines() if line.startswith("allowed: ")]
    allowed = json.loads(line.removeprefix("allowed: "))
    figures.rounds = len(allowed)
    figures.double += sum(max(number - 5, 0) for number in allowed)
    figures.demand(allowed == [5] * rounds, f"5 of 40 may get through, did: {allowed}")
