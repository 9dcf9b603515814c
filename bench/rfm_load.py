"""A club of so many members and purchases, made by the database itself, and what a pass costs.

Purchases are skewed as in shops: a fifth of the buyers makes more than half of them, a quarter of
the members never bought, one purchase in twenty is a return. They are spread over two years, in
the order in which they came, as a journal is written.
"""

import contextlib
import datetime
import threading
import time
from pathlib import Path

MEMBERS = 1_000_000
PURCHASES = 10_000_000
DAYS = 730
TODAY = datetime.date(2026, 6, 30)
DAILY = 30_000
# What anybody who knows nothing of scores would have to read at least.
FLOOR = """
    SELECT member_id, MAX(date), COUNT(*), SUM(amount) FROM loyalty_club_purchase
     WHERE member_id IS NOT NULL GROUP BY member_id
"""
COPIES = """
    INSERT INTO {table} ({own}, {columns})
    SELECT {values}, {old} FROM {table} o, generate_series(1, %(count)s) AS n(n)
     WHERE o.id = %(template)s
"""
PURCHASE = """
    INSERT INTO loyalty_club_purchase (partner_id, member_id, club_id, company_id, channel, date,
                                       amount, refund, origin_key)
    SELECT %(partner)s + n.who, %(member)s + n.who, %(club)s, %(company)s, 'import', n.date,
           CASE WHEN n.refund THEN -n.amount ELSE n.amount END, n.refund, %(mark)s || n.n
      FROM (SELECT n, random() < 0.05 AS refund,
                   round((20 + 400 * power(random(), 4))::numeric, 2) AS amount,
                   1 + floor(%(buyers)s * (power(0.1 + 0.9 * random(), 3) - 0.001) / 0.9991)::int
                       AS who,
                   %(first)s::timestamp
                       + (n * %(days)s::float8 / (%(count)s + 1)) * INTERVAL '1 day' AS date
              FROM generate_series(1, %(count)s) AS n(n)) AS n
"""


