"""Odoo's command line, with tests marked `at_install` run after loading.

Odoo runs them while it loads module after module. In a complete database that fails for
reasons that have nothing to do with the tests: a module that comes later has made a column
required and isn't there yet to fill it.
"""

import sys

from odoo.cli import main
from odoo.tests import loader
from odoo.tests.suite import OdooSuite

_make_suite = loader.make_suite


def make_suite(module_names, position="at_install"):
    """Nothing at install; after it, both kinds."""
    if position == "at_install":
        return OdooSuite([])
    both = [*_make_suite(module_names, "at_install"), *_make_suite(module_names, "post_install")]
    return OdooSuite(sorted(both, key=lambda test: getattr(test, "test_sequence", 0)))


if __name__ == "__main__":
    loader.make_suite = make_suite
    sys.exit(main())
