"""How much a rule gives: each way is a class of its own, registered by its code.

A new one needs no change elsewhere: write a class like those below, in a file of its own, and put
``@earn_type("its_code")`` above it; a rule of that type then carries what ``params`` says.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import ClassVar, Protocol, Self

from .lots import ZERO
from .sale import Matched, Sale

PERCENT = Decimal(100)


class EarnType(Protocol):
    """What a way of earning has to offer."""

    uses_basic: ClassVar[bool]  # whether it needs what the basic terms give for the goods
    needs: ClassVar[frozenset[str]]  # what it asks about the member, as ``sale_facts.Fact.needs``

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> Self:
        """Read what a rule of this type carries."""

    @classmethod
    def check(cls, params: Mapping[str, str]) -> list[str]:
        """Return codes of what is wrong with ``params``; none for a sound rule."""

    def award(self, matched: Matched, sale: Sale, basic: Decimal) -> Decimal:
        """Return what ``matched`` brings, exactly: rounding and caps come later, once.

        :param matched: the goods that the rule is about.
        :param sale: the whole sale.
        :param basic: what the basic terms give for these goods, where ``uses_basic``.
        """


EARN_TYPES: dict[str, type[EarnType]] = {}


def earn_type(code: str) -> Callable[[type], type]:
    """Register a class as the type of earning ``code``.

    :raises ValueError: when there is one of that code already, in another file.
    """

    def register(cls: type) -> type:
        present = EARN_TYPES.get(code)
        if present and (present.__module__, present.__qualname__) != (
            cls.__module__,
            cls.__qualname__,
        ):
            raise ValueError(f"earning type {code} is registered already")
        EARN_TYPES[code] = cls
        return cls

    return register


def problems(
    params: Mapping[str, str], *checks: tuple[str, Callable[[Decimal], bool]]
) -> list[str]:
    """Return ``<name>_number`` for parameters that are no number, ``<name>_value`` for bad ones.

    >>> problems({"points": "x"}, ("points", lambda value: value > 0))
    ['points_number']
    >>> problems({"points": "0"}, ("points", lambda value: value > 0))
    ['points_value']
    """
    found = []
    for name, sound in checks:
        try:
            value = Decimal(str(params.get(name)))
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            found.append(f"{name}_number")
        elif not sound(value):
            found.append(f"{name}_value")
    return found


@earn_type("per_amount")
@dataclass(frozen=True, slots=True)
class PerAmount:
    """So many points for each so much of the amount."""

    uses_basic: ClassVar[bool] = False
    needs: ClassVar[frozenset[str]] = frozenset()
    points: Decimal
    per_amount: Decimal

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> Self:
        """Read ``points`` and ``per_amount``."""
        return cls(Decimal(params["points"]), Decimal(params["per_amount"]))

    @classmethod
    def check(cls, params: Mapping[str, str]) -> list[str]:
        """Nothing is divided by zero."""
        return problems(
            params, ("points", lambda value: value >= 0), ("per_amount", lambda value: value > 0)
        )

    def award(self, matched: Matched, sale: Sale, basic: Decimal) -> Decimal:
        """Return the points for the amount."""
        return matched.amount * self.points / self.per_amount


class OneNumber:
    """What ways of earning have in common whose rules carry one number, ``parameter``."""

    __slots__ = ()
    uses_basic: ClassVar[bool] = False
    needs: ClassVar[frozenset[str]] = frozenset()
    parameter: ClassVar[str] = "points"

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> Self:
        """Read the number."""
        return cls(Decimal(params[cls.parameter]))

    @classmethod
    def check(cls, params: Mapping[str, str]) -> list[str]:
        """Return what is wrong with the number."""
        return problems(params, (cls.parameter, cls.sound))

    @staticmethod
    def sound(value: Decimal) -> bool:
        """Return whether a rule may carry ``value``: it gives something."""
        return value > 0


@earn_type("percent")
@dataclass(frozen=True, slots=True)
class Percent(OneNumber):
    """A percentage of the amount, in money."""

    parameter: ClassVar[str] = "percent"
    percent: Decimal

    @staticmethod
    def sound(value: Decimal) -> bool:
        """Nobody gives back more than was paid."""
        return 0 < value <= PERCENT

    def award(self, matched: Matched, sale: Sale, basic: Decimal) -> Decimal:
        """Return the part of the amount."""
        return matched.amount * self.percent / PERCENT


@earn_type("per_unit")
@dataclass(frozen=True, slots=True)
class PerUnit(OneNumber):
    """So many points for each unit of the goods."""

    points: Decimal

    def award(self, matched: Matched, sale: Sale, basic: Decimal) -> Decimal:
        """Return the points for the quantity."""
        return matched.quantity * self.points


@earn_type("per_visit")
@dataclass(frozen=True, slots=True)
class PerVisit(OneNumber):
    """So many points for the purchase, however large it is."""

    points: Decimal

    def award(self, matched: Matched, sale: Sale, basic: Decimal) -> Decimal:
        """Return the points."""
        return self.points


@earn_type("multiplier")
@dataclass(frozen=True, slots=True)
class Multiplier(OneNumber):
    """A multiple of what the basic terms give: only what comes on top of them."""

    uses_basic: ClassVar[bool] = True
    parameter: ClassVar[str] = "factor"
    factor: Decimal

    @staticmethod
    def sound(value: Decimal) -> bool:
        """A rule adds; to give less than the basic terms, replace them."""
        return value > 1

    def award(self, matched: Matched, sale: Sale, basic: Decimal) -> Decimal:
        """Return what comes on top."""
        return max(self.factor - 1, ZERO) * basic
