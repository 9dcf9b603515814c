from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..clock import today_in
from ..const import AMOUNT_DIGITS
from ..domain.lots import ZERO


class LoyaltyClubWalletKind(models.Model):
    """How a kind of value pays at tills."""

    _inherit = "loyalty.club.wallet.kind"

    code_above = fields.Float(
        string="One-time code above",
        digits=AMOUNT_DIGITS,
        required=True,
        default=0.0,
        help="When a member pays more than this at tills in one day, a code is sent to her mobile, "
        "and she tells it to the cashier. 0: never.",
    )
    payment_method_ids = fields.One2many(
        "pos.payment.method",
        "club_wallet_kind_id",
        string="Ways to pay",
        readonly=True,
        groups="point_of_sale.group_pos_user",
        help="Payment methods by which tills take it.",
    )

    _code_above_sound = models.Constraint(
        "CHECK (code_above >= 0)", "The amount above which a code is asked for is not negative."
    )

    # === BUSINESS METHODS === #

    def _needs_code(self, wallet, amount):
        """Whether a payment of ``amount`` (Decimal) needs a code of the wallet's holder.

        What the till asks for in many small parts counts together.
        """
        self.ensure_one()
        limit = Decimal(str(self.code_above))
        if not limit or not wallet.member_id:
            return False
        return self._paid_today(wallet) + amount > limit

    @api.model
    def _paid_today(self, wallet):
        """What was paid, or is held, at tills on the shop's day of today."""
        self.env.cr.execute(
            SQL(
                "SELECT SUM(CASE state WHEN 'captured' THEN captured ELSE amount END)::text"
                " FROM loyalty_club_hold WHERE wallet_id = %s AND day = %s"
                " AND state IN ('open', 'captured') AND origin_model = 'pos.config'",
                wallet.id,
                today_in(wallet.company_id),
            )
        )
        return Decimal(self.env.cr.fetchone()[0] or ZERO)
