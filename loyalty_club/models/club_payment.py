from odoo import Command, fields, models
from odoo.exceptions import AccessError

from .pos_payment_method import TERMINAL

PAYING = ("points", "ewallet", "cashback", "gift_card")


class LoyaltyClub(models.Model):
    """How tills take what the club keeps for its members."""

    _inherit = "loyalty.club"

    payment_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of payments",
        check_company=True,
        ondelete="restrict",
        copy=False,
        domain="[('type', '=', 'bank')]",
        help="Where tills book what was paid with value of the club: on the clearing account, "
        "which the postings of the club bring back to zero.",
    )

    # === ACTION METHODS === #

    def action_set_up_payment(self):
        """Make a way to pay for each kind of value that has none, and let the club's tills that
        are closed take it.

        :raises AccessError: for anyone who may not make journals and payment methods, or change
            the club.
        :raises UserError: when the company has no chart of accounts.
        """
        self.ensure_one()
        self.check_access("write")
        club = self.with_company(self.company_id)
        if not all(
            club.env[model].has_access("create")
            for model in ("account.journal", "pos.payment.method")
        ):
            raise AccessError(
                self.env._(
                    "Ways to pay are made by an accountant who is also a manager of the Point of "
                    "Sale and of the club."
                )
            )
        club.action_set_up_accounts()
        club._make_payment_methods()
        waiting = club._give_tills_payment_methods()
        message = self.env._("The club's tills now take what members have.")
        if waiting:
            message = self.env._(
                "These tills are open: close them, then press the button again. %(tills)s",
                tills=", ".join(waiting.mapped("name")),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if waiting else "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS METHODS === #

    def _make_payment_methods(self):
        """A payment method for each kind that pays and has none.

        Payments are booked together, not customer by customer: who paid, the wallets say.
        """
        kinds = self.kind_ids.filtered(lambda kind: kind.type in PAYING)
        methods = self._payment_methods()
        missing = kinds - methods.club_wallet_kind_id
        if not missing:
            return
        if not self.payment_journal_id:
            self.payment_journal_id = self._find_or_make_payment_journal()
        self.env["pos.payment.method"].create(
            [
                {
                    "name": kind.name,
                    "company_id": self.company_id.id,
                    "journal_id": self.payment_journal_id.id,
                    "outstanding_account_id": kind.clearing_account_id.id,
                    "payment_method_type": "terminal",
                    "use_payment_terminal": TERMINAL,
                    "club_wallet_kind_id": kind.id,
                }
                for kind in missing
            ]
        )
        self._translate_payment_names()

    def _payment_methods(self):
        return self.env["pos.payment.method"].search(
            [("club_wallet_kind_id", "in", self.kind_ids.ids)]
        )

    def _find_or_make_payment_journal(self):
        """The clubs of a company share one; each method has its own club's clearing account."""
        Journal = self.env["account.journal"]
        code = "CLUBP"
        return Journal.search(
            [("company_id", "=", self.company_id.id), ("code", "=", code)], limit=1
        ) or Journal.create(
            {
                "name": self.env._("Customer club: payments at tills"),
                "code": code,
                "type": "bank",
                "company_id": self.company_id.id,
                "default_account_id": self.points_kind_id.clearing_account_id.id,
            }
        )

    def _give_tills_payment_methods(self):
        """Let the club's tills take them.

        :returns: the tills (pos.config) that could not be changed, because they are open.
        """
        methods = self._payment_methods()
        tills = self.env["pos.config"].search([("company_id", "=", self.company_id.id)])
        tills = tills.filtered(lambda till: till._club() == self)
        lacking = tills.filtered(lambda till: methods - till.payment_method_ids)
        closed = lacking.filtered(lambda till: not till.has_active_session)
        for till in closed:
            till.payment_method_ids = [Command.link(method.id) for method in methods]
        return lacking - closed
