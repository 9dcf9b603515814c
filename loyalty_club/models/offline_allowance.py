"""What a till may take from wallets while it hears nothing of the server."""

from decimal import Decimal
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..domain.codes import is_request_key
from ..domain.lots import ZERO
from ..transaction import in_short_transaction
from .pos_lines import money

_OPEN = "open"


class LoyaltyClubOfflineAllowance(models.Model):
    """A part of a till's offline limit, lent to one of its devices.

    The device counts what it takes offline and stops at the amount; the server counts what
    turned out not to be there. Allowances that are out, and what is still uncovered of earlier
    ones, are together never more than the till's limit, however many devices a till has.
    """

    _name = "loyalty.club.offline.allowance"
    _inherit = ["loyalty.club.own.work"]
    _description = "Offline Allowance"
    _order = "id desc"
    _rec_name = "device"

    config_id = fields.Many2one(
        "pos.config", string="Till", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="config_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="config_id.currency_id")
    device = fields.Char(required=True, readonly=True, help="The browser that asked for it.")
    token = fields.Char(
        required=True,
        readonly=True,
        groups="base.group_system",
        help="By which payments that were taken offline name it.",
    )
    amount = fields.Monetary(required=True, readonly=True, help="What it may take at most.")
    state = fields.Selection(
        [(_OPEN, "On the till"), ("returned", "Returned"), ("given_up", "Given up")],
        string="Status",
        required=True,
        readonly=True,
        default=_OPEN,
    )
    shortfall_ids = fields.One2many(
        "loyalty.club.shortfall", "allowance_id", string="Not covered", readonly=True
    )
    uncovered = fields.Monetary(
        compute="_compute_uncovered", help="What was taken offline and turned out not to be there."
    )

    _token_unique = models.Constraint("UNIQUE (token)", "An allowance has a token of its own.")
    _amount_positive = models.Constraint("CHECK (amount > 0)", "An allowance is above zero.")
    _device_once = models.UniqueIndex(
        "(config_id, device) WHERE state = 'open'", "A device has one allowance at a time."
    )

    @api.depends("shortfall_ids.amount")
    def _compute_uncovered(self):
        for allowance in self:
            allowance.uncovered = sum(allowance.shortfall_ids.mapped("amount"))

    # === ACTION METHODS === #

    def action_give_up(self):
        """The device is lost or broken: lend its part of the limit to others.

        What it took meanwhile may still arrive, and is then accepted within its amount.

        :raises AccessError: for anyone but a club manager.
        """
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(self.env._("Only a club manager gives an allowance up."))
        self.check_access("read")
        # sudo: checked; its state is set by our own code alone
        self.sudo().filtered(lambda allowance: allowance.state == _OPEN).state = "given_up"

    # === BUSINESS METHODS === #

    @api.model
    def _lend(self, config, device):
        """Lend a device what is left of its till's limit; what it had is returned.

        :param config: pos.config.
        :returns: the allowance, or none when nothing is left.
        """
        self.env.cr.execute(
            SQL("SELECT id FROM pos_config WHERE id = %s FOR NO KEY UPDATE", config.id)
        )
        mine = [("config_id", "=", config.id), ("device", "=", device), ("state", "=", _OPEN)]
        before = self.search(mine)
        free = money(config.club_offline_limit) - self._out(config, before)
        if before and money(before.amount) == free and not before.shortfall_ids:
            return before
        before.state = "returned"
        self.flush_model(["state"])  # before the next one of the same device is inserted
        if free <= 0:
            return self.browse()
        return self.create(
            {
                "config_id": config.id,
                "device": device,
                "token": str(uuid4()),
                "amount": float(free),
            }
        )

    @api.model
    def _out(self, config, mine):
        """What other devices of a till have, and what nobody has made up for, a Decimal."""
        self.env["loyalty.club.shortfall"].flush_model()
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT COALESCE(SUM(CASE WHEN a.state = 'open' AND a.id <> %(mine)s
                                         THEN a.amount ELSE COALESCE(s.amount, 0) END), 0)::text
                  FROM loyalty_club_offline_allowance a
                  LEFT JOIN LATERAL (
                        SELECT SUM(amount) AS amount FROM loyalty_club_shortfall
                         WHERE allowance_id = a.id AND state = 'open') s ON TRUE
                 WHERE a.config_id = %(config)s
                """,
                config=config.id,
                mine=mine.id or 0,
            )
        )
        return Decimal(self.env.cr.fetchone()[0])

    @api.model
    def _of(self, payment):
        """The allowance that a payment names, of its own till; or none."""
        token = payment.club_offline_token
        config = payment.pos_order_id.config_id
        if not token:
            return self.browse()
        return self.search([("token", "=", token), ("config_id", "=", config.id)], limit=1)

    def _bear(self, shortfall):
        """Count what a payment left uncovered against the allowance it was taken with.

        :raises UserError: when the device took more than it was lent.
        """
        self.env.cr.execute(
            SQL(
                "SELECT id FROM loyalty_club_offline_allowance WHERE id = %s FOR NO KEY UPDATE",
                self.id,
            )
        )
        shortfall.allowance_id = self
        uncovered = sum((money(one.amount) for one in self.shortfall_ids), ZERO)
        if uncovered > money(self.amount):
            raise UserError(
                self.env._(
                    "This till was allowed to take %(amount)s offline, and took more. Tell a "
                    "manager: the order stays on the till until then.",
                    amount=self.currency_id.format(self.amount),
                )
            )


class LoyaltyClubShortfall(models.Model):
    _inherit = "loyalty.club.shortfall"

    allowance_id = fields.Many2one(
        "loyalty.club.offline.allowance",
        string="Taken offline with",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )

    @api.model
    def _note(self, payment, wallet, amount, units):
        result = super()._note(payment, wallet, amount, units)
        if allowance := self.env["loyalty.club.offline.allowance"]._of(payment):
            allowance._bear(self.search([("payment_id", "=", payment.id)]))
        return result


class PosPayment(models.Model):
    _inherit = "pos.payment"

    club_offline_token = fields.Char(
        string="Offline allowance",
        readonly=True,
        copy=False,
        help="Named by a till that took the payment while it was offline.",
    )


class PosConfig(models.Model):
    _inherit = "pos.config"

    club_offline_limit = fields.Monetary(
        string="Offline limit",
        currency_field="currency_id",
        default=0.0,
        help="While it is offline, the till may take wallet payments up to this amount without "
        "asking: what turns out not to be there is the shop's loss until it is collected. All "
        "devices of the till together never lose more. 0: none; wallets pay only online.",
    )

    _club_offline_limit_sound = models.Constraint(
        "CHECK (club_offline_limit >= 0)", "A till's offline limit is zero or more."
    )

    def _club_lend_offline(self, device):
        """Lend a device of this till what it may take while it is offline.

        Asked by a device only when it has nothing left to send.

        :param device: a name the browser gave itself, the same as long as it keeps its data.
        :returns: dict with ``token`` (False: nothing is lent) and ``amount`` (decimal as text).
        :raises AccessError: for anyone but a user of the Point of Sale.
        """
        self._club_check_cashier()
        if not is_request_key(device):
            raise UserError(self.env._("The request carries no usable key. Reload the till."))
        config = self.sudo()  # sudo: the till was checked; cashiers read no allowances
        if not (config.club_offline_limit and config._club()):
            return {"token": False, "amount": "0"}

        def lend(env):
            allowances = env["loyalty.club.offline.allowance"].sudo()  # sudo: as above
            lent = allowances._lend(env["pos.config"].sudo().browse(self.id), device)
            return {"token": lent.token or False, "amount": str(money(lent.amount))}

        return in_short_transaction(self.env, lend)
