"""The pass that lets a day's lots expire, in a club of a million wallets with five lots each.

Every lot lives a year, so one in 365 is due on a day, wherever it lies in the table. Reference:
the plain aggregate SUM(remaining) GROUP BY wallet over all the open lots the pass answers for.
Each round is another day. EXPIRY_WALLETS=20000 makes a smaller club.
"""

import datetime
import os
import resource
import statistics
import time
from unittest.mock import patch

from clubtool.bench import Result
from clubtool.console import say

WALLETS = int(os.environ.get("EXPIRY_WALLETS", "1000000"))
LOTS = 5
LIFE = 365
ROUNDS = 5
MEMORY = 150  # MB that the pass may add to the process at most
TABLES = ["loyalty_club_wallet", "loyalty_club_entry", "loyalty_club_lot", "loyalty_card"]
AGGREGATE = """
    SELECT COUNT(*), SUM(total) FROM (
        SELECT wallet_id, SUM(remaining) AS total FROM loyalty_club_lot
         WHERE {where} GROUP BY wallet_id) AS by_wallet
"""
FILL = """
    INSERT INTO loyalty_club_wallet
           (id, kind_id, club_id, company_id, debt, balance, held, pending, seq, head, state)
    SELECT %(first)s + n, %(kind)s, %(club)s, %(company)s, FALSE, 10 * %(lots)s, 0, 0, 1,
           md5(n::text), 'active'
      FROM generate_series(1, %(wallets)s) n;
    INSERT INTO loyalty_club_entry
           (id, wallet_id, club_id, company_id, seq, date, kind, amount, balance_after, user_id,
            idempotency_key, seal, key_id)
    SELECT %(entry)s + n, %(first)s + n, %(club)s, %(company)s, 1,
           now() AT TIME ZONE 'UTC' - interval '1 year', 'opening', 10 * %(lots)s, 10 * %(lots)s,
           1, 'bench:' || n, md5(n::text), 'bench'
      FROM generate_series(1, %(wallets)s) n;
    INSERT INTO loyalty_club_lot
           (wallet_id, entry_id, date, amount, remaining, expires_on, pending)
    SELECT %(first)s + n, %(entry)s + n, now() AT TIME ZONE 'UTC' - interval '1 year', 10, 10,
           %(day)s::date + ((n::bigint * %(lots)s + i) * 7919 %% %(life)s)::int, FALSE
      FROM generate_series(1, %(wallets)s) n, generate_series(1, %(lots)s) i;
    INSERT INTO loyalty_card
           (club_wallet_id, program_id, company_id, code, points, active, create_date, write_date)
    SELECT %(first)s + n, %(program)s, %(company)s, 'bench-' || n, 10 * %(lots)s, TRUE, now(), now()
      FROM generate_series(1, %(wallets)s) n;
    SELECT setval('loyalty_club_wallet_id_seq', %(first)s + %(wallets)s),
           setval('loyalty_club_entry_id_seq', %(entry)s + %(wallets)s);
"""


def run(context):
    """Measure both in turns and return the ratio of the medians."""
    first_day = datetime.datetime.now(tz=datetime.UTC).date() - datetime.timedelta(days=ROUNDS + 1)
    name = context.copy_database("expiry")
    try:
        with context.env(name) as env:
            _fill(env, first_day)
        _analyse(context, name)
        ours, plain, due, rates = [], [], [], []
        before = _memory()
        for number in range(1, ROUNDS + 1):
            today = first_day + datetime.timedelta(days=number)
            with context.env(name) as env:
                seconds, _rows = _timed(env, "remaining > 0")
                plain.append(seconds)
                seconds, lots = _timed(env, "remaining > 0 AND expires_on < %s", today)
                due.append(seconds)
            with context.env(name) as env:
                ours.append(_pass(env, today))
            rates.append(lots / ours[-1])
        memory = _memory() - before
    finally:
        context.drop_database(name)
    say(
        f"  expiry_pass: {lots:,} lots due of {WALLETS * LOTS:,}, {statistics.median(rates):,.0f} "
        f"lots/s, {memory:.0f} MB more than before; the aggregate over the due lots alone takes "
        f"{statistics.median(due):.3f} s"
    )
    assert memory <= MEMORY, f"{memory} MB"
    return Result(
        "expiry_pass", statistics.median(ours), statistics.median(plain), "s", WALLETS * LOTS
    )


def _fill(env, day):
    """A club whose wallets hold ten points in each of five lots, made in the database itself."""
    club = env["loyalty.club"].create({"name": "Bench"})
    env.flush_all()
    cr = env.cr
    keys = _foreign_keys(cr)
    for table, key, _definition in keys:
        cr.execute(f"ALTER TABLE {table} DROP CONSTRAINT {key}")
    cr.execute("SELECT MAX(id) FROM loyalty_club_wallet")
    wallet = cr.fetchone()[0] or 0
    cr.execute("SELECT MAX(id) FROM loyalty_club_entry")
    names = {
        "first": wallet,
        "entry": cr.fetchone()[0] or 0,
        "kind": club.points_kind_id.id,
        "club": club.id,
        "company": club.company_id.id,
        "program": club.program_id.id,
        "wallets": WALLETS,
        "lots": LOTS,
        "life": LIFE,
        "day": day,
    }
    cr.execute(FILL, names)
    for table, key, definition in keys:  # for the rows to come, as before
        cr.execute(f"ALTER TABLE {table} ADD CONSTRAINT {key} {definition} NOT VALID")
    cr.commit()


def _foreign_keys(cr):
    """Foreign keys of the tables to be filled: checking them takes longer than the filling."""
    cr.execute(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)"
        "  FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])",
        [TABLES],
    )
    return cr.fetchall()


def _analyse(context, name):
    """What autovacuum does after so many new rows."""
    connection = context.connect(name)
    try:
        connection.autocommit = True
        for table in TABLES:
            connection.cursor().execute(f"VACUUM ANALYZE {table}")
    finally:
        connection.close()


def _timed(env, where, *values):
    """Seconds of the aggregate over lots, and how many lots there are."""
    start = time.perf_counter()
    env.cr.execute(AGGREGATE.format(where=where), values)
    total = env.cr.fetchone()[1] or 0
    return time.perf_counter() - start, int(total) // 10


def _pass(env, today):
    """Seconds of the pass of one day; checks that nothing that was due is left."""
    with patch("odoo.addons.loyalty_club.models.expiry.today_in", return_value=today):
        start = time.perf_counter()
        env["loyalty.club.expiry"]._expire()
        seconds = time.perf_counter() - start
    env.cr.commit()
    _seconds, left = _timed(env, "remaining > 0 AND expires_on < %s", today)
    assert not left, left
    return seconds


def _memory():
    """Most memory the process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
