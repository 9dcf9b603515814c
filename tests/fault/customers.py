"""What customers do all day, as habits of :class:`tests.fault.load.Load`."""

from . import jobs
from .world import TILLS

NEEDED = 6 * TILLS


def wallets(members):
    """All wallets of some members."""
    return [member[name] for member in members for name in ("credit", "points")]


def habits(world, members, acts=None, times=None):
    """Customers of one client's own, who do one thing after the other.

    :param members: those whom nobody else moves, :data:`NEEDED` of them.
    :param acts: functions of this module to choose from; all when None.
    :param times: how many acts each client makes; None: until it is told to stop.
    :returns: function for :class:`tests.fault.load.Load`.
    """
    # What takes long is rare: a worker shall die in the midst of each.
    acts = acts or [paying, paying, paying, holding, shopping]

    def habit(number, rng):
        till = world.clients[number].till
        own = members[number::TILLS]
        done = 0
        while times is None or done < times:
            yield from rng.choice(acts)(world, till, rng.choice(own), rng)
            done += 1

    return habit


def paying(_world, _till, member, rng):
    """Pay something with credit; sometimes there is not enough."""
    yield jobs.charge(member["credit"], rng.randint(1, 9))


def holding(_world, _till, member, rng):
    """Authorise; then capture all or a part, or let it go."""
    key, amount = jobs.new_key("hold"), rng.randint(2, 9)
    reply = yield jobs.authorize(member["credit"], amount, key)
    if not reply.done:
        return
    end = rng.random()
    if end < 0.4:
        yield jobs.capture(member["credit"], amount, key)
    elif end < 0.7:
        yield jobs.capture(member["credit"], rng.randrange(1, amount), key)
    else:
        yield jobs.release(key)


def shopping(world, till, member, rng):
    """Buy, partly with points; often bring everything back."""
    reply = yield jobs.sale(world.shop, till, member)
    if reply.done and rng.random() < 0.5:
        entries = world.entry_ids(reply.entries)
        yield jobs.sale_return(till, member, reply, entries)


def buying(world, till, member, _rng):
    """Buy, partly with points."""
    yield jobs.sale(world.shop, till, member)


def sending(ring):
    """Habits by which three members send each other credit in a ring.

    :returns: function for :class:`tests.fault.load.Load`.
    """

    def habit(number, rng):
        while True:
            sender, receiver = ring[number % 3], ring[(number + 1) % 3]
            yield jobs.transfer(sender, receiver, rng.randint(1, 40))

    return habit
