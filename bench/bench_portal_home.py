"""The home page of a member with 5,000 entries, over HTTP. Reference: that of one with 5.

Both are asked for in turns by signed-in members. Printed are the statements of one visit, its
bytes, and those of the style sheet and scripts that are the club's own.
"""

import re
import statistics
from pathlib import Path

import requests
from clubtool.bench import Result
from clubtool.console import say
from clubtool.paths import REPO
from long_member import buy, settle

FEW, MANY = 5, 5000
WARM_UP, ROUNDS = 10, 60
LIMIT = 1.3  # times as long, at most
STATEMENTS = 12  # of one visit, at most, besides those that any request begins with
BEGINNING = 3  # what other servers have changed, and two for the site's language
OWN_BYTES = 100_000  # of the page and of what is the club's own on it, at most
_PORTAL = Path(REPO) / "loyalty_club" / "static" / "src" / "portal"


def run(context):
    """Measure both in turns and return the ratio of the medians."""
    name = context.copy_database("home")
    try:
        with context.env(name) as env:
            ids = _members(env)
            env.cr.commit()
        settle(context, name)
        with context.start_server(name, workers=1) as server:
            visitors = {count: _sign_in(server, name, count) for count in ids}
            times, size = _measure(server, visitors, ids)
            statements = _statements(server.log, ids[MANY])
    finally:
        context.drop_database(name)
    own = sum(len(file.read_bytes()) for file in _PORTAL.rglob("*") if file.is_file())
    result = Result(
        "portal_home", statistics.median(times[MANY]), statistics.median(times[FEW]), "ms", MANY
    )
    say(
        f"  portal_home: {result.ratio:.2f} of {LIMIT} allowed, {statements} statements, "
        f"{size:,} bytes of page, {own:,} of own assets"
    )
    assert result.ratio <= LIMIT, result.ratio
    assert statements <= STATEMENTS, statements
    assert size + own <= OWN_BYTES, (size, own)
    return result


def _members(env):
    """Two members of one club with logins, by the number of their entries."""
    club = env["loyalty.club"]._for_company(env.company)
    club = club or env["loyalty.club"].create({"name": "Bench"})
    ids = {}
    for count in (FEW, MANY):
        login = f"bench_{count}"
        user = env["res.users"].create(
            {
                "name": f"Bench {count}",
                "login": login,
                "password": login,
                "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
            }
        )
        member = env["loyalty.club.member"].create(
            {"club_id": club.id, "partner_id": user.partner_id.id}
        )
        buy(env, member, count)
        ids[count] = member.id
    env["loyalty.club.segment"].search([("club_id", "=", club.id)])._refresh()
    return ids


def _sign_in(server, name, count):
    session, login = requests.Session(), f"bench_{count}"
    answer = session.post(
        f"{server.url}/web/session/authenticate",
        json={"params": {"db": name, "login": login, "password": login}},
        timeout=60,
    )
    assert answer.json()["result"]["uid"], answer.text
    return session


def _measure(server, visitors, ids):
    """Milliseconds of each visit by member, and the bytes of the longer page."""
    times, size = {count: [] for count in ids}, 0
    for number in range(WARM_UP + ROUNDS):
        # Whoever comes first finds the processor's caches colder: take turns in that too.
        for count in sorted(ids, reverse=number % 2):
            address = f"{server.url}/my/club/{ids[count]}"
            answer = visitors[count].get(address, timeout=60, allow_redirects=False)
            assert answer.status_code == 200, answer.status_code
            assert "o_club_card" in answer.text
            size = max(size, len(answer.content))
            if number >= WARM_UP:
                times[count].append(1000 * answer.elapsed.total_seconds())
    return times, size


def _statements(log, member_id):
    """Statements of the latest visit, as the server itself counts them."""
    text = re.sub("\x1b\\[[0-9;]*m", "", log.read_text(errors="replace"))
    found = re.findall(rf'"GET /my/club/{member_id} HTTP/1.1" 200 - ([0-9]+) ', text)
    return int(found[-1]) - BEGINNING
