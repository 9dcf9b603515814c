"""The harness tested: a part that does not see the bug planted for it counts as not run."""

from functools import partial

import psycopg2
from clubtool import testing

from ..support.planting import SWITCH
from . import crons, customers, kills, replays, rings, tills
from .figures import Figures

REPEATS = partial(replays.run, restart=False)
LAST_UNIT = partial(tills.run, enough_for=1)
CHARGES = partial(kills.run, acts=[customers.paying])
TWO_CRONS = partial(crons.run, kill=False)
# Which part must find which bug, and how much of it it may run.
MUTANTS = {
    "no key gate": (REPEATS, 8),
    "key after the charge": (CHARGES, 6),
    "guard dropped": (tills.run, 3),
    "sum of entries": (LAST_UNIT, 6),
    "hold captured twice": (REPEATS, 8),
    "transfer without ordering": (rings.run, 8),
    "expiry without recheck": (TWO_CRONS, 2),
}
# The last defence behind the guards: the bugs are to be seen, not to be stopped.
LAST_DEFENCE = """
    ALTER TABLE loyalty_club_wallet
     DROP CONSTRAINT IF EXISTS loyalty_club_wallet_balance_sound"""


def run(world, figures, _size):
    """Switch on one bug after the other, and let the part look for it.

    :param world: :class:`tests.fault.world.World` whose server has the bugs.
    :param figures: :class:`tests.fault.figures.Figures`, filled in here.
    """
    # With all bugs switched off, and the last defence gone, nothing may be found.
    innocent = _trial(world, figures.seed, "none", tills.run, 2)
    figures.demand(not innocent.wrong, f"without a bug: {innocent.wrong[:3]}")
    for name, (part, size) in MUTANTS.items():
        trial = _trial(world, figures.seed, name, part, size)
        figures.bugs[name] = bool(trial.wrong)
        figures.demand(trial.wrong, f"the bug “{name}” was not found")


def _trial(world, seed, name, part, size):
    trial = Figures(name, seed, slow_ms=60_000)
    _execute(world, LAST_DEFENCE)
    _execute(world, SWITCH, name)
    part(world, trial, size)
    return trial


def _execute(world, statement, *parameters):
    connection = psycopg2.connect(**testing.connect_kwargs(world.server.database))
    with connection, connection.cursor() as cursor:
        cursor.execute(statement, parameters)
    connection.close()
