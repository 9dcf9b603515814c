"""Bugs that the fault harness must find. Loaded by its own server only (`--load`), never sold.

Each replaces one method of the product while its name stands in the parameter `fault.mutant`
of the database; otherwise the method is what it is. Where the product has a second defence
behind the one that is taken away (the lots behind the guard, a CHECK behind both), the bug
takes that away as well: the harness shall see what happens when nothing is left.
"""

import time
from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

from odoo.tools import SQL

from odoo.addons.loyalty_club.domain import lots
from odoo.addons.loyalty_club.models.expiry import LoyaltyClubExpiry
from odoo.addons.loyalty_club.models.pos_tender import PosTender
from odoo.addons.loyalty_club.models.pos_wallet import PosConfig
from odoo.addons.loyalty_club.models.transfer import LoyaltyClubTransfer
from odoo.addons.loyalty_club.models.wallet_gate import Gate
from odoo.addons.loyalty_club.models.wallet_holds import HoldDesk
from odoo.addons.loyalty_club.models.wallet_lots import LotBook
from odoo.addons.loyalty_club.models.wallet_posting import Posting
from odoo.addons.loyalty_club.movement import Movement

from tests.support.planting import plant

A_WHILE = 0.05  # seconds in which others can come in between
LONG = 0.3  # in which a worker can be killed


def _other_key(key):
    return f"{key}#{uuid4().hex[:8]}"


# --- keys ------------------------------------------------------------------------------------


@plant(Posting, "_look_up", "no key gate")
def _ignore_what_was_booked(original, posting, movements):
    original(posting, movements)
    if movements is not posting.movements:
        return
    posting.movements = [
        replace(movement, key=_other_key(movement.key))
        if movement.key in posting.outcomes
        else movement
        for movement in movements
    ]
    posting.outcomes.clear()


@plant(PosConfig, "_club_charge", "key after the charge")
def _remember_the_key_afterwards(original, till, wallet_id, amount, key, pin=None):
    """The charge is committed; only then, in the request's own transaction, its key."""
    cr, name = till.env.cr, f"fault.key.{key}"
    cr.execute("SELECT 1 FROM ir_config_parameter WHERE key = %s", [name])
    if cr.fetchone():
        return original(till, wallet_id, amount, key)
    answer = original(till, wallet_id, amount, key)
    if answer["status"] == "replayed":  # this way of working would not know
        answer = original(till, wallet_id, amount, _other_key(key))
    time.sleep(LONG)
    cr.execute("INSERT INTO ir_config_parameter (key, value) VALUES (%s, '1')", [name])
    return answer


# --- guards ----------------------------------------------------------------------------------


def _unguarded(shapes):
    """The same movements, but nothing in them goes down: the guard has nothing to say."""
    return {wallet: moved._replace(low=lots.ZERO) for wallet, moved in shapes.items()}


@plant(Gate, "_judge", "guard dropped")
def _move_without_guard(original, gate, shapes):
    return original(gate, _unguarded(shapes))


@plant(Posting, "_look_up", "sum of entries")
def _add_up_before_it_is_locked(original, posting, movements):
    """What is there is added up first; then, whatever others did meanwhile, it is taken."""
    posting.cr.execute(
        "SELECT wallet_id, SUM(amount)::text FROM loyalty_club_entry"
        " WHERE wallet_id = ANY(%s) GROUP BY wallet_id",
        [[movement.wallet_id for movement in movements]],
    )
    sums = {wallet: Decimal(total) for wallet, total in posting.cr.fetchall()}
    posting.cr.cache["fault.sums"] = sums
    time.sleep(A_WHILE)
    return original(posting, movements)


@plant(Gate, "_judge", "sum of entries")
def _guard_by_the_sum_of_entries(original, gate, shapes):
    sums = gate.cr.cache["fault.sums"]
    enough = {
        wallet: moved for wallet, moved in shapes.items() if sums.get(wallet, 0) + moved.low >= 0
    }
    for wallet in shapes.keys() - enough.keys():
        gate.refused[wallet] = ("insufficient", lots.ZERO)
    return original(gate, _unguarded(enough))


@plant(LotBook, "_take", "guard dropped", "sum of entries", "expiry without recheck")
def _take_what_is_there(original, book, movement, found, need):
    takes = original(book, movement, found, need)
    if takes is not None:
        return takes
    takes, missing = [], need.amount
    for lot in found:
        part = min(lot.remaining, missing)
        if part > 0:
            takes.append(lots.Take(lot.id, part))
            missing -= part
    return takes


# --- transfers -------------------------------------------------------------------------------


@plant(LoyaltyClubTransfer, "_request", "transfer without ordering")
def _lock_the_sender_first(original, transfer, wallet_id, receiver_id, amount, key):
    """Each takes the sender's wallet first and then asks for the receiver's."""
    transfer.env.cr.execute(
        SQL("SELECT id FROM loyalty_club_wallet WHERE id = %s FOR NO KEY UPDATE", wallet_id)
    )
    time.sleep(A_WHILE)
    return original(transfer, wallet_id, receiver_id, amount, key)


# --- holds, expiry ---------------------------------------------------------------------------


@plant(HoldDesk, "capture", "hold captured twice")
def _capture_again(original, desk, key, amount=None, **details):
    hold = desk._lock(key)
    if hold is None or hold["state"] != "captured":
        return original(desk, key, amount, **details)
    taken = Movement(
        hold["wallet_id"], -(amount or hold["captured"]), "capture", _other_key(f"hold:{key}")
    )
    desk.env["loyalty.club.wallet"]._post([taken])
    return ("captured", None, hold["id"], desk.available(hold["wallet_id"]), True)


@plant(LoyaltyClubExpiry, "_expire_wallets", "expiry without recheck")
def _expire_what_was_there(_original, expiry, wallet_ids, today):
    """What is due is added up before the wallets are locked."""
    expiry.env.cr.execute(
        "SELECT wallet_id, SUM(remaining)::text FROM loyalty_club_lot"
        " WHERE wallet_id = ANY(%s) AND remaining > 0 AND expires_on < %s GROUP BY wallet_id",
        [list(wallet_ids), today],
    )
    due = expiry.env.cr.fetchall()
    time.sleep(LONG)
    outcomes = expiry.env["loyalty.club.wallet"]._post(
        [
            Movement(wallet, -Decimal(amount), "expire", _other_key(f"expire:{wallet}"))
            for wallet, amount in due
        ]
    )
    return len(outcomes)


# --- tills -----------------------------------------------------------------------------------


@plant(PosTender, "debits", "capture left out")
def _no_capture(_original, _self, _basket):
    return []
