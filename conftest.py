"""Lets the pure parts of the addons be tested without Odoo.

Importing `loyalty_club.domain.lots` would run `loyalty_club/__init__.py`, which needs Odoo. When
pytest runs without its Odoo plugin, each addon is therefore put in place as a bare package: its
modules can be imported, its `__init__.py` does not run.
"""

import sys
import types
from pathlib import Path


def pytest_configure(config):
    """Put the bare packages in place."""
    if config.pluginmanager.hasplugin("odoo"):
        return
    for manifest in Path(__file__).parent.glob("*/__manifest__.py"):
        package = types.ModuleType(manifest.parent.name)
        package.__path__ = [str(manifest.parent)]
        package.__file__ = str(manifest.parent / "__init__.py")
        sys.modules.setdefault(package.__name__, package)
