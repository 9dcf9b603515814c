"""One earning rule, read once from what its version stores: who, what, where, when, how much."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .conditions import Condition, compile_condition
from .earn_types import EARN_TYPES, EarnType
from .earn_when import When, compile_when
from .lots import ZERO
from .sale import UNKNOWN_PRODUCT, Sale, SaleLine
from .sale_facts import FACTS

CAPS = ("sale", "member_day", "member_month", "member_total", "rule_total")
BASIC = frozenset({"basic", "cashback"})  # sources of terms that hold for everybody
# What a rule may ask for, beyond the amounts of the lines.
ABOUT_MEMBER = frozenset({"member", "segments", "purchases", "days"})
ABOUT_SALE = frozenset({"goods", "tags", "paid", "card"})


@dataclass(frozen=True, slots=True)
class Who:
    """Members for whom a rule is; empty sets: everybody."""

    tiers: frozenset[int] = frozenset()
    segments: frozenset[int] = frozenset()
    not_segments: frozenset[int] = frozenset()
    kinds: frozenset[str] = frozenset()

    @property
    def needs(self) -> frozenset[str]:
        """What has to be read of the member: ``member``, ``segments``."""
        member = {"member"} if self.tiers or self.kinds else set()
        segments = {"segments"} if self.segments or self.not_segments else set()
        return frozenset(member | segments)

    def fits(self, sale: Sale) -> bool:
        """Return whether the buyer is one of them."""
        member = sale.member
        if self.tiers and member.tier not in self.tiers:
            return False
        if self.segments and self.segments.isdisjoint(member.segments):
            return False
        if not self.not_segments.isdisjoint(member.segments):
            return False
        return not self.kinds or not self.kinds.isdisjoint(member.kinds)


@dataclass(frozen=True, slots=True)
class What:
    """Goods that a rule is about: one of the products, categories or tags; none named: all."""

    products: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()
    tags: frozenset[int] = frozenset()
    not_products: frozenset[int] = frozenset()
    not_categories: frozenset[int] = frozenset()
    not_tags: frozenset[int] = frozenset()

    @property
    def needs(self) -> frozenset[str]:
        """What has to be read of the goods: ``goods``, ``tags``."""
        tags = {"tags"} if self.tags or self.not_tags else set()
        return frozenset(tags if self.everything else tags | {"goods"})

    @property
    def everything(self) -> bool:
        """Whether no goods are left out."""
        return not any(getattr(self, name) for name in self.__slots__)

    def fits(self, line: SaleLine) -> bool:
        """Return whether the rule is about the goods of ``line``."""
        if line.product == UNKNOWN_PRODUCT:
            return self.everything
        if line.template in self.not_products or not (
            self.not_categories.isdisjoint(line.categories) and self.not_tags.isdisjoint(line.tags)
        ):
            return False
        if not self.products and not self.categories and not self.tags:
            return True
        return line.template in self.products or not (
            self.categories.isdisjoint(line.categories) and self.tags.isdisjoint(line.tags)
        )


@dataclass(frozen=True, slots=True)
class Where:
    """Shops, channels and means of payment; ``means``: keys of :attr:`Sale.paid`."""

    branches: frozenset[int] = frozenset()
    channels: frozenset[str] = frozenset()
    means: frozenset[str] = frozenset()
    card: bool = False

    @property
    def needs(self) -> frozenset[str]:
        """What has to be read of the sale: ``paid``, ``card``."""
        paid = {"paid"} if self.means else set()
        return frozenset(paid | {"card"} if self.card else paid)

    def fits(self, sale: Sale) -> bool:
        """Return whether it was sold there, and paid so."""
        if self.branches and sale.branch not in self.branches:
            return False
        if self.channels and sale.channel not in self.channels:
            return False
        if self.card and not sale.card_shown:
            return False
        return not self.means or self.paid(sale) > 0

    def paid(self, sale: Sale) -> Decimal:
        """Return what was paid by these means; where none is named, in money."""
        return sum(
            (
                amount
                for key, amount in sale.paid.items()
                if (key in self.means if self.means else key.startswith("method:"))
            ),
            ZERO,
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a rule, ready to be asked."""

    version: int
    source: str
    rule: int | None
    tier: int | None
    kind: int
    sequence: int
    type_code: str
    type: EarnType
    on_paid: bool
    minimum_amount: Decimal
    minimum_quantity: Decimal
    rounding: str
    step: Decimal
    who: Who
    what: What
    where: Where
    when: When
    condition: Condition | None
    caps: Mapping[str, Decimal]
    stacking: str
    group: str | None
    needs: frozenset[str]

    @property
    def is_basic(self) -> bool:
        """Whether these are terms that hold for everybody."""
        return self.source in BASIC

    @property
    def needs_member(self) -> bool:
        """Whether it asks about the member at all."""
        return not self.needs.isdisjoint(ABOUT_MEMBER)


def compile_rule(version_id: int, spec: Mapping[str, Any]) -> Rule:
    """Read what a version stores.

    :raises ValueError: for what is no rule; :class:`ConditionError` is one.

    >>> rule = compile_rule(1, {"source": "basic", "kind": 5, "type": "per_amount",
    ...                         "params": {"points": "1", "per_amount": "10"}})
    >>> rule.stacking, rule.step, sorted(rule.needs)
    ('add', Decimal('1'), [])
    """
    who, where = spec.get("who") or {}, spec.get("where") or {}
    what, caps = spec.get("what") or {}, spec.get("caps") or {}
    if spec["type"] not in EARN_TYPES:
        raise ValueError(f"unknown type of earning: {spec['type']}")
    kind_of_earning = EARN_TYPES[spec["type"]].from_params(spec.get("params") or {})
    people = Who(*(frozenset(who.get(name) or ()) for name in Who.__slots__))
    goods = What(*(frozenset(what.get(name) or ()) for name in What.__slots__))
    place, when = _where(where), compile_when(spec.get("when") or {})
    condition = compile_condition(spec["condition"]) if spec.get("condition") else None
    asked = {FACTS[term.name].needs for term in condition.terms()} if condition else set()
    asked |= people.needs | goods.needs | place.needs | when.needs | kind_of_earning.needs
    if spec.get("base") == "paid":
        asked |= {"paid"}
    return Rule(
        version=version_id,
        source=spec.get("source") or "rule",
        rule=spec.get("rule") or None,
        tier=spec.get("tier") or None,
        kind=spec["kind"],
        sequence=spec.get("sequence") or 0,
        type_code=spec["type"],
        type=kind_of_earning,
        on_paid=spec.get("base") == "paid",
        minimum_amount=_decimal(spec.get("minimum_amount")),
        minimum_quantity=_decimal(spec.get("minimum_quantity")),
        rounding=spec.get("rounding") or "down",
        step=_decimal(spec.get("step")) or Decimal(1),
        who=people,
        what=goods,
        where=place,
        when=when,
        condition=condition,
        caps={name: _decimal(caps[name]) for name in CAPS if caps.get(name) is not None},
        stacking=spec.get("stacking") or "add",
        group=spec.get("group") or None,
        needs=frozenset(need for need in asked if need),
    )


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value or 0))


def _where(spec: Mapping[str, Any]) -> Where:
    means = {f"method:{number}" for number in spec.get("methods") or ()}
    means |= {f"kind:{number}" for number in spec.get("wallet_kinds") or ()}
    return Where(
        frozenset(spec.get("branches") or ()),
        frozenset(spec.get("channels") or ()),
        frozenset(means),
        bool(spec.get("card")),
    )
