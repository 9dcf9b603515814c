"""The fault harness in its short form; `make fault` runs the long one.

Parts run in their order on one stage: a server with two workers on a database of its own.
"""

import sys

import pytest

from tests.fault import figures
from tests.fault.parts import PARTS, members_for, new_seed, play
from tests.fault.world import Stage


@pytest.fixture(scope="module")
def stage():
    figures.forget()
    stage = Stage("fault", members_for(short=True))
    yield stage
    stage.close()


@pytest.fixture(scope="module")
def seed():
    return new_seed()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_part_finds_every_fault_and_nothing_else(stage, seed, part, capsys):
    found = play(stage, part, seed, short=True)

    with capsys.disabled():
        sys.stdout.write(f"\n{found.line()}\n")
    assert found.wrong == []


def test_nothing_is_lost_double_or_half(capsys):
    line, sound = figures.closing_line(short=True)

    with capsys.disabled():
        sys.stdout.write(f"\n{line}\n")
    assert sound
