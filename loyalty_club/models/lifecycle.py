from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..domain.lifecycle import Stage

# Key of the name in ``_default_names``, colour, conditions; in this order.
STAGES = [
    ("lifecycle_never", 8, {"bought": "never"}),
    ("lifecycle_lost", 1, {"bought": "before"}),
    ("lifecycle_new", 4, {"first_within": 60}),
    ("lifecycle_at_risk", 2, {"f_from": 3, "overdue_times": 2.0}),
    ("lifecycle_loyal", 10, {"r_from": 3, "f_from": 4}),
    ("lifecycle_cooling", 3, {"r_until": 2, "f_from": 3}),
    ("lifecycle_potential", 6, {"r_from": 3}),
    ("lifecycle_dormant", 9, {}),
]
_RANGES = ("r", "f", "m")


class LoyaltyClubLifecycle(models.Model):
    """A stage in the life of a customer, such as new, loyal, at risk or lost.

    Each member is at one: the first in order whose conditions she fulfils. The stages of a club
    are worked out with its RFM values (:mod:`..domain.lifecycle` has the rule and its SQL twin).
    """

    _name = "loyalty.club.lifecycle"
    _description = "Lifecycle Stage"
    _order = "club_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first stage that fits is the member's.")
    active = fields.Boolean(default=True)
    color = fields.Integer()
    note = fields.Text(
        string="What to do", translate=True, help="What the club does for members at this stage."
    )
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id")
    bought = fields.Selection(
        [
            ("window", "Within the RFM window"),
            ("before", "Only before the RFM window"),
            ("never", "Never"),
        ],
        help="Empty: whenever.",
    )
    r_from = fields.Integer(string="Recency from", help="0: any score.")
    r_until = fields.Integer(string="Recency up to", help="0: any score.")
    f_from = fields.Integer(string="Frequency from", help="0: any score.")
    f_until = fields.Integer(string="Frequency up to", help="0: any score.")
    m_from = fields.Integer(string="Monetary value from", help="0: any score.")
    m_until = fields.Integer(string="Monetary value up to", help="0: any score.")
    first_within = fields.Integer(
        string="First purchase at most days ago", help="0: whenever the first purchase was."
    )
    away_from = fields.Integer(
        string="Away for at least days", help="Days since the last purchase; 0: any number."
    )
    away_until = fields.Integer(
        string="Away for at most days", help="Days since the last purchase; 0: any number."
    )
    overdue_times = fields.Float(
        string="Away for times the usual gap",
        digits=(16, 2),
        help="Days since the last purchase, in times of the member's own mean gap. Such a stage "
        "takes members from three visits on; 0: her own rhythm is of no account.",
    )
    member_count = fields.Integer(string="Members", compute="_compute_member_count")

    _conditions_sound = models.Constraint(
        "CHECK (LEAST(r_from, r_until, f_from, f_until, m_from, m_until, first_within, away_from,"
        " away_until, overdue_times) >= 0)",
        "A condition of a stage cannot be negative. 0 asks for nothing.",
    )

    # === COMPUTE METHODS === #

    def _compute_member_count(self):
        counts = dict(
            self.env["loyalty.club.rfm"]._read_group(
                [("lifecycle_id", "in", self.ids)], ["lifecycle_id"], ["__count"]
            )
        )
        for stage in self:
            stage.member_count = counts.get(stage, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains(
        "bought", "r_from", "r_until", "f_from", "f_until", "m_from", "m_until", "away_from",
        "away_until", "first_within", "overdue_times", "club_id",
    )  # fmt: skip
    def _check_reachable(self):
        """A stage that nobody can ever be at says why when it is saved."""
        for stage in self:
            reason = stage._unreachable()
            if reason:
                raise ValidationError(reason)

    def _unreachable(self):
        """Why nobody can be at this stage, as a sentence, or None."""
        for stem, name in zip(_RANGES, self._range_names(), strict=True):
            least, most = self[f"{stem}_from"], self[f"{stem}_until"]
            if max(least, most) > self.club_id.rfm_scale:
                return self.env._(
                    "%(stage)s: scores of the club go up to %(best)s.",
                    stage=self.name,
                    best=self.club_id.rfm_scale,
                )
            if most and least > most:
                return self.env._(
                    "%(stage)s: %(measure)s from %(least)s up to %(most)s takes nobody.",
                    stage=self.name,
                    measure=name,
                    least=least,
                    most=most,
                )
        if self.away_until and self.away_from > self.away_until:
            return self.env._(
                "%(stage)s: away for at least %(least)s and at most %(most)s days takes nobody.",
                stage=self.name,
                least=self.away_from,
                most=self.away_until,
            )
        return self._asks_nonbuyers()

    def _asks_nonbuyers(self):
        asks_scores = any(self[f"{stem}_{end}"] for stem in _RANGES for end in ("from", "until"))
        asks_rhythm = asks_scores or self.overdue_times
        asks_days = self.first_within or self.away_from or self.away_until
        if self.bought == "never" and (asks_rhythm or asks_days):
            return self.env._(
                "%(stage)s: who never bought has no scores and no days. Ask for nothing else.",
                stage=self.name,
            )
        if self.bought == "before" and asks_rhythm:
            return self.env._(
                "%(stage)s: who bought only before the window has no scores and no rhythm. "
                "Ask for days instead.",
                stage=self.name,
            )
        return None

    @api.model
    def _range_names(self):
        return (self.env._("recency"), self.env._("frequency"), self.env._("monetary value"))

    # === ACTION METHODS === #

    def action_view_members(self):
        """Open the members who are at this stage."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.member_action")
        domain = [("lifecycle_id", "=", self.id)]
        return dict(action, name=self.display_name, domain=domain, context={})

    # === BUSINESS METHODS === #

    @api.model
    def _stages(self, club):
        """The stages of ``club`` in their order, as the domain takes them."""
        return [stage._rule() for stage in self.search([("club_id", "=", club.id)])]

    def _rule(self):
        return Stage(
            self.id,
            bought=self.bought or None,
            **{stem: (self[f"{stem}_from"] or None, self[f"{stem}_until"] or None)
               for stem in _RANGES},
            first_within=self.first_within or None,
            away_from=self.away_from or None,
            away_until=self.away_until or None,
            overdue_times=Decimal(str(self.overdue_times)) if self.overdue_times else None,
        )  # fmt: skip

    @api.model
    def _create_defaults(self, club):
        """Make the usual stages of ``club`` (loyalty.club)."""
        names = club._default_names()
        return self.create(
            [
                {
                    "name": names[key],
                    "club_id": club.id,
                    "sequence": 10 * number,
                    "color": color,
                    **conditions,
                }
                for number, (key, color, conditions) in enumerate(STAGES, 1)
            ]
        )


class LoyaltyClub(models.Model):
    """A new club has stages."""

    _inherit = "loyalty.club"

    lifecycle_ids = fields.One2many("loyalty.club.lifecycle", "club_id", copy=True)

    @api.model
    def _default_names(self):
        """The stages as well."""
        return {
            **super()._default_names(),
            "lifecycle_never": self.env._("Not bought yet"),
            "lifecycle_lost": self.env._("Lost"),
            "lifecycle_new": self.env._("New customer"),
            "lifecycle_at_risk": self.env._("At risk"),
            "lifecycle_loyal": self.env._("Loyal"),
            "lifecycle_cooling": self.env._("Cooling off"),
            "lifecycle_potential": self.env._("Potential"),
            "lifecycle_dormant": self.env._("Dormant"),
        }

    def _set_up(self):
        result = super()._set_up()
        if not self.lifecycle_ids:
            self.env["loyalty.club.lifecycle"]._create_defaults(self)
        return result
