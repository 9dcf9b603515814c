"""The parts, what each found as figures, and the closing line."""

import os
import secrets
import time
from collections import namedtuple

from . import app, doubles, fuzz, journeys, leaks, mutants, pages
from .figures import Figures

Part = namedtuple("Part", "name run")
PARTS = (
    Part("leaks", leaks.run),
    Part("doubles", doubles.run),
    Part("fuzz", fuzz.run),
    Part("journeys", journeys.run),
    Part("pages", pages.run),
    Part("app", app.run),
    Part("mutants", mutants.run),
)


def new_seed():
    """What decides the choices of a run; LC_SEED repeats one."""
    return os.environ.get("LC_SEED") or secrets.token_hex(4)


def play(stage, part, seed, short):
    """Run one part; its :class:`Figures`."""
    figures = Figures(part.name, seed)
    start = time.monotonic()
    part.run(stage, figures, short)
    figures.seconds = time.monotonic() - start
    return figures


def closing_line(found):
    """All parts in one line."""
    counts = " ".join(f"{figures.name}={figures.rounds}" for figures in found)
    return f"portal: {counts} wrong={sum(len(figures.wrong) for figures in found)}"
