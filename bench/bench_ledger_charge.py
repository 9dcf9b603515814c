"""Charges per second through the ledger's door, by one and by two processes at once.

Ours: a short transaction of its own and a commit per charge, as the doors of tills do it; the
wallet has a stock card, which mirrors it with a line of history. References, in turns with ours:

- floor: one statement through Odoo's cursor that guards and moves the balance and inserts an
  entry, and its commit; in the same tables
- pgbench: the same statement from PostgreSQL's own benchmark program
- stock: a card's points lowered and its line of history, in a database without our addons

All figures are milliseconds per charge (of all processes together), so that a ratio of 4 means a
quarter of the reference's rate. No commit waits for the disk: what is compared is the work.
"""

import contextlib
import cProfile
import multiprocessing
import os
import pstats
import random
import re
import statistics
import subprocess
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from clubtool import testing
from clubtool.bench import Result
from clubtool.console import say

WALLETS = 500
ROUNDS, SECONDS = 4, 2.5
PLENTY = 10**9
FLOOR = """
    WITH moved AS (
        UPDATE loyalty_club_wallet SET balance = balance - 1, seq = seq + 1
         WHERE id = {wallet} AND balance - held >= 1 AND state = 'active'
        RETURNING id, balance, seq, club_id, company_id, member_id
    )
    INSERT INTO loyalty_club_entry
           (wallet_id, seq, kind, amount, balance_after, idempotency_key, seal, key_id, date,
            user_id, club_id, company_id, member_id)
    SELECT id, seq, 'spend', -1, balance, {key}, repeat('0', 64), '00000000', {now},
           1, club_id, company_id, member_id
      FROM moved
    RETURNING id
"""


def run(context):
    """Measure all lanes in turns and return their ratios."""
    names = (
        context.copy_database("charge_ours"),
        context.copy_database("charge_stock", "base"),
    )
    try:
        with context.env(names[0]) as env:
            ours, floor = ClubLane(env), FloorLane(env)
            pgbench = Pgbench(names[0], floor.wallets)
            env.cr.commit()
        with context.env(names[1]) as env:
            stock = StockLane(env)
            env.cr.commit()
        lanes = [ours, floor, pgbench, stock]
        results = []
        for processes in (1, 2):
            for _round in range(ROUNDS):
                for lane in lanes:
                    lane.measure(processes)
            results += _results(processes, *lanes)
        ours.check()
        ours.report()
    finally:
        for name in names:
            context.drop_database(name)
    return results


def _results(processes, ours, *references):
    suffix = "" if processes == 1 else f"_{processes}_processes"
    words = [f"{lane.label} {1000 / lane.cost(processes):,.0f}/s" for lane in (ours, *references)]
    say(f"  ledger_charge, {processes} process(es): {', '.join(words)}")
    names = ("", "_to_pgbench", "_to_stock")
    return [
        Result(
            f"ledger_charge{name}{suffix}",
            ours.cost(processes),
            lane.cost(processes),
            "ms",
            ours.charges,
        )
        for name, lane in zip(names, references, strict=True)
        if lane.rates.get(processes)
    ]


class Lane:
    """One way to charge; its rates by number of processes."""

    def __init__(self, env):
        from odoo.modules.registry import Registry

        self.registry = Registry(env.cr.dbname)
        self.rates = {}
        self.charges = 0

    def measure(self, processes):
        """Charge for a while in so many processes; remember charges per second."""
        from odoo.sql_db import close_all

        close_all()  # children must not speak through our connections
        forked = multiprocessing.get_context("fork")
        counts = forked.SimpleQueue()
        children = [
            forked.Process(target=self._work, args=(counts, number, processes))
            for number in range(processes)
        ]
        for child in children:
            child.start()
        for child in children:
            child.join()
            assert child.exitcode == 0, f"{self.label}: a process failed"
        done = sum(counts.get() for _ in children)
        self.charges += done
        self.rates.setdefault(processes, []).append(done / SECONDS)

    def _work(self, counts, number, processes):
        # Each its own wallets: it is work that is measured here, not waiting for each other.
        self.wallets = self.wallets[number::processes]
        with self.session() as charge:
            for count in range(20):
                charge(f"warm:{os.getpid()}:{count}")
            count, until = 0, time.perf_counter() + SECONDS
            while time.perf_counter() < until:
                charge(f"bench:{os.getpid()}:{count}")
                count += 1
        counts.put(count)

    def cost(self, processes):
        """Milliseconds per charge."""
        return 1000 / statistics.median(self.rates[processes])