class World:
    """The club and how to add to its journal."""

    def __init__(self, context, name, members=MEMBERS, purchases=PURCHASES):
        self.context, self.name = context, name
        self.members, self.purchases = members, purchases

    def load(self):
        """Make the club, its members and two years of purchases that end with the day before
        :data:`TODAY`."""
        with self.context.env(self.name) as env:
            club = env["loyalty.club"].create({"name": "Bench"})
            partner = env["res.partner"].create({"name": "Somebody"})
            member = env["loyalty.club.member"].create(
                {"club_id": club.id, "partner_id": partner.id, "join_date": "2024-01-01"}
            )
            env.flush_all()
            self.club_id, self.company_id = club.id, club.company_id.id
            self._make_levels(env)
            tables = ("res_partner", "loyalty_club_member", "loyalty_club_purchase")
            with _without_indexes(env.cr, tables):
                self.partner = self._copy(env, "res_partner", partner.id, {})
                self.member = self._copy(
                    env,
                    "loyalty_club_member",
                    member.id,
                    {
                        "partner_id": f"{self.partner} + n.n",
                        "number": "'B' || n.n",
                        "external_ref": "NULL",
                        "access_token": "NULL",
                        "rfm_id": "NULL",
                    },
                )
                env.cr.execute("SELECT setseed(0.5)")
                first = TODAY - datetime.timedelta(days=DAYS)
                self._buy(env, first, DAYS, self.purchases, "B")
                env.cr.execute("DELETE FROM loyalty_club_rfm_due")
        self.vacuum("res_partner", "loyalty_club_member", "loyalty_club_purchase")

    def _make_levels(self, env):
        """Levels as most clubs have them: by money spent."""
        env["loyalty.club.tier"].create(
            [
                {"club_id": self.club_id, "name": name, "sequence": spend, "min_spend": spend}
                for name, spend in (("Member", 0), ("Silver", 500), ("Gold", 2500))
            ]
        )

    def buy_for_a_day(self, day, count=DAILY):
        """Add what is bought on ``day``."""
        with self.context.env(self.name) as env:
            self._buy(env, day, 1, count, f"D{day}-")

    def _buy(self, env, first, days, count, mark):
        env.cr.execute(
            PURCHASE,
            {
                "partner": self.partner,
                "member": self.member,
                "club": self.club_id,
                "company": self.company_id,
                "mark": mark,
                "buyers": self.members * 3 // 4,
                "first": first,
                "days": days,
                "count": count,
            },
        )

    def _copy(self, env, table, template, own):
        """Copy a row so many times; the new ids follow the number that is returned."""
        env.cr.execute(
            "SELECT quote_ident(column_name) FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        known = {row[0] for row in env.cr.fetchall()}
        own = {name: value for name, value in own.items() if name in known}
        names = sorted(known - own.keys() - {"id"})
        env.cr.execute(f"SELECT MAX(id) FROM {table}")
        last = env.cr.fetchone()[0]
        env.cr.execute(
            COPIES.format(
                table=table,
                own=", ".join(["id", *own]),
                columns=", ".join(names),
                values=", ".join([f"{last} + n.n", *own.values()]),
                old=", ".join(f"o.{name}" for name in names),
            ),
            {"count": self.members, "template": template},
        )
        env.cr.execute(f"SELECT setval('{table}_id_seq', %s)", [last + self.members])
        return last

    def vacuum(self, *tables):
        """What autovacuum does after so many new rows."""
        connection = self.context.connect(self.name)
        try:
            connection.autocommit = True
            connection.cursor().execute(f"VACUUM ANALYZE {', '.join(tables)}")
        finally:
            connection.close()

    def floor(self):
        """Seconds of one aggregate pass over the purchases."""
        with self.context.env(self.name) as env:
            env.cr.execute("SET LOCAL jit = off")  # as the rebuild has it
            start = time.perf_counter()
            env.cr.execute(
                f"SELECT COUNT(*), SUM(count), SUM(sum), MAX(max) FROM ({FLOOR}) AS pass"
            )
            seconds = time.perf_counter() - start
            assert env.cr.fetchone()[1] >= self.purchases
            return seconds

    def timed(self, work):
        """Seconds of ``work(env, club)`` with its commit, and the peak of its memory (MB)."""
        with self.context.env(self.name) as env:
            club = env["loyalty.club"].browse(self.club_id)
            env.cr.execute("SELECT pg_backend_pid()")
            with Watch(self.context.connect(self.name), env.cr.fetchone()[0]) as watch:
                start = time.perf_counter()
                work(env, club)
                env.cr.commit()
                seconds = time.perf_counter() - start
        return seconds, watch.peak


class Watch:
    """Reads every 50 ms how much memory of their own a backend and its workers have together."""

    def __init__(self, connection, pid):
        self.connection, self.pid = connection, pid
        self.peak, self.done = 0.0, threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self.connection.autocommit = True
        self.thread.start()
        return self

    def __exit__(self, *_failure):
        self.done.set()
        self.thread.join()
        self.connection.close()

    def _watch(self):
        cursor = self.connection.cursor()
        while not self.done.wait(0.05):
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE %(pid)s IN (pid, leader_pid)",
                {"pid": self.pid},
            )
            self.peak = max(self.peak, sum(_own_memory(pid) for (pid,) in cursor.fetchall()))


def _own_memory(pid):
    """Memory of a process that it shares with no other (MB); none when it has ended."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        line = next(line for line in lines if line.startswith("RssAnon"))
        return int(line.split()[1]) / 1024
    return 0.0


@contextlib.contextmanager
def _without_indexes(cursor, tables):
    """Load as a restore does: indexes and foreign keys are made when the rows are there."""
    cursor.execute(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)"
        "  FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)",
        [list(tables)],
    )
    keys = cursor.fetchall()
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid::regclass::text = ANY(%s) AND NOT EXISTS ("
        "       SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
        [list(tables)],
    )
    indexes = cursor.fetchall()
    for table, name, _text in keys:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _text in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _name, text in indexes:
        cursor.execute(text)
    for table, name, text in keys:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {text} NOT VALID")
