"""Odoo's own tests with our addons installed: what worked without us works with us.

Where a stock test rightly changes, docs/stock-differences.md says why.
"""

import pytest
from clubtool import testing

# Six of pos_loyalty's browser tours: gift card, prepaid credit, history, return, scanned card,
# free product. The whole suite takes 25 minutes.
TOURS = [
    "test_gift_card_program",
    "test_ewallet_program",
    "test_ewallet_loyalty_history",
    "test_refund_does_not_decrease_points",
    "test_scan_loyalty_card_select_customer",
    "test_loyalty_free_product_loyalty_program",
]
# Unit tests in the browser: stock's on the code that we patch, and our own.
UNITS = ["@pos_loyalty", "@loyalty_club", "@web_jalali"]
# Fewer means that the runner did not find what it was told to run.
SUITES = {
    "loyalty": ("/loyalty", 15),
    "sale_loyalty": ("/sale_loyalty", 100),
    "till_tours": (",".join(f"/pos_loyalty:TestUi.{name}" for name in TOURS), len(TOURS)),
    "till_units": (f"/web:WebSuite.test_unit_desktop[{','.join(UNITS)}]", 1),
}


@pytest.fixture(scope="module")
def database():
    name = testing.copy_database("suites")
    yield name
    testing.drop_database(name)


@pytest.mark.parametrize("suite", SUITES)
def test_odoo_suite(database, suite):
    tags, least = SUITES[suite]

    result = testing.run_odoo_tests(database, tags, timeout=900)

    assert result.returncode == 0, result.summary
    assert result.tests >= least, f"only {result.tests} tests of {tags} ran"
