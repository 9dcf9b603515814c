"""Words for the tests of expiry: days pass, value is earned, spent and returned."""

from decimal import Decimal

from freezegun import freeze_time

from odoo import fields

from ..movement import Movement
from .common import ClubCommon


class ExpiryCommon(ClubCommon):
    """The test club in Tehran, with a clock that stands still until it is set."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Asia/Tehran"
        # the sample data's own members are told on their own days
        cls.env["loyalty.club.expiry.policy"].search([]).notice_days = 0
        cls.Wallet = cls.env["loyalty.club.wallet"]
        cls.kind = cls.club.points_kind_id
        cls.wallet = cls.wallet_of(cls.member)

    def setUp(self):
        super().setUp()
        freezer = freeze_time("2025-01-01 09:00:00")
        self.clock = freezer.start()
        self.addCleanup(freezer.stop)
        self.booked = 0

    @classmethod
    def wallet_of(cls, member):
        return member.wallet_ids.filtered(lambda wallet: wallet.type == "points")

    @classmethod
    def new_policy(cls, rule="after", **values):
        """A policy of the test club; not in force yet."""
        return cls.env["loyalty.club.expiry.policy"].create(
            {"name": f"Test {rule}", "club_id": cls.club.id, "rule": rule, **values}
        )

    def terms(self, rule="after", **values):
        """Put a new policy in force for the club's points, and return it."""
        self.kind.expiry_policy_id = self.new_policy(rule, **values)
        return self.kind.expiry_policy_id

    # --- what happens ----------------------------------------------------------------

    def on(self, moment):
        """It becomes that day (noon in Tehran), or that moment in UTC."""
        self.clock.move_to(moment if " " in moment else f"{moment} 08:30:00")

    def move(self, amount, kind=None, wallet=None, **values):
        """Ask the ledger for one movement and return its answer."""
        self.booked += 1
        kind = kind or ("earn" if amount > 0 else "spend")
        wallet = wallet or self.wallet
        key = values.pop("key", f"test:{self.booked}")
        movement = Movement(wallet.id, Decimal(amount), kind, key, **values)
        return self.Wallet._post([movement])[0]

    def earn(self, amount, day=None, **values):
        """Earn on a day; returns the lot."""
        if day:
            self.on(day)
        outcome = self.move(amount, **values)
        return self.env["loyalty.club.lot"].search([("entry_id", "=", outcome.entry_id)])

    def spend(self, amount, day=None, **values):
        """Spend on a day; returns the ledger's answer."""
        if day:
            self.on(day)
        return self.move(-amount, **values)

    def give_back(self, amount, spent, day=None):
        """Goods come back: give back part of what was spent, to the lots it came from."""
        if day:
            self.on(day)
        return self.move(amount, "refund_spend", reverses_id=spent.entry_id, restore=True)

    def night(self, day=None):
        """The pass over what is due; returns the number of wallets."""
        if day:
            self.on(day)
        return self.env["loyalty.club.expiry"]._expire()

    # --- what must hold --------------------------------------------------------------

    def remaining(self, wallet=None):
        """What the wallet's lots hold, in the order in which they came."""
        lots = self.env["loyalty.club.lot"].search(
            [("wallet_id", "=", (wallet or self.wallet).id)], order="id"
        )
        return lots.mapped("remaining")

    def expired(self, wallet=None):
        """Entries of kind “expire”, oldest first."""
        return (wallet or self.wallet).entry_ids.filtered(lambda e: e.kind == "expire").sorted("id")

    def assertUsable(self, amount, day, wallet=None):
        """On ``day`` so much can be spent and no more: the ledger itself is asked."""
        self.on(day)
        wallet = wallet or self.wallet
        with self.env.cr.savepoint() as savepoint:
            over = self.move(-(amount + 1), wallet=wallet)
            self.assertFalse(over.ok, "more could be spent")
            if amount:
                self.assertTrue(self.move(-amount, wallet=wallet).ok)
            savepoint.rollback()
        self.env.invalidate_all()

    def assertDay(self, lot, day):
        self.assertEqual(lot.expires_on, fields.Date.to_date(day))
