"""The fault harness: real servers and real databases, with faults, replays and judges.

`make fault` runs all of it; `make test` a short form (tests/test_fault.py). docs/ARCHITECTURE.md
lists the invariants. Every part prints its seed, and `LC_SEED=<seed>` repeats its choices.
"""
