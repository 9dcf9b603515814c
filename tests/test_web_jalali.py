"""web_jalali without the club: its tests pass, it leaves nothing, others don't notice it."""

import json
from pathlib import Path

import psycopg2
import pytest
from clubtool import testing

SUPPORT = Path(__file__).parent / "support"
# What a database is made of, and what tells Odoo of it.
PARTS = {
    "tables and columns": "SELECT table_name, column_name FROM information_schema.columns"
    " WHERE table_schema = 'public'",
    "functions": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "constraints": "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "indexes": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model, name FROM ir_model_fields",
    "views": "SELECT type, key, name FROM ir_ui_view",
    "names of records": "SELECT module, name FROM ir_model_data",
    "assets": "SELECT bundle, path FROM ir_asset",
    "settings": "SELECT key FROM ir_config_parameter",
}


@pytest.fixture(scope="module")
def world():
    """A small database before, with and after web_jalali: its name and its parts."""
    name = testing.small_database("jalali", ["web", "contacts", "base_import"])
    before = _parts(name)
    testing.install(name, ["web_jalali"])
    yield name, before
    testing.drop_database(name)


def test_its_own_tests_pass_without_the_club(world):
    name, _before = world

    result = testing.run_odoo_tests(name, "/web_jalali")

    assert result.returncode == 0, result.summary
    assert result.tests >= 60, f"only {result.tests} tests ran"


def test_a_new_database_counts_whole_rials(world):
    name, _before = world

    rows = _rows(name, "SELECT rounding, symbol FROM res_currency WHERE name = 'IRR'")

    assert [(float(rounding), symbol) for rounding, symbol in rows] == [(1.0, "ریال")]


def test_uninstalling_leaves_nothing(world):
    name, before = world
    assert _parts(name) != before

    testing.databases().inside(name, SUPPORT / "uninstall_web_jalali.py")

    after = _parts(name)
    for part, rows in before.items():
        assert not after[part] - rows, f"left behind: {part}"
        assert not rows - after[part], f"taken along: {part}"


def test_a_database_without_it_shows_what_odoo_shows(world):
    name, _before = world

    output = testing.databases().inside(name, SUPPORT / "show_dates.py")

    line = next(line for line in output.splitlines() if line.startswith("shown:"))
    shown = json.loads(line.removeprefix("shown:"))
    assert shown == ["2026/11/22", "2026/11/22 10:00:00", "2026/11/22 10:00:00"]


def _parts(name):
    return {part: set(_rows(name, query)) for part, query in PARTS.items()}


def _rows(name, query):
    with psycopg2.connect(**testing.connect_kwargs(name)) as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        return cursor.fetchall()
