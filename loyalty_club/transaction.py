"""Short transactions of their own, for what a person waits for at a counter.

A charge at READ COMMITTED waits for the row it needs and then goes on with what it finds
there. At Odoo's REPEATABLE READ it would be refused by the database and tried again after a
random sleep of up to seconds.
"""

import logging
import random
import time
from contextlib import contextmanager
from contextvars import ContextVar

from psycopg2.errors import DeadlockDetected, LockNotAvailable, SerializationFailure
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED
from psycopg2.pool import PoolError

from odoo.exceptions import ConcurrencyError
from odoo.modules import module

from .connections import kept_cursor

_logger = logging.getLogger(__name__)
_TRY_AGAIN = (SerializationFailure, DeadlockDetected, LockNotAvailable, ConcurrencyError)
_ATTEMPTS = 6
_short: ContextVar[bool] = ContextVar("loyalty_club_short_transaction", default=False)


def is_short():
    """Whether we are inside a short transaction, where no snapshot can be overtaken."""
    return _short.get()


def in_short_transaction(env, work):
    """Run ``work`` in a transaction of its own at READ COMMITTED, and commit it.

    What the caller's transaction has written and not committed is not seen. Tried again
    when two such transactions got into each other's way. While tests run, everything
    happens in the one transaction they have, inside a savepoint.

    :param env: environment whose user and context ``work`` gets.
    :param work: called with an environment on the new cursor; returns plain data, because
        records of it are of no use once its cursor is closed.
    :raises ConcurrencyError: when it did not get through; the request may try it again.
    """
    if module.current_test:
        with env.cr.savepoint(), _marked():
            return work(env)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with _marked(), _own_cursor(env) as cursor:
                return work(env(cr=cursor))
        except _TRY_AGAIN as error:
            if attempt == _ATTEMPTS:
                raise ConcurrencyError(str(error)) from error
            _logger.debug("Short transaction, attempt %s: %s", attempt, error)
            time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 (no secret)
    raise AssertionError("unreachable")


@contextmanager
def _marked():
    token = _short.set(True)
    try:
        yield
    finally:
        _short.reset(token)


def _own_cursor(env):
    try:
        return kept_cursor(env.cr.dbname)
    except PoolError:
        cursor = env.registry.cursor()
        cursor.connection.set_isolation_level(ISOLATION_LEVEL_READ_COMMITTED)
        return cursor
