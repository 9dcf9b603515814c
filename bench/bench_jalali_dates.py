"""Ten thousand rows of a list with a date, a moment and a date in the user's format, in JavaScript.

Reference: what Odoo's functions take for the same without web_jalali. In Persian the goal is 1.5;
in English the addon should cost nothing that can be measured.
"""

import json
import subprocess
from pathlib import Path

from clubtool import testing
from clubtool.bench import Result
from clubtool.console import say
from clubtool.paths import REPO

ROWS = 10_000
ROUNDS = 4
SCRIPT = Path(__file__).parent / "jalali_dates.mjs"
OURS = REPO / "web_jalali/static/src"


def run(_context):
    """Best times with and without the addon, turn by turn, each in a process of its own."""
    times = {True: [], False: []}
    for _round in range(ROUNDS):
        for with_ours, measured in times.items():
            measured.append(_seconds(OURS if with_ours else "-"))
    results = []
    for name, locale in (("persian", "fa-IR"), ("english", "en-US")):
        ours, reference = (
            # The other rounds waited for somebody else.
            min(seconds[locale] for seconds in times[with_ours])
            for with_ours in (True, False)
        )
        say(f"  jalali_dates: {name} {ours * 1000:.0f} ms, without {reference * 1000:.0f} ms")
        results.append(Result(f"jalali_dates_{name}", ours, reference, "s", ROWS))
    return results


def _seconds(ours):
    command = ["node", SCRIPT, _web() / "static/src", ours]
    environment = testing.installation().environment()
    shown = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(shown.stdout)


def _web():
    """The folder of Odoo's web addon."""
    found = (Path(folder) / "web" for folder in testing.addons_path())
    return next(folder for folder in found if folder.is_dir())
