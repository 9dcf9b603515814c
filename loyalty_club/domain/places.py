"""Whether somebody is where she says she is."""

import math
from typing import NamedTuple

EARTH = 6_371_008.8  # mean radius in metres
# What a telephone may be wrong by, in metres, in the visitor's favour; what is less sure is asked
# again. It does not grow with what the telephone says: anybody could say anything.
TOLERANCE = 50
TOO_VAGUE = 1000


class Position(NamedTuple):
    """A point on the earth, in degrees; ``accuracy`` in metres, as a telephone tells it."""

    latitude: float
    longitude: float
    accuracy: float = 0.0


def read_position(latitude, longitude, accuracy="0") -> Position | None:
    """Return the position that three texts name, or None when they name none.

    >>> read_position("35.7", "51.4", "12")
    Position(latitude=35.7, longitude=51.4, accuracy=12.0)
    >>> read_position("91", "0") is None, read_position("nan", "0") is None
    (True, True)
    >>> read_position("", "") is None, read_position("1", "2", "-5") is None
    (True, True)
    """
    try:
        values = [float(latitude), float(longitude), float(accuracy or 0)]
    except (TypeError, ValueError):
        return None
    found = Position(*values)
    sound = (
        all(map(math.isfinite, values))
        and abs(found.latitude) <= 90
        and abs(found.longitude) <= 180
        and found.accuracy >= 0
    )
    return found if sound else None


def distance(one: Position, other: Position) -> float:
    """Return the metres between two points along the earth's surface (haversine).

    >>> tehran, isfahan = Position(35.6892, 51.3890), Position(32.6546, 51.6680)
    >>> round(distance(tehran, isfahan) / 1000)
    338
    >>> distance(tehran, tehran)
    0.0
    >>> round(distance(Position(0, 179.9995), Position(0, -179.9995)))
    111
    """
    first, second = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    chord = (
        math.sin((second - first) / 2) ** 2
        + math.cos(first) * math.cos(second) * math.sin(across / 2) ** 2
    )
    return 2 * EARTH * math.asin(math.sqrt(min(chord, 1.0)))


def is_within(here: Position, place: Position, radius: float) -> str:
    """Say whether a visitor is within `radius` metres of a place.

    :return: ``yes``, ``no``, or ``vague`` when the telephone does not know well enough

    >>> place = Position(35.7, 51.4)
    >>> is_within(Position(35.7, 51.401, 20), place, 100)
    'yes'
    >>> is_within(Position(35.7, 51.402, 900), place, 100)
    'no'
    >>> is_within(Position(35.7, 51.4, 5000), place, 100)
    'vague'
    """
    if here.accuracy > TOO_VAGUE:
        return "vague"
    off = distance(here, place) - min(here.accuracy, TOLERANCE)
    return "yes" if off <= radius else "no"
