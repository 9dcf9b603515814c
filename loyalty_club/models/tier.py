from decimal import Decimal

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError

from ..const import AMOUNT_DIGITS
from ..domain.tiers import MEASURES, Level

ENTRIES = [
    ("auto", "By what members do"),
    ("manual", "By invitation"),
    ("paid", "By a fee"),
]
REASONS = [
    ("qualified", "Reached"),
    ("dropped", "Not reached again"),
    ("returned", "Goods came back"),
    ("idle", "No purchase for long"),
    ("granted", "Given"),
    ("invited", "Invited"),
    ("bought", "Bought"),
    ("reward", "Exchanged for points"),
    ("expired", "Time was over"),
    ("withdrawn", "Taken back"),
    ("merged", "Memberships merged"),
]
# By which reasons a level is held that figures did not bring.
GRANTS = frozenset({"granted", "invited", "bought", "reward", "merged"})


class LoyaltyClubTier(models.Model):
    """One level of a club's ladder: what it asks for, how it looks, what it brings.

    Levels stand in order, the entry level first. A level that members reach by themselves asks
    for figures of the running period; others are given, by invitation or for a fee, and stand in
    the same ladder.
    """

    _name = "loyalty.club.tier"
    _inherit = ["loyalty.club.remembered"]
    _description = "Tier"
    _order = "club_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="Place in the ladder: the entry level comes first.")
    active = fields.Boolean(default=True)
    color = fields.Integer()
    image = fields.Image(string="Icon", max_width=256, max_height=256)
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="club_id.currency_id")
    benefits = fields.Html(translate=True, help="What the level brings; members read it.")
    entry = fields.Selection(
        ENTRIES,
        string="How to get in",
        required=True,
        default="auto",
        help="Levels by invitation or for a fee are given to members; no figure brings them.",
    )
    need = fields.Selection(
        [("all", "All of these"), ("any", "Any one of these")], required=True, default="all"
    )
    inclusive = fields.Boolean(
        string="The figure itself is enough",
        default=True,
        help="Off: it takes more than the figure.",
    )
    min_points = fields.Float(string="Points earned", digits=AMOUNT_DIGITS)
    min_spend = fields.Monetary(string="Money spent")
    min_visits = fields.Integer(string="Purchases")
    min_items = fields.Float(string="Items bought", digits=AMOUNT_DIGITS)
    min_engagement = fields.Float(
        string="Points for taking part",
        digits=AMOUNT_DIGITS,
        help="Points for reviews, check-ins and other acts that are no purchases.",
    )
    min_score = fields.Float(
        string="Score", digits=AMOUNT_DIGITS, help="The figures, weighted as the club says."
    )
    valid_months = fields.Integer(
        string="Given for (months)",
        default=12,
        help="Proposed when the level is given to somebody; 0: until it is taken back.",
    )
    member_count = fields.Integer(string="Members", compute="_compute_member_count")
    requirement = fields.Char(compute="_compute_requirement", string="What it takes")

    _name_unique = models.UniqueIndex(
        "(club_id, (name->>'en_US')) WHERE active",
        "The club has a level of this name: choose another.",
    )
    _valid_sound = models.Constraint(
        "CHECK (valid_months >= 0)", "A level is given for zero or more months."
    )

    # === COMPUTE METHODS === #

    def _compute_member_count(self):
        counts = dict(
            self.env["loyalty.club.member"]._read_group(
                [("tier_id", "in", self.ids)], ["tier_id"], ["__count"]
            )
        )
        for tier in self:
            tier.member_count = counts.get(tier, 0)

    @api.depends("entry", "need", "inclusive", *(f"min_{name}" for name in (*MEASURES, "score")))
    @api.depends_context("lang", "uid", "club_for_customers")
    def _compute_requirement(self):
        for tier in self:
            tier.requirement = tier._requirement_text()

    # === CRUD METHODS === #

    def write(self, vals):
        if "club_id" in vals and any(tier.club_id.id != vals["club_id"] for tier in self):
            raise UserError(self.env._("A level stays with its club. Make one for the other club."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        if self.env["loyalty.club.tier.change"].search_count(
            ["|", ("tier_id", "in", self.ids), ("from_tier_id", "in", self.ids)], limit=1
        ):
            raise UserError(
                self.env._("Who had a level, and since when, is kept. Archive the level instead.")
            )

    # === ACTION METHODS === #

    def action_view_members(self):
        """Open the members on this level."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.member_action")
        return dict(action, name=self.display_name, domain=[("tier_id", "=", self.id)], context={})

    def action_recompute(self):
        """Work out now who is on which level of these levels' clubs.

        :raises AccessError: for anyone but a club marketer or manager.
        """
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_marketer")):
            raise AccessError(self.env._("Only a club marketer or manager does this."))
        self._recompute(self.club_id)

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache("club_id", cache="default")
    def _ladder(self, club_id):
        """The ids of a club's levels in order, and what those ask for that ask for figures.

        :returns: tuple of tier ids, and tuple of pairs of tier id and :class:`Level`.
        """
        # sudo: the ladder is the same for whoever asks; a till asks at each sale
        tiers = self.sudo().search([("club_id", "=", club_id)], order="sequence, id")
        asking = tuple((tier.id, tier._level()) for tier in tiers if tier.entry == "auto")
        return tuple(tiers.ids), asking

    def _level(self):
        """What this level asks for, as the domain takes it."""
        self.ensure_one()
        least = {
            name: Decimal(str(self[f"min_{name}"]))
            for name in (*MEASURES, "score")
            if self[f"min_{name}"]
        }
        return Level(least, self.need == "all", self.inclusive)

    def _rank(self):
        """Place of this level in its club's ladder, 0 for the entry level; -1 if archived."""
        self.ensure_one()
        order, _asking = self._ladder(self.club_id.id)
        return order.index(self.id) if self.id in order else -1

    @api.model
    def _changed(self, changes):
        """Members went up or down.

        :param changes: loyalty.club.tier.change, just written.
        """
        falls = changes.filtered("fall")
        if falls:
            self._fallen(falls)

    @api.model
    def _fallen(self, changes):
        """Members are on a lower level than before; addons and campaigns extend this.

        :param changes: loyalty.club.tier.change that led down.
        """
