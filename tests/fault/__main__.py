"""`python -m tests.fault`: all parts in their long form (`--short`: the short one)."""

import sys

from . import figures
from .parts import PARTS, members_for, new_seed, play
from .world import Stage


def main(short):
    """Run all parts; return the exit code."""
    seed, wrong = new_seed(), []
    figures.forget()
    stage = Stage("fault", members_for(short))
    try:
        for part in PARTS:
            found = play(stage, part, seed, short)
            wrong += [f"{part.name}: {text}" for text in found.wrong]
            sys.stdout.write(f"{found.line()}\n")
            sys.stdout.flush()
    finally:
        stage.close()
    for text in wrong[:50]:
        sys.stdout.write(f"  {text[:500]}\n")
    line, sound = figures.closing_line(short)
    sys.stdout.write(f"{line}\n")
    return 0 if sound and not wrong else 1


if __name__ == "__main__":
    sys.exit(main("--short" in sys.argv))
