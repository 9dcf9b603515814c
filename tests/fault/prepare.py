"""Runs in an Odoo shell: a club with tills, cashiers and members to be struck by faults.

Prints what it made as one line of JSON. `FAULT_MEMBERS` says how many members.
"""

import json
import os
import sys
from decimal import Decimal

from odoo.addons.loyalty_club.movement import Movement

from tests.support.shop import Shop

CREDIT, POINTS = (60, 40), (1000,)  # in lots
RINGS = 6  # of three members who can sign in
GROUPS = ("base.group_user", "point_of_sale.group_pos_user", "loyalty_club.group_user")

shop = Shop(env)
club = env["loyalty.club"]._for_company(shop.company)
branch = env["loyalty.club.branch"].create(
    {"name": "Storm Street", "code": "ST", "club_id": club.id}
)
# Only those that a part of the harness calls shall run.
env["ir.cron"].search([]).active = False
shop.set_sample_terms_aside()
credit = env["loyalty.club.wallet.kind"].create(
    {
        "name": "Storm credit",
        "club_id": club.id,
        "type": "ewallet",
        "currency_id": shop.company.currency_id.id,
        "rounding": 1,
        # Members who have signed in send it to each other at once.
        "transferable": True,
        "transfer_free_amount": 1_000_000,
        "transfer_freeze_hours": 0,
    }
)


def opened(kind, members, amounts):
    """Wallets of the members, by id of the member, each with lots of these amounts in it."""
    wallets = kind._wallets_of(members)
    env["loyalty.club.wallet"]._post_or_raise(
        Movement(wallet.id, Decimal(amount), "opening", f"fault:{wallet.id}:{number}")
        for wallet in wallets.values()
        for number, amount in enumerate(amounts)
    )
    return wallets


def facts(member):
    """A member as the harness knows it."""
    return {
        "id": member.id,
        "number": member.number,
        "partner_id": member.partner_id.id,
        "credit": credits_[member.id].id,
        "points": points[member.id].id,
        "card_id": points[member.id].card_ids.id,
    }


def signed_up(member):
    """A member who can sign in; the password is the login."""
    user = shop.portal_user(f"storm_member_{member.id}", member.partner_id)
    return {**facts(member), "login": user.login, "user_id": user.id}


partners = shop.customers("Storm customer", 3 * RINGS + int(os.environ["FAULT_MEMBERS"]))
members = env["loyalty.club.member"]._enrol(club, partners)
credits_ = opened(credit, members, CREDIT)
points = opened(club.points_kind_id, members, POINTS)


def crons(name, number):
    """Copies of a cron of ours, as several servers have them; ids."""
    cron = env.ref(f"loyalty_club.cron_{name}")
    return [cron.copy({"active": True, "nextcall": "2100-01-01"}).id for _number in range(number)]


result = {
    "crons": {"expiry": crons("expiry", 2), "hold": crons("hold", 2)},
    "tills": [
        shop.till(
            f"Storm till {number}",
            shop.cashier(f"storm_cashier_{number}", GROUPS),
            club_branch_id=branch.id,
        )
        for number in range(8)
    ],
    "kettle": shop.product("Storm kettle", 100.0),
    "reward": shop.reward(club.program_id),
    "rings": [
        [signed_up(member) for member in members[first : first + 3]]
        for first in range(0, 3 * RINGS, 3)
    ],
    "members": [facts(member) for member in members[3 * RINGS :]],
}
env.cr.commit()
sys.stdout.write(f"storm: {json.dumps(result)}\n")
