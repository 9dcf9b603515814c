import logging
from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .audit_chain import ChainWalk
from .audit_checks import CHECKS, NAMED, Fault, faults_of

_logger = logging.getLogger(__name__)


class LoyaltyClubAudit(models.Model):
    """One audit of the whole ledger. It alarms; it never repairs."""

    _name = "loyalty.club.audit"
    _inherit = ["loyalty.club.own.work"]
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
    anchor_count = fields.Integer(string="Anchors", readonly=True)
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
                "anchor_count": result["anchors"],
                "fault_count": result["fault_count"],
                "report": result["text"],
            }
        )

    @api.model
    def _run(self):
        """Check every wallet, entry, lot, hold and card against each other, every seal, every
        anchor, and the accounts against the wallets.

        :returns: dict with ``ok``, ``faults`` (list of :class:`~.audit_checks.Fault`, of each
            check the first ones), ``fault_count``, ``wallets``, ``entries``, ``anchors`` and a
            readable ``text``.
        """
        self.env.flush_all()
        # Sums over all entries fit into memory instead of temporary files.
        self.env.cr.execute("SET LOCAL work_mem = '64MB'")
        walk = ChainWalk(self.env)
        anchors = self.env["loyalty.club.anchor"]
        found = [faults_of(self.env.cr, check) for check in CHECKS]
        found += [self._first(walk.faults()), self._first(anchors._faults())]
        found += [self._first(self._unreconciled())]
        faults = [fault for some, _count in found for fault in some]
        self.env.cr.execute("SELECT COUNT(*) FROM loyalty_club_wallet")
        result = {
            "ok": not faults,
            "faults": faults,
            "fault_count": sum(count for _some, count in found),
            "wallets": self.env.cr.fetchone()[0],
            "entries": walk.entries,
            "anchors": anchors.search_count([]),
        }
        return {**result, "text": self._text(result)}

    @api.model
    def _unreconciled(self):
        """Liability accounts that do not agree with their wallets, once posted."""
        for found in self.env["loyalty.club.ledger.posting"]._reconcile():
            if found.fault:
                yield Fault(
                    "accounts",
                    None,
                    None,
                    f"{found.kind.club_id.name}, {found.kind.name}: the liability account says "
                    f"{found.account}, the wallets {found.wallets}",
                )

    @staticmethod
    def _first(faults):
        """The first of ``faults``, and how many there are: not all need fit into memory."""
        first = list(islice(faults, NAMED))
        return first, len(first) + sum(1 for _fault in faults)

    @staticmethod
    def _text(result):
        counted = ("wallets", "entries", "anchors", "fault_count")
        wallets, entries, anchors, faults = (result[name] for name in counted)
        lines = [f"{wallets} wallets, {entries} entries, {anchors} anchors, {faults} faults"]
        lines += map(str, result["faults"])
        more = result["fault_count"] - len(result["faults"])
        if more:
            lines.append(f"and {more} more")
        return "\n".join(lines)
