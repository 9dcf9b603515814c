"""Connections that are handed out as they came back: nothing may come back with them."""

import os
import time
from contextlib import closing
from unittest.mock import patch

from psycopg2 import OperationalError
from psycopg2.pool import PoolError

from odoo.api import SUPERUSER_ID, Environment
from odoo.exceptions import ConcurrencyError
from odoo.modules import module
from odoo.modules.registry import Registry
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, tagged

from .. import connections
from ..connections import LIMIT, KeptCursor, KeptPool
from ..statement import FEW, Statement
from ..transaction import in_short_transaction, is_short

TABLE = "loyalty_club_test_connections"


class ConnectionsCommon(BaseCase):
    """A pool of its own, and a table that is there for everybody."""

    def setUp(self):
        super().setUp()
        self.database = get_db_name()
        self.pool = KeptPool()
        self.addCleanup(self._close_all)
        self.elsewhere(f"DROP TABLE IF EXISTS {TABLE}")
        self.elsewhere(f"CREATE TABLE {TABLE} (number int NOT NULL)")
        self.elsewhere(f"INSERT INTO {TABLE} VALUES (1)")
        self.addCleanup(self.elsewhere, f"DROP TABLE {TABLE}")

    def _close_all(self):
        for connection in self.pool._connections:
            connection.close()

    def cursor(self):
        return KeptCursor(self.pool, self.database)

    def elsewhere(self, query, *values):
        """Execute a statement in a transaction of Odoo's, and commit it."""
        with db_connect(self.database).cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.description else None

    def kill(self, server):
        """End a server process, and wait until it is gone."""
        self.elsewhere("SELECT pg_terminate_backend(%s)", server)
        for _time in range(500):
            if not self.elsewhere("SELECT 1 FROM pg_stat_activity WHERE pid = %s", server):
                return
            time.sleep(0.01)
        self.fail("the server process goes on")

    def one(self, cursor, query):
        """The one value that a query returns."""
        cursor.execute(query)
        return cursor.fetchone()[0]

    def server(self):
        """The server process of the connection that is handed out next."""
        with self.cursor() as cursor:
            return self.one(cursor, "SELECT pg_backend_pid()")


@tagged("post_install", "-at_install")
class TestConnections(ConnectionsCommon):
    """One connection after the other, and several at once."""

    def test_a_transaction_sees_what_others_commit_meanwhile(self):
        with self.cursor() as cursor:
            before = self.one(cursor, f"SELECT number FROM {TABLE}")
            self.elsewhere(f"UPDATE {TABLE} SET number = 2")
            after = self.one(cursor, f"SELECT number FROM {TABLE}")
            level = self.one(cursor, "SHOW transaction_isolation")

        self.assertEqual((before, after, level), (1, 2, "read committed"))

    def test_a_connection_is_used_again(self):
        self.assertEqual(self.server(), self.server())

    def test_there_are_no_more_than_the_limit(self):
        cursors = [self.cursor() for _number in range(LIMIT)]

        with self.assertRaises(PoolError):
            self.cursor()

        for cursor in cursors:
            cursor.close()
        self.server()
        self.assertEqual(len(self.pool._connections), LIMIT)

    def test_connecting_holds_nobody_up_and_keeps_its_place(self):
        seen = []

        def connect(*_arguments, **_options):
            seen.append((self.pool._lock.locked(), self.pool._opening))
            raise OperationalError("FATAL:  sorry, too many clients already")

        with patch.object(connections.psycopg2, "connect", connect):
            for _time in range(LIMIT + 1):
                with self.assertRaisesRegex(PoolError, "too many clients"):
                    self.cursor()

        self.assertEqual(seen, [(False, 1)] * (LIMIT + 1), "its place is given up each time")
        self.server()

    def test_a_free_one_makes_room_for_another_database(self):
        cursors = [self.cursor() for _number in range(LIMIT)]
        for cursor in cursors:
            cursor.close()
        self.pool._connections[1].database = "another"

        with closing(KeptCursor(self.pool, "postgres")):
            self.assertEqual(len(self.pool._connections), LIMIT)

        self.assertEqual(len(self.pool._connections), LIMIT - 1, "postgres is not kept")

    def test_a_connection_killed_while_it_was_free_is_replaced(self):
        killed = self.server()
        self.kill(killed)

        self.assertNotEqual(self.server(), killed)
        self.assertEqual(len(self.pool._connections), 1)

    def test_a_connection_killed_in_use_is_replaced(self):
        with self.assertRaises(OperationalError), self.cursor() as cursor:
            killed = self.one(cursor, "SELECT pg_backend_pid()")
            self.kill(killed)
            cursor.execute("SELECT 1", log_exceptions=False)

        self.assertNotEqual(self.server(), killed)
        self.assertEqual(len(self.pool._connections), 1)

    def test_a_connection_grows_old(self):
        old = self.server()

        with patch.object(connections, "LIFETIME", -1):
            self.pool._connections[0]._until = 0
            self.assertNotEqual(self.server(), old)
        self.assertFalse(self.pool._connections, "one that is too old is not kept")

    def test_a_cursor_that_was_lost_gives_its_connection_up(self):
        cursor = self.cursor()
        with self.assertLogs("odoo.sql_db", "WARNING"):
            del cursor

        self.server()
        self.assertEqual(len(self.pool._connections), 1)

    def test_a_child_process_has_connections_of_its_own(self):
        with patch.object(connections, "_pool", self.pool):
            ours = self.server()
            reading, writing = os.pipe()
            child = os.fork()
            if not child:
                with connections.kept_cursor(self.database) as cursor:
                    theirs = self.one(cursor, "SELECT pg_backend_pid()")
                    os.write(writing, str(theirs).encode())
                os._exit(0)
            os.waitpid(child, 0)
            theirs = int(os.read(reading, 20))

        self.assertNotEqual(theirs, ours)
        self.assertEqual(self.server(), ours, "the child left it alone")


