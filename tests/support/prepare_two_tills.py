"""Runs in an Odoo shell: the shop of test_two_tills.py. Prints what it made as one line of JSON."""

import json
import sys
from decimal import Decimal

from odoo.addons.loyalty_club.movement import Movement

from tests.support.shop import Shop

POINTS = 100
GROUPS = ("base.group_user", "point_of_sale.group_pos_user", "loyalty_club.group_user")

shop = Shop(env)
club = env["loyalty.club"]._for_company(shop.company)
shop.set_sample_terms_aside()
branch = env["loyalty.club.branch"].create(
    {"name": "Race Street", "code": "RS", "club_id": club.id}
)


def members(name, count):
    """Members with 100 points each, booked by the ledger: their cards and contacts."""
    partners = shop.customers(name, count)
    found = env["loyalty.club.member"]._enrol(club, partners)
    wallets = club.points_kind_id._wallets_of(found)
    env["loyalty.club.wallet"]._post_or_raise(
        Movement(wallet.id, Decimal(POINTS), "opening", f"race:{wallet.id}")
        for wallet in wallets.values()
    )
    return found, [holder(wallets[member.id].card_ids) for member in found]


def holder(card):
    return {
        "card_id": card.id,
        "partner_id": card.partner_id.id,
        "wallet_id": card.club_wallet_id.id,
    }


def in_state(name, state):
    """A member of that state with 100 points."""
    (member, [card]) = members(name, 1)
    member.state = state
    return card


def stock_cards(program, count):
    """Customers whose 100 points stock keeps by itself."""
    cards = env["loyalty.card"].create(
        [
            {"program_id": program.id, "partner_id": partner.id, "points": POINTS}
            for partner in shop.customers("Stock customer", count)
        ]
    )
    return [holder(card) for card in cards]


tills = [
    shop.till(
        f"Race till {side}", shop.cashier(f"race_cashier_{side}", GROUPS), club_branch_id=branch.id
    )
    for side in ("a", "b")
]
stock_program = shop.points_program("Unmanaged points", 10.0, 0.1)
result = {
    "tills": tills,
    # 10 of the 15 is paid with 100 points; the other 5 earn nothing, so that 0 is left.
    "tea": shop.product("Race tea", 15.0),
    "kettle": shop.product("Race kettle", 100.0),
    "reward": shop.reward(club.program_id),
    "racers": members("Racer", 200)[1],
    "resenders": members("Resender", 30)[1],
    "victim": members("Victim", 1)[1][0],
    "suspended": in_state("Suspended", "suspended"),
    "closed": in_state("Closed", "closed"),
    "stock_reward": shop.reward(stock_program),
    "stock_racers": stock_cards(stock_program, 20),
    "managed_program_id": club.program_id.id,
}
env.cr.commit()
sys.stdout.write(f"shop: {json.dumps(result)}\n")
