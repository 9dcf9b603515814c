"""`kill -9` of workers while clients charge, hold, sell, take back and transfer."""

from . import customers
from .injectors import WorkerKiller

REPLAYS = 5  # fewer answers by replay: the kills never hit the moment that matters
ENOUGH = 100  # kills from which that many can be expected


def run(world, figures, times, acts=None):
    """Kill workers ``times`` times under load and judge.

    :param world: :class:`tests.fault.world.World`.
    :param figures: :class:`tests.fault.figures.Figures`, filled in here.
    :param acts: what the customers do, see :func:`tests.fault.customers.habits`.
    """
    members, ring = world.members(customers.NEEDED), world.ring()
    senders = [world.member_client(member) for member in ring[:2]]
    killer = WorkerKiller(world.server, figures.seed, sign=world.last_entry)
    with (
        world.load(customers.habits(world, members, acts), figures.seed) as load,
        world.load(customers.sending(ring), figures.seed, senders) as transfers,
    ):
        # A new worker needs a while until its answers are quick again.
        killer.strike_often(times, between=(0.4, 1.2))
    figures.kills = killer.done
    figures.add_load(load)
    figures.add_load(transfers)
    figures.replayed += world.judge.stored_before(load.replies + transfers.replies)
    if times >= ENOUGH:
        enough = figures.replayed >= REPLAYS
        figures.demand(enough, f"only {figures.replayed} answers came by replay")
    wallets = customers.wallets(members) + [member["credit"] for member in ring]
    replies = load.replies + transfers.replies
    figures.add_verdict(world.judge.verdict(wallets, replies))
