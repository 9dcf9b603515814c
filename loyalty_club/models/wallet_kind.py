from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_amount, formatLang

from ..bulk import copies_of
from ..const import AMOUNT_DIGITS


class LoyaltyClubWalletKind(models.Model):
    """A kind of value a club keeps for its members: points, prepaid credit, gift cards …"""

    _name = "loyalty.club.wallet.kind"
    _inherit = ["loyalty.club.approval.limit"]
    _description = "Wallet Kind"
    _limits = frozenset({"adjust_approval_above", "transfer_approval_above"})
    _order = "club_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    club_id = fields.Many2one("loyalty.club", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    type = fields.Selection(
        [
            ("points", "Points"),
            ("ewallet", "Credit"),
            ("cashback", "Cashback"),
            ("gift_card", "Gift card"),
            ("stamp", "Stamps"),
            ("debt", "Debt"),
        ],
        required=True,
        help="Points: earned and redeemed. Credit: paid in advance, spent as money. "
        "Cashback: credit that is granted or earned, with a validity and conditions of use. "
        "Gift card: belongs to whoever holds the card. Stamps: of a stamp card. Debt: what a "
        "member owes after returning goods whose points were already spent.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        help="Money in which this kind is kept. Empty: it is kept in points.",
    )
    rounding = fields.Float(
        digits=AMOUNT_DIGITS,
        required=True,
        default=1.0,
        help="Smallest step of this value, for example 1 for whole points.",
    )
    pending_days = fields.Integer(
        string="Pending for (days)",
        required=True,
        default=0,
        help="What is earned can be used after so many days, when the time for returns is over. "
        "0: at once.",
    )
    terms_id = fields.Many2one(
        "loyalty.club.terms",
        string="Conditions of use",
        domain="[('club_id', '=', club_id)]",
        ondelete="restrict",
        help="Conditions that new value of this kind gets, unless it is granted on others.",
    )
    minimum_balance = fields.Float(
        string="Lowest balance",
        digits=AMOUNT_DIGITS,
        required=True,
        default=0.0,
        help="So much stays in the wallet; the holder uses what is above it.",
    )
    maximum_balance = fields.Float(
        string="Highest balance",
        digits=AMOUNT_DIGITS,
        required=True,
        default=0.0,
        help="A member cannot top up, receive or convert beyond it. 0: no limit.",
    )
    spend_limit_day = fields.Float(
        string="Limit per day",
        digits=AMOUNT_DIGITS,
        required=True,
        default=0.0,
        help="A member uses at most so much in a day. 0: no limit.",
    )
    spend_limit_month = fields.Float(
        string="Limit per month",
        digits=AMOUNT_DIGITS,
        required=True,
        default=0.0,
        help="A member uses at most so much in a calendar month. 0: no limit.",
    )
    spend_limit_calendar = fields.Selection(
        [("gregorian", "Gregorian"), ("jalali", "Jalali")],
        string="Months of the limit",
        required=True,
        default="gregorian",
        help="Calendar whose months the limit per month is counted in.",
    )
    unit = fields.Char(compute="_compute_unit", help="Currency or name of the points.")
    bearer = fields.Boolean(
        compute="_compute_bearer", help="The value belongs to whoever holds the card."
    )
    program_ids = fields.One2many(
        "loyalty.program", "club_wallet_kind_id", string="Programs", readonly=True
    )
    has_program = fields.Boolean(compute="_compute_has_program", compute_sudo=True)
    wallet_ids = fields.One2many("loyalty.club.wallet", "kind_id", readonly=True)

    _rounding_positive = models.Constraint(
        "CHECK (rounding > 0)", "The smallest step of a wallet kind must be positive."
    )
    _limits_sound = models.Constraint(
        "CHECK (pending_days >= 0 AND minimum_balance >= 0 AND maximum_balance >= 0"
        " AND spend_limit_day >= 0 AND spend_limit_month >= 0"
        " AND (maximum_balance = 0 OR maximum_balance >= minimum_balance))",
        "Limits and waiting days are not negative, and the highest balance is not below the "
        "lowest.",
    )
    _one_points = models.UniqueIndex(
        "(club_id, type) WHERE type IN ('points', 'debt')",
        "A club keeps one kind of points and one kind of debt.",
    )

    # === COMPUTE METHODS === #

    @api.depends("type")
    def _compute_bearer(self):
        for kind in self:
            kind.bearer = kind.type == "gift_card"

    @api.depends("currency_id.name", "club_id.point_name")
    def _compute_unit(self):
        for kind in self:
            kind.unit = kind.currency_id.name or kind.club_id.point_name

    @api.depends("program_ids")
    def _compute_has_program(self):
        for kind in self:
            kind.has_program = bool(kind.program_ids)

    # === CONSTRAINT METHODS === #

    @api.constrains("type", "currency_id")
    def _check_currency(self):
        for kind in self:
            money = kind.type in ("ewallet", "cashback", "gift_card")
            if money and not kind.currency_id:
                raise ValidationError(
                    self.env._("Choose the currency in which “%(kind)s” is kept.", kind=kind.name)
                )

    @api.constrains("terms_id", "club_id")
    def _check_terms(self):
        for kind in self:
            if kind.terms_id and kind.terms_id.club_id != kind.club_id:
                raise ValidationError(
                    self.env._(
                        "“%(terms)s” are conditions of another club.", terms=kind.terms_id.name
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        frozen = {"club_id", "type", "currency_id", "rounding"} & vals.keys()
        if frozen and self.sudo().wallet_ids.filtered("seq"):  # sudo: any wallet counts
            raise ValidationError(
                self.env._(
                    "Value has already moved in wallets of this kind; its type, currency and "
                    "rounding can no longer change. Archive it and make a new kind."
                )
            )
        return super().write(vals)

    # === ACTION METHODS === #

    def action_create_program(self):
        """Make the program through which this kind is sold and spent, and open it.

        :raises UserError: when it has one, or is not sold at all.
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(
                self.env._("Only a club manager decides which programs the club keeps.")
            )
        if self.has_program or self.type not in ("ewallet", "cashback", "gift_card"):
            raise UserError(
                self.env._(
                    "Only credit, cashback and gift cards without a program get one; "
                    "“%(kind)s” needs none.",
                    kind=self.name,
                )
            )
        program = self.env["loyalty.program"]._club_create_stored_value_program(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "loyalty.program",
            "res_id": program.id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    def _format(self, amount):
        """``amount`` as a person reads it: money in its currency, points with their name."""
        self.ensure_one()
        if self.currency_id:
            return format_amount(self.env, float(amount), self.currency_id)
        digits = 0 if amount == int(amount) else 2
        return f"{formatLang(self.env, float(amount), digits=digits)} {self.club_id.point_name}"

    def _format_shown(self, amount):
        """``amount`` as messages and pages for customers write it: see ``rial_shown``."""
        self.ensure_one()
        if not self.currency_id:
            return self._format(amount)
        return self.currency_id._format_shown(float(amount), self.club_id.company_id)

    def _wallets_of(self, members):
        """Wallets of ``members`` of this kind, made where missing.

        :param members: recordset of loyalty.club.member.
        :returns: dict of member id to wallet (loyalty.club.wallet).
        """
        self.ensure_one()
        Wallet = self.env["loyalty.club.wallet"]
        found = Wallet.search_fetch(
            [("kind_id", "=", self.id), ("member_id", "in", members.ids)],
            ["kind_id", "member_id"],
        )
        missing = members - found.member_id
        created = Wallet.create(
            [{"kind_id": self.id, "member_id": member.id} for member in missing[:1]]
        )
        if len(missing) > 1:
            created |= copies_of(created, [{"member_id": member.id} for member in missing[1:]])
        return {wallet.member_id.id: wallet for wallet in found | created}
