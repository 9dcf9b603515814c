"""Runs in an Odoo shell: the ledger's door in short transactions, alone and beside another one.

Prints what the ledger answered as one line of JSON.
"""

import json
import sys
from decimal import Decimal
from threading import Event, Thread

from odoo.addons.loyalty_club.connections import KeptCursor
from odoo.addons.loyalty_club.movement import Movement
from odoo.addons.loyalty_club.statement import FEW
from odoo.addons.loyalty_club.transaction import in_short_transaction

PATIENCE = 0.3  # seconds for which the first of two keeps the second waiting


def move(wallet_id, points, key, **details):
    kind = "spend" if points < 0 else "earn"
    return Movement(wallet_id, Decimal(points), kind, f"short:{key}", **details)


def post(*movements, meanwhile=None):
    """What the ledger answers to each movement, in short; ``meanwhile`` happens before the
    commit."""

    def work(short):
        assert isinstance(short.cr, KeptCursor)
        outcomes = short["loyalty.club.wallet"]._post(movements)
        if meanwhile:
            meanwhile()
        return [[outcome.reason or outcome.status, int(outcome.balance)] for outcome in outcomes]

    return in_short_transaction(env, work)


def beside(first, second):
    """Post ``first``, and ``second`` before ``first`` is committed; the answer to ``second``."""
    booked, answers = Event(), []

    def late():
        booked.wait()
        answers.append(post(second))

    other = Thread(target=late)
    other.start()

    def keep_waiting():
        booked.set()
        other.join(PATIENCE)
        assert not answers, "it did not wait"

    post(first, meanwhile=keep_waiting)
    other.join()
    return answers[0]


def state(wallet_ids):
    """What each wallet has by itself, by its entries, by its lots and on its card."""
    env.cr.rollback()
    env.cr.execute(
        """
        SELECT w.balance::int, w.seq,
               (SELECT SUM(amount)::int FROM loyalty_club_entry WHERE wallet_id = w.id),
               (SELECT COUNT(*) FROM loyalty_club_entry WHERE wallet_id = w.id),
               (SELECT SUM(remaining)::int FROM loyalty_club_lot WHERE wallet_id = w.id),
               (SELECT points::int FROM loyalty_card WHERE club_wallet_id = w.id)
          FROM loyalty_club_wallet w WHERE w.id = ANY(%s) ORDER BY w.id
        """,
        [wallet_ids],
    )
    return env.cr.fetchall()


club = env["loyalty.club"]._for_company(env.ref("base.main_company"))
partners = env["res.partner"].create([{"name": f"Short {n}"} for n in range(FEW + 6)])
members = env["loyalty.club.member"]._enrol(club, partners)
wallets = sorted(wallet.id for wallet in club.points_kind_id._wallets_of(members).values())
env.cr.commit()
opened = post(*(move(wallet, 100, f"open:{wallet}") for wallet in wallets))
alone, mixed, same, late, credited, other, *many = wallets
results = {
    "many": [answer for answer in opened if answer != ["posted", 100]],
    "enough": post(move(alone, -30, "enough")),
    "again": post(move(alone, -30, "enough")),
    "other figures": post(move(alone, -31, "enough")),
    "too much": post(move(alone, -71, "too much")),
    "a repeat beside others": post(
        move(alone, -30, "enough"), move(other, -5, "new 1"), move(alone, -10, "new 2")
    ),
    "one of two has too little": post(move(mixed, -101, "mixed 1"), move(other, -1, "mixed 2")),
    "out and in": post(move(mixed, -40, "out"), move(mixed, 7, "in")),
    "many at once": [
        answer
        for answer in post(*(move(wallet, -1, f"many:{wallet}") for wallet in many))
        if answer != ["posted", 99]
    ],
    "the same key at the same moment": beside(move(same, -80, "same"), move(same, -80, "same")),
    "too late": beside(move(late, -80, "first"), move(late, -80, "second")),
    "what came in meanwhile": beside(move(credited, 50, "credit"), move(credited, -130, "debit")),
}
found = state(wallets)
results["books"] = [list(row) for row in found if len({*row[:1], *row[2:3], *row[4:]}) > 1]
results["gaps"] = [list(row) for row in found if row[1] != row[3]]
sys.stdout.write(f"answers: {json.dumps(results)}\n")
