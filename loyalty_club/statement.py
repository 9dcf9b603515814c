"""Statements that are made so often that planning them each time would cost the most."""

import hashlib
import re

from .connections import KeptCursor

FEW = 20  # rows; for more a plan made for them costs less than it saves
_PLACE = re.compile(r"%\((\w+)\)s|%%")


class Statement:
    """An SQL statement with named values, planned once per kept connection.

    On any other cursor it is executed like any other. Each value's type has to be clear from
    the text: where it does not follow from a column, write ``%(value)s::type``.

    :param code: the text with ``%(name)s`` for values.

    >>> statement = Statement("SELECT %(a)s::int + %(b)s, %(a)s::int %% 2")
    >>> statement.prepare.partition(" AS ")[2]
    'SELECT $1::int + $2, $1::int % 2'
    >>> statement.execute.partition(" ")[2].partition(" ")[2]
    '(%(a)s, %(b)s)'
    """

    def __init__(self, code):
        self.code = code
        # By its text, so that a name means the same whoever prepared it.
        self.name = f"club_{hashlib.sha256(code.encode()).hexdigest()[:16]}"
        places = {}
        text = _PLACE.sub(lambda match: _place(places, match[1]), code)
        self.prepare = f"PREPARE {self.name} AS {text}"
        self.execute = f"EXECUTE {self.name} ({', '.join(f'%({name})s' for name in places)})"

    def run(self, cr, *, log_exceptions=True, **values):
        """Execute it and return all its rows."""
        if isinstance(cr, KeptCursor) and all(
            len(value) <= FEW for value in values.values() if isinstance(value, list)
        ):
            cr.execute_statement(self, values, log_exceptions)
        else:
            cr.execute(self.code, values, log_exceptions)
        return cr.fetchall()


def _place(places, name):
    return f"${places.setdefault(name, len(places) + 1)}" if name else "%"
