"""Runs in an Odoo shell: enrolments of one person that began before another one was done.

Each case begins a transaction, lets another one enrol the person and commit, and goes on as a
request does: it is tried again when the database asks for it. Prints what was answered, and how
many members there are then, as one line of JSON.
"""

import json
import sys
from functools import partial

from odoo.service.model import retrying

club = env["loyalty.club"]._for_company(env.ref("base.main_company"))
env["res.partner"].create({"name": "Known contact", "phone": "0912 300 0002"})
listed = env["res.partner"].create({"name": "Listed", "phone": "0912 300 0003"})
other = env["res.partner"].create({"name": "Other contact", "phone": "0912 300 0009"})
env["loyalty.club.member"]._enrol(club, other)
club.welcome_amount = 10
env.cr.commit()


def enrol(in_env, **person):
    """What an enrolment answers."""
    entry = in_env["loyalty.club.enrolment"]
    return entry._enrol(in_env["loyalty.club"].browse(club.id), person, "pos").status


def overtaken(first, second):
    """Let ``first`` commit after our transaction began, then do ``second``."""
    with env.registry.cursor() as cursor:
        our_env = env(cr=cursor)
        cursor.execute("SELECT 1 FROM loyalty_club_member LIMIT 1")  # it sees what it sees
        with env.registry.cursor() as other_cursor:
            answers = [first(env(cr=other_cursor))]
        answers.append(retrying(partial(second, our_env), our_env))
    return answers


def facts(mobile):
    """How many members have the number, how many contacts, and what they were given."""
    env.cr.execute(
        """
        SELECT COUNT(DISTINCT m.id), COUNT(DISTINCT p.id),
               COALESCE(SUM(w.balance) FILTER (WHERE k.type = 'points'), 0)::int
          FROM res_partner p
          LEFT JOIN loyalty_club_member m ON m.partner_id = p.id
          LEFT JOIN loyalty_club_wallet w ON w.member_id = m.id
          LEFT JOIN loyalty_club_wallet_kind k ON k.id = w.kind_id
         WHERE right(regexp_replace(p.phone, '[^0-9]', '', 'g'), 10) = right(%s, 10)
        """,
        [mobile],
    )
    return list(env.cr.fetchone())


def many(in_env, partner):
    """What enrolling a contact from the list answers."""
    entry = in_env["loyalty.club.enrolment"]
    partners = in_env["res.partner"].browse(partner.id)
    outcomes = entry._enrol_partners(in_env["loyalty.club"].browse(club.id), partners)
    return outcomes[partners.sudo()].status


def new_phone(in_env):
    """Somebody else's contact gets the number that is being enrolled."""
    in_env["res.partner"].browse(other.id).phone = "0912 300 0004"
    return "written"


cases = {
    "nobody knew her": (
        "+989123000001",
        partial(enrol, mobile="09123000001"),
        partial(enrol, mobile="0912 300 0001", name="Nasrin"),
    ),
    "her contact was known": (
        "+989123000002",
        partial(enrol, mobile="09123000002"),
        partial(enrol, mobile="09123000002"),
    ),
    "from the list of contacts": (
        "+989123000003",
        partial(enrol, mobile="09123000003"),
        partial(many, partner=listed),
    ),
    "another contact gets her number": (
        "+989123000004",
        partial(enrol, mobile="09123000004"),
        new_phone,
    ),
}
results = {}
for name, (mobile, first, second) in cases.items():
    answers = overtaken(first, second)
    env.cr.rollback()
    results[name] = [*answers, *facts(mobile)]
sys.stdout.write(f"answers: {json.dumps(results)}\n")
