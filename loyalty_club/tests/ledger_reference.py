"""What the ledger must do, said a second time: plain Python, from the specification alone.

Nothing here is taken from the product's code; tests compare the two after every step. Amounts
are Decimals in the unit of the wallet, days are dates.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)
FOR_EVER = date.max
# By these the holder uses the wallet.
USES = {"spend", "transfer_out", "convert_out"}
# By these he brings value in: never above the highest balance.
DEPOSITS = {"topup", "transfer_in", "convert_in"}


@dataclass
class Lot:
    """What one credit left; it can be spent from ``usable`` to ``expires``, both included."""

    entry: str
    amount: Decimal
    remaining: Decimal
    expires: date
    usable: date

    def valid(self, day):
        return self.usable <= day <= self.expires


@dataclass
class Entry:
    """One booked movement, with what it took from which lot (given back: less)."""

    key: str
    wallet: str
    kind: str
    amount: Decimal
    balance: Decimal
    reverses: str | None
    takes: list = field(default_factory=list)
    reversed: Decimal = ZERO


@dataclass
class Hold:
    """Value set aside for one payment."""

    wallet: str
    amount: Decimal
    day: date
    until: object
    state: str = "open"
    captured: Decimal = ZERO


@dataclass
class Wallet:
    """A wallet and everything that can be said about it."""

    name: str
    debt: bool = False
    blocked: bool = False
    maximum: Decimal = ZERO
    lots: list = field(default_factory=list)
    entries: list = field(default_factory=list)
    balance: Decimal = ZERO
    held: Decimal = ZERO

    def pending(self, day):
        """Not to be spent before some day to come."""
        return sum((lot.remaining for lot in self.lots if lot.usable > day), ZERO)

    def available(self, day):
        """What the wallet says is free: its balance without what is held and what is pending."""
        return self.balance - self.held - self.pending(day)

    def valid(self, day):
        """What could be spent on ``day`` if nothing were held."""
        return sum((lot.remaining for lot in self.lots if lot.valid(day)), ZERO)

    def free(self, day):
        """What may leave the wallet on ``day``: nothing that has lapsed pays, and what is
        left pays every hold."""
        return min(self.available(day), self.valid(day) - self.held)

    def begun(self, day):
        """What is not pending, lapsed or not: only this can stand behind what is held."""
        return self.balance - self.pending(day)

    def lapsed(self, day):
        """What the expiry pass takes: what has lapsed, unless a hold may still want it."""
        over = sum((lot.remaining for lot in self.lots if lot.expires < day), ZERO)
        return max(ZERO, min(over, self.available(day))) if self.held else over


class Refused(Exception):
    """The ledger says no, for one of these reasons."""

    def __init__(self, *reasons):
        super().__init__(*reasons)
        self.reasons = set(reasons)


class Reference:
    """A club's wallets by name; every method either books everything or raises Refused."""

    def __init__(self, day):
        self.day = day
        self.wallets = {}
        self.entries = {}
        self.holds = {}

    # --- one movement ----------------------------------------------------------------

    def credit(self, name, amount, kind, key, expires=FOR_EVER, usable=date.min, reverses=None):
        """Value comes in and opens a lot; in a debt wallet it lowers the debt."""
        wallet = self.wallets[name]
        if wallet.debt and wallet.balance + amount > 0:
            raise Refused("insufficient")
        self._check_maximum(wallet, amount, kind)
        entry = self._book(wallet, amount, kind, key, reverses)
        if not wallet.debt:
            wallet.lots.append(Lot(key, amount, amount, expires, usable))
        return entry

    def debit(self, name, amount, kind, key, reverses=None, day=None):
        """Value goes out: of the lots that lapse first, or of the credit's own lots first
        when it takes that credit back."""
        wallet = self.wallets[name]
        if wallet.debt:
            return self._book(wallet, -amount, kind, key, reverses)
        if kind in USES and wallet.blocked:
            raise Refused("blocked")
        takes = self._takes(wallet, amount, reverses, day)
        return self._book(wallet, -amount, kind, key, reverses, takes)

    def lapse(self, name, amount, key):
        """The expiry pass takes lapsed value, oldest first."""
        wallet = self.wallets[name]
        takes = self._fill([lot for lot in wallet.lots if lot.expires < self.day], amount)
        begun = total((lot, part) for lot, part in takes if lot.usable <= self.day)
        if total(takes) < amount or (begun and wallet.begun(self.day) - begun < wallet.held):
            raise Refused("insufficient", "expired", "pending")
        return self._book(wallet, -amount, "expire", key, None, takes)

    def give_back(self, name, amount, key, reverses):
        """Part of a debit comes back to the very lots it was taken from, the last one first."""
        original = self.entries[reverses]
        if original.reversed + amount > -original.amount:
            raise Refused("over_refund")
        wallet, missing, takes = self.wallets[name], amount, []
        for place in reversed(range(len(original.takes))):
            lot, taken = original.takes[place]
            part = min(taken, missing)
            if part:
                original.takes[place] = (lot, taken - part)
                lot.remaining += part
                takes.append((lot, -part))
                missing -= part
        return self._book(wallet, amount, "refund_spend", key, reverses, takes, moved=True)

    # --- several ---------------------------------------------------------------------

    def carry(self, source, target, amount, kinds, keys):
        """Value moves to another wallet."""
        taken = self.debit(source, amount, kinds[0], keys[0])
        self.arrive(target, amount, kinds[1], keys[1], taken)

    def arrive(self, name, amount, kind, key, taken):
        """Value that an entry took elsewhere comes in: lot by lot, with its days."""
        wallet = self.wallets[name]
        self._check_maximum(wallet, amount, kind)
        self._book(wallet, amount, kind, key, None)
        for lot, part in taken.takes:
            wallet.lots.append(Lot(key, part, part, lot.expires, lot.usable))

    def merge(self, source, target, keys):
        """Everything moves to another wallet, whether it may be spent or not."""
        wallet = self.wallets[source]
        takes = self._fill(wallet.lots, wallet.balance)
        taken = self._book(wallet, -wallet.balance, "merge_out", keys[0], None, takes)
        self.arrive(target, -taken.amount, "merge_in", keys[1], taken)

    def take_back(self, points, debt, amount, keys, reverses):
        """An earned credit is taken back; what is gone already is owed."""
        part = min(amount, self.takeable(self.wallets[points], reverses))
        if part:
            self.debit(points, part, "refund_earn", keys[0], reverses)
        if amount > part:
            self.debit(debt, amount - part, "debt", keys[1], reverses)
        return part

    def takeable(self, wallet, reverses):
        """How much of an earned credit can be taken back: whatever its own lot still has,
        pending or lapsed, and what is free beside it; but every hold must stay paid for."""
        (own,) = (lot for lot in wallet.lots if lot.entry == reverses)
        free = wallet.valid(self.day) - wallet.held
        if own.usable > self.day:  # no hold counts on it
            return own.remaining + max(ZERO, free)
        if own.expires < self.day:  # a hold of yesterday may count on it
            return own.remaining + free if free >= 0 else ZERO
        return max(ZERO, free)

    def settle(self, points, debt, keys):
        """What is free pays what is owed."""
        part = min(-self.wallets[debt].balance, self.wallets[points].free(self.day))
        if part > 0:
            self.debit(points, part, "debt_settle", keys[0])
            self.credit(debt, part, "debt_settle", keys[1])

    # --- holds -----------------------------------------------------------------------

    def authorize(self, name, amount, key, until):
        wallet = self.wallets[name]
        if wallet.blocked:
            raise Refused("blocked")
        if wallet.free(self.day) < amount:
            raise Refused("insufficient", "pending", "expired")
        wallet.held += amount
        self.holds[key] = Hold(name, amount, self.day, until)

    def capture(self, key, amount, entry_key):
        """The payment happens, once; what was not needed becomes free again."""
        hold = self.holds[key]
        if hold.state == "captured":
            raise Refused("key_reused")
        if hold.state == "open" and amount > hold.amount:
            raise Refused("too_much")
        self._end(hold, "captured")
        hold.captured = amount
        return self.debit(hold.wallet, amount, "capture", entry_key, day=hold.day)

    def release(self, key):
        self._end(self.holds[key], "released")

    def expire_holds(self, now):
        for hold in self.holds.values():
            if hold.state == "open" and hold.until <= now:
                self._end(hold, "expired")

    def _end(self, hold, state):
        if hold.state != "open":
            raise Refused("over")
        hold.state = state
        self.wallets[hold.wallet].held -= hold.amount

    # --- inside ----------------------------------------------------------------------

    @staticmethod
    def _check_maximum(wallet, amount, kind):
        if kind in DEPOSITS and wallet.maximum and wallet.balance + amount > wallet.maximum:
            raise Refused("maximum")

    def _takes(self, wallet, amount, reverses, promised):
        """The lots a debit empties.

        :param promised: the day on which it was authorised, if it was: what has lapsed since
            still pays, and what is held for others was there besides.
        """
        own = [lot for lot in wallet.lots if reverses and lot.entry == reverses]
        day = promised or self.day
        others = [
            lot
            for lot in wallet.lots
            if lot not in own and lot.usable <= self.day and lot.expires >= day
        ]
        takes = self._fill(own, amount)
        takes += self._fill(others, amount - total(takes))
        if total(takes) < amount:
            raise Refused("insufficient", "expired", "pending")
        begun = [(lot, part) for lot, part in takes if lot.usable <= self.day]
        used = total((lot, part) for lot, part in begun if lot.valid(self.day))
        if begun and not promised and wallet.valid(self.day) - used < wallet.held:
            raise Refused("insufficient", "expired", "pending")
        return takes

    @staticmethod
    def _fill(lots, amount):
        """Take ``amount`` from ``lots``, or all there is; the one that lapses first, first."""
        takes = []
        for lot in sorted(lots, key=lambda lot: lot.expires):
            part = min(lot.remaining, amount)
            if part:
                takes.append((lot, part))
                amount -= part
        return takes

    def _book(self, wallet, amount, kind, key, reverses, takes=(), moved=False):
        for lot, part in () if moved else takes:
            lot.remaining -= part
        wallet.balance += amount
        entry = Entry(key, wallet.name, kind, amount, wallet.balance, reverses, list(takes))
        if reverses:
            self.entries[reverses].reversed += abs(amount)
        wallet.entries.append(entry)
        self.entries[key] = entry
        return entry


def total(takes):
    """What was taken in all."""
    return sum((part for _lot, part in takes), ZERO)
