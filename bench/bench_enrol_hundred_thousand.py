"""The enrolment of 100,000 members by import, from the texts of their rows to flushed records:
contacts, members with mobiles, wallets, cards of both kinds and the facts of them.

Reference: PostgreSQL's COPY of the very same rows into tables with the same indexes.
"""

import io
import random
import time

from clubtool.bench import Result
from clubtool.console import say

MEMBERS = 100_000
MEMORY = 1_500  # MB that the import may take at most
TABLES = (
    "res_partner",
    "loyalty_club_member",
    "loyalty_club_wallet",
    "loyalty_card",
    "loyalty_club_card",
    "loyalty_club_card_event",
)


def run(context):
    """Import once, then copy what came of it; return the ratio."""
    name = context.copy_database("enrol")
    try:
        with context.env(name) as env:
            club = env["loyalty.club"].create({"name": "Bench"})
            _import(env, club, _people(100, "warm"))  # what is loaded once counts not
            first = {table: _last_id(env, table) for table in TABLES}
            _forget_peak()
            before = _peak()
            seconds = _import(env, club, _people(MEMBERS, "R"))
            memory = _peak() - before
            copied = sum(_copy(env, table, last) for table, last in first.items())
            env.cr.rollback()
    finally:
        context.drop_database(name)
    say(f"  enrol_hundred_thousand: {MEMBERS / seconds:.0f} rows/s, {memory:+.0f} MB at most")
    assert memory <= MEMORY, memory
    return Result("enrol_hundred_thousand", seconds, copied, "s", MEMBERS)


def _people(count, mark):
    """Rows of a file: Persian names, mobiles in the writings that people use."""
    chance = random.Random(mark)
    writings = ("0{}", "+98{}", "0098{}", "98{}", "{}")
    start = 9_100_000_000 if mark == "R" else 9_900_000_000
    rows = []
    for number in range(count):
        digits = str(start + number * 37)
        form = chance.choice(writings)
        rows.append(
            {
                "external_ref": f"{mark}{number}",
                "name": f"مشتری {number}",
                "mobile": form.format(digits).translate(_PERSIAN)
                if number % 2
                else form.format(digits),
            }
        )
    return rows


_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def _import(env, club, rows):
    """Seconds of the import; everybody must have come in."""
    env.flush_all()
    env.invalidate_all()
    start = time.perf_counter()
    report = env["loyalty.club.import"]._import_rows(club.id, rows)
    env.flush_all()
    seconds = time.perf_counter() - start
    counts = {name: report.counts[name] for name in ("new_members", "errors")}
    assert counts == {"new_members": len(rows), "errors": 0}, counts
    return seconds


def _last_id(env, table):
    env.cr.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
    return env.cr.fetchone()[0]


def _copy(env, table, last):
    """Seconds of copying the new rows of ``table`` into a twin with its indexes."""
    buffer = io.StringIO()
    cursor = env.cr._obj
    cursor.copy_expert(f"COPY (SELECT * FROM {table} WHERE id > {last}) TO STDOUT", buffer)
    env.cr.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)")
    buffer.seek(0)
    start = time.perf_counter()
    cursor.copy_expert(f"COPY bench_{table} FROM STDIN", buffer)
    return time.perf_counter() - start


def _forget_peak():
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def _peak():
    """Most memory this process has had since :func:`_forget_peak`, in MB."""
    with open("/proc/self/status") as file:
        line = next(line for line in file if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
