"""Somebody guesses codes of gift and club cards at the public door of a real server.

All guesses come from one network, over several connections kept open, as fast as the server
answers.
"""

import json
import random
import secrets
import statistics
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from clubtool import testing

from tests.support.guesser import Guesser

PREPARE = Path(__file__).parent / "support" / "prepare_card_codes.py"
GUESSES = 10_000
CONNECTIONS = 4
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Door:
    """The server, and the cards that there are."""

    def __init__(self, server, cards):
        self.server = server
        self.cards = cards

    def forget_tries(self):
        """Let as much time pass as makes everybody's tries good again."""
        forget = "DELETE FROM loyalty_club_rate_limit"
        testing.databases().cluster.psql(forget, database=self.server.database)


@pytest.fixture(scope="module")
def door():
    name = testing.copy_database("card_codes")
    try:
        output = testing.databases().inside(name, PREPARE)
        (line,) = [line for line in output.splitlines() if line.startswith("cards: ")]
        with testing.start_server(name, workers=2) as server:
            yield Door(server, json.loads(line.removeprefix("cards: ")))
    finally:
        testing.drop_database(name)


def random_code():
    """A code as it might have been printed: of a gift card, or of a club card."""
    if random.random() < 0.5:
        return "044" + "".join(secrets.choice(ALPHABET) for _place in range(17))
    return "8" + "".join(secrets.choice("0123456789") for _place in range(14))


def guess(port, codes):
    visitor = Guesser(port)
    return [visitor.told(code) for code in codes]


def median(told):
    return statistics.median(answer.seconds for answer in told) * 1000


def test_random_codes_are_all_refused_alike(door, capsys):
    door.forget_tries()
    share = GUESSES // CONNECTIONS
    guesses = [[random_code() for _guess in range(share)] for _connection in range(CONNECTIONS)]

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        port = door.server.port
        told = list(pool.map(guess, [port] * CONNECTIONS, guesses))

    answers = [answer for connection in told for answer in connection]
    assert len(answers) == GUESSES
    assert {answer.status for answer in answers} == {303}
    assert len({answer.said for answer in answers}) == 1
    assert "Nothing to show for this code" in Guesser(port).read(answers[0].leads_to)
    with capsys.disabled():
        sys.stdout.write(f"\npublic door: {GUESSES} guesses, none accepted, one answer\n")


def test_right_codes_are_refused_like_wrong_ones_after_too_many_tries(door):
    door.forget_tries()
    visitor = Guesser(door.server.port)
    gift, club = door.cards["gift"][0], door.cards["club"][0]
    wrong = visitor.told(random_code())
    assert visitor.told(gift).status == 200
    assert visitor.told(club).status == 200

    guess(door.server.port, [random_code() for _guess in range(30)])

    assert {visitor.told(code).said for code in (gift, club)} == {wrong.said}


def test_time_does_not_tell_right_from_wrong_or_refused(door, capsys):
    """What was never issued, what is refused unseen, and a right code refused take alike."""
    wrong, unseen, right = [], [], []
    for gift in door.cards["gift"][:10]:
        door.forget_tries()
        visitor = Guesser(door.server.port)
        wrong += [visitor.told(random_code()) for _guess in range(20)]
        unseen += [visitor.told(random_code()) for _guess in range(20)]
        right += [visitor.told(gift) for _guess in range(20)]

    times = {"wrong": median(wrong), "unseen": median(unseen), "right, unseen": median(right)}
    assert len({answer.said for answer in wrong + unseen + right}) == 1
    assert max(times.values()) < 1.5 * min(times.values()), times
    with capsys.disabled():
        sys.stdout.write(f"\npublic door, median ms: {times}\n")


def test_codes_are_never_part_of_an_address(door):
    """Addresses are kept in histories and logs, and sent to others."""
    gift = door.cards["gift"][0]
    Guesser(door.server.port).told(gift)

    assert gift not in door.server.log.read_text(errors="replace")
