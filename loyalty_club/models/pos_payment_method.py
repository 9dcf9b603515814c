"""Ways to pay at a till out of what the club keeps for its members."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..clock import today_in
from ..domain.earning import round_to
from ..domain.lots import ZERO

TERMINAL = "club_wallet"
# A rate like one third has no end: what lies below this is no part of an amount.
_FINE = Decimal("0.000001")


class PosPaymentMethod(models.Model):
    """A payment method whose “terminal” is the club's ledger: what is paid with it is held
    there at once, and taken with the order."""

    _inherit = "pos.payment.method"

    club_wallet_kind_id = fields.Many2one(
        "loyalty.club.wallet.kind",
        string="Kind of value",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('type', 'in', ('points', 'ewallet', 'cashback', 'gift_card'))]",
        help="What the customer pays with: her points, her credit, or a gift card that she shows.",
    )
    club_bearer = fields.Boolean(
        string="Whoever holds the card pays",
        compute="_compute_club_bearer",
        compute_sudo=True,
        help="The cashier scans or types the card's code; no customer is needed.",
    )

    # === COMPUTE METHODS === #

    @api.depends("club_wallet_kind_id.type")
    def _compute_club_bearer(self):
        for method in self:
            method.club_bearer = method.club_wallet_kind_id.bearer

    # === CONSTRAINT METHODS === #

    @api.constrains("use_payment_terminal", "club_wallet_kind_id", "company_id")
    def _check_club_wallet_kind(self):
        for method in self.sudo():  # sudo: whoever sets methods up need not read the club's kinds
            kind = method.club_wallet_kind_id
            if (method.use_payment_terminal == TERMINAL) != bool(kind):
                raise ValidationError(
                    self.env._(
                        "“%(method)s”: choose the kind of value that customers pay with, and "
                        "“Customer club” as the terminal. One does not go without the other.",
                        method=method.name,
                    )
                )
            if kind and (kind.type in ("debt", "stamp") or kind.company_id != method.company_id):
                raise ValidationError(
                    self.env._(
                        "“%(kind)s” pays for nothing at tills of %(company)s. Choose points, "
                        "credit, cashback or gift cards of that company's club.",
                        kind=kind.name,
                        company=method.company_id.name,
                    )
                )

    # === ONCHANGE METHODS === #

    @api.onchange("use_payment_terminal")
    def _onchange_use_payment_terminal(self):
        result = super()._onchange_use_payment_terminal()
        if self.use_payment_terminal != TERMINAL:
            self.club_wallet_kind_id = False
        return result

    # === BUSINESS METHODS === #

    def _get_payment_terminal_selection(self):
        return [
            *super()._get_payment_terminal_selection(),
            (TERMINAL, self.env._("Customer club")),
        ]

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "club_wallet_kind_id", "club_bearer"]

    def _club_rate(self, currency):
        """Money that one unit of this method's value pays for, an exact Decimal.

        Points pay what they are converted for; where the club converts none, what the club
        says a point is worth.

        :param currency: of the till.
        """
        self.ensure_one()
        kind = self.club_wallet_kind_id
        day = today_in(kind.company_id)
        if kind.currency_id:
            return self._club_exchange(kind.currency_id, currency, day)
        Rate = self.env["loyalty.club.conversion"]
        rates = Rate.search([("from_kind_id", "=", kind.id), *Rate._valid_on(day)])
        rate = rates.filtered(lambda rate: rate.to_kind_id.type in ("ewallet", "cashback"))[:1]
        if rate:
            worth = Decimal(str(rate.to_amount)) / Decimal(str(rate.from_amount))
            return worth * self._club_exchange(rate.to_kind_id.currency_id, currency, day)
        worth = Decimal(str(kind.club_id.point_value))
        return worth * self._club_exchange(kind.company_id.currency_id, currency, day)

    def _club_exchange(self, money, currency, day):
        company = self.club_wallet_kind_id.company_id
        return Decimal(str(money._get_conversion_rate(money, currency, company, day)))

    def _club_units(self, amount, rate):
        """Units that ``amount`` of money costs: a started step counts."""
        step = Decimal(str(self.club_wallet_kind_id.rounding))
        return round_to((amount / rate).quantize(_FINE), step, "up") if rate else ZERO

    def _club_money(self, units, rate, currency):
        """Money that ``units`` pay for: what is less than the smallest coin is not given."""
        paid = (units * rate).quantize(_FINE)
        return round_to(paid, Decimal(str(currency.rounding)), "down")
