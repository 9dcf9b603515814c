"""What a club's ladder must be, so that nobody falls between its levels.

A ladder is judged when it is saved, never at the till.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .tiers import Level


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a ladder: a code, and the places of the levels concerned."""

    code: str
    places: tuple[int, ...]
    measure: str | None = None


def faults(levels: Sequence[Level], weights: Mapping[str, Decimal] | None = None) -> list[Fault]:
    """Return what is wrong with a ladder, the lowest level first; empty: it is sound.

    ``negative``: a figure below zero is asked for; ``zero``: a figure that everybody has anyway;
    ``none``: no entry level, so that members below the lowest level would have none;
    ``two_entries``: a level above the entry asks for nothing; ``equal``, ``falling``: a level
    asks for no more, or for less, than the one below; ``gap``: a level does not ask for
    something that the one below does, so that one may be skipped; ``need``: two levels are
    compared by all of the figures here and by any of them there; ``weights``: a score is asked
    for and no figure has a weight.

    >>> faults([Level(), Level({"spend": Decimal(350)}), Level({"spend": Decimal(350)})])
    [Fault(code='equal', places=(1, 2), measure='spend')]
    """
    found = [
        Fault("negative" if least < 0 else "zero", (place,), name)
        for place, level in enumerate(levels)
        for name, least in level.least.items()
        if least < 0 or (least == 0 and level.inclusive)
    ]
    if any("score" in level.least for level in levels) and not any((weights or {}).values()):
        found.append(
            Fault("weights", tuple(p for p, lv in enumerate(levels) if "score" in lv.least))
        )
    if levels and levels[0].least:
        found.append(Fault("none", (0,)))
    found += [Fault("two_entries", (0, n)) for n in range(1, len(levels)) if not levels[n].least]
    for place in range(1, len(levels)):
        found += _faults_between(levels[place - 1], levels[place], place)
    return found


def _faults_between(lower: Level, upper: Level, place: int) -> Iterable[Fault]:
    if not lower.least or not upper.least:
        return
    both = (place - 1, place)
    if len(lower.least) > 1 and len(upper.least) > 1 and lower.every != upper.every:
        yield Fault("need", both)
    # What is asked for on one of the two levels alone lets members pass the lower one by.
    asked, covered = (upper, lower) if _any_of(lower, upper) else (lower, upper)
    for name in asked.least.keys() - covered.least.keys():
        yield Fault("gap", both, name)
    shared = [name for name in lower.least if name in upper.least]
    for name in shared:
        if upper.least[name] < lower.least[name]:
            yield Fault("falling", both, name)
    # Of several figures some may stay the same, as long as one rises and none falls.
    rises = upper.least.keys() - lower.least.keys() and upper.every
    same = [name for name in shared if upper.least[name] == lower.least[name]]
    if not same:
        return
    looser = upper.inclusive and not lower.inclusive  # more than 100 here, 100 there
    stricter = lower.inclusive and not upper.inclusive
    if looser or (len(same) == len(shared) and not rises and not stricter):
        yield Fault("equal", both, same[0])


def _any_of(lower: Level, upper: Level) -> bool:
    several = [level for level in (lower, upper) if len(level.least) > 1]
    return bool(several) and not any(level.every for level in several)
