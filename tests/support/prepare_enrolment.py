"""Runs in an Odoo shell: the cashiers of test_enrolment_race.py. Prints them as JSON."""

import json
import sys

from tests.support.shop import Shop

shop = Shop(env)
cashiers = [
    shop.cashier(f"enroller_{number}", ("base.group_user", "loyalty_club.group_user"))
    for number in (1, 2)
]
club = env["loyalty.club"]._for_company(shop.company)
env.cr.commit()
facts = {
    "club_id": club.id,
    "cashiers": [{"login": user.login, "user_id": user.id} for user in cashiers],
}
sys.stdout.write(f"shop: {json.dumps(facts)}\n")
