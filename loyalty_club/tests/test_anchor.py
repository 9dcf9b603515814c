import gzip
from unittest.mock import patch

from odoo.tests import tagged

from .. import anchors
from .audit_common import AuditCommon


@tagged("post_install", "-at_install")
class TestAnchor(AuditCommon):
    """What was anchored outside the database cannot be changed inside it unseen."""

    def setUp(self):
        super().setUp()
        self.anchor = self.Anchor._cron_anchor()

    def lines(self):
        return (self.folder / "index").read_text().splitlines()

    def heads(self, anchor):
        """What the file of an anchor holds of our wallet."""
        with gzip.open(self.folder / anchor.filename, "rt") as stream:
            rows = [line.strip().split(",") for line in stream]
        return [(int(seq), seal) for wallet, seq, seal in rows if int(wallet) == self.wallet.id]

    def assertFault(self, words):
        text = self.Audit._run()["text"]
        self.assertIn(words, text)

    # --- writing -----------------------------------------------------------------------

    def test_anchor_holds_the_heads_and_is_mirrored(self):
        self.assertEqual(self.heads(self.anchor), [(3, self.wallet.head)])
        self.assertEqual(self.anchor.number, 1)
        self.assertEqual(self.anchor.digest, anchors.lines.digest(self.lines()[0]))
        self.assertEqual(self.found(), set())
        self.assertEqual(self.Audit._run()["anchors"], 1)

    def test_second_anchor_holds_what_moved_since(self):
        quiet = self.wallet_of(self.new_member("Quiet"))
        self.post(5, wallet=quiet)
        self.tamper(
            "UPDATE loyalty_club_entry SET date = '2025-01-01' WHERE wallet_id = %s", quiet.id
        )
        self.post(1)

        second = self.Anchor._cron_anchor()

        with gzip.open(self.folder / second.filename, "rt") as stream:
            wallets = [int(line.split(",")[0]) for line in stream]
        self.assertIn(self.wallet.id, wallets)
        self.assertNotIn(quiet.id, wallets)
        self.assertEqual(wallets, sorted(set(wallets)))
        self.assertEqual(second.wallet_count, len(wallets))
        self.assertEqual(self.heads(second), [(4, self.wallet.head)])

    def test_day_without_movements_is_anchored_too(self):
        self.tamper("UPDATE loyalty_club_entry SET date = '2025-01-01'")

        second = self.Anchor._cron_anchor()

        self.assertEqual((second.number, second.wallet_count), (2, 0))

    def test_files_are_private(self):
        self.assertEqual({file.stat().st_mode & 0o077 for file in self.folder.iterdir()}, {0})

    def test_anchor_whose_transaction_failed_is_mirrored_by_the_next(self):
        self.tamper("DELETE FROM loyalty_club_anchor")

        self.Anchor._cron_anchor()

        self.assertEqual(self.Anchor.search([]).mapped("number"), [2, 1])
        self.assertEqual(self.found(), set())

    def test_line_that_a_power_cut_left_half_written_never_counted(self):
        with (self.folder / "index").open("a") as stream:
            stream.write("2|2025-01-01")
        self.assertEqual(self.found(), set())

        self.Anchor._cron_anchor()

        self.assertEqual(len(self.lines()), 2)
        self.assertEqual(self.found(), set())

    def test_nothing_is_recorded_when_the_file_cannot_be_written(self):
        with (
            patch.object(anchors.os, "fsync", side_effect=OSError("disk full")),
            self.assertRaises(OSError),
        ):
            self.Anchor._cron_anchor()

        self.assertEqual((len(self.lines()), self.Anchor.search_count([])), (1, 1))
        self.assertEqual(self.Anchor._cron_anchor().number, 2)
        self.assertEqual(self.found(), set())

    # --- what the chain alone cannot see -------------------------------------------------

    def test_cut_tail_with_moved_head_is_found_by_the_anchor_alone(self):
        self.cut_tail()

        self.assertEqual(self.found(), {("anchor", 3)})

    def test_wallet_that_was_emptied_of_its_history_is_found(self):
        wallet = self.wallet.id
        entries = "SELECT id FROM loyalty_club_entry WHERE wallet_id = %s"
        self.tamper(f"DELETE FROM loyalty_club_allocation WHERE entry_id IN ({entries})", wallet)
        for table in ("hold", "lot", "entry"):
            self.tamper(f"DELETE FROM loyalty_club_{table} WHERE wallet_id = %s", wallet)
        self.tamper("UPDATE loyalty_card SET points = 0 WHERE club_wallet_id = %s", wallet)
        self.tamper(
            "UPDATE loyalty_club_wallet SET balance = 0, held = 0, seq = 0, head = NULL"
            " WHERE id = %s",
            wallet,
        )

        self.assertEqual(self.found(), {("anchor", 3)})

    # --- the files -----------------------------------------------------------------------

    def test_missing_file_is_reported(self):
        (self.folder / self.anchor.filename).unlink()

        self.assertFault("is missing")

    def test_changed_file_is_reported(self):
        with gzip.open(self.folder / self.anchor.filename, "wt") as stream:
            stream.write(f"{self.wallet.id},2,{'0' * 64}\n")

        self.assertFault("was changed")

    def test_changed_line_is_reported(self):
        self.Anchor._cron_anchor()
        first, second = self.lines()
        changed = first.replace(f"|{self.anchor.wallet_count}|", "|0|", 1)

        (self.folder / "index").write_text(f"{changed}\n{second}\n")

        self.assertFault("anchor 1: its line does not fit its seal")
        self.assertFault("anchor 2: the line before it was changed or removed")
        self.assertFault("anchor 1: its record says otherwise")

    def test_removed_lines_are_reported(self):
        self.Anchor._cron_anchor()
        first, second = self.lines()

        (self.folder / "index").write_text(f"{first}\n")
        self.assertFault("anchor 2: its line is missing")
        (self.folder / "index").write_text(f"{second}\n")
        self.assertFault("anchor 1: its line says that it is anchor 2")
        (self.folder / "index").unlink()
        self.assertFault("anchor 1: its line is missing")

    def test_nonsense_in_the_index_is_reported_and_anchoring_goes_on(self):
        with (self.folder / "index").open("ab") as stream:
            stream.write(b"\xff\xfe nonsense\n")

        third = self.Anchor._cron_anchor()

        self.assertEqual(third.number, 3)
        self.assertFault("anchor 2: its line cannot be read")

    def test_anchors_of_another_database_are_named_as_such(self):
        self.env["ir.config_parameter"].set_param("database.uuid", "another")

        self.assertFault("belongs to another database")

    def test_anchor_younger_than_the_audit_is_left_to_the_next(self):
        """The audit cannot see what was booked after it began."""
        line = anchors.index(self.env.cr.dbname)[0]
        self.cut_tail()
        self.assertEqual(self.found(), {("anchor", 3)})

        with patch.object(type(self.Anchor), "_moment", lambda _self: line.date[:10]):
            self.assertEqual(self.found(), set())
