"""Codes of rewards that members have taken: short enough to be read out at a counter."""

import secrets

from .codes import GIFT_ALPHABET, check_character, compact

_RANDOM_CHARS = 9  # 45 bits of chance; a code is of use to its own member alone
_PREFIX = "R"  # begins no number of a member and no mobile
_LENGTH = len(_PREFIX) + _RANDOM_CHARS + 1
_GROUP = 4


def reward_code() -> str:
    """Return a new code: a letter, nine characters of chance and one check character.

    >>> read_reward_code(reward_code()) is None
    False
    """
    body = "".join(secrets.choice(GIFT_ALPHABET) for _ in range(_RANDOM_CHARS))
    return f"{_PREFIX}{body}{check_character(body)}"


def read_reward_code(text: str) -> str | None:
    """Return a typed or scanned code as it was made: capitals, no blanks, I L → 1, O → 0; None for
    what is no such code.

    >>> [read_reward_code(text) for text in ("r-olol olol-۰k", "R01010101XK", "R")]
    ['R010101010K', None, None]
    """
    code = compact(text).translate(str.maketrans("ILO", "110"))
    body, check = code[len(_PREFIX) : -1], code[-1:]
    if len(code) != _LENGTH or not code.startswith(_PREFIX) or set(body) - set(GIFT_ALPHABET):
        return None
    return code if check_character(body) == check else None


def shown_reward_code(code: str) -> str:
    """Return a code in groups, as people read it out.

    >>> shown_reward_code("R010101010K")
    'R010 1010 10K'
    """
    return " ".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
