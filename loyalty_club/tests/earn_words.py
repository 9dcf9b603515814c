"""Words in which tests of earning rules speak: lines, sales, rules, without any record."""

from datetime import date, datetime, time
from decimal import Decimal

from odoo.addons.loyalty_club.domain.earn_rules import compile_rule, evaluate
from odoo.addons.loyalty_club.domain.sale import NO_PRODUCT, Sale, SaleLine

NOON = datetime.combine(date(2026, 5, 4), time(12))  # a Monday
MILK, BREAD, GOLD = 1, 2, 3
DAIRY, FOOD = 71, 70
POINTS, CASHBACK = 5, 6


def D(value):
    return Decimal(str(value))


def line(product=MILK, quantity=1, amount=100, **values):
    values.setdefault("categories", frozenset({DAIRY, FOOD} if product == MILK else {FOOD}))
    return SaleLine(product, product, quantity=D(quantity), amount=D(amount), **values)


def paid_with_points(amount, kind=None):
    return SaleLine(NO_PRODUCT, amount=-D(amount), kind=kind)


def bought(*lines, **values):
    return Sale(values.pop("moment", NOON), lines=lines or (line(),), **values)


def basic(version=1, points="1", per_amount="10", **values):
    params = {"points": points, "per_amount": per_amount}
    spec = {"source": "basic", "kind": POINTS, "type": "per_amount", "params": params}
    return compile_rule(version, spec | values)


def rule(version=2, kind_of="per_visit", params=None, **values):
    params = {"points": "7"} if params is None else params
    return compile_rule(version, {"kind": POINTS, "type": kind_of, "params": params} | values)


def amounts(rules, of, used=None, **values):
    return {award.version: award.amount for award in evaluate(rules, of, used or {}, **values)}
