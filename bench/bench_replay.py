"""A what-if over 1,000,000 purchases of 100,000 members, step by step as its form asks for them.
Reference: one aggregate pass over the same rows of the journal.

The journal is made in the database itself, skewed: a tenth of the members has half of the
purchases. On trial are double points on Fridays, 5 points for every third purchase and other
basic terms, against the rules in force. REPLAY_PURCHASES asks for another number of purchases.
"""

import os
import statistics
import time

from clubtool.bench import Result
from clubtool.console import say

PURCHASES = int(os.environ.get("REPLAY_PURCHASES", "1000000"))
LIMIT = 60e-6  # seconds that a purchase may take: a minute for a million
ROUNDS = 3
AGGREGATE = """
    SELECT member_id, COUNT(*), SUM(amount) FROM loyalty_club_purchase
     WHERE club_id = %s GROUP BY member_id
"""
MEMBERS = """
    WITH people AS (
        INSERT INTO res_partner ({partner}, name)
        SELECT {old_partner}, 'Bench ' || n
          FROM res_partner o, generate_series(1, %(members)s) n WHERE o.id = %(partner)s
        RETURNING id
    )
    INSERT INTO loyalty_club_member ({member}, partner_id, number)
    SELECT {old_member}, p.id, 'B' || p.id
      FROM loyalty_club_member o, people p WHERE o.id = %(member)s
"""
JOURNAL = """
    INSERT INTO loyalty_club_purchase
           (partner_id, member_id, club_id, company_id, channel, date, amount, refund, origin_key)
    SELECT m.partner_id, m.id, %(club)s, %(company)s, 'import',
           date_trunc('day', now() AT TIME ZONE 'UTC') - n %% 360 * INTERVAL '1 day'
               - n %% 43200 * INTERVAL '1 second',
           round((1 + 9 * random() ^ 3)::numeric * 1000, 2), FALSE, 'bench:' || n
      FROM generate_series(1, %(purchases)s) n
      JOIN (SELECT id, partner_id, ROW_NUMBER() OVER (ORDER BY id) AS place
              FROM loyalty_club_member WHERE club_id = %(club)s) m
        ON m.place = 1 + CASE WHEN n %% 2 = 0 THEN n / 2 %% (%(members)s / 10)
                              ELSE n / 2 %% %(members)s END
"""
OWN = {"res_partner": {"name"}, "loyalty_club_member": {"partner_id", "number"}}


def run(context):
    """Ask once, and take the aggregate before and after it."""
    name = context.copy_database("replay")
    try:
        with context.env(name) as env:
            club_id = _fill(env)
        _analyse(context, name)
        plain = [_aggregate(context, name, club_id) for _round in range(ROUNDS)]
        seconds, steps = _ask(context, name, club_id)
        plain += [_aggregate(context, name, club_id) for _round in range(ROUNDS)]
    finally:
        context.drop_database(name)
    allowed = LIMIT * PURCHASES
    say(
        f"  replay: {PURCHASES:,} purchases in {seconds:.1f} s of {allowed:.0f} allowed, "
        f"the longest of {len(steps)} steps {max(steps):.2f} s"
    )
    assert seconds <= allowed
    return Result("replay", seconds, statistics.median(plain), "s", PURCHASES)


def _fill(env):
    """A club with its members and their journal; one of them is made by the ORM."""
    club = env["loyalty.club"].create({"name": "Bench"})
    partner = env["res.partner"].create({"name": "Bench"})
    member = env["loyalty.club.member"].create({"club_id": club.id, "partner_id": partner.id})
    env.flush_all()
    columns = {}
    for label, table in (("partner", "res_partner"), ("member", "loyalty_club_member")):
        env.cr.execute(
            "SELECT quote_ident(column_name) FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        left_out = OWN[table] | {"id", "external_ref", "rfm_id", "access_token"}
        names = sorted({row[0] for row in env.cr.fetchall()} - left_out)
        columns[label] = ", ".join(names)
        columns[f"old_{label}"] = ", ".join(f"o.{one}" for one in names)
    members = PURCHASES // 10
    values = {"members": members - 1, "partner": partner.id, "member": member.id}
    env.cr.execute(MEMBERS.format(**columns), values)
    env.cr.execute(
        JOURNAL,
        {
            "club": club.id,
            "company": club.company_id.id,
            "purchases": PURCHASES,
            "members": members,
        },
    )
    return club.id


def _ask(context, name, club_id):
    """Seconds of the whole what-if, and of each of its steps."""
    with context.env(name) as env:
        rules = env["loyalty.club.earn.rule"].create(
            [
                {
                    "name": "Fridays",
                    "club_id": club_id,
                    "type": "multiplier",
                    "factor": 2,
                    "on_friday": True,
                },
                {
                    "name": "Every third",
                    "club_id": club_id,
                    "type": "per_visit",
                    "points": 5,
                    "every_nth": 3,
                },
            ]
        )
        what_if = env["loyalty.club.replay"].create(
            {
                "name": "Bench",
                "club_id": club_id,
                "rule_ids": rules.ids,
                "earn_per_amount": 9,
                "date_until": env["loyalty.club.replay"]._today(),
            }
        )
        start = time.perf_counter()
        what_if.action_start()
        total = time.perf_counter() - start
        what_if_id = what_if.id
    steps, running = [], True
    while running:
        with context.env(name) as env:
            start = time.perf_counter()
            answer = env["loyalty.club.replay"].browse(what_if_id).action_step()
            steps.append(time.perf_counter() - start)
            running = answer["state"] == "running"
    assert answer["state"] == "done" and answer["done"] >= 0.95 * PURCHASES, answer
    return total + sum(steps), steps


def _aggregate(context, name, club_id):
    with context.env(name) as env:
        start = time.perf_counter()
        env.cr.execute(AGGREGATE, [club_id])
        env.cr.fetchall()
        return time.perf_counter() - start


def _analyse(context, name):
    """What autovacuum does after so many new rows."""
    connection = context.connect(name)
    try:
        connection.autocommit = True
        connection.cursor().execute("VACUUM ANALYZE loyalty_club_purchase, loyalty_club_member")
    finally:
        connection.close()
