"""The ledger's own audit, after all that: seals, numbers, balances, lots, cards."""

from clubtool import testing


def run(world, figures, _size):
    """Audit the database, and look for what our addons complained of.

    :param world: :class:`tests.fault.world.World`.
    :param figures: :class:`tests.fault.figures.Figures`, filled in here.
    """
    figures.add_verdict(world.audit())
    complaints = testing.complaints(world.server.log)
    figures.demand(not complaints, f"the log complains: {complaints[:3]}")
