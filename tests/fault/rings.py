"""Transfers in a ring, A to B to C to A and back, all at once: the sum stays what it is."""

import random
from contextlib import closing
from functools import partial

import psycopg2
from clubtool import testing

from ..support.till import Together
from . import jobs
from .world import CREDIT, TILLS


def run(world, figures, rounds):
    """``rounds`` rounds of eight transfers at the same moment among three members.

    :param world: :class:`tests.fault.world.World`.
    :param figures: :class:`tests.fault.figures.Figures`, filled in here.
    """
    ring = world.ring()
    clients = [world.member_client(ring[number % 3]) for number in range(TILLS)]
    wallets = [member["credit"] for member in ring]
    rng = random.Random(f"rings:{figures.seed}")
    together, replies, deadlocks = Together(TILLS), [], world.deadlocks()
    with closing(psycopg2.connect(**testing.connect_kwargs(world.server.database))) as connection:
        connection.autocommit = True
        for _round in range(rounds):
            sent = [
                # Both ways round: two who send to each other take the same wallets.
                jobs.transfer(ring[number % 3], ring[(number + way) % 3], rng.randint(1, 40))
                for number, way in enumerate(rng.choices((1, 2), k=TILLS))
            ]
            # Who asks for more than there is has only twenty tries in an hour.
            connection.cursor().execute("DELETE FROM loyalty_club_rate_limit")
            pairs = zip(clients, sent, strict=True)
            replies += together(partial(client.ask, job) for client, job in pairs)
            total = world.books.value(
                "SELECT SUM(balance)::int FROM loyalty_club_wallet WHERE id = ANY(%s)", wallets
            )
            figures.demand(total == len(ring) * CREDIT, f"the sum became {total}")
    waited = world.deadlocks() - deadlocks
    figures.rounds = rounds
    figures.add_replies(replies)
    figures.add_unknown(clients)
    figures.demand(not figures.unknown, f"answers that were none: {figures.unknown}")
    done = figures.acknowledged
    figures.demand(2 * done > len(replies), f"{done} transfers of {len(replies)} were made")
    figures.demand(not waited, f"{waited} times transactions waited for each other for ever")
    figures.demand_speed()
    figures.add_verdict(world.judge.verdict(wallets, replies))
