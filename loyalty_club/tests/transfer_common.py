"""Words in which the tests of transfers speak: two members with mobiles, and their points."""

from decimal import Decimal
from itertools import count
from uuid import uuid4

from ..movement import Movement
from .common import ClubCommon
from .test_one_time_code import CodeWords


class TransferWords(CodeWords, ClubCommon):
    """Sara has 100 points and may send them; Reza has none. Both have a mobile."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers = count(1)
        cls.kind = cls.club.points_kind_id
        cls.kind.write({"transferable": True, "transfer_freeze_hours": 0})
        cls.sara = cls.member
        cls.reach(cls.sara, "09121111111")
        cls.reza = cls.reachable("Reza Karimi", "09122222222")
        cls.put(cls.sara, 100)

    @classmethod
    def reach(cls, member, phone):
        member.partner_id.write({"country_id": cls.env.ref("base.ir").id, "phone": phone})

    @classmethod
    def reachable(cls, name, phone):
        """A member with a mobile."""
        member = cls.new_member(name)
        cls.reach(member, phone)
        return member

    @classmethod
    def purse(cls, member):
        """The member's wallet of points."""
        return member.wallet_ids.filtered(lambda wallet: wallet.kind_id == cls.kind)

    @classmethod
    def put(cls, member, amount, **values):
        """Book a bonus; returns its entry."""
        movement = Movement(
            wallet_id=cls.purse(member).id,
            amount=Decimal(str(amount)),
            kind="bonus",
            key=f"transfer-test:{next(cls.numbers)}",
            **values,
        )
        outcome = cls.env["loyalty.club.wallet"]._post_or_raise([movement])[0]
        return cls.env["loyalty.club.entry"].browse(outcome.entry_id)

    # --- what people do --------------------------------------------------------------

    @property
    def transfers(self):
        return self.env["loyalty.club.transfer"]

    def found(self, answer):
        """The transfer that an answer is about."""
        self.env.invalidate_all()
        return self.transfers.search([("reference", "=", answer["reference"])])

    def ask(self, amount, sender=None, receiver=None, key=None, user=None):
        """Ask for a transfer, as a user of the club does at a counter."""
        wallet = self.purse(sender or self.sara)
        transfers = self.transfers.with_user(user or self.env.user)
        answer = transfers._step(
            "_request",
            wallet.id,
            (receiver or self.reza).id,
            Decimal(str(amount)),
            key or uuid4().hex,
        )
        return self.found(answer)

    def confirm(self, transfer, side="sender", code=None, user=None):
        """Enter the code that was sent to one side."""
        code = code or self.code_of(transfer[f"{side}_id"].partner_id)
        steps = self.transfers.with_user(user or self.env.user)
        return self.found(steps._step("_confirm", transfer.reference, side, code))

    def send(self, amount, **values):
        """Ask, and confirm as the sender."""
        return self.confirm(self.ask(amount, **values))

    # --- what must hold --------------------------------------------------------------

    def balances(self, *members):
        self.env.invalidate_all()
        return [self.purse(member).balance for member in members]

    def assertBalances(self, *expected):
        """What Sara and Reza have (and others, in pairs of member and balance)."""
        self.assertEqual(self.balances(self.sara, self.reza), list(expected))
        self.assertLedgerSound()
