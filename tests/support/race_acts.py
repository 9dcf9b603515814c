"""Runs in an Odoo shell: acts that began before another one was rewarded.

Each case begins a transaction, lets another one be rewarded and commit, and goes on as a request
does: it is tried again when the database asks for it. Prints what was answered, how many acts
were rewarded then, and with how much, as one line of JSON.
"""

import json
import sys
from functools import partial

from odoo.exceptions import UserError
from odoo.service.model import retrying

club = env["loyalty.club"].create({"name": "Race", "number_prefix": "ZR"})
kinds = {
    code: env["loyalty.club.act.kind"]._of(club, code) for code in ("survey", "event", "social")
}
cashback = env["loyalty.club.wallet.kind"].create(
    {
        "name": "Cashback",
        "type": "cashback",
        "club_id": club.id,
        "currency_id": club.currency_id.id,
        "rounding": 0.01,
    }
)
env["loyalty.club.act.rule"].create([{"kind_id": kind.id, "amount": 5} for kind in kinds.values()])
env["loyalty.club.act.code"].create(
    {"code": "RACE2026", "kind_id": kinds["social"].id, "most_uses": 1}
)
env.cr.commit()


def member(name):
    partner = env["res.partner"].create({"name": name})
    return env["loyalty.club.member"].create({"partner_id": partner.id, "club_id": club.id})


def act(who, code, key, in_env):
    """What an act answers: its status, or why it was refused."""
    outcome = in_env["loyalty.club.member"].browse(who.id)._earn_act(code, key)
    return outcome.refused or outcome.status


def use(who, in_env):
    """What using the code for the first one answers."""
    try:
        found = in_env["loyalty.club.act.code"]._use(
            in_env["loyalty.club.member"].browse(who.id), "RACE2026"
        )
    except UserError:
        return "no code"
    return found.refused or found.status


def overtaken(first, second):
    """Let ``first`` commit after our transaction began, then do ``second``."""
    with env.registry.cursor() as cursor:
        our_env = env(cr=cursor)
        cursor.execute("SELECT 1 FROM loyalty_club_act LIMIT 1")  # it sees what it sees
        with env.registry.cursor() as other_cursor:
            answers = [first(env(cr=other_cursor))]
        answers.append(retrying(partial(second, our_env), our_env))
    return answers


def facts(*people):
    """How many acts of these people were rewarded, and what they have."""
    env.cr.execute(
        "SELECT COUNT(*) FROM loyalty_club_act WHERE refused IS NULL AND member_id = ANY(%(ids)s)"
        " UNION ALL SELECT COALESCE(SUM(balance), 0)::int FROM loyalty_club_wallet"
        " WHERE member_id = ANY(%(ids)s)",
        {"ids": [one.id for one in people]},
    )
    return [row[0] for row in env.cr.fetchall()]


def rules(**values):
    """Let the rules be so, and nothing else limited."""
    free = {"times_day": 0, "pause_days": 0, "wallet_kind_id": club.points_kind_id.id}
    env["loyalty.club.act.rule"].search([("club_id", "=", club.id)]).write({**free, **values})
    club.act_year_points = 0


def case(name, one, two, *people):
    env.cr.commit()
    answers = overtaken(one, two)
    env.cr.rollback()
    results[name] = [*answers, *facts(*people)]


results = {}
rules(times_day=1)
sara = member("Sara")
case(
    "two surveys, one a day",
    partial(act, sara, "survey", "1"),
    partial(act, sara, "survey", "2"),
    sara,
)
rules(pause_days=3)
reza = member("Reza")
case(
    "two surveys, a pause between",
    partial(act, reza, "survey", "3"),
    partial(act, reza, "survey", "4"),
    reza,
)
rules()
mina = member("Mina")
case(
    "the same survey twice",
    partial(act, mina, "survey", "5"),
    partial(act, mina, "survey", "5"),
    mina,
)
ali = member("Ali")
rules()
club.act_year_points = 5
case(
    "two kinds, the club's limit",
    partial(act, ali, "survey", "6"),
    partial(act, ali, "event", "7"),
    ali,
)
rules(times_day=1, wallet_kind_id=cashback.id)
nasrin = member("Nasrin")
case(
    "the first credit of a kind",
    partial(act, nasrin, "survey", "8"),
    partial(act, nasrin, "survey", "9"),
    nasrin,
)
rules()
babak, kaveh = member("Babak"), member("Kaveh")
case("a code for the first", partial(use, babak), partial(use, kaveh), babak, kaveh)
leila = member("Leila")
case(
    "without a limit both count",
    partial(act, leila, "survey", "10"),
    partial(act, leila, "survey", "11"),
    leila,
)
sys.stdout.write(f"answers: {json.dumps(results)}\n")
