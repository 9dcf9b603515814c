"""Faults to be planted in the ledger while it runs: the machine must find every one of them.

Each is a context manager that changes the product in this process only, and puts it back.
"""

from contextlib import contextmanager
from decimal import Decimal
from unittest.mock import patch

from odoo.tools import SQL

from odoo.addons.loyalty_club.domain import chain, lots
from odoo.addons.loyalty_club.models.debt import LoyaltyClubDebt
from odoo.addons.loyalty_club.models.wallet import LoyaltyClubWallet
from odoo.addons.loyalty_club.models.wallet_gate import Gate
from odoo.addons.loyalty_club.models.wallet_holds import HoldDesk
from odoo.addons.loyalty_club.models.wallet_lots import LotBook
from odoo.addons.loyalty_club.models.wallet_posting import Posting
from odoo.addons.loyalty_club.movement import Movement, Outcome


def _guard(change):
    """The gate's guard with another idea of the movements and of what the wallet has."""
    reason = Gate._reason

    def mutant(asked, today, balance, *state):
        return reason(*change(asked, today, balance), *state)

    return patch.object(Gate, "_reason", staticmethod(mutant))


def guard_off_by_one():
    """>= becomes >: the last unit cannot be spent."""
    unit = Decimal("0.001")
    return _guard(
        lambda asked, today, balance: (asked, today, balance - unit if asked.low < 0 else balance)
    )


def guard_dropped():
    """Any movement gets through the gate, whatever the wallet has or is."""
    reason = Gate._reason

    def mutant(*facts):
        return None, reason(*facts)[1]

    return patch.object(Gate, "_reason", staticmethod(mutant))


def refund_cap_dropped():
    """More is given back than was taken."""
    restore = lots.restore

    def mutant(taken, amount):
        taken = list(taken)
        most = sum((take.amount for take in taken), lots.ZERO)
        return restore(taken, amount) or restore(taken, most)

    return patch.object(lots, "restore", mutant)


def transfer_plus_one():
    """The receiver gets one more than was sent."""
    begin = Posting.__init__

    def mutant(self, env, movements):
        grown = [
            Movement(**_fields(m) | {"amount": m.amount + 1}) if m.kind == "transfer_in" else m
            for m in movements
        ]
        begin(self, env, grown)

    return patch.object(Posting, "__init__", mutant)


def hold_captured_twice():
    """A captured hold counts as open when it is captured again."""
    capture = HoldDesk.capture

    def mutant(self, key, *arguments, **details):
        with _seen_as_open(self):
            return capture(self, key, *arguments, **details)

    return patch.object(HoldDesk, "capture", mutant)


def hold_released_after_capture():
    """A captured hold counts as open when it is released."""
    release = HoldDesk.release

    def mutant(self, *arguments):
        with _seen_as_open(self):
            return release(self, *arguments)

    return patch.object(HoldDesk, "release", mutant)


@contextmanager
def _seen_as_open(desk):
    lock = desk._lock
    desk._lock = lambda key: {**lock(key), "state": "open"}
    yield
    del desk._lock


def newest_lot_expires_first():
    """The pass takes the lots that lapsed last."""

    def mutant(found, need):
        dead = sorted((lot for lot in found if not lot.alive(need.today)), key=lots.spending_order)
        takes, missing = lots._take(reversed(dead), need.amount, None)
        return None if missing > 0 else takes

    return patch.object(lots, "allocate_expired", mutant)


def expiry_without_recheck():
    """The pass takes what it is told to, without another look at the lots."""
    return patch.object(
        lots, "allocate_expired", lambda found, need: lots.allocate_all(found, need.amount)
    )


def expiry_of_what_is_held():
    """What lapses at midnight is taken from under a payment that was authorised before."""
    return patch.object(lots, "_leaves_begun", lambda *_arguments: True)


def newest_lot_spent_first():
    """Value that lapses last is spent first."""
    take = lots._take

    def mutant(ordered, amount, caps):
        return take(list(ordered)[::-1], amount, caps)

    return patch.object(lots, "_take", mutant)


def lapsed_value_spent():
    """No lot ever lapses."""
    return patch.object(lots.Lot, "alive", lambda *_arguments: True)


def pending_value_spent():
    """What waits for the time of returns can be spent at once."""
    return patch.object(lots.Lot, "begun", lambda *_arguments: True)


def held_value_not_reserved():
    """Valid value that a hold counts on is spent while lapsed value stays behind."""
    return patch.object(lots, "_leaves_reserve", lambda *_arguments: True)


def first_lot_refilled_first():
    """Value given back goes to the lots in the order in which they were emptied."""
    restore = lots.restore
    return patch.object(lots, "restore", lambda taken, amount: restore(list(taken)[::-1], amount))


def earned_points_kept():
    """Goods come back, what they had earned stays."""
    return patch.object(LoyaltyClubDebt, "_take_back", lambda *_arguments: None)


def seal_without_previous():
    """Each entry is sealed for itself."""
    seal = chain.Sealer.seal
    return patch.object(chain.Sealer, "seal", lambda self, _previous, text: seal(self, "", text))


def answer_not_stored():
    """A repeat is answered by what the wallet has now."""
    look_up = Posting._look_up

    def mutant(self, *arguments):
        look_up(self, *arguments)
        for key, outcome in self.outcomes.items():
            if outcome.status == "replayed":
                wallet = next(m.wallet_id for m in self.movements if m.key == key)
                ((balance,),) = self.env.execute_query(
                    SQL("SELECT balance FROM loyalty_club_wallet WHERE id = %s", wallet)
                )
                self.outcomes[key] = outcome._replace(balance=balance)

    return patch.object(Posting, "_look_up", mutant)


def repeat_with_another_body():
    """A key is enough, whatever comes with it."""

    def mutant(_movement, entry_id, balance, _booked):
        return Outcome("replayed", None, entry_id, balance)

    return patch.object(Posting, "_replayed", staticmethod(mutant))


def lots_not_carried():
    """What is received gets a lot of its own that never lapses."""
    new_lots = LotBook._new_lots

    def mutant(self, movement):
        return new_lots(self, Movement(**_fields(movement) | {"carries": None}))

    return patch.object(LotBook, "_new_lots", mutant)


def half_a_transfer():
    """What belongs together is booked one by one."""
    return patch.object(
        LoyaltyClubWallet, "_post_together", lambda self, movements: self._post(movements)
    )


def _fields(movement):
    return {name: getattr(movement, name) for name in Movement.__dataclass_fields__}


MUTANTS = [
    # the eleven of the plan that need one connection only
    answer_not_stored,
    guard_off_by_one,
    guard_dropped,
    refund_cap_dropped,
    transfer_plus_one,
    hold_captured_twice,
    hold_released_after_capture,
    newest_lot_expires_first,
    expiry_without_recheck,
    earned_points_kept,
    seal_without_previous,
    # and what else went wrong, or might
    repeat_with_another_body,
    lots_not_carried,
    half_a_transfer,
    newest_lot_spent_first,
    lapsed_value_spent,
    pending_value_spent,
    held_value_not_reserved,
    expiry_of_what_is_held,
    first_lot_refilled_first,
]
