from decimal import Decimal

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from ..domain import codes, earning


class LoyaltyClub(models.Model):
    """A customer club of one company or brand: its terms, its members, its kinds of value."""

    _name = "loyalty.club"
    _inherit = ["loyalty.club.approval.limit"]
    _description = "Customer Club"
    _limits = frozenset({"occasion_approval_above"})
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    point_name = fields.Char(
        string="Name of points",
        required=True,
        translate=True,
        default=lambda self: self._default_names()["unit"],
        help="What members read after a number of points, for example “points” or “stars”.",
    )
    number_prefix = fields.Char(
        string="Number prefix",
        help="Begins every new membership number, for example the club's initials.",
    )

    # --- earning
    earn_points = fields.Float(string="Points earned", required=True, default=1.0, digits=(16, 3))
    earn_per_amount = fields.Monetary(string="per amount of purchase", required=True, default=10.0)
    earn_basis = fields.Selection(
        [("tax_included", "Tax included"), ("tax_excluded", "Tax excluded")],
        string="Purchase amount",
        required=True,
        default="tax_included",
    )
    earn_rounding = fields.Selection(
        [("down", "Down"), ("half_up", "Nearest"), ("up", "Up")],
        string="Round points",
        required=True,
        default="down",
    )
    clawback_policy = fields.Selection(
        [
            ("debt", "Keep the rest as a debt, settled by what is earned next"),
            ("cap", "Take what is left and forgive the rest"),
            ("refuse", "Refuse the return until the points are back"),
        ],
        string="Earned points already spent",
        required=True,
        default="debt",
        help="What happens when goods come back and the points they earned are already spent.",
    )
    point_value = fields.Monetary(
        string="Value of a point",
        required=True,
        default=0.1,
        help="Discount that one point gives at the till, through the reward that was made with "
        "the club. More rewards are added on the points program.",
    )

    # --- value analysis
    rfm_window_days = fields.Integer(
        string="RFM window (days)",
        required=True,
        default=365,
        help="Purchases of this many days up to today count for frequency and monetary value.",
    )
    rfm_weight_recency = fields.Float(required=True, default=1.0, digits=(16, 4))
    rfm_weight_frequency = fields.Float(required=True, default=1.0, digits=(16, 4))
    rfm_weight_monetary = fields.Float(required=True, default=1.0, digits=(16, 4))
    rfm_class_ids = fields.One2many("loyalty.club.rfm.class", "club_id", copy=True)
    rfm_computed_on = fields.Datetime(string="RFM computed on", readonly=True, copy=False)

    # --- contents
    kind_ids = fields.One2many("loyalty.club.wallet.kind", "club_id", string="Kinds of value")
    points_kind_id = fields.Many2one(
        "loyalty.club.wallet.kind", compute="_compute_special_kinds", store=True, string="Points"
    )
    debt_kind_id = fields.Many2one(
        "loyalty.club.wallet.kind", compute="_compute_special_kinds", store=True, string="Debt"
    )
    program_id = fields.Many2one(
        "loyalty.program",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Stock loyalty program through which points are redeemed at the till. "
        "Its rewards may be edited; its points are kept by the club.",
    )
    branch_ids = fields.One2many("loyalty.club.branch", "club_id")
    member_ids = fields.One2many("loyalty.club.member", "club_id")
    member_count = fields.Integer(compute="_compute_member_count")

    _earn_sound = models.Constraint(
        "CHECK (earn_points >= 0 AND earn_per_amount > 0)",
        "A club grants zero or more points per positive amount of purchase.",
    )
    _window_positive = models.Constraint(
        "CHECK (rfm_window_days > 0)", "The RFM window is at least one day."
    )
    _weights_sound = models.Constraint(
        "CHECK (LEAST(rfm_weight_recency, rfm_weight_frequency, rfm_weight_monetary) >= 0"
        " AND rfm_weight_recency + rfm_weight_frequency + rfm_weight_monetary > 0)",
        "RFM weights cannot be negative, and at least one of them must count.",
    )
    _point_value_positive = models.Constraint(
        "CHECK (point_value > 0)", "The value of a point must be positive."
    )

    # === COMPUTE METHODS === #

    @api.depends("kind_ids.type", "kind_ids.active")
    def _compute_special_kinds(self):
        for club in self:
            club.points_kind_id = club.kind_ids.filtered(lambda kind: kind.type == "points")[:1]
            club.debt_kind_id = club.kind_ids.filtered(lambda kind: kind.type == "debt")[:1]

    def _compute_member_count(self):
        counts = dict(
            self.env["loyalty.club.member"]._read_group(
                [("club_id", "in", self.ids), ("merged_into_id", "=", False)],
                ["club_id"],
                ["__count"],
            )
        )
        for club in self:
            club.member_count = counts.get(club, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("number_prefix")
    def _check_number_prefix(self):
        for club in self:
            try:
                codes.member_number(1, club.number_prefix or "")
            except codes.InputError as error:
                raise ValidationError(
                    self.env._(
                        "“%(prefix)s” cannot begin a membership number: use up to three capital "
                        "letters or up to three digits.",
                        prefix=club.number_prefix,
                    )
                ) from error

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        clubs = super().create(vals_list)
        self.env.registry.clear_cache()
        for club in clubs:
            club._set_up()
        self._translate_default_names()
        return clubs

    def write(self, vals):
        if "company_id" in vals and any(club.company_id.id != vals["company_id"] for club in self):
            raise ValidationError(
                self.env._("A club stays with its company. Make a new club for the other one.")
            )
        result = super().write(vals)
        if {"active", "company_id", "sequence"} & vals.keys():
            self.env.registry.clear_cache()
        if {"name", "point_name", "point_value"} & vals.keys():
            self._update_program()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # === ACTION METHODS === #

    def action_view_members(self):
        """Open the club's members."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.member_action")
        members = [("club_id", "=", self.id), ("merged_into_id", "=", False)]
        return dict(action, domain=members, context={})

    def action_compute_rfm(self):
        """Rebuild the RFM values of all members now.

        :raises AccessError: for anyone but a club marketer or manager.
        """
        if not self.env.user.has_group("loyalty_club.group_marketer"):
            raise AccessError(self.env._("Only a club marketer or manager computes RFM values."))
        self.env["loyalty.club.rfm"]._rebuild(self)
        return True

    # === BUSINESS METHODS === #

    def _set_up(self):
        """Make what a new club needs to work at once.

        Kinds of value, the points program, RFM classes, a branch for the company's tills,
        and the history of its purchases.
        """
        self.ensure_one()
        self._set_up_kinds()
        if not self.rfm_class_ids:
            self.env["loyalty.club.rfm.class"]._create_defaults(self)
        self.env["loyalty.program"]._club_create_points_program(self)
        self.env["loyalty.club.branch"]._create_for_tills(self)
        self.env["loyalty.club.purchase"]._backfill(self)

    def _set_up_kinds(self):
        present = set(self.kind_ids.mapped("type"))
        names = self._default_names()
        values = [
            {"type": "points", "name": names["points"], "rounding": 1.0, "sequence": 1},
            {"type": "debt", "name": names["debt"], "rounding": 1.0, "sequence": 90},
        ]
        self.env["loyalty.club.wallet.kind"].create(
            [dict(vals, club_id=self.id) for vals in values if vals["type"] not in present]
        )

    def _update_program(self):
        """Let the points program say what the club says: its name, name and value of a point."""
        # sudo: the club's terms are its manager's; programs belong to sales
        for club in self.sudo():
            club.program_id.write({"name": club.name, "portal_point_name": club.point_name})
            rewards = club.program_id.reward_ids.filtered(
                lambda reward: (
                    reward.reward_type == "discount" and reward.discount_mode == "per_point"
                )
            )
            rewards[:1].discount = club.point_value

    @api.model
    def _for_company(self, company):
        """The club that serves ``company`` where no branch says otherwise, or none."""
        if self.env.su and company.id and self.env.context.get("active_test", True):
            return self.browse(self._id_for_company(company.id))
        return self.search([("company_id", "=", company.id)], limit=1)

    @api.model
    @tools.ormcache("company_id")
    def _id_for_company(self, company_id):
        """Kept in memory: every call of a till asks."""
        # sudo: as for _for_company, which asks with the right to see all clubs
        return self.sudo().search([("company_id", "=", company_id)], limit=1).id

    def _next_numbers(self, count):
        """Take ``count`` membership numbers in one statement.

        :returns: list of numbers with prefix and check digit.
        """
        self.ensure_one()
        # sudo: numbering belongs to the product, not to the rights of who enrols
        sequence = f"ir_sequence_{self.env.ref('loyalty_club.sequence_member').sudo().id:03d}"
        self.env.cr.execute(SQL("SELECT nextval(%s) FROM generate_series(1, %s)", sequence, count))
        taken = [row[0] for row in self.env.cr.fetchall()]
        prefix = self.number_prefix or ""
        return [codes.member_number(number, prefix) for number in taken]

    def _points_for(self, amount):
        """Points that ``amount`` (Decimal, in the club's currency, net) earns: a Decimal."""
        self.ensure_one()
        return earning.points_for_amount(
            amount,
            Decimal(str(self.earn_points)),
            Decimal(str(self.earn_per_amount)),
            Decimal(str(self.points_kind_id.rounding)),
            self.earn_rounding,
        )
