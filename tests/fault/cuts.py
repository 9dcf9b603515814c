"""Connections cut before, inside and after a request; answers lost on their way."""

from . import customers
from .load import Client, Load
from .proxy import BadLine
from .world import TILLS

TRIES = 12  # more, and a till would not have known the outcome soon


def run(world, figures, requests):
    """About ``requests`` requests over a bad line.

    :param world: :class:`tests.fault.world.World`.
    :param figures: :class:`tests.fault.figures.Figures`, filled in here.
    """
    members = world.members(customers.NEEDED)
    acts = [customers.paying, customers.holding, customers.shopping]
    habits = customers.habits(world, members, acts, times=requests // TILLS)
    with BadLine(world.server.port, figures.seed) as line:
        load = Load(
            [_client(world, facts, line) for facts in world.shop["tills"]], habits, figures.seed
        )
        replies = load.run()
    cut = sum(number for fate, number in line.fates.items() if fate != "delivered")
    figures.rounds = len(replies)
    figures.notes = dict(line.fates)
    figures.add_load(load)
    figures.replayed += world.judge.stored_before(replies)
    most = max(reply.tries for reply in replies)
    figures.demand(cut > len(replies) // 5, f"the line cut only {cut} times")
    figures.demand(most <= TRIES, f"an outcome was known after {most} tries only")
    figures.add_verdict(world.judge.verdict(customers.wallets(members), replies))


def _client(world, facts, line):
    """A cashier who signed in before the line went bad."""
    till = world.log_in(facts)
    till.url = line.url
    till.http.headers["Connection"] = "close"
    return Client(till)
