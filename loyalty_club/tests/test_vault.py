import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from .. import keyring, vault

DATABASE = "vault_test"


@tagged("post_install", "-at_install")
class TestVault(BaseCase):
    """What is sealed opens with its key, for its holder, for its purpose, and in no other way."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.enterContext(patch.dict(os.environ, {"LOYALTY_CLUB_KEYS": folder.name}))

    def test_a_sealed_text_opens_again_and_shows_nothing(self):
        sealed = vault.seal(DATABASE, "code", "M1", "0499370899 علی")

        self.assertNotIn("0499370899", sealed)
        self.assertEqual(vault.unseal(DATABASE, "code", "M1", sealed), "0499370899 علی")

    def test_the_same_text_is_never_sealed_alike(self):
        both = {vault.seal(DATABASE, "code", "M1", "0499370899") for _time in range(2)}

        self.assertEqual(len(both), 2)

    def test_a_value_does_not_open_for_another_holder_or_purpose_or_when_altered(self):
        sealed = vault.seal(DATABASE, "code", "M1", "0499370899")
        version, mark, body = sealed.split(".")
        for purpose, holder, text in (
            ("code", "M2", sealed),
            ("birthday", "M1", sealed),
            ("code", "M1", f"{version}.{mark}.{'B' if body[0] == 'A' else 'A'}{body[1:]}"),
            ("code", "M1", f"{version}.{mark}.!"),
            ("code", "M1", f"{version}.{mark}."),
            ("code", "M1", f"v9.{mark}.{body}"),
            ("code", "M1", "plain"),
        ):
            with self.subTest(text=text, holder=holder), self.assertRaises(vault.VaultError):
                vault.unseal(DATABASE, purpose, holder, text)

    def test_the_newest_key_seals_and_older_ones_go_on_opening(self):
        old = vault.seal(DATABASE, "code", "M1", "0499370899")

        keyring.add_vault_key(DATABASE)

        new = vault.seal(DATABASE, "code", "M1", "0499370899")
        self.assertNotEqual(old.split(".")[1], new.split(".")[1])
        self.assertTrue(new.startswith(vault.newest_mark(DATABASE)))
        self.assertEqual(vault.unseal(DATABASE, "code", "M1", old), "0499370899")

    def test_a_key_that_another_server_made_is_found_while_this_one_runs(self):
        mine = vault.seal(DATABASE, "code", "M1", "mine")
        (self.folder / "vault-20990101T000000.key").write_text("ab" * 32)

        theirs = vault.seal(DATABASE, "code", "M1", "theirs")

        self.assertNotEqual(mine.split(".")[1], theirs.split(".")[1])
        self.assertEqual(vault.unseal(DATABASE, "code", "M1", theirs), "theirs")

    def test_the_newest_key_is_the_last_by_name_whatever_the_files_say(self):
        keyring.vault_keys(DATABASE)
        newest = self.folder / "vault-20990101T000000.key"
        newest.write_text("ab" * 32)
        os.utime(newest, (1, 1))

        marks = list(keyring.vault_keys(DATABASE))

        self.assertEqual(marks[-1], keyring.fingerprint(bytes.fromhex("ab" * 32)))

    def test_a_file_that_is_still_being_copied_is_no_key_yet(self):
        mark = vault.newest_mark(DATABASE)
        half = self.folder / "vault-20990101T000000.key"
        half.write_text("")
        with self.assertLogs("odoo.addons.loyalty_club.keyring", "ERROR"):
            self.assertEqual(vault.newest_mark(DATABASE), mark)

        half.write_text("ab" * 32)

        self.assertNotEqual(vault.newest_mark(DATABASE), mark)

    def test_a_missing_key_is_said_so_and_a_returned_one_opens_again(self):
        sealed = vault.seal(DATABASE, "code", "M1", "0499370899")
        first = self.folder / "vault.key"
        keyring.add_vault_key(DATABASE)
        text = first.read_text()
        first.unlink()
        with self.assertRaises(vault.VaultError):
            vault.unseal(DATABASE, "code", "M1", sealed)

        first.write_text(text)

        self.assertEqual(vault.unseal(DATABASE, "code", "M1", sealed), "0499370899")

    def test_keys_of_the_vault_seal_no_entries_of_the_ledger(self):
        before = keyring.current_key(DATABASE)

        keyring.add_vault_key(DATABASE)

        self.assertEqual(keyring.current_key(DATABASE), before)
        self.assertNotIn(before[1], keyring.vault_keys(DATABASE).values())

    def test_equal_texts_have_equal_indexes_within_a_purpose_and_whatever_the_key(self):
        index = vault.blind(DATABASE, "code", "0499370899")

        keyring.add_vault_key(DATABASE)

        self.assertEqual(vault.blind(DATABASE, "code", "0499370899"), index)
        self.assertNotEqual(vault.blind(DATABASE, "mobile", "0499370899"), index)
        self.assertNotEqual(vault.blind(DATABASE, "code", "0499370880"), index)
