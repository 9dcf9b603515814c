"""Names as people type them: spelled with letters of another keyboard, in part, in any order.

The same table folds a name in the database (`translate(lower(name), FOLDED_FROM, FOLDED_TO)`,
which an index keeps) and the words that somebody looks for: one rule, two executions.
"""

import re

LONGEST = 60
MOST_WORDS = 5

# Arabic and Persian spellings of one letter, and digits of three scripts.
_PAIRS = (
    ("يىئكةۀەہأإآٱؤ", "یییکههههااااو"),
    ("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789"),
)
# Vowel signs, hamza and madda above, tatweel, and the marks that join and part letters.
_DROPPED = "ًٌٍَُِّْٰٕٓٔـ\u200c\u200d\u200e\u200f"

FOLDED_FROM = "".join(source for source, _target in _PAIRS) + _DROPPED
FOLDED_TO = "".join(target for _source, target in _PAIRS)

_FOLD = str.maketrans(FOLDED_FROM[: len(FOLDED_TO)], FOLDED_TO, _DROPPED)
_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Return the words of a name in the form in which they are compared, none twice.

    >>> words("علي‌رضا  كَريمي") == words("علیرضا کریمی")
    True
    >>> words("O'Neil, ann")
    ['o', 'neil', 'ann']
    """
    folded = (text or "")[:LONGEST].lower().translate(_FOLD)
    return list(dict.fromkeys(_WORD.findall(folded)))[:MOST_WORDS]


def beginnings(text: str) -> str:
    """Return the query of PostgreSQL's text search for names with words that begin like these.

    Empty for nothing, and for what would name too many: single letters alone.

    >>> beginnings("Sara A"), beginnings("a"), beginnings("!")
    ("'sara':* & 'a':*", '', '')
    """
    found = words(text)
    if not any(len(word) > 1 for word in found):
        return ""
    return " & ".join(f"'{word}':*" for word in found)
