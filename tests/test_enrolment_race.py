"""Two doors enrol one person at the same moment: she becomes one member.

The first test lets one transaction overtake another at every place where that matters; the
second one sends pairs of requests to a server with two workers.
"""

import json
from functools import partial
from pathlib import Path

import pytest
from clubtool import testing

from tests.support.books import Books
from tests.support.till import Till, Together

SUPPORT = Path(__file__).parent / "support"
RACE = SUPPORT / "race_enrolment.py"
CASHIERS = SUPPORT / "prepare_enrolment.py"
PAIRS = 40


def report_of(database, script, label):
    """Run a script in an Odoo shell; what it prints after ``label``."""
    output = testing.databases().inside(database, script)
    (line,) = [line for line in output.splitlines() if line.startswith(f"{label}: ")]
    return json.loads(line.removeprefix(f"{label}: "))


@pytest.fixture(scope="module")
def database():
    name = testing.copy_database("enrolment_race")
    try:
        yield name
    finally:
        testing.drop_database(name)


def test_who_is_overtaken_finds_the_member(database):
    """[first answer, second answer, members, contacts, points of the welcome gift]"""
    assert report_of(database, RACE, "answers") == {
        "nobody knew her": ["enrolled", "known", 1, 1, 10],
        "her contact was known": ["enrolled", "known", 1, 1, 10],
        "from the list of contacts": ["enrolled", "known", 1, 1, 10],
        "another contact gets her number": ["enrolled", "written", 2, 2, 10],
    }


def test_two_cashiers_enrol_one_mobile_at_once(database):
    shop = report_of(database, CASHIERS, "shop")
    with testing.start_server(database, workers=2) as server:
        cashiers = [Till(server.url, database, facts) for facts in shop["cashiers"]]
        books = Books(testing.connect_kwargs(database))
        together, answers = Together(2), []
        for number in range(PAIRS):
            values = {"club_id": shop["club_id"], "mobile": f"09124{number:06d}"}
            wizards = [
                cashier.call("loyalty.club.member.enrol", "create", [values]).result
                for cashier in cashiers
            ]
            calls = [
                partial(cashier.call, "loyalty.club.member.enrol", "action_enrol", wizard)
                for cashier, wizard in zip(cashiers, wizards, strict=True)
            ]
            answers.append(together(calls))
        numbers = books.column(
            "SELECT mobile FROM loyalty_club_member WHERE mobile LIKE %s ORDER BY mobile",
            "+989124%",
        )
        books.close()

    assert numbers == [f"+989124{number:06d}" for number in range(PAIRS)]
    refused = [answer for pair in answers for answer in pair if not answer.accepted]
    assert not refused
    assert all(one.result["res_id"] == two.result["res_id"] for one, two in answers)