@tagged("post_install", "-at_install")
class TestNothingStays(ConnectionsCommon):
    """What one transaction did to its session the next one does not meet."""

    def test_what_was_not_committed(self):
        with self.assertRaises(ZeroDivisionError), self.cursor() as cursor:
            cursor.execute(f"UPDATE {TABLE} SET number = 3")
            raise ZeroDivisionError

        with self.cursor() as cursor:
            self.assertEqual(self.one(cursor, f"SELECT number FROM {TABLE}"), 1)

    def test_a_transaction_that_failed(self):
        before = self.server()
        with self.assertRaises(ZeroDivisionError), self.cursor() as cursor:
            try:
                cursor.execute("SELECT 1 / 0", log_exceptions=False)
            except Exception as error:
                raise ZeroDivisionError from error

        self.assertEqual(self.server(), before)

    def test_settings_of_the_session(self):
        for statement in (
            "SET work_mem = '1234kB'",
            "SELECT set_config('work_mem', '1234kB', false)",
            "SELECT 1; SET work_mem = '1234kB'",
            "/* well */ SET work_mem = '1234kB'",
        ):
            with self.subTest(statement):
                with self.cursor() as cursor:
                    cursor.execute(statement)
                with self.cursor() as cursor:
                    self.assertNotEqual(self.one(cursor, "SHOW work_mem"), "1234kB")

    def test_settings_of_the_transaction_cost_nothing(self):
        before = self.server()
        with self.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '1234kB'")

        with self.cursor() as cursor:
            self.assertNotEqual(self.one(cursor, "SHOW work_mem"), "1234kB")
        self.assertEqual(self.server(), before)

    def test_a_lock_of_the_session(self):
        with self.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(1987)")

        # The server takes a moment to notice that the connection is gone.
        with db_connect(self.database).cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '20s'")
            cursor.execute("SELECT pg_advisory_xact_lock(1987)")  # raises when it stays

    def test_a_temporary_table(self):
        with self.cursor() as cursor:
            cursor.execute(f"CREATE TEMPORARY TABLE {TABLE} AS SELECT 5 AS number")

        with self.cursor() as cursor:
            self.assertEqual(self.one(cursor, f"SELECT number FROM {TABLE}"), 1)

    def test_a_connection_that_commits_by_itself(self):
        with self.cursor() as cursor:
            before = cursor.connection.get_backend_pid()
            cursor.connection.autocommit = True

        self.assertNotEqual(self.server(), before)


