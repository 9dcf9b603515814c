"""What people answer to a message: that they want no more of them, or that they do again.

A “no” is understood generously, a “yes” only in the words that were offered: taking a “no” for
nothing is worse than taking a grumble for a “no”.
"""

import re

from .codes import fold_persian

STOP = "stop"
START = "start"

# In the form that `_plain` gives. 11 and 12 are what Iran's operators have taught everybody.
_STOP_ALONE = frozenset(
    {"11", "لغو 11", "off", "no", "نه", "نخیر", "quit", "end", "cancel", "خروج"}
)
_START_ALONE = frozenset({"12", "وصل", "وصل 12", "start", "unstop", "on", "عضویت", "فعال", "شروع"})
_STOP_WORDS = frozenset(
    {
        *("stop", "stopall", "unsubscribe"),
        *("لغو", "توقف", "انصراف", "قطع", "نفرست", "نفرستید", "نفرستین"),
    }
)
_WORDS_OF_A_WISH = 8  # a longer text is a letter: a person reads it

_APART = re.compile(r"(?<=[^\W\d])(?=\d)|(?<=\d)(?=[^\W\d])")
_MARKS = re.compile(r"[\W_]+")


def read(text: str) -> str | None:
    """Tell what a text message asks for: `stop`, `start`, or None for anything else.

    >>> [read(text) for text in ("لغو", "۱۱", "لغو۱۱", "Stop!", "لطفاً دیگر پیامک نفرستید")]
    ['stop', 'stop', 'stop', 'stop', 'stop']
    >>> [read(text) for text in ("وصل", "۱۲", "START", "سلام", "I shall be there at 11")]
    ['start', 'start', 'start', None, None]
    """
    plain = _plain(text or "")
    words = plain.split()
    if plain in _START_ALONE:
        return START
    if plain in _STOP_ALONE:
        return STOP
    if 0 < len(words) <= _WORDS_OF_A_WISH and not _STOP_WORDS.isdisjoint(words):
        return STOP
    return None


def _plain(text: str) -> str:
    """Return small letters and ASCII digits, one space between words and numbers.

    >>> _plain("  «لغو۱۱» "), _plain("STOP.")
    ('لغو 11', 'stop')
    """
    return " ".join(_MARKS.sub(" ", _APART.sub(" ", fold_persian(text))).split())
