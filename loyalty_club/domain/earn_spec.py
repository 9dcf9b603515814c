"""Specs: what an earning rule says, as plain data that a version keeps.

A spec is a dict of JSON values with every key of :func:`new_spec`. Numbers that count are
strings of decimals, ids are integers in rising order, so that two specs are equal when they mean
the same. :mod:`earn_rules` turns them into rules.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from decimal import Decimal
from typing import Any

_EMPTY: dict[str, Any] = {
    "source": "rule",
    "rule": None,
    "tier": None,
    "kind": None,
    "sequence": 0,
    "type": "per_amount",
    "params": {},
    "base": "goods",
    "minimum_amount": "0",
    "minimum_quantity": "0",
    "rounding": "down",
    "step": "1",
    "who": {"tiers": [], "segments": [], "not_segments": [], "kinds": []},
    "what": {
        "products": [],
        "categories": [],
        "tags": [],
        "not_products": [],
        "not_categories": [],
        "not_tags": [],
    },
    "where": {"branches": [], "channels": [], "methods": [], "wallet_kinds": [], "card": False},
    "when": {
        "from": None,
        "until": None,
        "weekdays": [],
        "hour_from": "0",
        "hour_until": "24",
        "occasions": [],
        "first_after": None,
        "nth": None,
        "every_nth": None,
        "within_days": None,
        "streak": None,
    },
    "condition": [],
    "caps": {},
    "stacking": "add",
    "group": None,
}
PARTS = ("who", "what", "where", "when")


def new_spec(**given: Any) -> dict[str, Any]:
    """Return a spec that says ``given`` and otherwise what restricts nothing.

    Of the parts who, what, where and when only what differs need be given.

    :raise KeyError: for a key that no spec has.

    >>> spec = new_spec(kind=7, type="per_visit", params={"points": "5"}, who={"tiers": [3]})
    >>> spec["who"]["tiers"], spec["who"]["segments"], spec["stacking"]
    ([3], [], 'add')
    >>> new_spec(knid=7)
    Traceback (most recent call last):
    KeyError: 'knid'
    """
    spec = deepcopy(_EMPTY)
    for key, value in given.items():
        if key not in spec:
            raise KeyError(key)
        if key not in PARTS:
            spec[key] = value
            continue
        for name, inner in value.items():
            if name not in spec[key]:
                raise KeyError(f"{key}.{name}")
            spec[key][name] = inner
    return spec


def plain(value: float | Decimal | str) -> str:
    """Return a number as specs write it: exact, without zeros that say nothing.

    >>> plain(10.0), plain(0.25), plain(1e7), plain(0)
    ('10', '0.25', '10000000', '0')
    """
    return format(Decimal(str(value)).normalize(), "f")


def may_both_fire(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether there can be a sale that both specs are for, judged by what excludes another.

    Rules that are not provably apart count as overlapping; conditions over the whole basket are
    not compared.

    >>> gold, silver = (new_spec(who={"tiers": [tier]}) for tier in (1, 2))
    >>> may_both_fire(gold, silver), may_both_fire(gold, new_spec(where={"branches": [5]}))
    (False, True)
    >>> morning = new_spec(when={"hour_until": "12"})
    >>> may_both_fire(morning, new_spec(when={"hour_from": "12"}))
    False
    >>> spring = new_spec(when={"from": "2026-03-21", "until": "2026-06-21"})
    >>> may_both_fire(spring, new_spec(when={"from": "2026-06-22"}))
    False
    """
    lists = (
        ("who", "tiers"),
        ("who", "kinds"),
        ("where", "branches"),
        ("where", "channels"),
        ("when", "weekdays"),
    )
    if any(_apart(one[part][name], other[part][name]) for part, name in lists):
        return False
    if _left_out(one["who"], other["who"]) or _left_out(other["who"], one["who"]):
        return False
    return not (
        _disjoint_hours(one["when"], other["when"])
        or _disjoint_hours(other["when"], one["when"])
        or _disjoint_days(one["when"], other["when"])
        or _disjoint_days(other["when"], one["when"])
        or _other_number(one["when"], other["when"])
    )


def _apart(one: Iterable[Any], other: Iterable[Any]) -> bool:
    """Two lists of what is allowed have nothing in common; an empty one allows everything."""
    return bool(one) and bool(other) and not set(one) & set(other)


def _left_out(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whoever the one is for is left out of the other."""
    wanted = set(one["segments"])
    return bool(wanted) and wanted <= set(other["not_segments"])


def _disjoint_hours(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return Decimal(one["hour_until"]) <= Decimal(other["hour_from"])


def _disjoint_days(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(one["until"] and other["from"] and one["until"] < other["from"])


def _other_number(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(one["nth"] and other["nth"] and one["nth"] != other["nth"])
