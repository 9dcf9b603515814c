from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import ACT_KINDS

# What joining and a complete profile bring is set on the club: its welcome gift, its profile.
OWN_GIFTS = frozenset({"signup", "profile"})


class LoyaltyClubActKind(models.Model):
    """A kind of act, other than buying, that a club wants its members to do."""

    _name = "loyalty.club.act.kind"
    _description = "Kind of Act"
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
    code = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: f"own_{uuid4().hex[:8]}",
        help="By which other parts of the system name this kind of act.",
    )
    proof = fields.Selection(
        [
            ("system", "The system notices it"),
            ("place", "Check-in at a place"),
            ("code", "A code or link of ours"),
            ("link", "A link that staff look at"),
            ("review", "A text that staff score"),
            ("visit", "A click on the member's page"),
            ("app", "The page opened as an app"),
            ("staff", "Staff record it"),
        ],
        string="Known by",
        required=True,
        default="staff",
        help="How it is known that a member did it. Staff may record any act by hand as well.",
    )
    highest_score = fields.Integer(
        string="Highest score",
        required=True,
        default=5,
        help="Staff score what members hand in from 0 to this.",
    )
    how = fields.Text(
        string="How it is done", translate=True, help="Members read it in “Ways to earn”."
    )
    listed = fields.Boolean(
        string="Shown to members",
        default=True,
        help="Members find it in “Ways to earn”, while a rule gives something for it.",
    )
    rule_ids = fields.One2many("loyalty.club.act.rule", "kind_id", string="Rules", copy=True)
    act_count = fields.Integer(compute="_compute_act_count")

    _code_unique = models.UniqueIndex("(club_id, code)", "The club has a kind of this code.")
    _score_positive = models.Constraint(
        "CHECK (highest_score BETWEEN 1 AND 100)", "Scores go up to a number from 1 to 100."
    )

    # === COMPUTE METHODS === #

    def _compute_act_count(self):
        counts = dict(
            self.env["loyalty.club.act"]._read_group(
                [("kind_id", "in", self.ids), ("refused", "=", False)], ["kind_id"], ["__count"]
            )
        )
        for kind in self:
            kind.act_count = counts.get(kind, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("proof")
    def _check_proof(self):
        self.rule_ids._check_limits()

    # === CRUD METHODS === #

    def write(self, vals):
        if {"code", "club_id"} & vals.keys():
            raise ValidationError(
                self.env._("A kind of act stays what it is, in its club. Make another one.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        if self.env["loyalty.club.act"].search_count([("kind_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("What members did is kept. Archive this kind of act instead.")
            )

    # === ACTION METHODS === #

    def action_view_acts(self):
        """Open what members did of this kind."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.act_action")
        return dict(action, domain=[("kind_id", "=", self.id)], context={})

    # === BUSINESS METHODS === #

    def _highest_score(self):
        """Up to which score acts of this kind go: of what is handed in, or a percentage."""
        self.ensure_one()
        return self.highest_score if self.proof in ("review", "link") else 100

    @api.model
    def _of(self, club, code):
        """The kind of this code, archived ones left out.

        A club that was made before there was such a kind gets it now.

        :param club: loyalty.club, one record.
        """
        found = self.with_context(active_test=False).search(
            [("club_id", "=", club.id), ("code", "=", code)]
        )
        if not found and code in ACT_KINDS:
            self._create_defaults(club)
            found = self.search([("club_id", "=", club.id), ("code", "=", code)])
        return found.filtered("active").with_context(active_test=True)

    @api.model
    def _create_defaults(self, club):
        """Make those of the usual kinds that ``club`` (loyalty.club) does not have."""
        present = set(
            self.with_context(active_test=False).search([("club_id", "=", club.id)]).mapped("code")
        )
        names = club._default_names()
        # sudo: a club comes with what it needs, whoever is the first to use it
        return self.sudo().create(
            [
                {
                    "name": names[f"act_{code}"],
                    "how": names[f"act_{code}_how"],
                    "club_id": club.id,
                    "code": code,
                    "proof": proof,
                    "sequence": 10 * number,
                }
                for number, (code, proof) in enumerate(ACT_KINDS.items(), 1)
                if code not in present
            ]
        )


class LoyaltyClub(models.Model):
    """What counts for acts in the whole club."""

    _inherit = "loyalty.club"

    act_kind_ids = fields.One2many("loyalty.club.act.kind", "club_id", string="Acts")
    act_calendar = fields.Selection(
        [("gregorian", "Gregorian"), ("jalali", "Persian (Jalali)")],
        string="Weeks, months and years of acts",
        required=True,
        default=lambda self: "jalali" if self.env.company.country_id.code == "IR" else "gregorian",
        help="In whose weeks, months and years it is counted how often an act is rewarded.",
    )
    act_year_points = fields.Float(
        string="Points for acts in a year",
        digits=(20, 3),
        help="So many points does a member get at most for acts in a calendar year, all kinds "
        "together, without the gifts for joining and for a complete profile. 0: no limit.",
    )

    _act_year_points_sound = models.Constraint(
        "CHECK (act_year_points >= 0)", "A limit cannot be negative."
    )

    def _set_up(self):
        result = super()._set_up()
        self.env["loyalty.club.act.kind"]._create_defaults(self)
        return result

    @api.model
    def _default_names(self):
        """The usual kinds of acts as well."""
        return {
            **super()._default_names(),
            "act_signup": self.env._("Joining"),
            "act_signup_how": self.env._("You became a member."),
            "act_profile": self.env._("Complete profile"),
            "act_profile_how": self.env._("Fill in everything that your profile asks."),
            "act_review": self.env._("Review"),
            "act_review_how": self.env._("Write what you think of a product or service of ours."),
            "act_survey": self.env._("Survey"),
            "act_survey_how": self.env._("Answer a survey to which you were invited."),
            "act_event": self.env._("Event"),
            "act_event_how": self.env._("Come to an event for which you registered."),
            "act_checkin": self.env._("Check-in"),
            "act_checkin_how": self.env._(
                "Scan the code that hangs at the place, or check in there."
            ),
            "act_social": self.env._("Social networks"),
            "act_social_how": self.env._("Find the code in our story and enter it here."),
            "act_share": self.env._("Sharing"),
            "act_share_how": self.env._("Post about us, and hand in the link. We look at it."),
            "act_content": self.env._("Reading"),
            "act_content_how": self.env._("Find the code in what we publish and enter it here."),
            "act_visit": self.env._("Daily visit"),
            "act_visit_how": self.env._("Come here and press the button."),
            "act_app": self.env._("The club as an app"),
            "act_app_how": self.env._("Install the club on your telephone and open it there once."),
            "act_referral": self.env._("Referral"),
            "act_referral_how": self.env._("Bring a friend, and tell us in the shop."),
            "act_packaging": self.env._("Packaging brought back"),
            "act_packaging_how": self.env._("Bring empty packaging to the shop."),
            "act_second_hand": self.env._("Second-hand"),
            "act_second_hand_how": self.env._(
                "Bring what you no longer use, for somebody else to use."
            ),
            "act_birthday": self.env._("Birthday"),
            "act_birthday_how": self.env._("We know your birthday, and think of it."),
            "act_assessment": self.env._("Assessment"),
            "act_assessment_how": self.env._("The club scores how well you do."),
        }
