"""RFM values of a million members after a day with 30,000 purchases: only what changed.
Reference: all of them anew, on the same day.

That is the update of an ordinary night. Told beside it: the one of the night on which a month
begins, when scores get new bounds, and the levels, which are decided for everybody every night.
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
        world.timed(lambda env, club: env["loyalty.club.tier"]._recompute(club, today=TODAY))
        world.vacuum("loyalty_club_rfm", "loyalty_club_member", "loyalty_club_tier_standing")
        return measure(world, TODAY)
    finally:
        context.drop_database(world.name)


def measure(world, last):
    """The result of a loaded world whose values are of ``last``, the last day of a month."""
    begins, _rebuild, memory, _levels = measure_day(world, last + datetime.timedelta(days=1))
    updates, rebuilds, levels = [], [], []
    for number in range(2, ROUNDS + 2):
        day = last + datetime.timedelta(days=number)
        seconds, rebuild, peak, decided = measure_day(world, day)
        updates.append(seconds)
        rebuilds.append(rebuild)
        levels.append(decided)
        memory = max(memory, peak)
    say(f"  rfm_daily: {begins:.2f} s in the night on which a month begins")
    say(f"  rfm_daily: levels take {statistics.median(levels):.2f} s beside it")
    say(f"  rfm_daily: at most {memory:.0f} MB of the database's own memory")
    return Result("rfm_daily", statistics.median(updates), statistics.median(rebuilds), "s", DAILY)


def measure_day(world, day):
    """Seconds of the update and of a rebuild, peak of memory (MB), and seconds of the levels."""
    world.buy_for_a_day(day)
    update, peak = world.timed(lambda env, club: env["loyalty.club.rfm"]._update(club, day))
    rebuild, _peak = world.timed(lambda env, club: env["loyalty.club.rfm"]._rebuild(club, day))
    levels, _peak = world.timed(
        lambda env, club: env["loyalty.club.tier"]._recompute(club, today=day)
    )
    return update, rebuild, peak, levels
