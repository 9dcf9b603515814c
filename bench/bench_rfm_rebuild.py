"""RFM values, scores and classes of all members anew, every row changed: as every night, when all
are a day older. Reference: one aggregate pass over the same rows of the journal.

The journal holds CDNOW's 6,919 purchases forty times over, with as many members.
"""

import datetime
import statistics
import time

from clubtool.bench import Result
from clubtool.console import say

COPIES = 39
ROUNDS = 5
LIMIT = 1  # second that the 6,919 purchases may take at most
AGGREGATE = """
    SELECT partner_id, MAX(date), COUNT(*), SUM(amount) FROM loyalty_club_purchase
     WHERE club_id = %s GROUP BY partner_id
"""
FILL = """
    CREATE TEMP TABLE copies AS
        SELECT c AS copy, m.id AS old_member, m.partner_id AS old_partner,
               nextval('res_partner_id_seq')::int AS partner,
               nextval('loyalty_club_member_id_seq')::int AS member
          FROM loyalty_club_member m, generate_series(1, %(copies)s) c WHERE m.club_id = %(club)s;
    INSERT INTO res_partner (id, {partner})
        SELECT c.partner, {old_partner} FROM copies c JOIN res_partner o ON o.id = c.old_partner;
    INSERT INTO loyalty_club_member (id, partner_id, number, {member})
        SELECT c.member, c.partner, 'B' || c.member, {old_member}
          FROM copies c JOIN loyalty_club_member o ON o.id = c.old_member;
    INSERT INTO loyalty_club_purchase (partner_id, member_id, amount, origin_key, {purchase})
        SELECT c.partner, c.member, round(o.amount * (1 + c.copy / 100.0), 2),
               o.origin_key || ':' || c.copy, {old_purchase}
          FROM copies c JOIN loyalty_club_purchase o ON o.member_id = c.old_member;
    DROP TABLE copies;
"""
TABLES = {
    "partner": ("res_partner", set()),
    "member": (
        "loyalty_club_member",
        {"partner_id", "number", "external_ref", "rfm_id", "access_token"},
    ),
    "purchase": ("loyalty_club_purchase", {"partner_id", "member_id", "amount", "origin_key"}),
}


def run(context):
    """Measure both in turns and return the ratio of the medians."""
    name = context.copy_database("rfm")
    try:
        with context.env(name) as env:
            club_id = _journal(env)
        small = _nights(context, name, club_id)
        with context.env(name) as env:
            _multiply(env, club_id)
        _analyse(context, name)
        ours, plain, rows = [], [], 0
        for number in range(ROUNDS):
            ours += _nights(context, name, club_id, first=10 + number, nights=1)
            with context.env(name) as env:
                start = time.perf_counter()
                env.cr.execute(AGGREGATE, [club_id])
                counts = [row[2] for row in env.cr.fetchall()]
                plain.append(time.perf_counter() - start)
                rows = sum(counts)
    finally:
        context.drop_database(name)
    assert rows == 6919 * (COPIES + 1), rows
    say(f"  rfm_rebuild: 6,919 purchases of 2,357 members in {statistics.median(small):.3f} s")
    assert statistics.median(small) <= LIMIT
    return Result("rfm_rebuild", statistics.median(ours), statistics.median(plain), "s", rows)


def _journal(env):
    """A club with CDNOW's customers and a window wide enough for all their purchases."""
    from odoo.addons.loyalty_club.demo import cdnow

    club = env["loyalty.club"].create({"name": "Bench", "rfm_window_days": 3650})
    cdnow.load(env, club)
    return club.id


def _multiply(env, club_id):
    """Copy the members and their purchases in the database itself; amounts differ a little."""
    columns = {}
    for label, (table, own) in TABLES.items():
        env.cr.execute(
            "SELECT quote_ident(column_name) FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        names = sorted({row[0] for row in env.cr.fetchall()} - own - {"id"})
        columns[label] = ", ".join(names)
        columns[f"old_{label}"] = ", ".join(f"o.{name}" for name in names)
    env.cr.execute(FILL.format(**columns), {"copies": COPIES, "club": club_id})


def _analyse(context, name):
    """What autovacuum does after so many new rows."""
    connection = context.connect(name)
    try:
        connection.autocommit = True
        connection.cursor().execute("VACUUM ANALYZE loyalty_club_purchase, loyalty_club_member")
    finally:
        connection.close()


def _nights(context, name, club_id, first=1, nights=ROUNDS):
    """Seconds of a rebuild on each of so many days, each committed."""
    today = datetime.datetime.now(tz=datetime.timezone.utc).date()
    times = []
    for night in range(first, first + nights):
        with context.env(name) as env:
            club = env["loyalty.club"].browse(club_id)
            start = time.perf_counter()
            env["loyalty.club.rfm"]._rebuild(club, today + datetime.timedelta(days=night))
            times.append(time.perf_counter() - start)
    return times
