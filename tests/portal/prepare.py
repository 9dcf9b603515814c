"""Runs in an Odoo shell: members with a place of their own, people who want into it, and the list
of the doors there are. Prints what it made as one line of JSON.
"""

import inspect
import json
import sys
from decimal import Decimal

from clubtool import addons

from odoo.addons.loyalty_club.movement import Movement

from tests.support.shop import Shop

OURS = {*addons.names(), *addons.guests()}
SECRET_POINTS, SECRET_CREDIT = 98765, 43217
RICH = 1_000_000
WELCOME = 500
PRICE = 10  # of the reward, in points

shop = Shop(env)
club = env["loyalty.club"]._for_company(shop.company)
env["ir.cron"].search([]).active = False
persian = env["res.lang"]._activate_lang("fa_IR")
# With the texts of views and records, which a language that is only switched on has not.
env["base.language.install"].create(
    {"lang_ids": [(6, 0, persian.ids)], "overwrite": True}
).lang_install()
shop.set_sample_terms_aside()
# Whoever has nothing can earn nothing by herself either: the ledger stays as it is.
env["loyalty.club.act.rule"].search([]).active = False
club.write({"open_to_join": True, "welcome_amount": 0})
points = club.points_kind_id
free = {"transferable": True, "transfer_free_amount": RICH, "transfer_freeze_hours": 0}
points.write(
    free
    | {
        "transfer_minimum": 0,
        "transfer_fee_fixed": 0,
        "transfer_fee_percent": 0,
        "transfer_day_amount": 0,
        "transfer_day_count": 0,
        "transfer_received_amount": 0,
        "transfer_received_count": 0,
        "transfer_member_days": 0,
        "transfer_value_hours": 0,
        "transfer_receiver_confirms": False,
        "transfer_approval_above": 0,
    }
)
credit = env["loyalty.club.wallet.kind"].create(
    {
        "name": "Portal credit",
        "club_id": club.id,
        "type": "ewallet",
        "currency_id": shop.company.currency_id.id,
        "rounding": 1,
        **free,
        "transfer_free_amount": 0,  # each waits for its sender's code
    }
)


def open_with(kind, member, amount):
    """The member's wallet of a kind, with so much in it."""
    wallet = kind._wallets_of(member)[member.id]
    if amount:
        movement = Movement(wallet.id, Decimal(amount), "opening", f"portal:{wallet.id}")
        env["loyalty.club.wallet"]._post_or_raise([movement])
    return wallet


def person(name, login, mobile, **values):
    """Somebody who can sign in; the password is the login."""
    partner = env["res.partner"].create(
        {"name": name, "phone": mobile, "email": f"{login}@example.com", **values}
    )
    user = shop.portal_user(login, partner)
    return {"login": login, "user_id": user.id, "partner_id": partner.id, "name": name}


def member(name, login, mobile, points_amount=0, credit_amount=0, **values):
    """A member who can sign in, as the harness knows her."""
    facts = person(name, login, mobile, **values)
    made = env["loyalty.club.member"]._enrol(club, env["res.partner"].browse(facts["partner_id"]))
    wallets = {
        "points": open_with(points, made, points_amount),
        "credit": open_with(credit, made, credit_amount),
    }
    return {
        **facts,
        "id": made.id,
        "number": made.number,
        "mobile": mobile,
        "card": made.card_ids[:1].number,
        **{name: wallet.id for name, wallet in wallets.items()},
    }


def signature(endpoint):
    """Names that a door reads of a request; with ``*`` when it reads whatever is sent."""
    names = []
    for name, parameter in inspect.signature(endpoint.original_endpoint).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            names += [] if name.startswith("_") else ["*"]
        elif parameter.kind is not parameter.VAR_POSITIONAL and name != "self":
            names.append(name)
    return names


def doors():
    """All addresses that our addons answer, as Odoo's own map has them."""
    for rule in env["ir.http"].routing_map().iter_rules():
        endpoint = rule.endpoint
        module = endpoint.original_endpoint.__module__
        if module.startswith("odoo.addons.") and module.split(".")[2] in OURS:
            yield {
                "address": rule.rule,
                "arguments": sorted(rule.arguments),
                "names": signature(endpoint),
                "methods": sorted(endpoint.routing["methods"] or ["GET", "POST"]),
                "type": endpoint.routing["type"],
                "auth": endpoint.routing["auth"],
                "website": bool(endpoint.routing.get("website")),
            }


victim = member("Zuleikha Unseen", "zuleikha_unseen", "09121110099", SECRET_POINTS, SECRET_CREDIT)
unseen = env["loyalty.club.member"].browse(victim["id"])
env["loyalty.club.family.member"].create(
    {"member_id": unseen.id, "name": "Ali Unseen", "relation": "child"}
)
other = member("Mallory Other", "mallory_other", "09121110001")
unseen._set_consents({("marketing", "sms"): True}, "person")
reward = env["loyalty.reward"].create(
    {
        "program_id": club.program_id.id,
        "reward_type": "discount",
        "discount_mode": "per_order",
        "discount_applicability": "order",
        "discount": 5,
        "required_points": PRICE,
        "description": "Portal reward",
    }
)
result = {
    "plain": {
        "club_id": club.id,
        "config_id": env["pos.config"].search([], limit=1).id,
        "kind_id": credit.id,
        "reward_id": reward.id,
    },
    "price": PRICE,
    "club_id": club.id,
    "welcome": WELCOME,
    "kinds": {"points": points.id, "credit": credit.id},
    "victim": victim,
    "other": other,
    "nobody": person("Oscar Outside", "oscar_outside", "09121110002"),
    "friend": member("Farah Friend", "farah_friend", "09121110003"),
    "rich": member("Roya Rich", "roya_rich", "09121110004", RICH, RICH),
    "lucky": member("Laleh Lucky", "laleh_lucky", "09121110005", RICH, RICH),
    "doors": list(doors()),
}
# Those above begin with what they were given there; newcomers with this.
club.welcome_amount = WELCOME
env.cr.commit()
sys.stdout.write(f"portal: {json.dumps(result)}\n")