@tagged("post_install", "-at_install")
class TestStatement(ConnectionsCommon):
    """Statements are planned once per connection, and stand what becomes of the tables."""

    def setUp(self):
        super().setUp()
        self.statement = Statement(f"SELECT number FROM {TABLE} WHERE number < %(below)s")

    def run_once(self, **values):
        with self.cursor() as cursor:
            return self.statement.run(cursor, **({"below": 5} | values))

    def prepared(self):
        """Statements that the next connection has prepared, and how often each was planned
        for whatever values and for certain ones."""
        with self.cursor() as cursor:
            cursor.execute("SELECT name, generic_plans, custom_plans FROM pg_prepared_statements")
            return cursor.fetchall()

    def test_it_is_planned_once(self):
        answers = [self.run_once() for _time in range(7)]

        self.assertEqual(answers, [[(1,)]] * 7)
        self.assertEqual(self.prepared(), [(self.statement.name, 7, 0)])

    def test_other_cursors_execute_it_as_it_is(self):
        with db_connect(self.database).cursor() as cursor:
            self.assertEqual(self.statement.run(cursor, below=5), [(1,)])
            self.assertEqual(self.statement.run(cursor, below=1), [])

    def test_many_rows_get_a_plan_of_their_own(self):
        self.statement = Statement(f"SELECT 1 FROM {TABLE} WHERE number = ANY(%(numbers)s)")
        for count, prepared in ((FEW + 1, 0), (FEW, 1)):
            with self.cursor() as cursor:
                rows = self.statement.run(cursor, numbers=list(range(count)))

            self.assertEqual(rows, [(1,)])
            self.assertEqual(len(self.prepared()), prepared)

    def test_a_failure_does_not_unprepare_it(self):
        self.statement = Statement("SELECT 6 / %(number)s::int")
        for number in (2, 0, 3):
            with self.cursor() as cursor:
                try:
                    rows = self.statement.run(cursor, log_exceptions=False, number=number)
                except Exception:
                    cursor.rollback()
        self.assertEqual(rows, [(2,)])
        self.assertEqual(len(self.prepared()), 1)

    def test_a_new_column_does_not_matter(self):
        self.run_once()
        before = self.server()
        self.elsewhere(f"ALTER TABLE {TABLE} ADD COLUMN text varchar DEFAULT 'x'")

        self.assertEqual(self.run_once(), [(1,)])
        self.assertEqual(self.server(), before)

    def test_an_altered_column_is_met_by_a_new_connection(self):
        self.run_once()
        self.elsewhere(f"ALTER TABLE {TABLE} ALTER number TYPE numeric")

        with self.assertLogs("odoo.sql_db", "ERROR"), self.assertRaises(ConcurrencyError):
            self.run_once()
        self.assertEqual(self.run_once(), [(1,)])

    def test_where_plans_go_astray_it_is_executed_as_it_is(self):
        self.run_once()
        (connection,) = self.pool._connections
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
        connection.commit()

        with self.assertLogs("odoo", "WARNING"), self.assertRaises(ConcurrencyError):
            self.run_once()
        self.assertEqual(self.run_once(), [(1,)])
        self.assertEqual(self.prepared(), [])


@tagged("post_install", "-at_install")
class TestShortTransaction(ConnectionsCommon):
    """Short transactions as they are outside tests: committed, on connections of their own."""

    def setUp(self):
        super().setUp()
        outside = self.enterContext(db_connect(self.database).cursor())
        self.env = Environment(outside, SUPERUSER_ID, {})
        self.enterContext(patch.object(connections, "_pool", self.pool))
        self.startPatcher(patch.object(module, "current_test", None))

    def level(self):
        return in_short_transaction(
            self.env,
            lambda env: (self.one(env.cr, "SHOW transaction_isolation"), is_short()),
        )

    def count_up(self, env):
        env.cr.execute(f"UPDATE {TABLE} SET number = number + 1")

    def number(self):
        return self.elsewhere(f"SELECT number FROM {TABLE}")[0][0]

    def test_it_is_committed(self):
        in_short_transaction(self.env, self.count_up)

        self.assertEqual(self.number(), 2)
        self.assertFalse(is_short())

    def test_it_is_at_read_committed_on_whatever_connection(self):
        self.assertEqual(self.level(), ("read committed", True))
        with patch.object(connections, "LIMIT", 0):
            self.pool._drop(self.pool._connections[0])
            self.assertEqual(self.level(), ("read committed", True))
        self.assertEqual(len(self.pool._connections), 0)

    def test_where_the_server_gives_no_more_odoo_s_pool_serves(self):
        class Refusing(connections.KeptConnection):
            def __init__(self, *_arguments, **_options):
                raise OperationalError("FATAL:  sorry, too many clients already")

        with patch.object(connections, "KeptConnection", Refusing):
            in_short_transaction(self.env, self.count_up)

        self.assertEqual(self.number(), 2)
        self.assertEqual(len(self.pool._connections), 0)

    def test_odoo_s_own_transactions_are_as_ever(self):
        self.level()

        with Registry(self.database).cursor() as cursor:
            self.assertEqual(self.one(cursor, "SHOW transaction_isolation"), "repeatable read")

    def test_it_is_done_once_although_a_plan_was_lost(self):
        statement = Statement(f"SELECT number FROM {TABLE} WHERE number > %(above)s")

        def work(env):
            self.count_up(env)
            return statement.run(env.cr, above=0)

        in_short_transaction(self.env, work)
        self.elsewhere(f"ALTER TABLE {TABLE} ALTER number TYPE numeric")
        with self.assertLogs("odoo.sql_db", "ERROR"):
            rows = in_short_transaction(self.env, work)

        self.assertEqual(rows, [(3,)])
        self.assertEqual(self.number(), 3)

    def test_it_works_after_its_connection_was_killed(self):
        in_short_transaction(self.env, self.count_up)
        killed = self.pool._connections[0].get_backend_pid()
        self.kill(killed)

        in_short_transaction(self.env, self.count_up)

        self.assertEqual(self.number(), 3)
