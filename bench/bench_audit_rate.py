"""The audit of a ledger of a million entries: every seal, every sum, every anchor. Reference: one
aggregate pass of PostgreSQL over the same entries, lots and allocations.

Ten thousand wallets with a hundred entries each, sealed as the ledger seals them; each credit has a
lot, which the debit after it empties.
"""

import io
import resource
import shutil
import statistics
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from clubtool.bench import Result
from clubtool.console import say

WALLETS = 10_000
EACH = 100
ROUNDS = 3
GOAL = 100_000  # entries per second
MEMORY = 64  # megabytes by which an audit may make the process grow
AMOUNT = Decimal("12.5")
MOMENT = "2025-01-01 00:00:00"
COLUMNS = (
    "wallet_id, club_id, company_id, seq, origin_id, user_id, kind, origin_model,"
    " idempotency_key, seal, key_id, amount, balance_after, date"
)
OPEN_WALLETS = """
    INSERT INTO loyalty_club_wallet
           (kind_id, club_id, company_id, debt, balance, held, pending, seq, state)
    SELECT k.id, k.club_id, k.company_id, FALSE, 0, 0, 0, 0, 'active'
      FROM loyalty_club_wallet_kind k, generate_series(1, %s) WHERE k.id = %s
    RETURNING id
"""
FILL = """
    UPDATE loyalty_club_wallet w SET seq = e.seq, head = e.seal
      FROM loyalty_club_entry e WHERE e.wallet_id = w.id AND w.id = ANY(%(wallets)s)
       AND e.seq = %(each)s;
    INSERT INTO loyalty_club_lot (wallet_id, entry_id, date, amount, remaining, pending)
    SELECT wallet_id, id, date, amount, 0, FALSE FROM loyalty_club_entry
     WHERE wallet_id = ANY(%(wallets)s) AND amount > 0;
    INSERT INTO loyalty_club_allocation (entry_id, lot_id, amount)
    SELECT e.id, l.id, l.amount FROM loyalty_club_lot l
      JOIN loyalty_club_entry c ON c.id = l.entry_id
      JOIN loyalty_club_entry e ON e.wallet_id = c.wallet_id AND e.seq = c.seq + 1
     WHERE l.wallet_id = ANY(%(wallets)s);
"""
PLAIN = (
    "SELECT wallet_id, SUM(amount), MAX(seq), MAX(seal) FROM loyalty_club_entry GROUP BY wallet_id",
    "SELECT wallet_id, SUM(amount), SUM(remaining) FROM loyalty_club_lot GROUP BY wallet_id",
    "SELECT lot_id, SUM(amount) FROM loyalty_club_allocation GROUP BY lot_id",
)


def run(context):
    """Measure both in turns and return the ratio of the medians."""
    name = context.copy_database("audit")
    place = Path(tempfile.mkdtemp(prefix="anchors-"))
    try:
        with context.env(name) as env:
            _keep_anchors_in(place)
            _fill(env)
        _analyse(context, name)
        with context.env(name) as env:
            env["loyalty.club.anchor"]._cron_anchor()
        before = _memory()
        ours, plain = [], []
        for _round in range(ROUNDS):
            seconds, entries = _audit(context, name)
            ours.append(seconds)
            plain.append(_plain(context, name))
        grown = _memory() - before
    finally:
        context.drop_database(name)
        shutil.rmtree(place)
    rate = entries / min(ours)  # the other rounds waited for somebody else
    say(
        f"  audit_rate: {rate:,.0f} entries/s (goal {GOAL:,} on a quiet machine);"
        f" the process grew by {grown} MB"
    )
    assert entries >= WALLETS * EACH
    assert grown <= MEMORY, f"{grown} MB"
    return Result("audit_rate", statistics.median(ours), statistics.median(plain), "s", entries)


def _keep_anchors_in(place):
    """They are for this run only."""
    from odoo.addons.loyalty_club import anchors

    anchors.folder = lambda _database: place


def _audit(context, name):
    """Seconds of one audit, and how many entries it read."""
    with context.env(name) as env:
        start = time.perf_counter()
        result = env["loyalty.club.audit"]._run()
        seconds = time.perf_counter() - start
    assert result["ok"], result["text"][:2000]
    return seconds, result["entries"]


def _plain(context, name):
    """Seconds in which PostgreSQL adds up the same rows, without sending them."""
    with context.env(name) as env:
        start = time.perf_counter()
        for query in PLAIN:
            env.cr.execute(f"SELECT COUNT(*) FROM ({query}) q")
        return time.perf_counter() - start


def _fill(env):
    """Wallets and their entries, sealed with the database's own key."""
    kind = env["loyalty.club"]._for_company(env.ref("base.main_company")).points_kind_id
    env.cr.execute(OPEN_WALLETS, [WALLETS, kind.id])
    wallets = [row[0] for row in env.cr.fetchall()]
    for first in range(0, WALLETS, 1000):
        rows = _rows(env.cr.dbname, kind, wallets[first : first + 1000])
        env.cr._obj.copy_expert(f"COPY loyalty_club_entry ({COLUMNS}) FROM STDIN", rows)
    env.cr.execute(FILL, {"wallets": wallets, "each": EACH})


def _rows(database, kind, wallets):
    """Entries of some wallets as COPY reads them."""
    from odoo.addons.loyalty_club import keyring
    from odoo.addons.loyalty_club.domain import chain

    key_id, secret = keyring.current_key(database)
    sealer = chain.Sealer(secret)
    text = io.StringIO()
    for wallet in wallets:
        head = ""
        for seq in range(1, EACH + 1):
            amount = AMOUNT if seq % 2 else -AMOUNT
            fact = chain.Fact(
                wallet_id=wallet,
                seq=seq,
                kind_id=kind.id,
                member_id=None,
                company_id=kind.company_id.id,
                amount=amount,
                balance_after=AMOUNT if seq % 2 else Decimal(0),
                date=MOMENT,
                reverses_id=None,
                branch_id=None,
                user_id=1,
                origin_id=seq,
                origin_model="pos.order",
                kind="earn" if seq % 2 else "spend",
                key=f"bench:{wallet}:{seq}",
            )
            head = sealer.seal(head, chain.fact_text(fact))
            row = (
                wallet,
                kind.club_id.id,
                fact.company_id,
                seq,
                seq,
                1,
                fact.kind,
                fact.origin_model,
                fact.key,
                head,
                key_id,
                amount,
                fact.balance_after,
                MOMENT,
            )
            text.write("\t".join(map(str, row)) + "\n")
    text.seek(0)
    return text


def _analyse(context, name):
    """What autovacuum does after so many new rows."""
    connection = context.connect(name)
    try:
        connection.autocommit = True
        connection.cursor().execute(
            "VACUUM ANALYZE loyalty_club_wallet, loyalty_club_entry, loyalty_club_lot,"
            " loyalty_club_allocation"
        )
    finally:
        connection.close()


def _memory():
    """The most that this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
