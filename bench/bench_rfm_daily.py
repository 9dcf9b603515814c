"""RFM values of a million members after a day with 30,000 purchases: only what changed.
Reference: all of them anew, on the same day.
"""

import datetime
import statistics

from clubtool.bench import Result
from clubtool.console import say
from rfm_load import DAILY, TODAY, World

ROUNDS = 3


def run(context):
    """Measure updates and rebuilds in turns; return the ratio of the medians."""
    world = World(context, context.copy_database("rfm"))
    try:
        world.load()
        world.timed(lambda env, club: env["loyalty.club.rfm"]._rebuild(club, TODAY))
        world.vacuum("loyalty_club_rfm", "loyalty_club_member")
        return measure(world, TODAY)
    finally:
        context.drop_database(world.name)


def measure(world, last):
    """The result of a loaded world whose values are of ``last``."""
    updates, rebuilds, memory = [], [], 0
    for number in range(1, ROUNDS + 1):
        day = last + datetime.timedelta(days=number)
        world.buy_for_a_day(day)
        seconds, peak = world.timed(
            lambda env, club, day=day: env["loyalty.club.rfm"]._update(club, day)
        )
        updates.append(seconds)
        memory = max(memory, peak)
        seconds, _peak = world.timed(
            lambda env, club, day=day: env["loyalty.club.rfm"]._rebuild(club, day)
        )
        rebuilds.append(seconds)
    say(f"  rfm_daily: at most {memory:.0f} MB of the database's own memory")
    return Result("rfm_daily", statistics.median(updates), statistics.median(rebuilds), "s", DAILY)
