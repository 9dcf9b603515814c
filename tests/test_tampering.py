"""The audit finds whatever an administrator of the database changes in the ledger, and says where.

Thirteen kinds of edits in random places, `LC_ROUNDS` of each (7; a release tries 100). A harness
that could not fail would be worthless: without the anchors it must miss a cut tail, and with
entries that are not sealed to the one before, an exchanged entry.
"""

import json
import sys
from pathlib import Path

import pytest
from clubtool import testing

SCRIPT = Path(__file__).parent / "support" / "tampering.py"


@pytest.fixture(scope="module")
def result():
    name = testing.copy_database("tampering")
    try:
        output = testing.databases().inside(name, SCRIPT)
    finally:
        testing.drop_database(name)
    (line,) = [line for line in output.splitlines() if line.startswith("tampering: ")]
    return json.loads(line.removeprefix("tampering: "))


def test_every_edit_is_found_and_located(result, capsys):
    counts = result["kinds"].values()
    tried, found, located = (
        sum(count[name] for count in counts) for name in ("tried", "found", "located")
    )
    with capsys.disabled():
        sys.stdout.write(
            f"\ntampering: edits={tried} kinds={len(counts)} found={found} located={located}"
            f" seed={result['seed']}\n"
        )

    assert result["faults_before"] == 0
    assert (len(counts), result["wrong"]) == (13, [])
    assert tried == found == located > 0


def test_cut_tail_is_seen_by_the_anchor_alone(result):
    """Nothing else gives it away: the edit is as good as edits get."""
    cut = result["kinds"]["cut"]

    assert cut["anchor_only"] == cut["tried"]


def test_harness_sees_what_an_audit_without_anchors_misses(result):
    assert result["without_anchors"]["found"] == 0 < result["without_anchors"]["tried"]


def test_harness_sees_what_a_chain_without_links_misses(result):
    assert result["without_previous"]["found"] == 0 < result["without_previous"]["tried"]
