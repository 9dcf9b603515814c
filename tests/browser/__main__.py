"""`python -m tests.browser`: the long run (`--short`: what `make test` plays)."""

import sys

from .stage import main

if __name__ == "__main__":
    sys.exit(main("--short" in sys.argv))
