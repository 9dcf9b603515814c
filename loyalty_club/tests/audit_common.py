"""Words in which tests of the ledger's proofs speak: tampering, and a folder of their own."""

import shutil
import tempfile
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

from odoo.tools import SQL

from .. import anchors
from .ledger_common import LedgerCommon

FROZEN = ("loyalty_club_entry", "loyalty_club_allocation")


class AuditCommon(LedgerCommon):
    """Three entries of a member's points (50, −20, 30), one hold of 10, nothing anchored."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = Path(tempfile.mkdtemp(prefix="anchors-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.startClassPatcher(patch.object(anchors, "folder", lambda _database: cls.folder))
        cls.Audit = cls.env["loyalty.club.audit"]
        cls.Anchor = cls.env["loyalty.club.anchor"]

    def setUp(self):
        super().setUp()
        for amount, kind in ((50, "earn"), (-20, "spend"), (30, "earn")):
            self.post(amount, kind, key=f"audit:{self.wallet.id}:{self.wallet.seq}")
        self.hold = self.Hold._authorize(self.wallet.id, Decimal(10), f"audit:{self.wallet.id}")
        self.env.invalidate_all()
        self.addCleanup(self.empty_folder)

    def empty_folder(self):
        for file in self.folder.iterdir():
            file.unlink()

    def tamper(self, query, *params):
        """Change the database as somebody with full access to it could."""
        self.env.flush_all()
        for table in FROZEN:
            self.env.cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", SQL.identifier(table)))
        self.env.cr.execute(query, params)
        for table in FROZEN:
            self.env.cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER USER", SQL.identifier(table)))
        self.env.invalidate_all()

    def tamper_entry(self, clause, seq):
        self.tamper(
            f"UPDATE loyalty_club_entry SET {clause} WHERE wallet_id = %s AND seq = %s",
            self.wallet.id,
            seq,
        )

    def cut_tail(self):
        """Remove the last entry without a trace in the database: a DBA who knows it all."""
        wallet = self.wallet.id
        last = "SELECT id FROM loyalty_club_entry WHERE wallet_id = %s AND seq = 3"
        self.tamper(f"DELETE FROM loyalty_club_lot WHERE entry_id IN ({last})", wallet)
        self.tamper(f"DELETE FROM loyalty_club_entry WHERE id IN ({last})", wallet)
        self.tamper(
            "UPDATE loyalty_club_wallet w SET balance = 30, seq = 2, head = e.seal"
            "  FROM loyalty_club_entry e WHERE e.wallet_id = w.id AND e.seq = 2 AND w.id = %s",
            wallet,
        )
        self.tamper("UPDATE loyalty_card SET points = 20 WHERE club_wallet_id = %s", wallet)

    def found(self):
        """What the audit finds, all of it in our wallet: {(check, number of the entry)}."""
        faults = self.Audit._run()["faults"]
        self.assertLessEqual({fault.wallet_id for fault in faults}, {self.wallet.id})
        return {(fault.check, fault.seq) for fault in faults}

    def assertFound(self, *faults):
        """The audit finds at least these (check, number of the entry)."""
        self.assertLessEqual(set(faults), self.found())
