"""What is asked of the ledger, and who may ask.

Authority to move value travels in a context variable of the process, set by our own
code around the call that needs it. It never comes from ``env.context``: an RPC client
sends whatever context it likes.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from .const import HOLDER_KINDS


class Basket(NamedTuple):
    """What is being paid for: value given on conditions asks for it.

    :param amount: total of the goods, a Decimal in the currency of the sale.
    :param branch_id: shop where it is sold.
    :param by_category: amount of the goods by product category id.
    :param paid: what value under conditions of use, by their id, has paid of it before.
    """

    amount: Decimal
    branch_id: int | None = None
    by_category: dict[int, Decimal] = {}
    paid: dict[int, Decimal] = {}


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement of value asked of :meth:`loyalty.club.wallet._post`.

    :param wallet_id: the wallet that moves.
    :param amount: signed, in the wallet's unit; a whole number of its rounding step.
    :param kind: one of ``const.ENTRY_KINDS``.
    :param key: idempotency key; the same key has at most one effect, for ever.
    :param origin: model and id of the document behind it.
    :param branch_id: shop where it happened.
    :param reverses_id: entry that this one takes back, wholly or in part.
    :param expires_on: last day of the lot that a credit opens; None: the expiry policy of
        the wallet's kind decides.
    :param available_on: first day on which that lot may be used; None: at once, or what
        the kind says for value that was earned.
    :param terms_id: conditions of use of that lot; None: those of the wallet's kind.
    :param carries: key of the debit in the same batch whose lots this credit takes over,
        with their expiry and conditions.
    :param restore: give value back to the lots the reversed entry emptied, instead of
        opening a new lot.
    :param basket: what a debit pays for, where lots have conditions of use.
    :param as_of: day on which a debit was authorised: what expired since still serves it.
    :param older_than: a debit takes only value that came in before this moment.
    :param note: a person's reason, shown in histories.
    """

    wallet_id: int
    amount: Decimal
    kind: str
    key: str
    origin: tuple[str, int] | None = None
    branch_id: int | None = None
    reverses_id: int | None = None
    expires_on: date | None = None
    available_on: date | None = None
    terms_id: int | None = None
    carries: str | None = None
    restore: bool = False
    basket: Basket | None = None
    as_of: date | None = None
    older_than: datetime | None = None
    note: str | None = None

    @property
    def by_holder(self):
        """Whether the wallet's holder uses it: blocks and limits apply. Taking back what came
        in is nobody's use, and what was authorised is captured, whatever became of the wallet.
        """
        return self.kind in HOLDER_KINDS and not self.reverses_id and not self.as_of

    @property
    def fingerprint(self):
        """What must be the same when a key is sent again."""
        return (self.wallet_id, self.kind, self.amount, self.reverses_id)


class Outcome(NamedTuple):
    """Answer of the ledger to one movement.

    :param status: ``posted``, ``replayed`` (an earlier posting's answer), or ``refused``.
    :param reason: for a refusal one of ``const.REFUSALS``.
    :param entry_id: the entry, when there is one.
    :param balance: the wallet's balance after it; for a refusal, what could be used now.
    """

    status: str
    reason: str | None
    entry_id: int | None
    balance: Decimal

    @property
    def ok(self):
        return self.status != "refused"


@dataclass(slots=True)
class Authority:
    """Why stock code that follows may move managed cards.

    :param kind: entry kind for a credit and for a debit.
    :param origin: the document on whose behalf it happens.
    :param key: start of the idempotency keys; a counter is appended.
    :param basket: what is being paid for, where value is given on conditions.
    :param absorb: what stock code writes to the points of cards is left out: the document
        is brought onto the ledger as a whole when stock's code has finished.
    """

    credit_kind: str
    debit_kind: str
    key: str
    origin: tuple[str, int] | None = None
    branch_id: int | None = None
    note: str | None = None
    basket: Basket | None = None
    absorb: bool = False
    used: dict = field(default_factory=dict)


_authority: ContextVar[Authority | None] = ContextVar("loyalty_club_authority", default=None)
_branch: ContextVar[int | None] = ContextVar("loyalty_club_branch", default=None)


def current_authority():
    """The authority in force, or None: then only a club manager may move a managed card."""
    return _authority.get()


@contextmanager
def authority(granted):
    """Put ``granted`` in force for the calls inside the ``with`` block."""
    token = _authority.set(granted)
    try:
        yield granted
    finally:
        _authority.reset(token)


def current_branch():
    """Id of the shop in which the work at hand is done, or None."""
    return _branch.get()


@contextmanager
def at_branch(branch_id):
    """Entries of the calls inside the ``with`` block stand with this shop, unless a movement names
    another: also those that follow from a sale in code that knows of no till.

    :param branch_id: id of a loyalty.club.branch, or None.
    """
    token = _branch.set(branch_id or None)
    try:
        yield
    finally:
        _branch.reset(token)
