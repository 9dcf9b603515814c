"""Translations: `make pot` brings them up to date, `make check` proves the Persian is whole.

This module also runs by itself in the virtual environment, where `polib` is.
"""

import re
import shutil
import sys

from . import addons, system, testing
from .console import say, step
from .paths import REPO

LANGUAGE = "fa"
# %s, %(name)s, %d, {name}, {{ … }}, ${…}: what a translation must carry over.
PLACEHOLDER = re.compile(r"%\([^)]+\)[sdf]|%[sdf]|\{\{.*?\}\}|\$?\{[^{}]*\}")


def pot():
    """Export each addon's template and merge it into its Persian file."""
    name = testing.copy_database("pot")
    installation = testing.installation()
    environment = installation.environment()
    try:
        every = [folder.name for folder in addons.folders()]
        with step(f"exporting the texts of {len(every)} addons"):
            if addons.guests():
                testing.install(name, addons.guests())
            words = installation.command("i18n", "export", "-d", name, "-l", "pot", "--")
            system.run([*words, *every], env=environment, cwd=REPO)
        merge = [installation.python, "-m", "clubtool.translations", "merge"]
        say(system.run(merge, env=environment, cwd=REPO).stdout.rstrip())
    finally:
        testing.drop_database(name)


def merge():
    """Bring every fa.po in line with its template; translations stay, texts that left go."""
    for folder in addons.folders():
        template = folder / "i18n" / f"{folder.name}.pot"
        if template.exists():
            _keep_dates_out(template)
            say(f"  {folder.name}: {_merge(template)}")


def _merge(template):
    import polib

    source = polib.pofile(str(template))
    target = template.parent / f"{LANGUAGE}.po"
    if not target.exists():
        shutil.copy(template, target)
    catalogue = polib.pofile(str(target), wrapwidth=0)
    catalogue.metadata.update({"Language": LANGUAGE, "Plural-Forms": "nplurals=2; plural=(n > 1);"})
    catalogue.merge(source)
    for entry in catalogue.obsolete_entries():
        catalogue.remove(entry)
    catalogue.save(str(target))
    missing = len(catalogue.untranslated_entries()) + len(catalogue.fuzzy_entries())
    return f"{len(source)} texts, {missing} without Persian"


def _keep_dates_out(path):
    """A new date alone would make every export a change."""
    text = path.read_text()
    path.write_text(re.sub(r'^"(POT-Creation|PO-Revision)-Date: .*\n', "", text, flags=re.M))


def problems(folder):
    """What is wrong with an addon's Persian, one line each."""
    template = folder / "i18n" / f"{folder.name}.pot"
    target = folder / "i18n" / f"{LANGUAGE}.po"
    if not template.exists():
        return []
    if not target.exists():
        return [f"{target.relative_to(REPO)} is missing: make pot, then translate it"]
    return [f"{target.relative_to(REPO)}: {problem}" for problem in _compare(template, target)]


def _compare(template, target):
    import polib

    catalogue = {entry.msgid: entry for entry in polib.pofile(str(target)) if not entry.obsolete}
    for source in polib.pofile(str(template)):
        entry = catalogue.get(source.msgid)
        if not entry or not entry.msgstr.strip():
            yield f"not translated: {source.msgid[:80]!r}"
        elif entry.fuzzy:
            yield f"fuzzy: {source.msgid[:80]!r}"
        elif placeholders(entry.msgid) != placeholders(entry.msgstr):
            yield f"other placeholders than in: {source.msgid[:80]!r}"


def placeholders(text):
    """The placeholders of a text, sorted: their order may change, their number not.

    >>> placeholders("%(points)s points for {name}")
    ['%(points)s', '{name}']
    >>> placeholders("100 % of %s")
    ['%s']
    """
    return sorted(PLACEHOLDER.findall(text))


def check():
    """Print every problem of every addon; return the exit code."""
    found = [problem for folder in addons.folders() for problem in problems(folder)]
    for problem in found:
        say(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit({"merge": merge, "check": check}[sys.argv[1]]())
