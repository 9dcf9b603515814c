"""The import of 2,357 customers with 6,919 purchases and their opening points, from the bytes of a
CSV to flushed rows: contacts, members, numbers, wallets, cards, entries, lots, journal and RFM.

Reference: Odoo's ORM creating the 2,357 contacts alone, in one call.
"""

import datetime
import statistics
import time

from clubtool.bench import Result
from clubtool.console import say

ROUNDS = 3
LIMIT = 20  # seconds that the import may take at most


def run(context):
    """Measure both in turns and return the ratio of the medians."""
    name = context.copy_database("import")
    try:
        with context.env(name) as env:  # what is loaded once per process counts for neither
            _contacts(env)
            env.cr.rollback()
        ours, plain = [], []
        for number in range(2 * ROUNDS):
            measure, times = ((_import, ours), (_contacts, plain))[number % 2]
            with context.env(name) as env:
                times.append(measure(env))
                env.cr.rollback()
    finally:
        context.drop_database(name)
    seconds = statistics.median(ours)
    say(f"  import_members: {seconds:.1f} s of {LIMIT} allowed; {6919 / seconds:.0f} rows/s")
    assert seconds <= LIMIT
    return Result("import_members", seconds, statistics.median(plain), "s", 6919)


def _import(env):
    """Seconds of the import; everything must have come in."""
    from odoo.addons.loyalty_club.demo import cdnow

    club = env["loyalty.club"].create({"name": "Bench"})
    env.flush_all()
    env.invalidate_all()
    start = time.perf_counter()
    report = cdnow.load(env, club)
    env.flush_all()
    seconds = time.perf_counter() - start
    counts = {name: report.counts[name] for name in ("new_members", "new_purchases", "errors")}
    assert counts == {"new_members": 2357, "new_purchases": 6919, "errors": 0}, counts
    return seconds


def _contacts(env):
    """Seconds of making as many contacts with the same names and mobiles."""
    from odoo.addons.loyalty_club.demo import cdnow

    today = datetime.datetime.now(tz=datetime.timezone.utc).date()
    table = env["loyalty.club.import"]._read_table(cdnow.customers_csv(today))
    values = {row.cells[0]: {"name": row.cells[1], "phone": row.cells[2]} for row in table.rows}
    assert len(values) == 2357
    start = time.perf_counter()
    env["res.partner"].create(list(values.values()))
    env.flush_all()
    return time.perf_counter() - start
