"""Crons killed in the middle of their work: each item exactly once, however often they begin."""

import random
import time

import psycopg2
from clubtool import testing

from . import jobs
from .injectors import WorkerKiller
from .judge import Verdict
from .world import TILLS

SLICE = 12  # members whose value falls due for one kill
EXPIRING, HELD = 40, 30  # of the 100 in each wallet; enough is left to expire twice
PATIENCE = 60  # seconds until a cron must have done its work

# What makes something fall due, as the passing of days does.
EXPIRE = """
    UPDATE loyalty_club_lot SET expires_on = CURRENT_DATE - 2
     WHERE wallet_id = ANY(%s) AND amount = 40"""
LAPSE = """
    UPDATE loyalty_club_hold SET expires_at = (now() AT TIME ZONE 'UTC') - interval '1 minute'
     WHERE wallet_id = ANY(%s) AND state = 'open'"""
LEFT = {
    "expiry": "SELECT COUNT(*) FROM loyalty_club_wallet WHERE id = ANY(%s) AND balance > 60",
    "hold": "SELECT COUNT(*) FROM loyalty_club_wallet WHERE id = ANY(%s) AND held > 0",
}
# Two crons with the same work, as two servers have: they run side by side.
DUE = """
    INSERT INTO ir_cron_trigger (cron_id, call_at)
    SELECT id, now() AT TIME ZONE 'UTC' FROM ir_cron WHERE id = ANY(%s)"""


class Clock:
    """Lets value fall due and wakes the crons that see to it."""

    def __init__(self, world):
        self.world = world
        self.connection = psycopg2.connect(**testing.connect_kwargs(world.server.database))
        self.connection.autocommit = True
        # Crons listen in the database that every cluster has.
        self.bell = psycopg2.connect(**testing.connect_kwargs("postgres"))
        self.bell.autocommit = True

    def execute(self, statement, *parameters):
        """Run one statement, committed."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement, parameters)

    def ring(self, name):
        """Wake the workers that run crons: there is something to do."""
        self.execute(DUE, self.world.shop["crons"][name])
        with self.bell.cursor() as cursor:
            cursor.execute("SELECT pg_notify('cron_trigger', %s)", [self.world.server.database])

    def close(self):
        """End the connections."""
        self.connection.close()
        self.bell.close()


def run(world, figures, times, kill=True):
    """Kill cron workers ``times`` times while value expires, and as often while holds lapse.

    :param world: :class:`tests.fault.world.World` whose server has workers for crons.
    :param figures: :class:`tests.fault.figures.Figures`, filled in here.
    :param kill: False: only let two of them work side by side.
    """
    clock = Clock(world)
    rng = random.Random(f"crons:{figures.seed}")
    killer = WorkerKiller(world.server, figures.seed, cron=True)
    replies, wallets = [], []
    for _time in range(times):
        expiring = [member["credit"] for member in world.members(SLICE)]
        lapsing = [member["credit"] for member in world.members(SLICE)]
        replies += _hold(world, lapsing)
        clock.execute(EXPIRE, expiring)
        clock.execute(LAPSE, lapsing)
        for name, due in (("expiry", expiring), ("hold", lapsing)):
            clock.ring(name)
            if kill:
                time.sleep(rng.uniform(0, 0.4))
                killer.strike()
            figures.demand(_settled(world, clock, name, due), f"{name}: not done: {due}")
        figures.add_verdict(_once(world, expiring))
        wallets += expiring + lapsing
    clock.close()
    figures.kills = killer.done
    figures.add_replies(replies)
    figures.add_verdict(world.judge.soundness(wallets))


def _hold(world, wallets):
    """Authorise a part of each wallet."""
    pairs = [
        (world.clients[number % TILLS], jobs.authorize(wallet, HELD, jobs.new_key("lapse")))
        for number, wallet in enumerate(wallets)
    ]
    return [client.ask(job) for client, job in pairs]


def _settled(world, clock, name, wallets):
    """Ring until nothing is left to do; False when that takes too long."""
    deadline = time.monotonic() + PATIENCE
    while world.books.value(LEFT[name], wallets):
        if time.monotonic() > deadline:
            return False
        clock.ring(name)
        time.sleep(0.2)
    return True


def _once(world, wallets):
    """Each wallet's value has expired once, and wholly."""
    verdict = Verdict()
    expired = world.books.rows(
        """
        SELECT w.id, COUNT(e.id), COALESCE(-SUM(e.amount), 0)
          FROM loyalty_club_wallet w
          LEFT JOIN loyalty_club_entry e ON e.wallet_id = w.id AND e.kind = 'expire'
         WHERE w.id = ANY(%s) GROUP BY w.id""",
        wallets,
    )
    for wallet, entries, amount in expired:
        if entries > 1 or amount > EXPIRING:
            verdict.add("double", f"wallet {wallet}: {amount} expired in {entries} entries")
        elif amount != EXPIRING:
            verdict.add("lost", f"wallet {wallet}: only {amount} expired")
    return verdict
