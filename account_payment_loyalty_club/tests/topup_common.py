"""Words in which the tests of online top-ups speak: a provider, and payments through it."""

from itertools import count
from unittest.mock import patch

from odoo import Command

from odoo.addons.loyalty_club.tests.ledger_posting_common import LedgerPostingCommon

_references = count(1)


class TopupWords(LedgerPostingCommon):
    """Sara may pay credit in online; whoever pays 100 or more gets 10 on top of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["payment.provider"].search([]).write({"state": "disabled"})
        cls.method = cls.env.ref("payment.payment_method_unknown")
        cls.provider = cls.new_provider("Test bank")
        cls.method.active = True
        cls.purse = cls.credit._wallets_of(cls.member)[cls.member.id]
        cls.env["loyalty.club.topup.offer"].create(
            {"kind_id": cls.credit.id, "pays": 100, "gets": 110}
        )

    @classmethod
    def new_provider(cls, name, **values):
        """A provider that every customer may use, with its way into the books."""
        form = cls.env["ir.ui.view"].create(
            {"name": name, "type": "qweb", "arch": '<form action="/bank" method="post"/>'}
        )
        provider = cls.env["payment.provider"].create(
            {
                "name": name,
                "code": "none",
                "state": "test",
                "is_published": True,
                "company_id": cls.company.id,
                "payment_method_ids": [Command.set(cls.method.ids)],
                "redirect_form_view_id": form.id,
                **values,
            }
        )
        journal = cls.bank_method.journal_id
        Method = cls.env["account.payment.method"]
        known = Method._get_payment_method_information
        with patch.object(
            type(Method),
            "_get_payment_method_information",
            lambda self: {**known(), "none": {"mode": "multi", "type": ("bank",)}},
        ):
            way = Method.search([("code", "=", "none")]) or Method.create(
                {"name": "Dummy", "code": "none", "payment_type": "inbound"}
            )
            cls.env["account.payment.method.line"].create(
                {
                    "name": name,
                    "payment_method_id": way.id,
                    "journal_id": journal.id,
                    "payment_provider_id": provider.id,
                    "payment_account_id": cls.outstanding().id,
                }
            )
        return provider

    @classmethod
    def outstanding(cls):
        """The account on which money waits that the bank has not shown yet."""
        values = {"name": "Test outstanding", "code": "tstout", "account_type": "asset_current"}
        Account = cls.env["account.account"].with_company(cls.company)
        return Account.search([("code", "=", "tstout")]) or Account.create(values)

    def payment(self, amount, **values):
        """A payment of Sara's that the provider knows nothing of yet."""
        return self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "reference": f"topup-test-{next(_references)}",
                "amount": amount,
                "currency_id": self.credit.currency_id.id,
                "partner_id": self.member.partner_id.id,
                "operation": "online_redirect",
                "club_wallet_id": self.purse.id,
                **values,
            }
        )

    def paid(self, amount, **values):
        """A payment that the provider has confirmed, and Odoo processed."""
        payment = self.payment(amount, **values)
        payment._set_done()
        payment._post_process()
        return payment

    def refund(self, payment, amount):
        """The provider pays back, whoever asked it to."""
        refund = payment._create_child_transaction(amount, is_refund=True)
        refund._set_done()
        refund._post_process()
        return refund

    def assertPurse(self, balance):
        self.env.invalidate_all()
        self.assertEqual(self.purse.balance, balance)
        self.assertLedgerSound()
