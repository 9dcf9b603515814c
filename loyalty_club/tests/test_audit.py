from decimal import Decimal

from odoo.tests import tagged

from .. import keyring
from ..movement import Movement
from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestAudit(ClubCommon):
    """Every way of tampering with the ledger is found, and located."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wallet = cls.member.wallet_ids
        movements = [(50, "earn"), (-20, "spend"), (30, "earn")]
        for number, (amount, kind) in enumerate(movements):
            cls.env["loyalty.club.wallet"]._post(
                [Movement(cls.wallet.id, Decimal(amount), kind, f"audit:{cls.wallet.id}:{number}")]
            )

    def tamper(self, query, *params):
        """Change the database as somebody with full access to it could."""
        for table in ("entry", "allocation"):
            self.env.cr.execute(f"ALTER TABLE loyalty_club_{table} DISABLE TRIGGER USER")
        self.env.cr.execute(query, params)
        for table in ("entry", "allocation"):
            self.env.cr.execute(f"ALTER TABLE loyalty_club_{table} ENABLE TRIGGER USER")
        self.env.invalidate_all()

    def faults(self):
        found = self.env["loyalty.club.audit"]._run()["faults"]
        self.assertEqual(
            {wallet for _check, wallet, _text in found} or {self.wallet.id}, {self.wallet.id}
        )
        return {check for check, _wallet, _text in found}

    def assertFound(self, *checks):
        self.assertLessEqual(set(checks), self.faults())

    def test_untouched_ledger_is_sound(self):
        self.assertEqual(self.faults(), set())

    def test_changed_amount_is_found(self):
        self.tamper_entry("amount = 60", seq=1)
        self.assertFound("chain", "balance")

    def test_changed_facts_are_found_one_by_one(self):
        for clause in (
            "balance_after = 51",
            "kind = 'adjust'",
            "idempotency_key = 'other'",
            "date = date + interval '1 second'",
            "reverses_id = id",
            "seal = repeat('0', 64)",
        ):
            with self.subTest(clause), self.env.cr.savepoint() as savepoint:
                self.tamper_entry(clause, seq=1)
                self.assertFound("chain")
                savepoint.rollback()

    def tamper_entry(self, clause, seq):
        self.tamper(
            f"UPDATE loyalty_club_entry SET {clause} WHERE wallet_id = %s AND seq = %s",
            self.wallet.id,
            seq,
        )

    def test_deleted_entry_is_found(self):
        self.tamper(
            "DELETE FROM loyalty_club_allocation WHERE entry_id IN"
            " (SELECT id FROM loyalty_club_entry WHERE wallet_id = %s)",
            self.wallet.id,
        )
        self.tamper(
            "DELETE FROM loyalty_club_entry WHERE wallet_id = %s AND seq = 2", self.wallet.id
        )
        self.assertFound("sequence", "balance", "chain", "allocations")

    def test_cut_tail_is_found(self):
        self.tamper(
            "DELETE FROM loyalty_club_lot WHERE entry_id IN (SELECT id FROM loyalty_club_entry"
            " WHERE wallet_id = %s AND seq = 3)",
            self.wallet.id,
        )
        self.tamper(
            "DELETE FROM loyalty_club_entry WHERE wallet_id = %s AND seq = 3", self.wallet.id
        )
        self.assertFound("sequence", "balance")

    def test_changed_balance_is_found(self):
        self.tamper("UPDATE loyalty_club_wallet SET balance = 70 WHERE id = %s", self.wallet.id)
        self.assertFound("balance", "lots", "card")

    def test_changed_lot_is_found(self):
        self.tamper(
            "UPDATE loyalty_club_lot SET remaining = remaining - 1 WHERE wallet_id = %s",
            self.wallet.id,
        )
        self.assertFound("lots", "allocations")

    def test_changed_card_is_found(self):
        self.tamper("UPDATE loyalty_card SET points = 99 WHERE club_wallet_id = %s", self.wallet.id)
        self.assertFound("card")

    def test_foreign_key_of_the_chain_is_named(self):
        self.tamper_entry("key_id = 'deadbeef'", seq=1)
        result = self.env["loyalty.club.audit"]._run()
        self.assertIn("does not hold", result["text"])

    def test_nightly_audit_is_kept_and_shouts(self):
        sound = self.env["loyalty.club.audit"]._cron_audit()
        self.assertEqual((sound.state, sound.fault_count), ("sound", 0))

        self.tamper("UPDATE loyalty_club_wallet SET balance = 70 WHERE id = %s", self.wallet.id)
        with self.assertLogs("odoo.addons.loyalty_club.models.audit", "ERROR"):
            fault = self.env["loyalty.club.audit"]._cron_audit()
        self.assertEqual(fault.state, "fault")

    def test_key_lies_outside_the_database_and_is_private(self):
        place = keyring.folder(self.env.cr.dbname)
        files = list(place.glob("*.key"))
        self.assertTrue(files)
        self.assertEqual({file.stat().st_mode & 0o077 for file in files}, {0})
