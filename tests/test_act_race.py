"""Two acts of one member at the same moment: limits hold, and nobody is told a defect."""

from pathlib import Path

import pytest
from clubtool import testing

from tests.test_enrolment_race import report_of

RACE = Path(__file__).parent / "support" / "race_acts.py"


@pytest.fixture(scope="module")
def database():
    name = testing.copy_database("act_race")
    try:
        yield name
    finally:
        testing.drop_database(name)


def test_who_is_overtaken_counts_the_other(database):
    """[first answer, second answer, rewarded acts, value in all wallets]"""
    assert report_of(database, RACE, "answers") == {
        "two surveys, one a day": ["given", "day", 1, 5],
        "two surveys, a pause between": ["given", "pause", 1, 5],
        "the same survey twice": ["given", "repeated", 1, 5],
        "two kinds, the club's limit": ["given", "room", 1, 5],
        "the first credit of a kind": ["given", "day", 1, 5],
        "a code for the first": ["given", "no code", 1, 5],
        "without a limit both count": ["given", "given", 2, 10],
    }
