"""A till sale of three lines that earns points for a known customer: ours against stock's.

Ours: everything happens inside `sync_from_ui`, and the till asks nothing else. Stock: the same
sale with a points program that no club keeps takes `validate_coupon_programs`, `sync_from_ui`
and `confirm_coupon_programs`, in a database where our addons are not installed.

Each call has a cursor, an environment and a commit of its own, as a request has. Both kinds of
sale take turns, so that whatever else the machine does hits both alike.
"""

import statistics
import time
from functools import partial

from clubtool import addons
from clubtool.bench import Result
from clubtool.console import say

from tests.support.orders import paid_order, sold
from tests.support.shop import Shop

WARM_UP, ORDERS = 20, 150
CUSTOMERS = 25
PRICES = (120.0, 45.0, 9.5)
POINTS = 17  # 1 point per 10 of 174.5
CASHIER = ("base.group_user", "point_of_sale.group_pos_user")


def run(context):
    """Measure, print both sides, and return the ratio of the medians."""
    names = context.copy_database("earn_ours"), context.copy_database("earn_stock", "base")
    try:
        lanes = [
            _prepare(context, *pair) for pair in zip((ClubLane, StockLane), names, strict=True)
        ]
        ours, stock = lanes
        assert ours.modules() - stock.modules() <= set(addons.names()), "unequal databases"
        for number in range(WARM_UP + ORDERS):
            if number == WARM_UP:
                for lane in lanes:
                    lane.forget()
            # Whoever comes first finds the processor's caches colder: take turns in that too.
            for lane in lanes if number % 2 else reversed(lanes):
                lane.sell(number)
        for lane in lanes:
            lane.check(WARM_UP + ORDERS)
            lane.report()
    finally:
        for name in names:
            context.drop_database(name)
    return Result("till_earn", ours.median(), stock.median(), "ms", ORDERS)


class Lane:
    """One kind of sale, with the milliseconds and SQL statements of each order."""

    def __init__(self, env):
        from odoo.modules.registry import Registry

        self.registry = Registry(env.cr.dbname)
        shop = Shop(env)
        cashier = shop.cashier("bench_cashier", CASHIER)
        self.uid = cashier.id
        self.products = [shop.product(f"Bench {price}", price) for price in PRICES]
        self.partners = shop.customers("Bench customer", CUSTOMERS)
        self.till = shop.till("Bench till", cashier)
        self.cards = self.give_cards(shop)
        self.partners = self.partners.ids
        self.forget()

    def modules(self):
        """Names of the installed modules."""
        with self.registry.cursor() as cursor:
            cursor.execute("SELECT name FROM ir_module_module WHERE state = 'installed'")
            return {name for (name,) in cursor.fetchall()}

    def forget(self):
        """Start counting anew."""
        self.times = []
        self.statements = []

    def sell(self, number):
        """One sale, timed from the first call to the answer of the last."""
        partner = self.partners[number % CUSTOMERS]
        order = paid_order(self.till, [sold(product) for product in self.products], partner)
        counts = []
        start = time.perf_counter()
        self.calls(order, partner, partial(self._call, counts))
        self.times.append((time.perf_counter() - start) * 1000)
        self.statements.append(counts)

    def _call(self, counts, name, *arguments, ids=()):
        """One request to pos.order, committed."""
        from odoo.api import Environment
        from odoo.service.model import retrying

        with self.registry.cursor() as cursor:
            env = Environment(cursor, self.uid, {})
            before = cursor.sql_log_count
            method = getattr(env["pos.order"].browse(ids), name)
            result = retrying(partial(method, *arguments), env)
            counts.append(cursor.sql_log_count - before)
        return result

    def median(self):
        """Milliseconds per order."""
        return statistics.median(self.times)

    def report(self):
        """Print what a sale costs."""
        late = statistics.quantiles(self.times, n=20)[-1]
        counts = [int(statistics.median(column)) for column in zip(*self.statements, strict=True)]
        parts = " + ".join(str(count) for count in counts)
        say(
            f"  till_earn {self.label}: median {self.median():.1f} ms, p95 {late:.1f} ms, "
            f"{sum(counts)} SQL statements per order{f' ({parts})' if len(counts) > 1 else ''}"
        )

    def check(self, orders):
        """Both must have done the same work: every order earned its points."""
        with self.registry.cursor() as cursor:
            cursor.execute("SELECT SUM(points) FROM loyalty_card WHERE id = ANY(%s)", [self.cards])
            (points,) = cursor.fetchone()
        assert points == orders * POINTS, f"{self.label}: {points} points for {orders} orders"


class ClubLane(Lane):
    """Customers who are members of the club."""

    label = "ours"

    def give_cards(self, shop):
        club = shop.env["loyalty.club"]._for_company(shop.company)
        members = shop.env["loyalty.club.member"]._enrol(club, self.partners)
        return members.wallet_ids.card_ids.ids

    def calls(self, order, partner, call):
        call("sync_from_ui", [order])


class StockLane(Lane):
    """Customers with a card of a points program that stock keeps by itself."""

    label = "stock"

    def give_cards(self, shop):
        program = shop.points_program("Bench points", 10.0, 0.1)
        program.rule_ids.reward_point_mode = "order"
        program.rule_ids.reward_point_amount = POINTS
        self.program_id = program.id
        cards = shop.env["loyalty.card"].create(
            [
                {"program_id": program.id, "partner_id": partner.id, "points": 0}
                for partner in self.partners
            ]
        )
        self.card_of = {card.partner_id.id: card.id for card in cards}
        return cards.ids

    def calls(self, order, partner, call):
        card = self.card_of[partner]
        # As the till sends it: keys are texts, and it has worked out the points by itself.
        change = {
            "points": POINTS,
            "program_id": self.program_id,
            "coupon_id": card,
            "barcode": False,
            "partner_id": partner,
        }
        call("validate_coupon_programs", {str(card): POINTS}, [])
        result = call("sync_from_ui", [order])
        order_id = result["pos.order"][0]["id"]
        call("confirm_coupon_programs", {str(card): change}, ids=[order_id])


def _prepare(context, lane, name):
    with context.env(name) as env:
        prepared = lane(env)
        env.cr.commit()
    return prepared
