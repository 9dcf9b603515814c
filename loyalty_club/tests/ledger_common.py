"""Words in which tests of the ledger speak: movements of a member's points, lots, holds."""

from decimal import Decimal

from ..movement import Movement
from .common import ClubCommon


class LedgerCommon(ClubCommon):
    """One member whose points wallet is empty."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Wallet = cls.env["loyalty.club.wallet"]
        cls.Hold = cls.env["loyalty.club.hold"]
        cls.points = cls.club.points_kind_id
        cls.wallet = cls.wallet_of(cls.member)

    @classmethod
    def wallet_of(cls, member, kind=None):
        """The member's wallet of points, or of ``kind``."""
        kind = kind or cls.club.points_kind_id
        return kind._wallets_of(member)[member.id]

    def movement(self, amount, kind=None, key=None, wallet=None, **values):
        """A movement; without a key, one that was never used."""
        kind = kind or ("grant" if Decimal(amount) > 0 else "spend")
        wallet = wallet or self.wallet
        self.counter = getattr(self, "counter", 0) + 1
        return Movement(wallet.id, Decimal(amount), kind, key or f"test:{self.counter}", **values)

    def post(self, amount, *arguments, **values):
        """Post one movement and return its outcome."""
        outcome = self.Wallet._post([self.movement(amount, *arguments, **values)])[0]
        self.env.invalidate_all()
        return outcome

    def open_lots(self, wallet=None):
        """What is left in each lot of the wallet, in the order in which they were opened."""
        return self.env["loyalty.club.lot"].search(
            [("wallet_id", "=", (wallet or self.wallet).id), ("remaining", ">", 0)], order="id"
        )

    def assertFigures(self, balance, held=0, pending=0, wallet=None):
        """Balance, what is held and pending, and the card that shows what is available."""
        self.env.invalidate_all()
        wallet = wallet or self.wallet
        self.assertEqual(
            (wallet.balance, wallet.held, wallet.pending, wallet.available),
            (balance, held, pending, balance - held - pending),
        )
        for card in wallet.card_ids:
            self.assertEqual(card.points, balance - held - pending)
