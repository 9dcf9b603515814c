from decimal import Decimal

from odoo import fields, models

from ..domain import posting

# Scale of the money that one unit is worth: point values and rates of exchange.
VALUE_DIGITS = (20, 10)

# The field that names the account of each role.
ACCOUNT_FIELDS = {
    posting.LIABILITY: "liability_account_id",
    posting.COST: "cost_account_id",
    posting.CLEARING: "clearing_account_id",
    posting.BREAKAGE: "breakage_account_id",
    posting.FEE: "fee_account_id",
    posting.OPENING: "opening_account_id",
}


class LoyaltyClubWalletKind(models.Model):
    """The accounts on which the general ledger keeps a kind of value."""

    _inherit = "loyalty.club.wallet.kind"
    _check_company_auto = True

    liability_account_id = fields.Many2one(
        "account.account",
        string="Liability account",
        check_company=True,
        ondelete="restrict",
        copy=False,
        domain="[('account_type', 'in', ('liability_current', 'liability_non_current',"
        " 'asset_current', 'asset_non_current'))]",
        help="What the club owes its members in this kind of value, and nothing else: no other "
        "kind and no other document uses it. For debt, what members owe the club.",
    )
    cost_account_id = fields.Many2one(
        "account.account",
        string="Reward cost account",
        check_company=True,
        ondelete="restrict",
        copy=False,
        domain="[('internal_group', 'in', ('expense', 'income'))]",
        help="What is given away: earned, granted, adjusted by hand, and what another value of "
        "a point changes. An income account defers revenue instead of showing a cost.",
    )
    clearing_account_id = fields.Many2one(
        "account.account",
        string="Clearing account",
        check_company=True,
        ondelete="restrict",
        copy=False,
        domain="[('account_type', 'in', ('asset_current', 'liability_current'))]",
        help="Between sales and wallets: products that sell this value, and discounts or "
        "payments made with it, use this account too. It returns to zero.",
    )
    breakage_account_id = fields.Many2one(
        "account.account",
        string="Breakage account",
        check_company=True,
        ondelete="restrict",
        copy=False,
        domain="[('internal_group', 'in', ('income', 'expense'))]",
        help="Income from value that lapsed, or was forfeited when a membership was closed.",
    )
    fee_account_id = fields.Many2one(
        "account.account",
        string="Fee income account",
        check_company=True,
        ondelete="restrict",
        copy=False,
        domain="[('internal_group', '=', 'income')]",
        help="Income from fees taken from wallets, for example for transfers.",
    )
    opening_account_id = fields.Many2one(
        "account.account",
        string="Opening balances account",
        check_company=True,
        ondelete="restrict",
        copy=False,
        help="Stands against balances taken over from another system: the account on which they "
        "were kept until now. Empty: the reward cost account.",
    )

    _own_liability_account = models.UniqueIndex(
        "(company_id, liability_account_id) WHERE liability_account_id IS NOT NULL",
        "Another kind of value has this liability account. Give each its own: only then can the "
        "account be reconciled with the wallets.",
    )

    # === BUSINESS METHODS === #

    def _unit_value(self, day):
        """Money that one unit of this kind is worth.

        :param day: the rate of exchange is that of this day.
        :returns: Decimal, in the currency of the company, with ten decimals.
        """
        self.ensure_one()
        own = self.company_id.currency_id
        if self.currency_id:
            value = self.currency_id._get_conversion_rate(
                self.currency_id, own, self.company_id, day
            )
        else:
            value = self.club_id.point_value
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-VALUE_DIGITS[1]))

    def _ledger_account(self, role, amount):
        """The account of one role, or none when nobody has chosen it yet.

        :param role: as in ``domain.posting``.
        :param amount: what is to be booked there; a positive one is a cost.
        :returns: account.account, and the name of the field that is missing.
        """
        self.ensure_one()
        company = self.company_id
        if role == posting.REVALUATION:
            if self.currency_id and self.currency_id != company.currency_id:
                exchange = (
                    company.expense_currency_exchange_account_id
                    if amount > 0
                    else company.income_currency_exchange_account_id
                )
                if exchange:
                    return exchange, None
            role = posting.COST
        if role == posting.OPENING and not self.opening_account_id:
            role = posting.COST
        field = ACCOUNT_FIELDS[role]
        return self[field], field
