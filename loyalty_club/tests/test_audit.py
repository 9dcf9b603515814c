from unittest.mock import patch

from odoo.tests import tagged

from .. import keyring
from ..domain import chain
from ..models import audit_chain, audit_checks
from .audit_common import AuditCommon


@tagged("post_install", "-at_install")
class TestAudit(AuditCommon):
    """Every way of tampering with the ledger is found, and located."""

    def assertEachFound(self, clauses, *faults):
        """Each of these changes of entry 2 is found by itself."""
        for clause in clauses:
            with self.subTest(clause), self.env.cr.savepoint() as savepoint:
                self.tamper_entry(clause, seq=2)
                self.assertFound(*faults)
                savepoint.rollback()

    def test_untouched_ledger_is_sound(self):
        result = self.Audit._run()

        self.assertEqual((result["faults"], result["fault_count"]), ([], 0))
        self.assertIn(" 0 faults", result["text"])
        self.assertGreaterEqual(result["entries"], 3)

    # --- entries ---------------------------------------------------------------------

    def test_changed_facts_are_found_one_by_one(self):
        self.assertEachFound(
            [
                "amount = -21",
                "amount = -20.0001",
                "balance_after = 31",
                "kind = 'adjust'",
                "idempotency_key = 'other'",
                "date = date + interval '1 second'",
                "date = date + interval '1 microsecond'",
                "reverses_id = id",
                "origin_model = 'pos.order'",
                "origin_model = ''",
                "origin_id = 7",
                f"branch_id = {self.branch.id}",
                f"user_id = {self.env.ref('base.user_admin').id}",
                "member_id = NULL",
                f"company_id = {self.env['res.company'].create({'name': 'Other'}).id}",
                "seal = repeat('0', 64)",
            ],
            ("chain", 2),
        )

    def test_note_is_not_sealed(self):
        """It may name a person, and erasing a person leaves the chain valid."""
        self.tamper_entry("note = NULL", seq=2)

        self.assertEqual(self.found(), set())

    def test_wallet_of_another_kind_is_found(self):
        """100 points are not 100 of money."""
        kind = self.new_kind("ewallet")

        self.tamper(
            "UPDATE loyalty_club_wallet SET kind_id = %s WHERE id = %s", kind.id, self.wallet.id
        )

        self.assertFound(("chain", 1), ("chain", 2), ("chain", 3))

    def test_wallet_that_changed_hands_is_found(self):
        other = self.new_member("Thief")
        self.tamper("DELETE FROM loyalty_card WHERE partner_id = %s", other.partner_id.id)
        self.tamper("DELETE FROM loyalty_club_wallet WHERE member_id = %s", other.id)

        self.tamper(
            "UPDATE loyalty_club_wallet SET member_id = %s WHERE id = %s", other.id, self.wallet.id
        )

        self.assertFound(("owner", 1), ("owner", 2), ("owner", 3))

    def test_changed_amount_is_found(self):
        self.tamper_entry("amount = 60", seq=1)

        self.assertFound(("chain", 1), ("balance", None), ("allocation", 1))

    def test_deleted_entry_is_found(self):
        wallet = self.wallet.id
        second = "SELECT id FROM loyalty_club_entry WHERE wallet_id = %s AND seq = 2"
        self.tamper(f"DELETE FROM loyalty_club_allocation WHERE entry_id IN ({second})", wallet)
        self.tamper(f"DELETE FROM loyalty_club_entry WHERE id IN ({second})", wallet)

        self.assertFound(("sequence", None), ("balance", None), ("chain", 3), ("lot", 1))

    def test_cut_tail_is_found(self):
        last = "SELECT id FROM loyalty_club_entry WHERE wallet_id = %s AND seq = 3"
        self.tamper(f"DELETE FROM loyalty_club_lot WHERE entry_id IN ({last})", self.wallet.id)
        self.tamper(f"DELETE FROM loyalty_club_entry WHERE id IN ({last})", self.wallet.id)

        self.assertFound(("sequence", None), ("balance", None), ("head", 3))

    def test_moved_head_is_found(self):
        self.tamper(
            "UPDATE loyalty_club_wallet SET head = repeat('0', 64) WHERE id = %s", self.wallet.id
        )

        self.assertEqual(self.found(), {("head", 3)})

    def test_more_given_back_than_moved_is_found(self):
        self.tamper_entry(
            "reverses_id = (SELECT id FROM loyalty_club_entry o"
            " WHERE o.wallet_id = loyalty_club_entry.wallet_id AND seq = 2)",
            seq=3,
        )

        self.assertFound(("reversal", 2))

    def test_wrong_sum_is_found_even_under_a_right_seal(self):
        """A fault of the ledger itself, or somebody who has the key."""
        self.tamper_entry("balance_after = 31", seq=2)
        sealer = chain.Sealer(keyring.current_key(self.env.cr.dbname)[1])
        head = self.wallet.entry_ids.filtered(lambda entry: entry.seq == 1).seal
        for seq in (2, 3):
            self.env.cr.execute(
                f"SELECT {chain.sql_fact_text('e', 'w')} FROM loyalty_club_entry e"
                " JOIN loyalty_club_wallet w ON w.id = e.wallet_id"
                " WHERE e.wallet_id = %s AND e.seq = %s",
                [self.wallet.id, seq],
            )
            head = sealer.seal(head, self.env.cr.fetchone()[0])
            self.tamper_entry(f"seal = '{head}'", seq)
        self.tamper("UPDATE loyalty_club_wallet SET head = %s WHERE id = %s", head, self.wallet.id)

        self.assertEqual(self.found(), {("chain", 2), ("chain", 3)})

    def test_foreign_key_of_the_chain_is_named(self):
        self.tamper_entry("key_id = 'deadbeef'", seq=1)

        self.assertIn("does not hold", self.Audit._run()["text"])

    # --- wallets, lots, holds, cards ---------------------------------------------------

    def test_changed_balance_is_found(self):
        self.tamper("UPDATE loyalty_club_wallet SET balance = 70 WHERE id = %s", self.wallet.id)

        self.assertFound(("balance", None), ("lots", None), ("card", None))

    def test_changed_lot_is_found(self):
        self.tamper(
            "UPDATE loyalty_club_lot SET remaining = remaining - 1 WHERE wallet_id = %s",
            self.wallet.id,
        )

        self.assertFound(("lots", None), ("lot", 1), ("lot", 3))

    def test_balance_changed_together_with_its_lots_is_found(self):
        self.tamper("UPDATE loyalty_club_wallet SET balance = 70 WHERE id = %s", self.wallet.id)
        self.tamper(
            "UPDATE loyalty_club_lot SET amount = amount + 10, remaining = remaining + 10"
            " WHERE entry_id IN (SELECT id FROM loyalty_club_entry"
            " WHERE wallet_id = %s AND seq = 3)",
            self.wallet.id,
        )

        self.assertFound(("balance", None), ("allocation", 3))

    def test_changed_pending_is_found(self):
        self.tamper("UPDATE loyalty_club_wallet SET pending = 5 WHERE id = %s", self.wallet.id)

        self.assertEqual(self.found(), {("pending", None), ("card", None)})

    def test_lot_made_pending_is_found(self):
        self.tamper(
            "UPDATE loyalty_club_lot SET pending = TRUE WHERE wallet_id = %s", self.wallet.id
        )

        self.assertEqual(self.found(), {("pending", None)})

    def test_changed_held_is_found(self):
        self.tamper("UPDATE loyalty_club_wallet SET held = 0 WHERE id = %s", self.wallet.id)

        self.assertEqual(self.found(), {("held", None), ("card", None)})

    def test_hold_let_go_in_secret_is_found(self):
        self.tamper(
            "UPDATE loyalty_club_hold SET state = 'released' WHERE wallet_id = %s", self.wallet.id
        )

        self.assertEqual(self.found(), {("held", None)})

    def test_hold_that_says_more_than_its_entry_took_is_found(self):
        self.Hold._capture(f"audit:{self.wallet.id}")
        self.assertEqual(self.found(), set())

        self.tamper(
            "UPDATE loyalty_club_hold SET captured = 9 WHERE wallet_id = %s", self.wallet.id
        )

        self.assertEqual(self.found(), {("hold", 4)})

    def test_capture_without_a_hold_is_found(self):
        self.Hold._capture(f"audit:{self.wallet.id}")

        self.tamper("DELETE FROM loyalty_club_hold WHERE wallet_id = %s", self.wallet.id)

        self.assertEqual(self.found(), {("hold", 4)})

    def test_changed_card_is_found(self):
        self.tamper("UPDATE loyalty_card SET points = 99 WHERE club_wallet_id = %s", self.wallet.id)

        self.assertEqual(self.found(), {("card", None)})

    # --- the audit itself --------------------------------------------------------------

    def test_many_faults_are_counted_and_the_first_named(self):
        self.startPatcher(patch.object(audit_checks, "NAMED", 2))
        self.startPatcher(patch("odoo.addons.loyalty_club.models.audit.NAMED", 2))
        self.tamper(
            "UPDATE loyalty_club_entry SET key_id = 'deadbeef' WHERE wallet_id = %s",
            self.wallet.id,
        )

        result = self.Audit._run()

        self.assertEqual((len(result["faults"]), result["fault_count"]), (2, 3))
        self.assertIn("and 1 more", result["text"])

    def test_chunks_make_no_difference(self):
        self.startPatcher(
            patch.object(
                audit_chain,
                "rows_in_chunks",
                lambda cr, query, original=audit_chain.rows_in_chunks: original(cr, query, size=1),
            )
        )
        self.assertEqual(self.found(), set())

        self.tamper_entry("kind = 'adjust'", seq=2)

        self.assertEqual(self.found(), {("chain", 2)})

    def test_nightly_audit_is_kept_and_shouts(self):
        sound = self.Audit._cron_audit()
        self.assertEqual((sound.state, sound.fault_count), ("sound", 0))

        self.tamper("UPDATE loyalty_club_wallet SET balance = 70 WHERE id = %s", self.wallet.id)
        with self.assertLogs("odoo.addons.loyalty_club.models.audit", "ERROR"):
            fault = self.Audit._cron_audit()

        self.assertEqual(fault.state, "fault")

    def test_key_lies_outside_the_database_and_is_private(self):
        place = keyring.folder(self.env.cr.dbname)
        files = list(place.glob("*.key"))

        self.assertTrue(files)
        self.assertEqual({file.stat().st_mode & 0o077 for file in files}, {0})
