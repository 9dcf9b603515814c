"""PostgreSQL ends without warning, again and again, while clients charge, hold and sell."""

from . import customers
from .injectors import DatabaseCrasher


def run(world, figures, times):
    """Crash the database ``times`` times under load and judge.

    :param world: :class:`tests.fault.world.World` with a cluster of its own.
    :param figures: :class:`tests.fault.figures.Figures`, filled in here.
    """
    members = world.members(customers.NEEDED)
    acts = [customers.paying, customers.holding, customers.buying]
    crasher = DatabaseCrasher(world.server, world.cluster, figures.seed)
    with world.load(customers.habits(world, members, acts), figures.seed) as load:
        crasher.strike_often(times)
    figures.crashes = crasher.done
    figures.notes = {
        "server restarts": crasher.restarts,
        "longest absence": f"{max(crasher.absences):.1f}s",
    }
    world.open_books()
    figures.add_load(load)
    figures.replayed += world.judge.stored_before(load.replies)
    figures.add_verdict(world.judge.verdict(customers.wallets(members), load.replies))
    figures.add_verdict(world.audit())
