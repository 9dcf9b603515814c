"""Finding one of a million members by mobile number, over HTTP, as a cashier waits for it.

Ours: what the till's finder asks while the club has a million members. Reference: a call that
reads nothing, which is what HTTP and a session cost by themselves. FIND_MEMBERS=20000 makes a
smaller club.
"""

import os
import random
import statistics

from clubtool.bench import Result
from clubtool.console import say
from many_members import FIRST, fill, mobile

from tests.support.shop import Shop
from tests.support.till import Till

MEMBERS = int(os.environ.get("FIND_MEMBERS", "1000000"))
LOOKUPS, WARM_UP = 200, 10
ALLOWED = 60  # milliseconds in the median
CASHIER = ("base.group_user", "point_of_sale.group_pos_user")
FIND = "/loyalty_club/till/find"


def run(context):
    """Measure both in turns; the ratio is of medians."""
    name = context.copy_database("find")
    try:
        with context.env(name) as env:
            shop = Shop(env)
            facts = shop.till("Bench till", shop.cashier("bench_cashier", CASHIER))
            fill(env, env["loyalty.club"]._for_company(shop.company), MEMBERS)
            env.cr.commit()
        with context.start_server(name, workers=1) as server:
            till = Till(server.url, name, facts)
            found, empty = _measure(till)
    finally:
        context.drop_database(name)
    late = statistics.quantiles(found, n=20)[-1]
    ours = statistics.median(found)
    say(f"  find_http: median {ours:.1f} ms, p95 {late:.1f} ms (goal: {ALLOWED})")
    assert ours <= ALLOWED, ours
    return Result("find_http", ours, statistics.median(empty), "ms", MEMBERS)


def _measure(till):
    """Milliseconds of each search and of each empty call."""
    found, empty = [], []
    chosen = random.Random(6).sample(range(1, MEMBERS + 1), LOOKUPS + WARM_UP)
    for number in chosen:
        text = mobile(number)
        answer = till.post(FIND, {"config_id": till.facts["config_id"], "text": text})
        assert answer.accepted, answer
        assert answer.result["exact"]["partner_id"] == FIRST + number, (text, answer)
        found.append(1000 * answer.seconds)
        empty.append(1000 * till.post("/pos/ping", {}).seconds)
    return found[WARM_UP:], empty[WARM_UP:]
