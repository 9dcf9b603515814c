from odoo.tests import HttpCase, tagged

from .card_common import CardCommon


@tagged("post_install", "-at_install")
class TestCardFiles(CardCommon, HttpCase):
    """Cards to print are fetched by who asked for them, and by nobody else."""

    def ask(self, user, **values):
        """The address of a file that ``user`` asks for."""
        batch = self.stock(count=2)
        wizard = self.env["loyalty.club.card.print"].with_user(self.users[user])
        wizard = wizard.create({"batch_id": batch.id, **values})
        return wizard.action_download()["url"]

    def test_whoever_asked_gets_the_file(self):
        address = self.ask("user")
        self.authenticate("card_user", "card_user")

        response = self.url_open(address)

        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertTrue(response.content.startswith(b"%PDF"))

    def test_others_and_guesses_are_answered_alike(self):
        address = self.ask("manager")
        self.authenticate("card_user", "card_user")

        for guess in (address, "/loyalty_club/cards/999999999"):
            with self.subTest(guess):
                self.assertEqual(self.url_open(guess).status_code, 404)

    def test_strangers_have_to_sign_in(self):
        self.assertIn("/web/login", self.url_open(self.ask("user")).url)
