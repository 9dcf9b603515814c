"""The addons of this repository, found by their manifests."""

import ast

from .paths import REPO, digest

# What changes nothing in a database that has the addon installed.
_NO_EFFECT = ("tests", "static/tests", "static/description", "readme", "__pycache__")
# Glue for these apps is tested in a database of its own: they would slow down all others.
_HOSTS_ELSEWHERE = {"website", "website_sale", "survey", "event"}
_NO_EFFECT_SUFFIXES = {".pyc", ".md", ".rst", ".swp"}


def folders():
    """The folders in the repository that are addons, by name."""
    found = sorted(path.parent for path in REPO.glob("*/__manifest__.py"))
    return [folder for folder in found if _manifest(folder).get("installable", True)]


def names():
    """The addons that every database here has, by technical name."""
    return [folder.name for folder in folders() if not _hosts(folder) & _HOSTS_ELSEWHERE]


def guests():
    """The addons whose hosts the databases here do not have, by technical name."""
    return [folder.name for folder in folders() if _hosts(folder) & _HOSTS_ELSEWHERE]


def _hosts(folder):
    return set(_manifest(folder).get("depends", ()))


def _manifest(folder):
    try:
        return ast.literal_eval((folder / "__manifest__.py").read_text())
    except (SyntaxError, ValueError):
        # Half-written: Odoo will say what is wrong, better than we could.
        return {}


def dependencies():
    """The modules of Odoo's that the addons of every database build on."""
    ours = set(names())
    return {name for folder in folders() if folder.name in ours for name in _hosts(folder)} - ours


def content_hash():
    """A hash of everything in the addons that a database depends on."""
    parts = []
    for folder in folders():
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            inside = file.relative_to(folder)
            if _has_effect(inside):
                parts += [f"{folder.name}/{inside}", file.read_bytes()]
    return digest(*parts)


def _has_effect(path):
    """Whether a change of this file asks for a new database.

    >>> from pathlib import Path
    >>> _has_effect(Path("models/tier.py")), _has_effect(Path("tests/test_tier.py"))
    (True, False)
    >>> _has_effect(Path("models/__pycache__/tier.cpython-311.pyc"))
    False
    """
    text = path.as_posix()
    if path.suffix in _NO_EFFECT_SUFFIXES or "__pycache__" in path.parts:
        return False
    return not any(text.startswith(f"{folder}/") for folder in _NO_EFFECT)
