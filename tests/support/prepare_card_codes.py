"""Runs in an Odoo shell: cards whose codes somebody might guess; prints one line of JSON."""

import json
import sys

from tests.support.shop import Shop

CARDS = 200

shop = Shop(env)
club = env["loyalty.club"]._for_company(shop.company)
kind = club.kind_ids.filtered(lambda kind: kind.type == "gift_card")[:1]
if not kind.program_ids:
    kind.action_create_program()
cards = env["loyalty.card"].create(
    [{"program_id": kind.program_ids[0].id, "points": 50} for _number in range(CARDS)]
)
partners = shop.customers("Card holder", CARDS)
members = env["loyalty.club.member"]._enrol(club, partners)
numbers = [
    env["loyalty.club.card"]._issue(club, member, type="physical").number for member in members
]
env.cr.commit()
sys.stdout.write(f"cards: {json.dumps({'gift': cards.mapped('code'), 'club': numbers})}\n")
