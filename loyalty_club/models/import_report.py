"""What an import did with each row, or would do: for people to read, on screen and as a file."""

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

COUNTS = (
    "rows",
    "new_members",
    "known_members",
    "new_purchases",
    "already_there",
    "openings",
    "errors",
)


class ReportLine(NamedTuple):
    """A row of the file: its number, what becomes of it, and why or whose it is."""

    row: int
    status: str
    message: str


@dataclass(slots=True)
class ImportReport:
    """The report of one run.

    :ivar written: whether anything was written: not in a dry run, nor when a fault stopped it.
    :ivar counts: numbers by the names in ``COUNTS``.
    """

    lines: list[ReportLine] = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)
    written: bool = False

    def to_csv(self, env):
        """The report as the bytes of a CSV file that spreadsheets open in any language.

        :param env: gives the language of the headings.
        """
        labels = status_labels(env)
        output = io.StringIO()
        writer = csv.writer(output)
        writer.writerow([env._("Row"), env._("Status"), env._("Message")])
        for line in self.lines:
            writer.writerow([line.row, labels[line.status], _harmless(line.message)])
        return output.getvalue().encode("utf-8-sig")


def status_labels(env):
    """Texts of the statuses in the language of ``env``."""
    return {
        "new_member": env._("New member"),
        "known_member": env._("Known member"),
        "new_purchase": env._("New purchase"),
        "already_there": env._("Already there"),
        "error": env._("Error"),
    }


def _harmless(text):
    """Keep spreadsheets from taking what somebody typed for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text
