"""Runs in an Odoo shell: the stateful machine on the ledger of a database, then its mutants.

Nothing is committed. Environment: STEPS (how many, 15,000), SEED (a number; anything without
one), MUTANTS (the name of one; 0: none), FAULT_RESULTS (folder for the figures, machine.json).
Ends with exit code 1 when the books were broken or a mutant survived; a failing example is
printed with the seed that repeats it.
"""

import json
import os
import random
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))

from odoo.addons.loyalty_club.tests.ledger_machine import run
from odoo.addons.loyalty_club.tests.ledger_world import World

from tests.fault.machine.mutants import MUTANTS

PATIENCE = 60  # seconds in which a mutant has to be found
PLENTY = 10**6


def say(text):
    """One line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def violations(world, steps, seed):
    """Run the machine on the ledger as it is: rounds, steps, and how many violations."""
    start = time.monotonic()
    machine, error = run(world, steps, seed)
    rate = machine.steps / (time.monotonic() - start)
    say(f"machine: {machine.steps} steps in {machine.examples} rounds, {rate:.0f}/s, seed {seed}")
    if error:
        for note in getattr(error, "__notes__", []):
            say(note)
        say("".join(traceback.format_exception(error, limit=-4)))
    return machine.examples, machine.steps, int(error is not None)


def found(world, mutant, seed):
    """Plant a mutant; return whether the machine finds it in time."""
    start = time.monotonic()
    with mutant():
        machine, error = run(world, PLENTY, seed, PATIENCE, shrink=False)
    state = f"found ({type(error).__name__})" if error else "SURVIVED"
    spent = time.monotonic() - start
    say(f"machine: mutant {mutant.__name__} {state} after {machine.steps} steps, {spent:.1f} s")
    return error is not None


def main(env):
    """Everything; returns the figures."""
    seed = int(os.environ.get("SEED") or random.randrange(10**9))
    steps = int(os.environ.get("STEPS") or 15_000)
    asked = os.environ.get("MUTANTS", "")
    wanted = [mutant for mutant in MUTANTS if asked in ("", mutant.__name__)]
    world = World(env)
    rounds, taken, wrong = violations(world, steps, seed)
    caught = sum(found(world, mutant, seed) for mutant in wanted)
    figures = {
        "rounds": rounds,
        "steps": taken,
        "violations": wrong,
        "mutants": len(wanted),
        "mutants_found": caught,
        "seed": seed,
    }
    if folder := os.environ.get("FAULT_RESULTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / "machine.json").write_text(json.dumps(figures))
    say("machine: " + " ".join(f"{name}={value}" for name, value in figures.items()))
    env.cr.rollback()
    return figures


figures = main(env)
if figures["violations"] or figures["mutants_found"] < figures["mutants"]:
    sys.exit(1)
