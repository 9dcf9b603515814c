"""N tills on one wallet: there is enough for exactly K of them, and exactly K are paid."""

import random
from functools import partial

from ..support.till import Together
from . import jobs
from .world import CREDIT, TILLS


class Rush:
    """Rounds in which all tills want the same wallet at the same moment."""

    def __init__(self, world, figures):
        self.world = world
        self.figures = figures
        self.rng = random.Random(f"tills:{figures.seed}")
        self.together = Together(TILLS)
        self.replies = []

    def wave(self, wanted):
        """Send one job from each till at the same moment; None: the till has nothing to ask.

        :returns: the replies in the order of the tills.
        """
        pairs = zip(self.world.clients, wanted, strict=True)
        replies = self.together(partial(_ask, client, job) for client, job in pairs)
        self.replies += [reply for reply in replies if reply]
        return replies

    def charges(self, wallet, paid, amount):
        """All tills charge at once; exactly ``paid`` of them get it."""
        replies = self.wave([jobs.charge(wallet, amount) for _till in range(TILLS)])
        self.exactly(paid, replies, wallet)

    def holds(self, wallet, paid, amount):
        """All tills authorise; who may captures or lets go; what was let go is charged."""
        keys = [jobs.new_key("hold") for _till in range(TILLS)]
        replies = self.wave([jobs.authorize(wallet, amount, key) for key in keys])
        self.exactly(paid, replies, wallet)

        ends, freed = [None] * TILLS, 0
        for till, reply in enumerate(replies):
            if reply.done and self.rng.random() < 0.5:
                ends[till] = jobs.release(keys[till])
                freed += 1
            elif reply.done:
                ends[till] = jobs.capture(wallet, amount, keys[till])
        ended = [reply for reply in self.wave(ends) if reply]
        self.figures.demand(
            all(reply.done for reply in ended), f"wallet {wallet}: a hold could not be ended"
        )

        self.charges(wallet, freed, amount)

    def exactly(self, paid, replies, wallet):
        """Exactly ``paid`` replies are a yes, and every no is one that a cashier can read."""
        done = sum(reply.done for reply in replies)
        if done > paid:
            self.figures.double += done - paid
        self.figures.demand(done == paid, f"wallet {wallet}: {done} of {paid} were paid")
        for reply in replies:
            told = reply.answer.result
            clear = reply.done or (told["reason"] == "insufficient" and len(told["message"]) > 20)
            self.figures.demand(clear, f"wallet {wallet}: refused by {told}")


def _ask(client, job):
    return client.ask(job) if job else None


def run(world, figures, rounds, enough_for=None):
    """``rounds`` rounds, most with charges, some with holds.

    :param world: :class:`tests.fault.world.World`.
    :param figures: :class:`tests.fault.figures.Figures`, filled in here.
    :param enough_for: how many can be paid in each round; None: now this many, now that.
    """
    rush = Rush(world, figures)
    wallets = [member["credit"] for member in world.members(rounds)]
    for wallet in wallets:
        paid = enough_for or rush.rng.randrange(1, TILLS)
        style = rush.charges if rush.rng.random() < 0.7 else rush.holds
        style(wallet, paid, CREDIT // paid)
    figures.rounds = rounds
    figures.add_replies(rush.replies)
    figures.add_unknown(world.clients)
    figures.demand(not figures.unknown, f"answers that were none: {figures.unknown}")
    figures.demand_speed()
    figures.add_verdict(world.judge.verdict(wallets, rush.replies))
