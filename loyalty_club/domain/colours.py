"""Colours of a club, and which of them can be read on which.

Contrast is that of WCAG 2.2: from 1, the same colour, to 21, black on white. Text needs 4.5.
"""

import re
from typing import NamedTuple

from .codes import InputError

READABLE = 4.5
WHITE, BLACK = (255, 255, 255), (0, 0, 0)

_HEX = re.compile(r"#?(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_SOFT = 0.08  # of the main colour on white, for grounds
_STEP = 0.97  # by which a colour grows darker at a time


class Look(NamedTuple):
    """A main colour with those that go with it.

    :ivar main: the colour itself, a ground.
    :ivar on: text on it.
    :ivar shade: black or white, whichever takes nothing from that text.
    :ivar ink: the colour as text on white and on ``soft``.
    :ivar soft: a light ground of its kind.
    """

    main: str
    on: str
    shade: str
    ink: str
    soft: str


def read_colour(text: str) -> tuple:
    """Read a colour as people copy it: with three or six hexadecimal digits.

    >>> read_colour(" #0a5 ")
    (0, 170, 85)

    :raises InputError: ``colour`` for anything else.
    """
    text = text.strip()
    if not _HEX.fullmatch(text):
        raise InputError("colour")
    digits = text.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return tuple(int(digits[at : at + 2], 16) for at in (0, 2, 4))


def write_colour(colour: tuple) -> str:
    """Write a colour as style sheets do.

    >>> write_colour((0, 170, 85))
    '#00aa55'
    """
    return "#" + "".join(f"{round(part):02x}" for part in colour)


def contrast(one: tuple, other: tuple) -> float:
    """How well ``one`` is read on ``other``.

    >>> contrast(BLACK, WHITE), contrast(WHITE, WHITE)
    (21.0, 1.0)
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def look_of(text: str) -> Look:
    """The colours that go with a main colour, each of them readable.

    >>> look_of("#ffcc00")
    Look(main='#ffcc00', on='#000000', shade='#ffffff', ink='#8b6f00', soft='#fffbeb')

    :raises InputError: ``colour`` if it is none.
    """
    main = read_colour(text)
    on = max(WHITE, BLACK, key=lambda colour: contrast(colour, main))
    shade = WHITE if on == BLACK else BLACK
    soft = tuple(round(255 + _SOFT * (part - 255)) for part in main)
    ink = main
    while contrast(tuple(map(round, ink)), soft) < READABLE:
        ink = tuple(part * _STEP for part in ink)
    return Look(*map(write_colour, (main, on, shade, ink, soft)))


def _luminance(colour: tuple) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
