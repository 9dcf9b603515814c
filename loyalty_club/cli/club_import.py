"""`odoo club_import`: customers, purchases and opening points from a file, without a browser.

Odoo loads this file by itself, as a module of `odoo.cli`: it imports the addon by its full name,
and only after a database is chosen.
"""

import argparse
import sys
from pathlib import Path

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.cli.command import Command
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tools import config

SHOWN_ERRORS = 50
GOOD, BAD_ROWS, NOTHING_DONE = 0, 1, 2
DELIMITERS = {"tab": "\t", "comma": ",", "semicolon": ";", "bar": "|"}


class Unusable(Exception):
    """Arguments that do not fit the database or the file."""


class ClubImport(Command):
    """Import customers, their past purchases and opening points into a customer club."""

    name = "club_import"
    epilog = """
        Meanings for --map: external_ref, number, name, family_name, mobile, email,
        national_code, join_date, branch, purchase_date, purchase_amount, purchase_quantity,
        purchase_ref, opening_points; or nothing after the =, to leave a column out.

        Exit code: 0 when every row is good, 1 when bad rows were left out (or, with
        --stop-on-error, kept all others out), 2 when nothing could be done at all.

        Examples:
            odoo club_import -d shop --file customers.xlsx --dry-run
            odoo club_import -d shop --club "Golestan Club" --file sales.csv \\
                --map "Kunde=external_ref" --map "Farbe=" --report report.csv
    """

    def __init__(self):
        super().__init__()
        add = self.parser.add_argument
        add("-c", "--config", help="configuration file of Odoo")
        add("-d", "--database", required=True, help="name of the database")
        add("--club", help="name of the club; may be left out when there is only one")
        add("--file", required=True, type=Path, help="CSV or xlsx")
        add("--dry-run", action="store_true", help="report only, write nothing")
        add("--stop-on-error", action="store_true", help="write nothing when any row is bad")
        add("--identical", action="store_true", help="alike purchases without reference count each")
        add("--map", action="append", default=[], type=_pair, metavar="COLUMN=MEANING",
            help="what a column holds, where its name does not tell")  # fmt: skip
        add("--encoding", choices=["utf-8", "cp1256", "utf-16"], help="found out when not given")
        add("--delimiter", choices=list(DELIMITERS), help="found out when not given")
        add("--header-row", type=int, help="found out when not given")
        add("--country", help="of telephone numbers without country code (IR)")
        add("--language", default="en_US", help="of the report (fa_IR for Persian)")
        add("--report", type=Path, help="write the report on every row to this CSV file")

    def run(self, cmdargs):
        """Import, print counts and bad rows, and end with the exit code."""
        arguments = self.parser.parse_args(args=cmdargs)
        words = ["--no-http", "--log-level=warn", "-d", arguments.database]
        if arguments.config:
            words += ["-c", arguments.config]
        config.parse_config(words, setup_logging=True)
        sys.exit(self._import(arguments))

    def _import(self, arguments):
        try:
            data = arguments.file.read_bytes()
            with Registry(arguments.database).cursor() as cursor:
                env = Environment(cursor, SUPERUSER_ID, {"lang": arguments.language})
                report = retrying(lambda: run_import(env, data, arguments), env)
                if arguments.report:
                    arguments.report.write_bytes(report.to_csv(env))
                _show(report, arguments.dry_run)
        except (OSError, UserError, Unusable) as error:
            sys.stderr.write(f"{error}\n")
            return NOTHING_DONE
        return BAD_ROWS if report.counts["errors"] else GOOD


def run_import(env, data, arguments):
    """Read and import one file.

    :param data: bytes of the file.
    :param arguments: the command's, parsed.
    :returns: the import's report.
    """
    from odoo.addons.loyalty_club.domain import customer_columns
    from odoo.addons.loyalty_club.models.import_run import ImportOptions

    club = _club(env, arguments.club)
    importer = env["loyalty.club.import"].with_company(club.company_id)
    table = importer._read_table(
        data, arguments.encoding, DELIMITERS.get(arguments.delimiter), arguments.header_row
    )
    meanings = customer_columns.guess(table.columns)
    for column, meaning in arguments.map:
        if column not in table.columns:
            raise Unusable(f"There is no column {column!r}: {', '.join(table.columns)}")
        if meaning and meaning not in customer_columns.COLUMNS:
            raise Unusable(f"No column can hold {meaning!r}; see --help")
        meanings = [None if found == meaning else found for found in meanings]
        meanings[table.columns.index(column)] = meaning or None
    options = ImportOptions(
        dry_run=arguments.dry_run,
        stop_on_error=arguments.stop_on_error,
        identical=arguments.identical,
        region=(arguments.country or club.company_id.country_id.code or "IR").upper(),
    )
    return importer._run(club, table, meanings, options)


def _club(env, name):
    clubs = env["loyalty.club"].search([("name", "=", name)] if name else [])
    if len(clubs) != 1:
        names = ", ".join(env["loyalty.club"].search([]).mapped("name")) or "none"
        raise Unusable(f"Say by --club which club is meant; the database has: {names}")
    return clubs


def _pair(text):
    column, equals, meaning = text.rpartition("=")
    if not equals or not column:
        raise argparse.ArgumentTypeError(f"not COLUMN=MEANING: {text!r}")
    return column, meaning


def _show(report, dry_run):
    """Print the counts, and the first bad rows."""
    done = "written" if report.written else "dry run" if dry_run else "nothing written"
    sys.stdout.write(f"{done}\n")
    for name, count in report.counts.items():
        sys.stdout.write(f"  {name.replace('_', ' '):<15} {count:>9,}\n")
    bad = [line for line in report.lines if line.status == "error"]
    for line in bad[:SHOWN_ERRORS]:
        sys.stdout.write(f"row {line.row}: {line.message}\n")
    if len(bad) > SHOWN_ERRORS:
        sys.stdout.write(f"… and {len(bad) - SHOWN_ERRORS:,} more; --report FILE has all\n")
