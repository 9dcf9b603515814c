import logging
from datetime import timedelta
from itertools import islice

from odoo import api, fields, models
from odoo.tools import SQL

from .. import anchors
from ..streams import CHUNK, rows_in_chunks
from .audit_checks import Fault

_logger = logging.getLogger(__name__)
# No transaction lives longer, so that every entry is visible to the first anchor that begins
# this much after its date. A head that two anchors hold does no harm.
_OVERLAP = "6 hours"
PUBLISHED = 60  # digests on the public page
_CANDIDATES = 3  # anchors after an entry's date among which the first that has it is
_CLOCKS = timedelta(minutes=10)  # by which those of server and database may differ


class LoyaltyClubAnchor(models.Model):
    """What the ledger was at one moment, kept outside the database.

    The heads of all chains that moved since the anchor before are written to a file beside the
    keys (see :mod:`..anchors`). This record mirrors the file's line in the index, for people to
    see; what is believed is the file. The chains alone do not show when the last entries of a
    wallet have been cut off and its head moved back: the anchor does.
    """

    _name = "loyalty.club.anchor"
    _inherit = ["loyalty.club.fact"]
    _description = "Ledger Anchor"
    _order = "number desc"
    _log_access = False
    _rec_name = "number"

    number = fields.Integer(string="No.", required=True, readonly=True, aggregator=False)
    date = fields.Datetime(required=True, readonly=True)
    wallet_count = fields.Integer(
        string="Wallets", readonly=True, help="Wallets that moved since the anchor before."
    )
    digest = fields.Char(
        required=True,
        readonly=True,
        help="Proves this anchor and all before it to whoever keeps a copy.",
    )
    filename = fields.Char(string="File", required=True, readonly=True)

    _number_unique = models.Constraint("UNIQUE (number)", "Anchors are numbered.")

    @api.depends("number")
    def _compute_display_name(self):
        for anchor in self:
            anchor.display_name = self.env._("Anchor %(number)s", number=anchor.number)

    @api.model
    def _cron_anchor(self):
        """Write an anchor and mirror it.

        :returns: the new record.
        :raises OSError: when the file cannot be written; nothing is recorded then.
        """
        self.env.flush_all()
        anchor = anchors.add(
            self.env.cr.dbname, self._database_uuid(), self._moment(), self._moved_heads()
        )
        _logger.info("Anchor %s of the club's ledger: %s", anchor.number, anchor.digest)
        return self._mirror()[:1]

    @api.model
    def _mirror(self):
        """Record the anchors of the index that have no record yet: the last one, and those
        whose transaction failed after the file was written.

        :returns: the new records, newest first.
        """
        self.env.cr.execute("SELECT COALESCE(MAX(number), 0) FROM loyalty_club_anchor")
        last = self.env.cr.fetchone()[0]
        found = filter(None, anchors.index(self.env.cr.dbname)[last:])
        return self.create(
            [
                {
                    "number": anchor.number,
                    "date": anchor.date[:19],
                    "wallet_count": anchor.wallets,
                    "digest": anchor.digest,
                    "filename": anchor.filename,
                }
                for anchor in reversed(list(found))
            ]
        )

    @api.model
    def _database_uuid(self):
        # sudo: a name, not a secret; parameters are for administrators
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    @api.model
    def _moment(self):
        """The moment our transaction began and sees, in UTC."""
        self.env.cr.execute("SELECT (now() AT TIME ZONE 'UTC')::text")
        return self.env.cr.fetchone()[0]

    @api.model
    def _moved_heads(self):
        """Heads of the wallets that moved since the last anchor, in chunks, by wallet id."""
        known = anchors.index(self.env.cr.dbname)
        since = known[-1].date if known and known[-1] else "-infinity"
        return rows_in_chunks(
            self.env.cr,
            SQL(
                """
                SELECT DISTINCT ON (wallet_id) wallet_id, seq, seal
                  FROM loyalty_club_entry
                 WHERE date >= %s::timestamp - %s::interval
                 ORDER BY wallet_id, seq DESC
                """,
                since,
                _OVERLAP,
            ),
        )

    # === WHAT THE AUDIT ASKS === #

    @api.model
    def _faults(self):
        """Compare index, files, records and entries.

        Anchors that are younger than our transaction hold what it cannot see: they are left
        to the next audit.

        :returns: generator of :class:`~.audit_checks.Fault`.
        """
        database = self.env.cr.dbname
        recorded = {record.number: record.digest for record in self.search_fetch([], ["digest"])}
        now, number = self._moment(), 0
        try:
            for number, anchor, wrong in anchors.checked(database, self._database_uuid()):
                mirrored = recorded.pop(number, None)
                if anchor and mirrored and mirrored != anchor.digest:
                    yield Fault("anchor", None, None, f"anchor {number}: its record says otherwise")
                wrong = wrong or anchors.fault_of_file(database, anchor)
                if wrong:
                    yield Fault("anchor", None, None, f"anchor {number}: {wrong}")
                elif anchor.date <= now:
                    yield from self._lost_heads(anchor)
        except OSError as error:
            yield Fault("anchor", None, None, f"anchor {number + 1}: cannot be read: {error}")
            return
        for number in sorted(recorded):
            yield Fault("anchor", None, None, f"anchor {number}: its line is missing")

    def _lost_heads(self, anchor):
        """Heads of an anchor that are not in the ledger any more."""
        rows = []
        for row in anchors.heads(self.env.cr.dbname, anchor):
            rows.append(row)
            if len(rows) == CHUNK:
                yield from self._lost(anchor, rows)
                rows = []
        yield from self._lost(anchor, rows)

    def _lost(self, anchor, rows):
        if not rows:
            return
        wallets, numbers, seals = (list(column) for column in zip(*rows, strict=True))
        self.env.cr.execute(
            SQL(
                """
                SELECT v.wallet_id, v.seq, e.id IS NULL
                  FROM unnest(%s::int[], %s::int[], %s::text[]) v(wallet_id, seq, seal)
                  LEFT JOIN loyalty_club_entry e USING (wallet_id, seq)
                 WHERE e.seal IS DISTINCT FROM v.seal
                """,
                wallets,
                numbers,
                seals,
            )
        )
        for wallet, seq, missing in self.env.cr.fetchall():
            what = "is missing" if missing else "was another one"
            when = "since" if missing else "when"
            yield Fault("anchor", wallet, seq, f"{what} {when} it was anchored on {anchor.date}")

    # === WHAT A RECEIPT ASKS === #

    @api.model
    def _first_with(self, wallet_id, seq, date):
        """The first anchor that holds an entry or one that follows it.

        :param date: the entry's, a datetime in UTC.
        :returns: (anchor, number, seal) of the wallet's head in it, or None when no anchor
            was written since.
        """
        database = self.env.cr.dbname
        after = fields.Datetime.to_string(date - _CLOCKS)
        sound = (
            anchor
            for _number, anchor, wrong in anchors.checked(database, self._database_uuid())
            if not wrong and anchor.date >= after
        )
        for anchor in islice(sound, _CANDIDATES):
            if anchors.fault_of_file(database, anchor):
                continue
            for wallet, number, seal in anchors.heads(database, anchor):
                if wallet == wallet_id and number >= seq:
                    return anchor, number, seal
                if wallet > wallet_id:
                    break
        return None
