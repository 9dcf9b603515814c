"""Runs in an Odoo shell: edits the ledger in SQL as an administrator of the database could, again
and again, and asks the audit each time. Nothing is committed.

Prints what came of it as one line of JSON. ``LC_ROUNDS`` says how many edits of each kind,
``LC_SEED`` repeats a run.
"""

import json
import os
import random
import secrets
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from odoo.addons.loyalty_club import anchors
from odoo.addons.loyalty_club.domain import chain

from tests.support.tamperer import KINDS, Tamperer, World, undone

ROUNDS = int(os.environ.get("LC_ROUNDS") or 7)
SEED = os.environ.get("LC_SEED") or secrets.token_hex(4)


def judged(world, kinds, rounds):
    """Edit, audit, undo; per kind how many were tried, found and located, and what went wrong."""
    audit = world.env["loyalty.club.audit"]
    tamperer = Tamperer(world)
    before = set(audit._run()["faults"])
    counts = {kind: Counter() for kind in kinds}
    wrong = []
    for kind in kinds:
        for number in range(rounds):
            with undone(world.env):
                wallet, seq = getattr(tamperer, kind)()
                faults = set(audit._run()["faults"]) - before
            places = {(fault.wallet_id, fault.seq) for fault in faults}
            accused = {fault.wallet_id for fault in faults}
            checks = {fault.check for fault in faults}
            counts[kind].update(
                tried=1,
                found=bool(faults),
                located=(wallet, seq) in places and accused == {wallet},
                anchor_only=checks == {"anchor"},
            )
            if (wallet, seq) not in places or accused != {wallet}:
                wrong.append([kind, number, wallet, seq, sorted(map(str, faults))])
    return {"faults_before": len(before), "kinds": counts, "wrong": wrong[:20]}


def chain_without_previous(self, _previous, text, _real=chain.Sealer.seal):
    """The mutant: entries are sealed, but not to the one before them."""
    return _real(self, "", text)


def run():
    """The edits, and the controls that show the harness can see."""
    rng = random.Random(SEED)
    Anchor = type(env["loyalty.club.anchor"])
    for table in ("loyalty_club_entry", "loyalty_club_allocation"):
        env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    world = World(env, rng, "Tampering")
    env["loyalty.club.anchor"]._cron_anchor()
    result = {"seed": SEED, **judged(world, KINDS, ROUNDS)}

    real_faults, Anchor._faults = Anchor._faults, lambda self: iter(())
    result["without_anchors"] = judged(world, ["cut"], ROUNDS)["kinds"]["cut"]
    Anchor._faults = real_faults

    real_seal, chain.Sealer.seal = chain.Sealer.seal, chain_without_previous
    mutant = World(env, rng, "Mutant")
    result["without_previous"] = judged(mutant, ["spliced"], ROUNDS)["kinds"]["spliced"]
    chain.Sealer.seal = real_seal
    return result


place = Path(tempfile.mkdtemp(prefix="tampering-"))
anchors.folder = lambda _database: place
try:
    sys.stdout.write(f"tampering: {json.dumps(run())}\n")
finally:
    env.cr.rollback()
    shutil.rmtree(place)
