"""`odoo club_vault`: keys under which a database keeps what is sensitive.

Odoo loads this file by itself, as a module of `odoo.cli`: it imports the addon by its full name,
and only after a database is chosen.
"""

import sys

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.cli.command import Command
from odoo.modules.registry import Registry
from odoo.tools import config

BATCH = 2000
GOOD, NOT_OPENED, NOTHING_DONE = 0, 1, 2


class ClubVault(Command):
    """Show and change the keys that seal sensitive data of members."""

    name = "club_vault"
    epilog = """
        status    how many values are sealed with which key
        rotate    make a new key and seal everything again with it, while servers run
        reseal    seal again, with the newest key, what is sealed with older ones
        reindex   make the indexes anew by which identity codes are found

        Exit code: 0 when all is well, 1 when some values did not open, 2 when nothing could
        be done at all.

        Example:
            odoo club_vault rotate -d shop
    """

    def __init__(self):
        super().__init__()
        add = self.parser.add_argument
        add("action", choices=["status", "rotate", "reseal", "reindex"])
        add("-c", "--config", help="configuration file of Odoo")
        add("-d", "--database", required=True, help="name of the database")

    def run(self, cmdargs):
        """Do what is asked, print it, and end with the exit code."""
        arguments = self.parser.parse_args(args=cmdargs)
        words = ["--no-http", "--log-level=warn", "-d", arguments.database]
        if arguments.config:
            words += ["-c", arguments.config]
        config.parse_config(words, setup_logging=True)
        try:
            with Registry(arguments.database).cursor() as cursor:
                env = Environment(cursor, SUPERUSER_ID, {})
                sys.exit(getattr(self, f"_{arguments.action}")(env))
        except OSError as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(NOTHING_DONE)

    def _status(self, env):
        counts = env["loyalty.club.sealed"]._count_by_key()
        for mark, (count, known) in counts.items():
            state = "" if known else "   this key is missing here"
            sys.stdout.write(f"{mark:<12} {count:>12,}{state}\n")
        return GOOD if all(known for _count, known in counts.values()) else NOT_OPENED

    def _rotate(self, env):
        from odoo.addons.loyalty_club import keyring

        path = keyring.add_vault_key(env.cr.dbname)
        sys.stdout.write(f"New key: {path}\nKeep a copy of it apart from the database's.\n")
        return self._reseal(env)

    def _reseal(self, env):
        done = failed = 0
        for changed, not_opened in env["loyalty.club.sealed"]._reseal_all(BATCH):
            env.cr.commit()
            done, failed = done + changed, failed + not_opened
        sys.stdout.write(f"Sealed again: {done:,}. Did not open: {failed:,}.\n")
        return NOT_OPENED if failed else GOOD

    def _reindex(self, env):
        done = failed = 0
        for changed, not_opened in env["loyalty.club.member"]._reindex_identities(BATCH):
            env.cr.commit()
            done, failed = done + changed, failed + not_opened
        sys.stdout.write(f"Indexed: {done:,}. Did not open: {failed:,}.\n")
        return NOT_OPENED if failed else GOOD
