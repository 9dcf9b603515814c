from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import ormcache

from ..clock import today_in
from ..const import AMOUNT_DIGITS
from ..domain.earning import round_to
from ..domain.stamps import StampRule, stamps_for

_RUNNING = frozenset({"active", "club_id", "date_from", "date_to", "sequence"})


class LoyaltyClubStampProgram(models.Model):
    """A stamp card: what gives a stamp, how many make the card full, and what that brings.

    Stamps are value of a kind of their own, on the ledger like all other: they are earned with
    the sale, go back with a return, lapse by the kind's expiry policy.
    """

    _name = "loyalty.club.stamp.program"
    _inherit = ["loyalty.club.remembered"]
    _remembered = _RUNNING
    _description = "Stamp Card"
    _order = "club_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="club_id.currency_id")
    kind_id = fields.Many2one(
        "loyalty.club.wallet.kind",
        string="Kept as",
        required=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The kind of value in which this card's stamps are counted.",
    )
    # --- what gives a stamp
    earn_by = fields.Selection(
        [("purchase", "Each purchase"), ("unit", "Each unit bought")],
        string="A stamp for",
        required=True,
        default="purchase",
    )
    minimum_amount = fields.Monetary(
        string="From an amount of", help="Of the goods that count, in one purchase. 0: any amount."
    )
    most_per_purchase = fields.Integer(
        string="At most per purchase", help="Stamps that one purchase brings. 0: no limit."
    )
    product_ids = fields.Many2many(
        "product.product",
        "loyalty_club_stamp_program_product_rel",
        string="Products",
        domain="[('sale_ok', '=', True)]",
        help="Goods that count. Without products and categories everything does.",
    )
    category_ids = fields.Many2many(
        "product.category",
        "loyalty_club_stamp_program_category_rel",
        string="Categories",
        help="Goods of these categories, and of those below them, count.",
    )
    date_from = fields.Date(string="From", help="First day. Empty: from now on.")
    date_to = fields.Date(string="Until", help="Last day. Empty: until further notice.")
    expiry_policy_id = fields.Many2one(
        related="kind_id.expiry_policy_id",
        readonly=False,
        string="Stamps expire",
        domain="[('club_id', '=', club_id)]",
        help="When a stamp that was not used lapses. Empty: never.",
    )
    # --- what a full card brings
    stamps_needed = fields.Integer(string="Full with", required=True, default=10)
    reward_type = fields.Selection(
        [("value", "Points or credit"), ("coupon", "A coupon")],
        string="Reward",
        required=True,
        default="value",
        help="A coupon: of a coupon program of the till, for example for a free product.",
    )
    reward_kind_id = fields.Many2one(
        "loyalty.club.wallet.kind",
        string="Reward kind",
        ondelete="restrict",
        compute="_compute_reward_kind_id",
        store=True,
        readonly=False,
        domain="[('club_id', '=', club_id), ('type', 'in', ('points', 'cashback', 'ewallet'))]",
    )
    reward_amount = fields.Float(string="Reward amount", digits=AMOUNT_DIGITS)
    coupon_program_id = fields.Many2one(
        "loyalty.program",
        string="Coupon of",
        ondelete="restrict",
        domain="[('program_type', '=', 'coupons'), ('company_id', 'in', [company_id, False])]",
    )
    # --- what came of it
    open_count = fields.Integer(string="Cards begun", compute="_compute_counts")
    full_count = fields.Integer(string="Cards filled", compute="_compute_counts")

    _kind_unique = models.UniqueIndex("(kind_id)", "A kind of value has one stamp card.")
    _figures_sound = models.Constraint(
        "CHECK (stamps_needed BETWEEN 1 AND 100 AND minimum_amount >= 0"
        " AND most_per_purchase >= 0)",
        "A card is full with 1 to 100 stamps; limits are not negative.",
    )
    _days_in_order = models.Constraint(
        "CHECK (date_from <= date_to)", "A stamp card ends after it begins."
    )

    # === COMPUTE METHODS === #

    @api.depends("club_id")
    def _compute_reward_kind_id(self):
        for program in self:
            if program.reward_kind_id.club_id != program.club_id:
                program.reward_kind_id = program.club_id.points_kind_id

    def _compute_counts(self):
        """Cards with a stamp on them, and cards that became full."""
        kinds = self.kind_id.ids
        # sudo: two sums of the ledger, for whoever may see the program
        begun = dict(
            self.env["loyalty.club.wallet"]
            .sudo()
            ._read_group([("kind_id", "in", kinds), ("balance", ">", 0)], ["kind_id"], ["__count"])
        )
        full = dict(
            self.env["loyalty.club.entry"]
            .sudo()
            ._read_group(
                [("kind_id", "in", kinds), ("kind", "=", "convert_out")],
                ["kind_id"],
                ["amount:sum"],
            )
        )
        for program in self:
            program.open_count = begun.get(program.kind_id, 0)
            stamps = -full.get(program.kind_id, 0)
            program.full_count = round(stamps / (program.stamps_needed or 1))

    # === CONSTRAINT METHODS === #

    @api.constrains("reward_type", "reward_kind_id", "reward_amount", "coupon_program_id")
    def _check_reward(self):
        for program in self:
            if program.reward_type == "coupon":
                program._check_coupon()
            else:
                program._check_value()

    def _check_coupon(self):
        coupons = self.coupon_program_id
        if coupons.program_type != "coupons" or coupons.company_id not in (
            self.company_id,
            self.env["res.company"],
        ):
            raise ValidationError(
                self.env._(
                    "Choose the coupon program of %(company)s of which a full card gives a coupon.",
                    company=self.company_id.name,
                )
            )

    def _check_value(self):
        kind = self.reward_kind_id
        step, amount = Decimal(str(kind.rounding or 1)), Decimal(str(self.reward_amount))
        if kind.club_id != self.club_id or kind.type not in ("points", "cashback", "ewallet"):
            raise ValidationError(
                self.env._(
                    "A full card brings points or credit of %(club)s.", club=self.club_id.name
                )
            )
        if amount <= 0 or amount != round_to(amount, step):
            raise ValidationError(
                self.env._(
                    "Enter what a full card brings: more than nothing, in whole steps of %(step)s.",
                    step=kind._format(step),
                )
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Each program counts its stamps in a kind of value of its own."""
        missing = [vals for vals in vals_list if not vals.get("kind_id")]
        default_club = self.default_get(["club_id"]).get("club_id")
        kinds = self.env["loyalty.club.wallet.kind"].create(
            [
                {
                    "name": vals.get("name"),
                    "type": "stamp",
                    "club_id": vals.setdefault("club_id", default_club),
                    "rounding": 1.0,
                    "sequence": 50,
                }
                for vals in missing
            ]
        )
        for vals, kind in zip(missing, kinds, strict=True):
            vals["kind_id"] = kind.id
        return super().create(vals_list)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for program, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%(name)s (copy)", name=program.name)
        return vals_list

    # === ACTION METHODS === #

    def action_view_wallets(self):
        """Open the stamp cards of members."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.wallet_action")
        return dict(action, domain=[("kind_id", "=", self.kind_id.id)], context={})

    def action_view_rewards(self):
        """Open the entries by which cards became full."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.entry_action")
        domain = [("kind_id", "=", self.kind_id.id), ("kind", "=", "convert_out")]
        return dict(action, domain=domain, context={})

    # === BUSINESS METHODS === #

    @api.model
    def _in_force(self, club, day):
        """Programs of ``club`` that give stamps on ``day`` (date)."""
        found = [
            program_id
            for program_id, first, last in self._running(club.id)
            if (not first or first <= day) and (not last or day <= last)
        ]
        return self.browse(found) if self.env.su else self.search([("id", "in", found)])

    @api.model
    @ormcache("club_id")
    def _running(self, club_id):
        """Id, first and last day of the club's programs, kept in memory: every sale asks."""
        # sudo: of these, whoever asks gets those that she sees
        programs = self.sudo().with_context(active_test=True).search([("club_id", "=", club_id)])
        return tuple((program.id, program.date_from, program.date_to) for program in programs)

    def _stamps_for(self, goods):
        """How many stamps a purchase of ``goods`` (domain.stamps.Bought) brings."""
        self.ensure_one()
        return stamps_for(
            StampRule(
                by_unit=self.earn_by == "unit",
                least=Decimal(str(self.minimum_amount)),
                most=self.most_per_purchase,
                products=frozenset(self.product_ids.ids),
                categories=frozenset(self.category_ids.ids),
            ),
            goods,
        )

    def _reward_text(self):
        """What a full card brings, in words."""
        self.ensure_one()
        if self.reward_type == "coupon":
            # sudo: what is promised on the card; nothing else of the program is read
            return self.sudo().coupon_program_id.name
        return self.reward_kind_id._format(self.reward_amount)

    def _check_running(self):
        """:raises ValidationError: when the program gives no stamps today."""
        for program in self:
            if program not in self._in_force(program.club_id, today_in(program.company_id)):
                raise ValidationError(
                    self.env._("“%(program)s” gives no stamps today.", program=program.name)
                )

    @api.model
    def _check_marketer(self):
        """:raises AccessError: for anyone but a club marketer or manager."""
        if not self.env.user.has_group("loyalty_club.group_marketer"):
            raise AccessError(self.env._("Stamps are given by hand by a club marketer or manager."))
