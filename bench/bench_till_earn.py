"""A till sale that earns points for a known customer: ours against stock's, and with rules.

`till_earn` is a sale of three lines. Ours: everything happens inside `sync_from_ui`, and the till
asks nothing else. Stock: the same sale with a points program that no club keeps takes
`validate_coupon_programs`, `sync_from_ui` and `confirm_coupon_programs`, in a database where our
addons are not installed.

`till_rules` is a sale of 20 lines with 200 earning rules in force, against the same sale by the
club's basic terms alone: what rules add shall be 25 ms at most. The same basket in stock is
printed beside it.

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
BASKET = tuple(10.0 + number for number in range(20))
RULES, GOAL = 200, 25
SEGMENTS = CATEGORIES = 10
CASHIER = ("base.group_user", "point_of_sale.group_pos_user")


def run(context):
    """Measure, print both sides, and return the ratio of the medians."""
    ours, stock = _race(context, ClubLane, StockLane)
    assert ours.modules() - stock.modules() <= set(addons.names()), "unequal databases"
    rules, plain, _stock = _race(context, RulesLane, PlainLane, StockBasketLane)
    added = rules.median() - plain.median()
    more = rules.counted() - plain.counted()
    say(f"  till_rules: {RULES} rules add {added:.1f} ms (goal: {GOAL}) and {more} SQL statements")
    return [
        Result("till_earn", ours.median(), stock.median(), "ms", ORDERS),
        Result("till_rules", rules.median(), plain.median(), "ms", ORDERS),
    ]


def _race(context, *kinds):
    """Let these kinds of sale take turns, each in a database of its own; their lanes."""
    names = []
    try:
        for kind in kinds:
            names.append(context.copy_database(f"earn_{kind.database}", kind.template))
        lanes = [_prepare(context, *pair) for pair in zip(kinds, names, strict=True)]
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
            lane.registry = None
    finally:
        for name in names:
            context.drop_database(name)
    return lanes


class Lane:
    """One kind of sale, with the milliseconds and SQL statements of each order."""

    template = "test"
    gifts = 0  # points that members had before
    prices = PRICES
    points = 17  # 1 point per 10 of 174.5

    def __init__(self, env):
        from odoo.modules.registry import Registry

        self.registry = Registry(env.cr.dbname)
        shop = Shop(env)
        cashier = shop.cashier("bench_cashier", CASHIER)
        self.uid = cashier.id
        self.products = [shop.product(f"Bench {price}", price) for price in self.prices]
        self.partners = shop.customers("Bench customer", CUSTOMERS)
        self.till = self.open_till(shop, cashier)
        self.cards = self.give_cards(shop)
        self.partners = self.partners.ids
        env.cr.execute("SELECT name FROM ir_module_module WHERE state = 'installed'")
        self.installed = {name for (name,) in env.cr.fetchall()}
        self.forget()

    def open_till(self, shop, cashier):
        """The till that sells."""
        return shop.till("Bench till", cashier)

    def modules(self):
        """Names of the installed modules."""
        return self.installed

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

    def _call(self, counts, name, *arguments, ids=(), model="pos.order", **keywords):
        """One request, committed."""
        from odoo.api import Environment
        from odoo.service.model import retrying

        with self.registry.cursor() as cursor:
            env = Environment(cursor, self.uid, {})
            before = cursor.sql_log_count
            method = getattr(env[model].browse(ids), name)
            result = retrying(partial(method, *arguments, **keywords), env)
            counts.append(cursor.sql_log_count - before)
        return result

    def median(self):
        """Milliseconds per order."""
        return statistics.median(self.times)

    def counted(self):
        """SQL statements per order."""
        return int(statistics.median(sum(counts) for counts in self.statements))

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
        expected = orders * self.points + self.gifts
        assert points == expected, f"{self.label}: {points} points, not {expected}"


class ClubLane(Lane):
    """Customers who are members of the club."""

    label = database = "ours"

    def give_cards(self, shop):
        club = shop.env["loyalty.club"]._for_company(shop.company)
        shop.set_sample_terms_aside()
        members = shop.env["loyalty.club.member"]._enrol(club, self.partners)
        self.members = members.ids
        cards = members.wallet_ids.card_ids
        self.gifts = sum(cards.mapped("points"))
        return cards.ids

    def calls(self, order, partner, call):
        call("sync_from_ui", [order])


class StockLane(Lane):
    """Customers with a card of a points program that stock keeps by itself."""

    label = database = "stock"
    template = "base"

    def give_cards(self, shop):
        program = shop.points_program("Bench points", 10.0, 0.1)
        program.rule_ids.reward_point_mode = "order"
        program.rule_ids.reward_point_amount = self.points
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
            "points": self.points,
            "program_id": self.program_id,
            "coupon_id": card,
            "barcode": False,
            "partner_id": partner,
        }
        call("validate_coupon_programs", {str(card): self.points}, [])
        result = call("sync_from_ui", [order])
        order_id = result["pos.order"][0]["id"]
        call("confirm_coupon_programs", {str(card): change}, ids=[order_id])


class StockBasketLane(StockLane):
    """A long sale with stock's own points program."""

    label, database = "stock, 20 lines", "stock_basket"
    prices, points = BASKET, 39  # 1 point per 10 of 390


