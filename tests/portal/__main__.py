"""`python -m tests.portal`: all parts in their long form (`--short`: what `make test` plays)."""

import sys

from .parts import PARTS, closing_line, new_seed, play
from .stage import Stage


def main(short):
    """Run all parts; the exit code."""
    seed, found = new_seed(), []
    stage = Stage()
    try:
        for part in PARTS:
            figures = play(stage, part, seed, short)
            found.append(figures)
            sys.stdout.write(f"{figures.line()}\n")
            for text in figures.wrong[:40]:
                sys.stdout.write(f"  {text[:1500]}\n")
            sys.stdout.flush()
    finally:
        stage.close()
    sys.stdout.write(f"{closing_line(found)}\n")
    return 1 if any(figures.wrong for figures in found) else 0


if __name__ == "__main__":
    sys.exit(main("--short" in sys.argv))
