"""Runs in an Odoo shell: transactions that began before another one moved the same wallet.

Each case begins a transaction, lets another one commit, and goes on. Prints what the ledger
answered as one line of JSON.
"""

import json
import sys
from decimal import Decimal
from functools import partial

from psycopg2.errors import SerializationFailure

from odoo.service.model import retrying

from odoo.addons.loyalty_club.movement import Movement


def spend(wallet_id, points, key):
    return Movement(wallet_id, Decimal(-points), "spend", key)


def post(in_env, *movements):
    """What the ledger answers to each movement, in short."""
    outcomes = in_env["loyalty.club.wallet"]._post(movements)
    return [[outcome.reason or outcome.status, int(outcome.balance)] for outcome in outcomes]


def overtaken(other, ours, again=False):
    """Let ``other`` commit after our transaction began, then do ``ours``.

    :param again: do as a request does: try again when the database asks for it.
    """
    with env.registry.cursor() as cursor:
        our_env = env(cr=cursor)
        cursor.execute("SELECT 1 FROM loyalty_club_wallet LIMIT 1")  # now it sees what it sees
        with env.registry.cursor() as other_cursor:
            other(env(cr=other_cursor))
        if again:
            return retrying(partial(ours, our_env), our_env)
        try:
            answer = ours(our_env)
        except SerializationFailure:
            cursor.rollback()
            return "to be tried again"
        cursor.execute("SELECT 1")  # a refusal leaves the transaction usable
        return answer


def both(first, second):
    """Two movements in one batch, posted by an environment."""
    return lambda in_env: post(in_env, first, second)


def one(movement):
    """One movement, posted by an environment."""
    return lambda in_env: post(in_env, movement)


club = env["loyalty.club"]._for_company(env.ref("base.main_company"))
partners = env["res.partner"].create([{"name": f"Ledger racer {n}"} for n in range(7)])
members = env["loyalty.club.member"]._enrol(club, partners)
wallets = [wallet.id for wallet in club.points_kind_id._wallets_of(members).values()]
env["loyalty.club.wallet"]._post_or_raise(
    Movement(wallet, Decimal(100), "opening", f"ledger-race:{wallet}") for wallet in wallets
)
env.cr.commit()
all_of_it, part_of_it, retried, repeated, blocked, hopeless, free = wallets


def block(in_env):
    in_env["loyalty.club.wallet"].browse(blocked).state = "blocked"


results = {
    "nothing is left": overtaken(
        one(spend(all_of_it, 100, "all:1")), one(spend(all_of_it, 100, "all:2"))
    ),
    "enough is left": overtaken(
        one(spend(part_of_it, 30, "part:1")), one(spend(part_of_it, 50, "part:2"))
    ),
    "enough is left, tried again": overtaken(
        one(spend(retried, 30, "retried:1")), one(spend(retried, 50, "retried:2")), again=True
    ),
    "the same key, tried again": overtaken(
        one(spend(repeated, 100, "same")), one(spend(repeated, 100, "same")), again=True
    ),
    "blocked meanwhile": overtaken(block, one(spend(blocked, 10, "blocked"))),
    "one of two is hopeless": overtaken(
        one(spend(hopeless, 100, "two:1")),
        both(spend(hopeless, 100, "two:2"), spend(free, 40, "two:3")),
    ),
}
sys.stdout.write(f"answers: {json.dumps(results)}\n")
