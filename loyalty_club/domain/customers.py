"""Which rows of a file are one customer, and which of their purchases are told twice."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .customer_rows import CustomerRow, Fault

# What is booked once for a customer when she is taken over from another system.
OPENINGS = ("opening_points", "opening_credit")
# By what customers are recognised: names of rows and of the columns they come from.
_NAMES = {
    "number": "number",
    "external_ref": "external_ref",
    "identity_index": "national_code",
    "card_number": "card_number",
    "mobile": "mobile",
}
# What a customer says of herself; the first row that tells it counts.
_TOLD = (
    *("external_ref", "number", "mobile", "name", "email", "branch", "area", "join_date"),
    *("identity_code", "identity_index"),
)


class Opening(NamedTuple):
    """An opening balance, and the row that told it."""

    amount: Decimal
    row: CustomerRow


class Purchase(NamedTuple):
    """A purchase of a customer.

    :ivar key: tells it from the customer's other purchases, in this file and in any other.
    """

    row: CustomerRow
    key: str


@dataclass(slots=True, eq=False)
class Customer:
    """One person of a file, whom the club may know already.

    :ivar line: first row of the file about this customer, 0 before there is one.
    :ivar ref_is_new: the file knows a member by a reference who had none.
    :ivar identity_index: what a kept identity code is found by; the code itself only if the
        file told it.
    :ivar card_number: the card by which the club knows her.
    :ivar former_id: id of a merged membership, when this is how the club knew her under it: its
        names lead to the member who stays, and what was booked for it keeps its keys.
    :ivar same_ids: ids of all memberships that are hers by now.
    :ivar number_today: number of the membership that stays.
    :ivar cards: numbers of cards that the file tells, in its order.
    :ivar openings: opening balances by the names in ``OPENINGS``.
    """

    member_id: int | None = None
    partner_id: int | None = None
    external_ref: str = ""
    number: str = ""
    mobile: str = ""
    name: str = ""
    email: str = ""
    closed: bool = False
    ref_is_new: bool = False
    branch: str = ""
    area: str = ""
    join_date: date | None = None
    identity_code: str = ""
    identity_index: str = ""
    card_number: str = ""
    former_id: int | None = None
    same_ids: tuple[int, ...] = ()
    number_today: str = ""
    line: int = 0
    cards: list[str] = field(default_factory=list)
    profile: dict = field(default_factory=dict)
    openings: dict[str, Opening] = field(default_factory=dict)
    purchases: list[Purchase] = field(default_factory=list)
    _seen: dict = field(default_factory=dict)
    _occurrences: Counter = field(default_factory=Counter)

    @property
    def person(self) -> object:
        """What is one and the same for all names of one person."""
        return self.member_id or self

    @property
    def key_id(self) -> int | None:
        """Id of the membership under which her purchases and openings are booked."""
        return self.former_id or self.member_id

    @property
    def first_day(self) -> date | None:
        """The day of joining: as told, else of the first purchase."""
        days = (purchase.row.purchase_day for purchase in self.purchases)
        return self.join_date or min(days, default=None)

    def told_before(self, row: CustomerRow) -> Fault | None:
        """Return the fault of a row whose purchase or points an earlier row told already."""
        for name in OPENINGS:
            amount = getattr(row, name)
            earlier = self.openings.get(name)
            if earlier and amount not in (0, earlier.amount):
                return Fault("other_opening", name, str(earlier.row.line))
            if amount and self.closed:
                return Fault("closed", name)
        if not row.has_purchase:
            nothing_new = self.line and not self._adds(row)
            return Fault("repeated", "", str(self.line)) if nothing_new else None
        earlier = self._seen.get(_likeness(row))
        if not earlier:
            return None
        same = _facts(earlier) == _facts(row)
        return Fault("repeated" if same else "reused", "purchase_ref", str(earlier.line))

    def _adds(self, row: CustomerRow) -> bool:
        told = any(getattr(row, name) and not getattr(self, name) for name in _TOLD)
        opened = any(getattr(row, name) and name not in self.openings for name in OPENINGS)
        told |= bool(row.card_number and row.card_number not in self.cards)
        return told or opened or bool(row.profile.keys() - self.profile.keys())

    def add(self, row: CustomerRow) -> None:
        """Take over what a sound row says; what is known already stays."""
        self.line = self.line or row.line
        if self.member_id and row.external_ref and not self.external_ref:
            self.ref_is_new = True
        for name in _TOLD:
            if not getattr(self, name):
                setattr(self, name, getattr(row, name))
        self.profile = row.profile | self.profile
        if row.card_number and row.card_number not in self.cards:
            self.cards.append(row.card_number)
        for name in OPENINGS:
            if getattr(row, name):
                self.openings.setdefault(name, Opening(getattr(row, name), row))
        if row.has_purchase:
            self._seen.setdefault(_likeness(row), row)
            self.purchases.append(Purchase(row, self._next_key(row)))

    def _next_key(self, row: CustomerRow) -> str:
        if row.purchase_ref:
            return f"ref:{row.purchase_ref}"
        at = f"{row.purchase_day}T{row.purchase_time}" if row.purchase_time else row.purchase_day
        fact = f"{at}:{row.purchase_amount.normalize():f}"
        self._occurrences[fact] += 1
        return f"day:{fact}:{self._occurrences[fact]}"


class Customers:
    """The customers of a file, recognised by membership number, reference, identity code, card
    or mobile.

    :param known: customers the club knows among those the file may mean.
    :param shared_mobiles: mobiles of several people the club knows: they identify nobody.
    :param identical: whether purchases without reference may be alike; else the second is
        taken for a row told twice.

    >>> customers = Customers()
    >>> sara = customers.take(CustomerRow(2, external_ref="7", mobile="+989121234567"))
    >>> customers.take(CustomerRow(3, mobile="+989121234567", name="Sara")) is sara, sara.name
    (True, 'Sara')
    """

    def __init__(
        self,
        known: Iterable[Customer] = (),
        shared_mobiles: Iterable[str] = (),
        identical: bool = False,
    ) -> None:
        self._identical = identical
        self._shared = frozenset(shared_mobiles)
        self._by: dict[str, dict[str, Customer]] = {name: {} for name in _NAMES}
        self.present: dict[int, Customer] = {}  # by the line on which they first stand
        # Last the memberships of today: what was told of a merged one may be theirs by now.
        for customer in sorted(known, key=lambda customer: not customer.former_id):
            self._index(customer, customer)

    def take(self, row: CustomerRow) -> Customer | None:
        """Add a sound row to its customer, whom it returns; or give the row its faults."""
        customer = self._owner(row)
        if row.faults:
            return None
        fault = customer.told_before(row)
        if fault and not self._allowed(fault, row):
            row.faults.append(fault)
            return None
        customer.add(row)
        self._index(customer, row)
        self.present.setdefault(customer.line, customer)
        return customer

    def _allowed(self, fault: Fault, row: CustomerRow) -> bool:
        alike = fault.code == "repeated" and row.has_purchase and not row.purchase_ref
        return alike and self._identical

    def _owner(self, row: CustomerRow) -> Customer:
        """The customer a row is about, a new one if nobody is known by what it names."""
        found = {name: self._by[name].get(getattr(row, name)) for name in _NAMES}
        shared = row.mobile in self._shared
        if shared:
            found["mobile"] = None
        owners = {customer.person: name for name, customer in found.items() if customer}
        if row.number and not found["number"]:
            row.faults.append(Fault("unknown_member", "number", row.number))
        elif len(owners) > 1:
            row.faults.append(Fault("two_customers", _NAMES[list(owners.values())[-1]]))
        elif shared and not owners:
            row.faults.append(Fault("shared_mobile", "mobile", row.mobile))
        # A reference first: it may be that of a merged membership, and is not given twice.
        customer = found["external_ref"] or next(filter(None, found.values()), None) or Customer()
        self._compare(customer, row)
        return customer

    @staticmethod
    def _compare(customer: Customer, row: CustomerRow) -> None:
        """A person has one reference and one identity code."""
        if row.external_ref and customer.external_ref not in ("", row.external_ref):
            row.faults.append(Fault("other_ref", "external_ref", customer.external_ref))
        if row.identity_index and customer.identity_index not in ("", row.identity_index):
            row.faults.append(Fault("other_identity", "national_code"))

    def _index(self, customer: Customer, named: Customer | CustomerRow) -> None:
        for name, index in self._by.items():
            if value := getattr(named, name):
                index[value] = customer


def _likeness(row: CustomerRow) -> tuple:
    """What makes two purchases of one customer the same."""
    return (row.purchase_ref,) if row.purchase_ref else _facts(row)


def _facts(row: CustomerRow) -> tuple:
    return (row.purchase_day, row.purchase_time, row.purchase_amount, row.branch)
