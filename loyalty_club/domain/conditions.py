"""Conditions of earning rules: Odoo domains over the facts of a sale, read without Odoo.

Logic has three values: a fact that is not known makes a comparison neither true nor false, and AND
and OR decide as far as they can without it. A rule gives something only where its condition is
true. On a return nothing is known again but the basket; what was true at the sale then stands
unless the basket alone makes it false.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from operator import eq, ge, gt, le, lt
from typing import Any

from .sale_facts import FACTS, Facts

LONGEST = 200  # terms in one condition


class ConditionError(ValueError):
    """A condition that cannot be read.

    :param code: ``form``, ``long``, ``fact``, ``operator`` or ``value``.
    :param text: the part of it that is wrong.
    """

    def __init__(self, code: str, text: object = "") -> None:
        super().__init__(code, text)
        self.code = code
        self.text = str(text)


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison of a fact with a value."""

    name: str
    operator: str
    value: Any

    def holds(self, facts: Facts) -> bool | None:
        """Return whether it is true; None where the fact is not known."""
        if self.name not in facts:
            return None
        return _COMPARE[FACTS[self.name].form](facts[self.name], self.operator, self.value)

    def terms(self) -> tuple["Term", ...]:
        """Return the comparisons in it."""
        return (self,)


@dataclass(frozen=True, slots=True)
class Every:
    """All of its parts; with none of them it is true."""

    parts: tuple[Any, ...] = ()

    def holds(self, facts: Facts) -> bool | None:
        """Return false as soon as one part is, and true only if all are."""
        found = [part.holds(facts) for part in self.parts]
        return False if False in found else None if None in found else True

    def terms(self) -> tuple[Term, ...]:
        """Return the comparisons in it."""
        return tuple(term for part in self.parts for term in part.terms())


@dataclass(frozen=True, slots=True)
class Some(Every):
    """One of its parts at least."""

    def holds(self, facts: Facts) -> bool | None:
        """Return true as soon as one part is, and false only if all are."""
        found = [part.holds(facts) for part in self.parts]
        return True if True in found else None if None in found else False


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary of its part."""

    part: Any

    def holds(self, facts: Facts) -> bool | None:
        """Return the contrary; what is not known stays so."""
        found = self.part.holds(facts)
        return None if found is None else not found

    def terms(self) -> tuple[Term, ...]:
        """Return the comparisons in it."""
        found: tuple[Term, ...] = self.part.terms()
        return found


Condition = Term | Every | Some | Not


def compile_condition(domain: list[Any]) -> Condition:
    """Read an Odoo domain over ``FACTS``.

    :raises ConditionError: where it names something else, or compares what cannot be compared.

    >>> rule = compile_condition(["|", ("tier_id", "in", [3]), ("amount", ">=", 100)])
    >>> rule.holds({"tier_id": 1, "amount": Decimal(120)}), rule.holds({"tier_id": 1})
    (True, None)
    >>> compile_condition([]).holds({})
    True
    """
    if not isinstance(domain, (list, tuple)):
        raise ConditionError("form", domain)
    if len(domain) > LONGEST:
        raise ConditionError("long", len(domain))
    stack: list[Condition] = []
    for word in reversed(domain):
        stack.append(_read(word, stack))
    return stack[0] if len(stack) == 1 else Every(tuple(reversed(stack)))


def _read(word: Any, stack: list[Condition]) -> Condition:
    if word in ("&", "|", "!"):
        if len(stack) < (1 if word == "!" else 2):
            raise ConditionError("form", word)
        first = stack.pop()
        if word == "!":
            return Not(first)
        return (Every if word == "&" else Some)((first, stack.pop()))
    if not isinstance(word, (list, tuple)) or len(word) != 3:
        raise ConditionError("form", word)
    name, operator, value = word
    if (name, operator) == (1, "=") and value in (0, 1):  # Odoo's words for all and nothing
        return Every() if value else Some()
    return _term(name, operator, value)


def _term(name: Any, operator: Any, value: Any) -> Term:
    fact = FACTS.get(name) if isinstance(name, str) else None
    if not fact:
        raise ConditionError("fact", name)
    operator = {"==": "=", "<>": "!=", "child_of": "in"}.get(operator, operator)
    if operator not in _OPERATORS[fact.form]:
        raise ConditionError("operator", f"{name} {operator}")
    several = operator in ("in", "not in")
    if several and not isinstance(value, (list, tuple, set, frozenset)):
        value = [value]
    try:
        read = _READERS[fact.form]
        value = frozenset(map(read, value)) if several else read(value)
    except (TypeError, ValueError, InvalidOperation) as error:
        raise ConditionError("value", f"{name} {operator} {value}") from error
    if value is None and operator in _ORDERS:
        raise ConditionError("value", f"{name} {operator} {value}")
    return Term(name, operator, value)


# --- values and comparisons of each form -----------------------------------------------------


def _number(value: Any) -> Decimal | None:
    if value is False or value is None:
        return None
    number = Decimal(str(value))
    if isinstance(value, bool) or not number.is_finite():
        raise ValueError(value)
    return number


def _id(value: Any) -> int | None:
    if value is False or value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(value)
    return value


def _text(value: Any) -> str | None:
    if value is False or value is None:
        return None
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, (bool, int)):
        raise TypeError(value)
    return bool(value)


def _date(value: Any) -> date | None:
    if value is False or value is None:
        return None
    return value if isinstance(value, date) else date.fromisoformat(value)


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
_EQUAL = {"=", "!=", "in", "not in"}
_OPERATORS = {
    "number": _EQUAL | _ORDERS.keys(),
    "date": _EQUAL | _ORDERS.keys(),
    "text": _EQUAL,
    "flag": _EQUAL,
    "one": _EQUAL,
    "many": _EQUAL,
}
_READERS: dict[str, Callable[[Any], Any]] = {
    "number": _number,
    "date": _date,
    "text": _text,
    "flag": _flag,
    "one": _id,
    "many": _id,
}


def _compare_one(fact: Any, operator: str, value: Any) -> bool:
    if operator in _ORDERS:  # as in SQL, nothing is neither more nor less than anything
        return fact is not None and _ORDERS[operator](fact, value)
    found = fact in value if operator in ("in", "not in") else eq(fact, value)
    return found if operator in ("=", "in") else not found


def _compare_many(fact: Any, operator: str, value: Any) -> bool:
    wanted = value if operator in ("in", "not in") else {value}
    found = not fact.isdisjoint(wanted) or (not fact and None in wanted)
    return found if operator in ("=", "in") else not found


_COMPARE: dict[str, Callable[[Any, str, Any], bool]] = dict.fromkeys(
    ("number", "date", "text", "flag", "one"), _compare_one
) | {"many": _compare_many}