class PlainLane(ClubLane):
    """A long sale by the club's basic terms."""

    label, database = "20 lines, no rules", "plain"
    prices, points = BASKET, 39


class RulesLane(PlainLane):
    """A long sale with many rules in force that ask for all that rules can ask."""

    label, database = f"20 lines, {RULES} rules", "rules"

    def give_cards(self, shop):
        cards = super().give_cards(shop)
        club = shop.env["loyalty.club"]._for_company(shop.company)
        products = shop.env["product.product"].browse(line["id"] for line in self.products)
        self._make_rules(shop.env, club, products)
        return cards

    def _make_rules(self, env, club, products):
        categories = env["product.category"].create(
            [{"name": f"Bench {number}"} for number in range(CATEGORIES)]
        )
        tags = env["product.tag"].create([{"name": f"Bench {n}"} for n in range(CATEGORIES)])
        for number, product in enumerate(products):
            product.categ_id = categories[number % CATEGORIES]
            product.product_tmpl_id.product_tag_ids = tags[number * 7 % CATEGORIES]
        segments = env["loyalty.club.segment"].create(
            [
                {"name": f"Bench {n}", "club_id": club.id, "kind": "manual", "domain": False}
                for n in range(SEGMENTS)
            ]
        )
        members = env["loyalty.club.member"].search([("partner_id", "in", self.partners.ids)])
        segments[: SEGMENTS // 2]._add(members)
        rules = env["loyalty.club.earn.rule"].create(
            [
                {
                    "name": f"Bench {number}",
                    "club_id": club.id,
                    "sequence": 10 + number,
                    "type": "per_unit",
                    "points": 1,
                    "category_ids": [(6, 0, categories[number % CATEGORIES].ids)],
                    "tag_ids": [(6, 0, tags[number % CATEGORIES].ids)],
                    "segment_ids": [(6, 0, segments[number % SEGMENTS].ids)],
                    "cap_member_day": 10**6,
                    "every_nth": 2,
                    "within_days": 30,
                    "condition": "[('age_group', '=', False), ('amount', '>', 50)]",
                }
                for number in range(RULES)
            ]
        )
        rules.action_activate()

    def check(self, orders):
        """The rules gave something, and the ledger booked what they gave."""
        with self.registry.cursor() as cursor:
            cursor.execute("SELECT SUM(points) FROM loyalty_card WHERE id = ANY(%s)", [self.cards])
            (points,) = cursor.fetchone()
            cursor.execute(
                "SELECT SUM(amount), COUNT(*) FILTER (WHERE rule_id IS NOT NULL)"
                "  FROM loyalty_club_earn_award WHERE member_id = ANY(%s)",
                [self.members],
            )
            given, by_rules = cursor.fetchone()
        points -= self.gifts
        assert points == given > orders * self.points, f"{points} points, {given} by rules"
        assert by_rules >= RULES // 4 * orders // 3, f"rules fired {by_rules} times"


def _prepare(context, lane, name):
    with context.env(name) as env:
        prepared = lane(env)
        env.cr.commit()
    return prepared
