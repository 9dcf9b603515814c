"""The parts of the harness, in the order in which they run, and how much of each."""

import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from . import (
    audits,
    crashes,
    crons,
    customers,
    cuts,
    kills,
    limiter,
    mutants,
    replays,
    rings,
    stateful,
    tills,
)
from .figures import SLOW_MS, Figures
from .mutants import MUTANTS

# Beside the other lane of `make test` on two cores, people wait longer.
SHORT_SLOW_MS = 2000


@dataclass(frozen=True)
class Part:
    """One part of the harness.

    :param world: which server it wants, see :class:`tests.fault.world.Stage`.
    :param run: function of (world, figures, size).
    :param short: size in `make test`.
    :param long: size in `make fault`.
    """

    name: str
    world: str
    run: Callable
    short: int
    long: int


PARTS = [
    Part("tills", "plain", tills.run, 40, 1000),
    Part("rings", "plain", rings.run, 40, 1000),
    Part("replays", "plain", replays.run, 15, 400),
    Part("kills", "plain", kills.run, 12, 200),
    Part("cuts", "plain", cuts.run, 80, 600),
    Part("crons", "plain", crons.run, 4, 25),
    Part("limiter", "plain", limiter.run, 3, 100),
    Part("audit", "plain", audits.run, 1, 1),
    Part("machine", "plain", stateful.run, 400, 15_000),
    Part("crashes", "crashable", crashes.run, 2, 20),
    Part("mutants", "mutated", mutants.run, len(MUTANTS), len(MUTANTS)),
]


def new_seed():
    """The seed that `LC_SEED` asks for, or a new one."""
    return os.environ.get("LC_SEED") or secrets.token_hex(4)


def members_for(short):
    """How many members all parts together use up, and some to spare."""
    sizes = {part.name: part.short if short else part.long for part in PARTS}
    alone = sizes["tills"] + sizes["replays"] + 2 * crons.SLICE * sizes["crons"]
    return alone + 4 * customers.NEEDED + 100


def play(stage, part, seed, short):
    """Run one part and leave its figures.

    :param stage: :class:`tests.fault.world.Stage`.
    :returns: :class:`Figures`.
    """
    figures = Figures(part.name, seed, SHORT_SLOW_MS if short else SLOW_MS)
    world = stage.world(part.world)
    start = time.monotonic()
    part.run(world, figures, part.short if short else part.long)
    figures.seconds = time.monotonic() - start
    figures.store()
    return figures
