"""Words for the tests of cards: who handles them, and what is done to them."""

from odoo.tests import new_test_user

from .common import ClubCommon


class CardCommon(ClubCommon):
    """The test club with a user of each kind that handles cards; members get no card by
    themselves unless a test wants it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.auto_card = False
        cls.Card = cls.env["loyalty.club.card"]
        cls.users = {
            name: new_test_user(cls.env, f"card_{name}", groups=f"loyalty_club.group_{name}")
            for name in ("user", "marketer", "manager")
        }
        cls.sara = cls.member = cls.new_member("Sara")
        cls.nima = cls.new_member("Nima")

    def issue(self, member=None, user="user", **values):
        """Issue a card to ``member``, Sara by default."""
        return self.Card.with_user(self.users[user])._issue(
            self.club, member or self.sara, **values
        )

    def stock(self, count=3, **values):
        """Cards of a new batch in stock."""
        return self.env["loyalty.club.card.batch"]._make(
            self.club, "Stock", count=count, branch=self.branch, **values
        )

    def held_by(self, text):
        """The member whose card ``text`` names now."""
        self.env.invalidate_all()
        return self.Card._held_by(self.club, text)

    def events(self, card):
        """What happened to ``card``, oldest first."""
        self.env.invalidate_all()
        return card.event_ids.sorted("id").mapped("kind")
