"""Opening the till of a club with a million members and cards, against stock's till with none.

Measured are the two calls by which a till in a browser loads its data, over HTTP from a server of
its own: their time, and the bytes of their answers. LOAD_MEMBERS=20000 makes a smaller club.
"""

import os
import statistics
import time

from clubtool.bench import Result
from clubtool.console import say
from many_members import fill

from tests.support.shop import Shop
from tests.support.till import Till

MEMBERS = int(os.environ.get("LOAD_MEMBERS", "1000000"))
ROUNDS = 9
CONTACTS = 100
CASHIER = ("base.group_user", "point_of_sale.group_pos_user")


def run(context):
    """Measure both in turns; ratios of the medians of time and of the bytes."""
    names = (context.copy_database("load_ours"), context.copy_database("load_stock", "base"))
    try:
        ours_facts = _prepare(context, names[0], members=MEMBERS)
        stock_facts = _prepare(context, names[1])
        with (
            context.start_server(names[0]) as our_server,
            context.start_server(names[1]) as stock_server,
        ):
            ours = Opening(Till(our_server.url, names[0], ours_facts))
            stock = Opening(Till(stock_server.url, names[1], stock_facts))
            for number in range(ROUNDS + 1):
                for opening in (ours, stock) if number % 2 else (stock, ours):
                    opening.measure()
    finally:
        for name in names:
            context.drop_database(name)
    _tell("ours", ours)
    _tell("stock", stock)
    return [
        Result("till_load", ours.median(), stock.median(), "ms", MEMBERS),
        Result("till_load_bytes", ours.size(), stock.size(), "bytes", MEMBERS),
    ]


def _prepare(context, name, members=0):
    with context.env(name) as env:
        shop = Shop(env)
        # The same goods and a full page of contacts in both: what differs is the club.
        goods = shop.env["pos.category"].create({"name": "Bench goods"})
        for price in range(1, 21):
            made = shop.product(f"Bench {price}", price)
            shop.env["product.product"].browse(made["id"]).pos_categ_ids = goods
        shop.customers("Bench customer", CONTACTS)
        facts = shop.till(
            "Bench till",
            shop.cashier("bench_cashier", CASHIER),
            limit_categories=True,
            iface_available_categ_ids=[(6, 0, goods.ids)],
        )
        if members:
            club = env["loyalty.club"]._for_company(shop.company)
            # The sample data's rewards bring goods to the till that the other one has not.
            club.program_id.reward_ids[1:].active = False
            fill(env, club, members)
        env.cr.commit()
    return facts


def _tell(label, opening):
    say(f"  till_load {label}: {opening.median():.0f} ms, {opening.size():,} bytes")
    largest = sorted(opening.parts.items(), key=lambda part: -part[1])[:6]
    say("    " + ", ".join(f"{model} {size:,}" for model, size in largest))


class Opening:
    """Opens one till again and again."""

    def __init__(self, till):
        self.till = till
        self.times, self.sizes = [], []
        self.parts = {}

    def measure(self):
        """One opening; the first one only warms the server."""
        start = time.perf_counter()
        sizes = [self._load(method, *words) for method, words in self._calls()]
        self.times.append((time.perf_counter() - start) * 1000)
        self.sizes.append(sum(sizes))

    def _calls(self):
        return (("load_data_params", ()), ("load_data", ([],)))

    def _load(self, method, *words):
        path = f"/web/dataset/call_kw/pos.session/{method}"
        session = [self.till.facts["session_id"]]
        body = {"model": "pos.session", "method": method, "args": [session, *words], "kwargs": {}}
        response = self.till.http.post(f"{self.till.url}{path}", json={"params": body}, timeout=300)
        answer = response.json()
        assert "error" not in answer, answer["error"]
        if method == "load_data":
            self.parts = {model: len(str(rows)) for model, rows in answer["result"].items()}
        return len(response.content)

    def median(self):
        """Milliseconds."""
        return statistics.median(self.times[1:])

    def size(self):
        """Bytes."""
        return int(statistics.median(self.sizes[1:]))
