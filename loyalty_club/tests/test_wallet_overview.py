from datetime import date
from decimal import Decimal

from odoo.tests import tagged

from ..movement import Movement
from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestWalletOverview(ClubCommon):
    """What the screens of wallets and entries show beside the stored figures."""

    def earn(self, amount, expires_on, member=None, **values):
        wallet = (member or self.member).wallet_ids
        movement = Movement(
            wallet_id=wallet.id,
            amount=Decimal(amount),
            kind="earn" if amount > 0 else "spend",
            key=f"overview:{wallet.id}:{wallet.seq}",
            expires_on=expires_on,
            **values,
        )
        self.env["loyalty.club.wallet"]._post_or_raise([movement])
        return wallet

    def test_what_expires_first_is_shown_with_its_day(self):
        self.earn(10, date(2040, 1, 1))
        self.earn(20, date(2039, 1, 1))
        wallet = self.earn(5, date(2039, 1, 1))

        self.assertEqual(wallet.next_expiry, date(2039, 1, 1))
        self.assertEqual(wallet.next_expiry_amount, 25)

    def test_what_is_spent_or_expired_or_never_expires_is_not_shown(self):
        wallet = self.earn(7, date(2020, 1, 1))
        self.earn(5, date(2039, 1, 1))
        self.earn(-5, None)
        self.earn(10, None)

        self.assertFalse(wallet.next_expiry)
        self.assertEqual(wallet.next_expiry_amount, 0)

    def test_each_wallet_has_its_own(self):
        other = self.new_member("Reza")
        wallets = self.earn(10, date(2040, 1, 1)) | self.earn(20, date(2041, 1, 1), other)

        self.assertEqual(wallets.mapped("next_expiry"), [date(2040, 1, 1), date(2041, 1, 1)])

    def test_entry_is_named_by_its_receipt_or_by_its_document(self):
        order = self.sell(partner=self.member.partner_id)
        wallet = self.earn(1, None, origin=("res.partner", self.member.partner_id.id))
        self.earn(1, None, origin=("res.partner", 10**8))
        self.earn(1, None, origin=("no.such.model", 1))
        self.earn(1, None)

        names = wallet.entry_ids.sorted("seq").mapped("document")

        self.assertEqual(
            names,
            [f"Receipt {order.pos_reference}", self.member.partner_id.display_name, *[False] * 3],
        )

    def test_cashier_without_rights_on_the_document_reads_its_name(self):
        self.sell(partner=self.member.partner_id)
        wallet = self.member.wallet_ids
        marketer = self.env["res.users"].create(
            {
                "name": "M",
                "login": "overview_marketer",
                "group_ids": [self.env.ref("loyalty_club.group_marketer").id],
            }
        )

        self.assertIn("Receipt", wallet.with_user(marketer).entry_ids[:1].document)
