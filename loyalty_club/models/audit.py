import logging
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .. import keyring
from ..domain import chain

_logger = logging.getLogger(__name__)
_CHUNK = 20000

# Each check selects the wallets that break a rule, with what was found.
CHECKS = {
    "balance": """
        SELECT w.id, 'balance ' || w.balance || ', entries say ' || COALESCE(e.total, 0)
          FROM loyalty_club_wallet w LEFT JOIN (
               SELECT wallet_id, SUM(amount) AS total FROM loyalty_club_entry GROUP BY wallet_id
               ) e ON e.wallet_id = w.id
         WHERE w.balance <> COALESCE(e.total, 0)""",
    "sequence": """
        SELECT w.id, 'numbered up to ' || w.seq || ', found ' || COALESCE(e.n, 0)
               || ' entries up to ' || COALESCE(e.last, 0)
          FROM loyalty_club_wallet w LEFT JOIN (
               SELECT wallet_id, COUNT(*) AS n, MAX(seq) AS last FROM loyalty_club_entry
                GROUP BY wallet_id) e ON e.wallet_id = w.id
         WHERE w.seq <> COALESCE(e.n, 0) OR w.seq <> COALESCE(e.last, 0)""",
    "lots": """
        SELECT w.id, 'balance ' || w.balance || ', lots hold ' || COALESCE(l.total, 0)
          FROM loyalty_club_wallet w LEFT JOIN (
               SELECT wallet_id, SUM(remaining) AS total FROM loyalty_club_lot GROUP BY wallet_id
               ) l ON l.wallet_id = w.id
         WHERE NOT w.debt AND w.balance <> COALESCE(l.total, 0)""",
    "allocations": """
        SELECT l.wallet_id, 'lot ' || l.id || ' holds ' || l.remaining || ' of ' || l.amount
               || ', allocations took ' || COALESCE(a.total, 0)
          FROM loyalty_club_lot l LEFT JOIN (
               SELECT lot_id, SUM(amount) AS total FROM loyalty_club_allocation GROUP BY lot_id
               ) a ON a.lot_id = l.id
         WHERE l.remaining <> l.amount - COALESCE(a.total, 0)""",
    "card": """
        SELECT w.id, 'card shows ' || c.points || ', wallet has ' || w.balance
          FROM loyalty_card c JOIN loyalty_club_wallet w ON w.id = c.club_wallet_id
         WHERE c.points::numeric <> w.balance""",
}


class LoyaltyClubAudit(models.Model):
    """One audit of the whole ledger. It alarms; it never repairs."""

    _name = "loyalty.club.audit"
    _description = "Ledger Audit"
    _order = "id desc"
    _rec_name = "date"

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    state = fields.Selection(
        [("sound", "Sound"), ("fault", "Faults found")],
        string="Result",
        required=True,
        readonly=True,
    )
    wallet_count = fields.Integer(string="Wallets", readonly=True)
    entry_count = fields.Integer(string="Entries", readonly=True)
    fault_count = fields.Integer(string="Faults", readonly=True)
    report = fields.Text(readonly=True)

    def action_audit_now(self):
        """Let the audit run within a minute, beside what people are doing.

        :raises AccessError: for anyone but a club manager.
        """
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(self.env._("Only a club manager starts an audit."))
        # sudo: the group was just checked; jobs belong to the system
        self.env.ref("loyalty_club.cron_audit").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("The audit starts within a minute and appears in this list."),
            },
        }

    @api.model
    def _cron_audit(self):
        """The nightly audit: kept as a record, and shouted into the log when it fails."""
        result = self._run()
        if result["faults"]:
            _logger.error("The club ledger's audit found faults:\n%s", result["text"])
        return self.create(
            {
                "state": "fault" if result["faults"] else "sound",
                "wallet_count": result["wallets"],
                "entry_count": result["entries"],
                "fault_count": len(result["faults"]),
                "report": result["text"],
            }
        )

    @api.model
    def _run(self):
        """Check every wallet, entry, lot and card against each other and the chain.

        :returns: dict with ``faults`` (list of (check, wallet id, text)), ``wallets``,
            ``entries`` and a readable ``text``.
        """
        self.env.flush_all()
        faults = []
        for name, query in CHECKS.items():
            self.env.cr.execute(query)  # pylint: disable=sql-injection
            faults += [(name, wallet, text) for wallet, text in self.env.cr.fetchall()]
        entries, broken = self._check_chain()
        faults += broken
        self.env.cr.execute("SELECT COUNT(*) FROM loyalty_club_wallet")
        wallets = self.env.cr.fetchone()[0]
        lines = [f"{wallets} wallets, {entries} entries, {len(faults)} faults"]
        lines += [f"{name}: wallet {wallet}: {text}" for name, wallet, text in faults]
        return {
            "ok": not faults,
            "faults": faults,
            "wallets": wallets,
            "entries": entries,
            "text": "\n".join(lines),
        }

    @api.model
    def _check_chain(self):
        """Recompute the seal of every entry, wallet by wallet.

        :returns: number of entries and list of faults.
        """
        keys = keyring.chain_keys(self.env.cr.dbname)
        faults, entries = [], 0
        wallet, previous, balance = None, "", Decimal(0)
        for row in self._chain_rows():
            fact = chain.Fact(row[0], *row[1:3], Decimal(row[3]), Decimal(row[4]), *row[5:8])
            key_id, seal, head = row[8:]
            entries += 1
            if fact.wallet_id != wallet:
                wallet, previous, balance = fact.wallet_id, "", Decimal(0)
            balance += fact.amount
            fault = self._chain_fault(keys.get(key_id), previous, fact, seal, balance)
            if fault:
                faults.append(("chain", wallet, f"entry {fact.seq}: {fault}"))
            previous, balance = seal, fact.balance_after
            if head is not None and head != seal:
                faults.append(("chain", wallet, f"entry {fact.seq} is not the wallet's head"))
        return entries, faults

    @staticmethod
    def _chain_fault(secret, previous, fact, seal, balance):
        if secret is None:
            return "sealed with a key this server does not hold"
        if chain.seal(secret, previous, fact) != seal:
            return "does not fit its seal"
        if fact.balance_after != balance:
            return f"says {fact.balance_after} after it, {balance} is right"
        return None

    def _chain_rows(self):
        """All entries by wallet and number, a chunk at a time; the last of a wallet comes
        with the wallet's head."""
        last = (0, 0)
        while True:
            self.env.cr.execute(
                SQL(
                    """
                    SELECT e.wallet_id, e.seq, e.kind, e.amount::text, e.balance_after::text,
                           e.idempotency_key, e.reverses_id,
                           to_char(e.date, 'YYYY-MM-DD HH24:MI:SS'), e.key_id, e.seal,
                           CASE WHEN e.seq = w.seq THEN COALESCE(w.head, '') END
                      FROM loyalty_club_entry e JOIN loyalty_club_wallet w ON w.id = e.wallet_id
                     WHERE (e.wallet_id, e.seq) > %s
                     ORDER BY e.wallet_id, e.seq LIMIT %s
                    """,
                    last,
                    _CHUNK,
                )
            )
            rows = self.env.cr.fetchall()
            yield from rows
            if len(rows) < _CHUNK:
                return
            last = rows[-1][:2]
