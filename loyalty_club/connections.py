"""Connections of our own for short transactions, on which statements stay planned.

Odoo's pool takes everything from a connection before it hands it out again (``DISCARD ALL``),
the plans of statements too; to plan them anew is most of what a charge would cost. Ours are
handed out as they came back. So that nothing of one use is left for the next:

- a transaction has always ended when its connection comes back;
- a connection on which anything was executed that may outlive a transaction (``SET``,
  ``LISTEN``, a temporary table, a lock of the session) is closed then;
- none is used for longer than ten minutes.

A process holds few of them. Whoever finds none free, or gets no more of the server, uses Odoo's
pool, which does the same with more work.
"""

import logging
import os
import re
import select
import threading
import time

import psycopg2
from psycopg2.errors import (
    DuplicatePreparedStatement,
    FeatureNotSupported,
    InvalidSqlStatementName,
)
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED
from psycopg2.pool import PoolError

from odoo.exceptions import ConcurrencyError
from odoo.sql_db import Cursor, PsycoConnection, connection_info_for
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
LIMIT = 4  # of one process; the worker of a prefork server needs one
LIFETIME = 600  # seconds
# What a plan meets when a column's type was altered since.
_PLAN_STALE = FeatureNotSupported
# What it meets on a line through pgbouncer, at whose other end is now another connection.
_PLAN_ASTRAY = (InvalidSqlStatementName, DuplicatePreparedStatement)
_PASSES = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|SHOW|SAVEPOINT|RELEASE|ROLLBACK\s+TO"
    r"|SET\s+(LOCAL|TRANSACTION|CONSTRAINTS))\b",
    re.IGNORECASE,
)
_STAYS = re.compile(r";|\bset_config\b|\bpg_(try_)?advisory_lock", re.IGNORECASE)


class KeptConnection(PsycoConnection):
    """A connection that knows what is prepared on it, and whether it may be used again."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.lent = True
        self.spoilt = False
        self.prepared = set()  # names of statements
        self._until = time.monotonic() + LIFETIME
        self._ear = select.poll()
        self._ear.register(self.fileno(), select.POLLIN)
        with self.cursor() as cursor:
            # One plan for whatever values: to see whether others are better is to plan again.
            cursor.execute("SET plan_cache_mode = force_generic_plan")
        self.commit()

    @property
    def is_sound(self):
        """Whether it may be used again. A server says nothing unasked but farewell."""
        return not (
            self.closed
            or self.spoilt
            or self.autocommit
            or time.monotonic() > self._until
            or self._ear.poll(0)
        )


class KeptPool:
    """Connections that are kept by this process: what a cursor of Odoo asks of its pool."""

    readonly = False

    def __init__(self):
        self.process = os.getpid()
        self.prepares = True  # until plans go astray
        self._lock = threading.Lock()
        self._connections = []  # lent and free ones
        self._opening = 0  # places kept for those that are being made

    def borrow(self, database):
        """A connection to ``database`` that is fit for use.

        :raises PoolError: when as many as may be are in use, or the server gives no more.
        """
        return self._take_free(database) or self._open(database)

    def _take_free(self, database):
        """A free connection to ``database``; or None, and a place is kept for a new one."""
        with self._lock:
            self._sort_out()
            free = [connection for connection in self._connections if not connection.lent]
            for connection in free:
                if connection.database == database:
                    connection.lent = True
                    return connection
            if len(self._connections) + self._opening >= LIMIT:
                if not free:
                    raise PoolError("all kept connections are in use")
                self._drop(free[0])
            self._opening += 1
            return None

    def _open(self, database):
        """Connect in the place that is kept; others need not wait for the server's answer."""
        connection = None
        try:
            _name, target = connection_info_for(database)
            connection = psycopg2.connect(connection_factory=KeptConnection, **target)
            connection.database = database
            return connection
        except psycopg2.OperationalError as error:
            raise PoolError(str(error)) from error
        finally:
            with self._lock:
                self._opening -= 1
                if connection:
                    self._connections.append(connection)

    def give_back(self, connection, keep_in_pool=True):
        """Take back a connection whose transaction has ended."""
        with self._lock:
            connection.lent = False
            if not keep_in_pool or not connection.is_sound:
                self._drop(connection)

    def _sort_out(self):
        for connection in self._connections[:]:
            if connection.closed or getattr(connection, "leaked", False):
                self._drop(connection)  # it broke in use, or its cursor was lost
            elif not connection.lent and not connection.is_sound:
                self._drop(connection)

    def _drop(self, connection):
        if connection in self._connections:
            self._connections.remove(connection)
        if not connection.closed:
            connection.close()


class KeptCursor(Cursor):
    """A cursor of Odoo's at READ COMMITTED, on a kept connection."""

    def __init__(self, pool, database):
        self._kept = pool
        super().__init__(pool, database, database)
        self._cnx.set_isolation_level(ISOLATION_LEVEL_READ_COMMITTED)

    def execute(self, query, params=None, log_exceptions=True):
        """As Odoo's; what may outlive the transaction costs the connection."""
        text = query.code if isinstance(query, SQL) else str(query)
        if not _PASSES.match(text) or _STAYS.search(text):
            self._cnx.spoilt = True
        return super().execute(query, params, log_exceptions)

    def execute_statement(self, statement, values, log_exceptions=True):
        """Execute a :class:`~.statement.Statement`, planned when it first came this way.

        :raises ConcurrencyError: when its plan is of no use any more; the transaction may be
            tried again on a new connection.
        """
        if not self._kept.prepares:
            Cursor.execute(self, statement.code, values, log_exceptions)
            return
        try:
            if statement.name not in self._cnx.prepared:
                Cursor.execute(self, statement.prepare, log_exceptions=log_exceptions)
                self._cnx.prepared.add(statement.name)
            Cursor.execute(self, statement.execute, values, log_exceptions)
        except (_PLAN_STALE, *_PLAN_ASTRAY) as error:
            self._cnx.spoilt = True
            if isinstance(error, _PLAN_ASTRAY):
                self._kept.prepares = False
                _logger.warning("Prepared statements get lost; charges do without, and are slower.")
            raise ConcurrencyError(str(error)) from error


_pool = None


def kept_cursor(database):
    """A cursor at READ COMMITTED on a kept connection.

    :param database: its name.
    :raises PoolError: when all of them are in use, the server gives no more, or there can be none.
    """
    if not hasattr(select, "poll"):
        raise PoolError("this system cannot tell whether a connection still stands")
    global _pool  # noqa: PLW0603 (one for the process)
    if _pool is None or _pool.process != os.getpid():
        _pool = KeptPool()  # a parent process's connections are not ours, not even to close
    return KeptCursor(_pool, database)
