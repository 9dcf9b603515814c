"""A member's own place on a real server, in its short form; `make portal` runs the long one."""

import sys

import pytest

from tests.portal.parts import PARTS, new_seed, play
from tests.portal.stage import Stage


@pytest.fixture(scope="module")
def stage():
    stage = Stage()
    yield stage
    stage.close()


@pytest.fixture(scope="module")
def seed():
    return new_seed()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_part_finds_nothing_wrong(stage, seed, part, capsys):
    found = play(stage, part, seed, short=True)

    with capsys.disabled():
        sys.stdout.write(f"\n{found.line()}\n")
    assert found.wrong == []
