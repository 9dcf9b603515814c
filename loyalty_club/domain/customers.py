"""Which rows of a file are one customer, and which of their purchases are told twice."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .customer_rows import CustomerRow, Fault


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
    :ivar opening_row: the row that told the opening points.
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
    join_date: date | None = None
    line: int = 0
    opening_points: Decimal = Decimal(0)
    opening_row: CustomerRow | None = None
    purchases: list[Purchase] = field(default_factory=list)
    _seen: dict = field(default_factory=dict)
    _occurrences: Counter = field(default_factory=Counter)

    @property
    def first_day(self) -> date | None:
        """The day of joining: as told, else of the first purchase."""
        days = (purchase.row.purchase_day for purchase in self.purchases)
        return self.join_date or min(days, default=None)

    def told_before(self, row: CustomerRow) -> Fault | None:
        """Return the fault of a row whose purchase or points an earlier row told already."""
        if self.opening_row and row.opening_points not in (0, self.opening_points):
            return Fault("other_opening", "opening_points", str(self.opening_row.line))
        if row.opening_points and self.closed:
            return Fault("closed", "opening_points")
        if not row.has_purchase:
            nothing_new = self.line and not self._adds(row)
            return Fault("repeated", "", str(self.line)) if nothing_new else None
        earlier = self._seen.get(_likeness(row))
        if not earlier:
            return None
        same = _facts(earlier) == _facts(row)
        return Fault("repeated" if same else "reused", "purchase_ref", str(earlier.line))

    def _adds(self, row: CustomerRow) -> bool:
        names = ("external_ref", "mobile", "name", "email", "branch", "join_date", "opening_points")
        return any(getattr(row, name) and not getattr(self, name) for name in names)

    def add(self, row: CustomerRow) -> None:
        """Take over what a sound row says; what is known already stays."""
        self.line = self.line or row.line
        if self.member_id and row.external_ref and not self.external_ref:
            self.ref_is_new = True
        for name in ("external_ref", "number", "mobile", "name", "email", "branch", "join_date"):
            if not getattr(self, name):
                setattr(self, name, getattr(row, name))
        if row.opening_points and not self.opening_row:
            self.opening_points, self.opening_row = row.opening_points, row
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
    """The customers of a file, recognised by membership number, reference or mobile.

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
        self._by_number: dict[str, Customer] = {}
        self._by_ref: dict[str, Customer] = {}
        self._by_mobile: dict[str, Customer] = {}
        self.present: dict[int, Customer] = {}  # by the line on which they first stand
        for customer in known:
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
        """The customer a row is about, a new one if nobody has its number, reference or mobile."""
        shared = row.mobile in self._shared
        found = [
            self._by_number.get(row.number),
            self._by_ref.get(row.external_ref),
            None if shared else self._by_mobile.get(row.mobile),
        ]
        owners = {id(customer): customer for customer in found if customer}
        if row.number and not found[0]:
            row.faults.append(Fault("unknown_member", "number", row.number))
        elif len(owners) > 1:
            row.faults.append(Fault("two_customers", "mobile" if found[2] else "number"))
        elif shared and not owners:
            row.faults.append(Fault("shared_mobile", "mobile", row.mobile))
        customer = next(iter(owners.values()), None) or Customer()
        if row.external_ref and customer.external_ref not in ("", row.external_ref):
            row.faults.append(Fault("other_ref", "external_ref", customer.external_ref))
        return customer

    def _index(self, customer: Customer, named: Customer | CustomerRow) -> None:
        for index, name in (
            (self._by_number, named.number),
            (self._by_ref, named.external_ref),
            (self._by_mobile, named.mobile),
        ):
            if name:
                index[name] = customer


def _likeness(row: CustomerRow) -> tuple:
    """What makes two purchases of one customer the same."""
    return (row.purchase_ref,) if row.purchase_ref else _facts(row)


def _facts(row: CustomerRow) -> tuple:
    return (row.purchase_day, row.purchase_time, row.purchase_amount, row.branch)
