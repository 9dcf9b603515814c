"""Glue for apps that the common test database does not have, in a database of its own."""

import pytest
from clubtool import addons, testing


@pytest.fixture(scope="module")
def database():
    name = testing.copy_database("glue")
    testing.install(name, addons.guests())
    yield name
    testing.drop_database(name)


@pytest.mark.parametrize("addon", addons.guests())
def test_glue_addon(database, addon):
    result = testing.run_odoo_tests(database, f"/{addon}")

    assert result.returncode == 0, result.summary
    assert result.tests, f"{addon} has no tests"
