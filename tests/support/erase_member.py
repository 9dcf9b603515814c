"""Runs in an Odoo shell: a member who left traces everywhere. ``LC_STEP`` says what happens:
``live`` makes her, ``erase`` erases her and audits the ledger. What is done is committed.
"""

import json
import os
import sys

from tests.support.shop import Shop

NAME, MOBILE, EMAIL, CODE = (
    "Golnar Vahdatpour", "+98 935 111 8642", "golnar.vahdat@example.org", "0067749828"
)  # fmt: skip

shop = Shop(env)
club = env["loyalty.club"]._for_company(shop.company)


def live():
    """Joins, gets points, writes, is written about."""
    person = {
        "mobile": MOBILE,
        "name": NAME,
        "email": EMAIL,
        "identity_type": "national",
        "identity_code": CODE,
        "consents": {("marketing", "sms"): True},
    }
    member = env["loyalty.club.enrolment"]._enrol(club, person, "join").member.sudo()
    partner = member.partner_id
    user = shop.portal_user(EMAIL, partner)
    partner.street = "Vahdatpour alley"
    env["loyalty.club.adjustment"]._request(
        member.wallet_ids.filtered(lambda wallet: wallet.type == "points"), 5, f"For {NAME}"
    )
    member.message_post(body=f"{NAME} called from {MOBILE}")
    partner.message_post(body="Hello", author_id=partner.id, email_from=f"{NAME} <{EMAIL}>")
    env["crm.lead"].create({"name": f"{NAME}: party", "partner_id": partner.id})
    env["sms.sms"].create({"number": MOBILE, "body": f"Dear {NAME}"})
    env["mail.mail"].create({"subject": NAME, "email_to": EMAIL, "body_html": NAME})
    env["res.partner"].create({"name": "Aunt"}).message_post(body=f"Aunt of {NAME}, 0{MOBILE[4:]}")
    return {"member": member.number, "user": user.id}


def erase():
    """Asked by the member, decided by the administrator; audited afterwards."""
    partner = env["res.partner"].search([("name", "=", NAME)])
    member = partner.club_member_ids
    user = partner.user_ids
    erasure = env["loyalty.club.erasure"].with_user(user).sudo()._request(member, "portal")
    erasure.with_user(env.ref("base.user_admin")).action_approve()
    env["loyalty.club.erasure"]._cron_check()
    audit = env["loyalty.club.audit"]._run()
    return {"left": erasure.left, "state": erasure.state, "faults": audit["fault_count"]}


result = {"live": live, "erase": erase}[os.environ["LC_STEP"]]()
env.cr.commit()
sys.stdout.write(f"erasure: {json.dumps(result)}\n")
