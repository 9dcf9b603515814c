"""RFM values, rhythm, scores, classes, stages and levels of a million members anew, out of ten
million purchases. Reference: one aggregate pass over the same rows of the journal.

Three rebuilds are told: the first, which makes every row; one after a day with 30,000 purchases,
as every week; and one after a hundred days, when nearly every row differs.
"""

import datetime
import statistics

from clubtool.bench import Result
from clubtool.console import say
from rfm_load import PURCHASES, TODAY, World

ROUNDS = 3
MEMORY = 500  # MB of its own that the database's process may take at most


def run(context):
    """Measure the floor and a rebuild in turns; return the ratio of the medians."""
    world = World(context, context.copy_database("rfm"))
    try:
        world.load()
        return measure(world)
    finally:
        context.drop_database(world.name)


def measure(world):
    """The results of a loaded world, whose values are of the last day afterwards."""
    first, memory = world.timed(_rebuild(TODAY))
    world.timed(_recompute(TODAY))
    world.vacuum("loyalty_club_rfm", "loyalty_club_member", "loyalty_club_tier_standing")
    floors, rebuilds, levels = [], [], []
    for number in range(1, ROUNDS + 1):
        day = TODAY + datetime.timedelta(days=number)
        world.buy_for_a_day(day)
        floors.append(world.floor())
        seconds, peak = world.timed(_rebuild(day))
        again, most = world.timed(_recompute(day))
        rebuilds.append(seconds + again)
        levels.append(again)
        memory = max(memory, peak, most)
    later, _peak = world.timed(_rebuild(TODAY + datetime.timedelta(days=100)))
    floor, rebuild = statistics.median(floors), statistics.median(rebuilds)
    say(f"  rfm_rebuild: the first {first:.1f} s, after a hundred days {later:.1f} s")
    say(f"  rfm_rebuild: levels are {statistics.median(levels):.1f} s of it")
    say(f"  rfm_rebuild: at most {memory:.0f} MB of the database's own memory")
    assert memory <= MEMORY, memory
    return Result("rfm_rebuild", rebuild, floor, "s", PURCHASES)


def _rebuild(day):
    return lambda env, club: env["loyalty.club.rfm"]._rebuild(club, day)


def _recompute(day):
    return lambda env, club: env["loyalty.club.tier"]._recompute(club, today=day)
