"""A member is erased in a real database; what `pg_dump` writes of it names her nowhere."""

import json
import subprocess
from pathlib import Path

import pytest
from clubtool import testing

SCRIPT = Path(__file__).parent / "support" / "erase_member.py"
TRACES = ("vahdat", "1118642", "111 8642", "0067749828")


def step(name, what):
    """Do ``what`` in the database; returns what came of it."""
    environment = {"LC_STEP": what}
    output = testing.databases().inside(name, SCRIPT, environment=environment)
    (line,) = [line for line in output.splitlines() if line.startswith("erasure: ")]
    return json.loads(line.removeprefix("erasure: "))


def traces(name):
    """Lines of the dump in which something of her stands."""
    cluster = testing.databases().cluster
    command = [cluster.programs / "pg_dump", "-h", cluster.socket, "-U", "odoo", name]
    dump = subprocess.run(command, check=True, capture_output=True, text=True).stdout.lower()
    return [line[:200] for line in dump.splitlines() if any(word in line for word in TRACES)]


@pytest.fixture(scope="module")
def database():
    name = testing.copy_database("erasure")
    yield name
    testing.drop_database(name)


def test_a_dump_names_an_erased_member_nowhere(database):
    step(database, "live")
    assert len(traces(database)) > 10  # else the search would prove nothing

    result = step(database, "erase")

    assert result == {"left": False, "state": "done", "faults": 0}
    assert traces(database) == []
