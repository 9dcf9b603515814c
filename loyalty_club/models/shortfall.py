import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import AMOUNT_DIGITS
from ..movement import Movement
from .pos_lines import money

_logger = logging.getLogger(__name__)


class LoyaltyClubShortfall(models.Model):
    """A till gave goods away for value that was gone when the order arrived: a payment whose hold
    was over, or which was taken while the till was offline.

    Nothing is booked for it until a manager collects it from the wallet or writes it off: it
    stays on the clearing account, and on this list.
    """

    _name = "loyalty.club.shortfall"
    _inherit = ["loyalty.club.own.work"]
    _description = "Payment Not Covered"
    _order = "id desc"

    name = fields.Char(string="Order", required=True, readonly=True)
    payment_id = fields.Many2one(
        "pos.payment", required=True, readonly=True, ondelete="cascade", index=True
    )
    order_id = fields.Many2one(
        related="payment_id.pos_order_id",
        string="Till order",
        store=True,
        precompute=True,
        index=True,
    )
    config_id = fields.Many2one(
        related="order_id.config_id", string="Till", store=True, precompute=True
    )
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    company_id = fields.Many2one(related="order_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    kind_id = fields.Many2one(
        related="payment_id.payment_method_id.club_wallet_kind_id", string="Kind of value"
    )
    wallet_id = fields.Many2one(
        "loyalty.club.wallet", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    amount = fields.Monetary(readonly=True, required=True, help="Money that was not covered.")
    units = fields.Float(
        digits=AMOUNT_DIGITS, readonly=True, help="The same in the unit of the wallet."
    )
    unit = fields.Char(related="kind_id.unit", string="Kept in")
    state = fields.Selection(
        [("open", "Open"), ("collected", "Collected"), ("written_off", "Written off")],
        string="Status",
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    entry_id = fields.Many2one(
        "loyalty.club.entry", string="Collected by", readonly=True, ondelete="restrict"
    )
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    decided_at = fields.Datetime(string="Decided on", readonly=True)

    _payment_once = models.Constraint(
        "UNIQUE (payment_id)", "What a payment left uncovered is noted once."
    )
    _sound = models.Constraint(
        "CHECK (amount > 0 AND units >= 0)", "A payment is uncovered by a positive amount."
    )

    # === ACTION METHODS === #

    def action_collect(self):
        """Take from the wallets now what was not there then.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: when it is not there yet.
        """
        self._check_decides()
        Wallet = self.env["loyalty.club.wallet"].sudo()  # sudo: ledger's door; checked above
        shortfalls = self.sudo()  # sudo: their state is set by our own code alone
        if not all(shortfall.wallet_id and shortfall.units for shortfall in shortfalls):
            raise UserError(self.env._("No wallet is known that this could be collected from."))
        shortfalls._check_open()
        outcomes = Wallet._post_or_raise([shortfall._movement() for shortfall in shortfalls])
        for shortfall, outcome in zip(shortfalls, outcomes, strict=True):
            shortfall._decide("collected", outcome.entry_id)

    def action_write_off(self):
        """Give it up: the shop bears it.

        :raises AccessError: for anyone but a club manager.
        """
        self._check_decides()
        shortfalls = self.sudo()  # sudo: as in action_collect
        shortfalls._check_open()
        shortfalls._decide("written_off")

    # === BUSINESS METHODS === #

    @api.model
    def _note(self, payment, wallet, amount, units):
        """Remember what a payment left uncovered, once.

        :param wallet: loyalty.club.wallet that should have paid, or none.
        :param amount: Decimal, in the currency of the order.
        :param units: the same as a Decimal in the wallet's unit.
        """
        if self.search_count([("payment_id", "=", payment.id)], limit=1):
            return
        _logger.info("Payment %s of %s is not covered", payment.id, payment.pos_order_id.name)
        self.create(
            {
                "name": payment.pos_order_id.name,
                "payment_id": payment.id,
                "wallet_id": wallet.id if wallet else False,
                "amount": float(amount),
                "units": float(units),
            }
        )

    def _movement(self):
        order = self.order_id
        return Movement(
            wallet_id=self.wallet_id._successor().id,
            amount=-money(self.units),
            kind="spend",
            key=f"shortfall:{self.id}",
            origin=(self._name, self.id),
            branch_id=order.config_id.club_branch_id.id or None,
            note=order.name,
        )

    def _check_open(self):
        if set(self.mapped("state")) - {"open"}:
            raise UserError(self.env._("This was decided before. Reload the page."))

    def _decide(self, state, entry_id=False):
        self.write(
            {
                "state": state,
                "entry_id": entry_id,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    def _check_decides(self):
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(self.env._("Only a club manager decides what becomes of it."))
        self.check_access("read")
