"""Runs in an Odoo shell: a shop with two tills for journeys in a browser.

Prints what it made as one line of JSON. `JOURNEY_MEMBERS` says how many members.
"""

import json
import os
import sys
from decimal import Decimal

from odoo.addons.loyalty_club.movement import Movement

from tests.support.shop import Shop

POINTS, CREDIT = 1000, 100
GROUPS = ("base.group_user", "point_of_sale.group_pos_user")

shop = Shop(env)
club = env["loyalty.club"]._for_company(shop.company)
branch = env["loyalty.club.branch"].create(
    {"name": "Journey Street", "code": "JS", "club_id": club.id}
)
shop.set_sample_terms_aside()
env["ir.cron"].search([]).active = False
# Stock's own programs would stand beside the club's at the till.
env["loyalty.program"].search([("club_wallet_kind_id", "=", False)]).active = False
credit = env["loyalty.club.wallet.kind"].create(
    {
        "name": "Journey credit",
        "club_id": club.id,
        "type": "ewallet",
        "currency_id": shop.company.currency_id.id,
        "rounding": 1,
    }
)
# One kind of credit alone is sold, so that tills need not ask which.
env["loyalty.program"].search([("program_type", "=", "ewallet")]).active = False
topup = env["loyalty.program"]._club_create_stored_value_program(credit).trigger_product_ids
by_credit = env["pos.payment.method"].create(
    {
        "name": credit.name,
        "journal_id": shop.payment_method.journal_id.id,
        "payment_method_type": "terminal",
        "use_payment_terminal": "club_wallet",
        "club_wallet_kind_id": credit.id,
    }
)
goods = env["pos.category"].create({"name": "Journey goods"})


def opened(kind, members, amount):
    """Wallets of the members, by id of the member, each with so much in it."""
    wallets = kind._wallets_of(members)
    env["loyalty.club.wallet"]._post_or_raise(
        Movement(wallet.id, Decimal(amount), "opening", f"journey:{wallet.id}")
        for wallet in wallets.values()
    )
    return wallets


def product(name, price):
    made = shop.product(name, price)
    env["product.product"].browse(made["id"]).pos_categ_ids = goods
    return {"name": name, **made}


def till(name, cashier):
    return shop.till(
        name,
        cashier,
        club_branch_id=branch.id,
        limit_categories=True,
        iface_available_categ_ids=[(6, 0, goods.ids)],
        payment_method_ids=[(6, 0, (shop.payment_method | by_credit).ids)],
    )


def mobile(number):
    return f"0912555{number:04d}"


# The second till's cashier works in Persian, from right to left.
env["res.lang"]._activate_lang("fa_IR")
cashiers = [shop.cashier(f"journey_cashier_{side}", GROUPS) for side in ("a", "b")]
cashiers[1].lang = "fa_IR"
count = int(os.environ["JOURNEY_MEMBERS"])
partners = env["res.partner"].create(
    [{"name": f"Traveller {n:04d}", "phone": mobile(n)} for n in range(count)]
)
members = env["loyalty.club.member"]._enrol(club, partners)
points = opened(club.points_kind_id, members, POINTS)
credits_ = opened(credit, members, CREDIT)
result = {
    "points": POINTS,
    "credit": CREDIT,
    "credit_method_id": by_credit.id,
    "kinds": {"points": club.points_kind_id.id, "credit": credit.id},
    "topup_id": topup.id,
    "tea": product("Journey tea", 100.0),
    "cup": product("Journey cup", 60.0),
    "tills": [
        till(f"Journey till {side}", cashier) for side, cashier in zip("ab", cashiers, strict=True)
    ],
    "members": [
        {
            "id": member.id,
            "number": member.number,
            "mobile": mobile(n),
            "name": partner.name,
            "partner_id": partner.id,
            "points": points[member.id].id,
            "credit": credits_[member.id].id,
        }
        for n, (member, partner) in enumerate(zip(members, partners, strict=True))
    ],
}
env.cr.commit()
sys.stdout.write(f"journey: {json.dumps(result)}\n")