class ClubLane(Lane):
    """The ledger's door."""

    label = "ours"

    def __init__(self, env):
        super().__init__(env)
        self.wallets = _wallets(env, "Charged")

    @contextlib.contextmanager
    def session(self):
        """A request's environment, as a till's door has it."""
        from odoo.api import SUPERUSER_ID, Environment

        from odoo.addons.loyalty_club.movement import Movement
        from odoo.addons.loyalty_club.transaction import in_short_transaction

        with self.registry.cursor() as cursor:
            env = Environment(cursor, SUPERUSER_ID, {})

            def charge(key):
                movement = Movement(random.choice(self.wallets), Decimal(-1), "spend", key)
                (status,) = in_short_transaction(
                    env,
                    lambda short: [
                        outcome.status for outcome in short["loyalty.club.wallet"]._post([movement])
                    ],
                )
                assert status == "posted", status

            yield charge

    def check(self):
        """Every charge is on the ledger, once."""
        with self.registry.cursor() as cursor:
            cursor.execute(
                "SELECT SUM(%s - balance), SUM(seq) - COUNT(*),"
                "       (SELECT COUNT(*) FROM loyalty_club_entry WHERE kind = 'spend'"
                "           AND wallet_id = ANY(%s))"
                "  FROM loyalty_club_wallet WHERE id = ANY(%s)",
                [PLENTY, self.wallets, self.wallets],
            )
            charged, numbered, entries = cursor.fetchone()
        assert charged == numbered == entries >= self.charges, (charged, numbered, entries)

    def report(self):
        """Print how many statements a charge takes; with PROFILE=1, where its time goes."""
        from odoo.sql_db import Cursor

        statements = []
        execute = Cursor.execute

        def spy(cursor, query, *arguments, **options):
            statements.append(" ".join(str(getattr(query, "code", query)).split())[:90])
            return execute(cursor, query, *arguments, **options)

        with self.session() as charge:
            charge("count:0")
            Cursor.execute = spy
            try:
                charge("count:1")
            finally:
                Cursor.execute = execute
            say(f"  ledger_charge: {len(statements)} SQL statements per charge")
            if os.environ.get("PROFILE"):
                say("\n".join(f"    {text}" for text in statements))
                profile = cProfile.Profile()
                profile.enable()
                for count in range(1000):
                    charge(f"profile:{count}")
                profile.disable()
                pstats.Stats(profile).sort_stats("tottime").print_stats(35)


class FloorLane(Lane):
    """One statement that does the least there is to do."""

    label = "floor"

    def __init__(self, env):
        super().__init__(env)
        self.wallets = _wallets(env, "Floored")

    @contextlib.contextmanager
    def session(self):
        """Nothing is kept between charges but the pool's connections."""
        query = FLOOR.format(wallet="%s", key="%s", now="(now() at time zone 'UTC')")

        def charge(key):
            with self.registry.cursor() as cursor:
                cursor.execute(query, [random.choice(self.wallets), key])
                assert cursor.fetchone()

        yield charge


class Pgbench:
    """The floor's statement without Python."""

    label = "pgbench"
    charges = 0

    def __init__(self, database, wallets):
        self.rates = {}
        self.program = testing.databases().cluster.programs / "pgbench"
        self.target = testing.connect_kwargs(database)
        # A wallet by its place in the list, whatever gaps the ids have.
        self.script = "\\set n random(1, {count})\n{query};\n".format(
            count=len(wallets),
            query=FLOOR.format(
                wallet=f"('{{{','.join(map(str, wallets))}}}'::int[])[:n]",
                key="'pgbench:' || gen_random_uuid()",
                now="(now() at time zone 'UTC')",
            ).replace("\n", " "),
        )

    def measure(self, processes):
        """Run the program for a while, when there is one."""
        if not self.program.exists():
            say(f"  ledger_charge: no {self.program}, so nothing to compare with")
            return
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "charge.sql"
            script.write_text(self.script)
            words = [self.program, "-n", "-f", script, "-c", processes, "-j", processes]
            words += ["-T", round(SECONDS), "-h", self.target["host"], "-U", self.target["user"]]
            words += [self.target["dbname"]]
            output = subprocess.run(map(str, words), capture_output=True, text=True, check=True)
        rate = float(re.search(r"tps = ([\d.]+)", output.stdout)[1])
        self.rates.setdefault(processes, []).append(rate)

    def cost(self, processes):
        """Milliseconds per charge; endless when there is no such program."""
        rates = self.rates.get(processes)
        return 1000 / statistics.median(rates) if rates else float("inf")


class StockLane(Lane):
    """Odoo's own way to take points off a card."""

    label = "stock"

    def __init__(self, env):
        super().__init__(env)
        program = env["loyalty.program"].create(
            {"name": "Charged", "program_type": "loyalty", "applies_on": "both"}
        )
        partners = env["res.partner"].create(
            [{"name": f"Charged {number}"} for number in range(WALLETS)]
        )
        self.wallets = (
            env["loyalty.card"]
            .create(
                [
                    {"program_id": program.id, "partner_id": partner.id, "points": PLENTY}
                    for partner in partners
                ]
            )
            .ids
        )

    @contextlib.contextmanager
    def session(self):
        """A cursor, an environment and a commit per charge, as a request has."""
        from odoo.api import SUPERUSER_ID, Environment

        def charge(_key):
            with self.registry.cursor() as cursor:
                env = Environment(cursor, SUPERUSER_ID, {})
                card = env["loyalty.card"].browse(random.choice(self.wallets))
                card.points -= 1
                env["loyalty.history"].create(
                    {"card_id": card.id, "description": "Charge", "used": 1, "issued": 0}
                )
                env.flush_all()

        yield charge


def _wallets(env, name):
    """Points wallets with plenty in one lot each."""
    from odoo.addons.loyalty_club.movement import Movement

    club = env["loyalty.club"]._for_company(env.ref("base.main_company"))
    partners = env["res.partner"].create(
        [{"name": f"{name} {number}"} for number in range(WALLETS)]
    )
    members = env["loyalty.club.member"]._enrol(club, partners)
    wallets = [wallet.id for wallet in club.points_kind_id._wallets_of(members).values()]
    env["loyalty.club.wallet"]._post_or_raise(
        Movement(wallet, Decimal(PLENTY), "opening", f"bench:open:{wallet}") for wallet in wallets
    )
    return wallets
