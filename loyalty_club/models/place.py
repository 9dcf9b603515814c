import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..barcode import qr_svg
from ..clock import today_in
from ..domain.acts import span_start
from ..domain.places import Position, is_within


class LoyaltyClubPlace(models.Model):
    """A place at which members check in: by its QR code, by being there, or by both.

    A code that hangs on a wall can be photographed and sent round; where that matters, the
    distance is asked as well.
    """

    _name = "loyalty.club.place"
    _inherit = ["loyalty.club.own.work"]
    _description = "Place to Check In"
    _order = "club_id, name, id"
    _own = frozenset({"token", "company_id"})

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    kind_id = fields.Many2one(
        "loyalty.club.act.kind",
        string="Counts as",
        required=True,
        ondelete="restrict",
        domain="[('club_id', '=', club_id), ('proof', '=', 'place')]",
        compute="_compute_kind_id",
        store=True,
        precompute=True,
        readonly=False,
    )
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    branch_id = fields.Many2one(
        "loyalty.club.branch",
        ondelete="restrict",
        domain="[('club_id', '=', club_id)]",
        help="When the place is one of our shops.",
    )
    check = fields.Selection(
        [
            ("qr", "By its QR code"),
            ("near", "By being there"),
            ("both", "By its QR code, and being there"),
        ],
        string="Check-in",
        required=True,
        default="qr",
    )
    latitude = fields.Float(digits=(10, 7))
    longitude = fields.Float(digits=(10, 7))
    radius = fields.Integer(
        string="Within (m)", required=True, default=150, help="Distance that counts as being there."
    )
    every = fields.Selection(
        [
            ("day", "Day"),
            ("week", "Week"),
            ("month", "Month"),
            ("year", "Year"),
            ("total", "Only once"),
        ],
        string="Once a",
        required=True,
        default="day",
        help="So often does one check-in here count for one member. The rule for check-ins may "
        "limit all places together.",
    )
    token = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(16),
        groups="loyalty_club.group_marketer",
        help="End of the address in the QR code.",
    )
    url = fields.Char(
        string="Address", compute="_compute_url", groups="loyalty_club.group_marketer"
    )
    qr = fields.Html(
        string="QR code",
        compute="_compute_url",
        sanitize=False,
        groups="loyalty_club.group_marketer",
    )
    checkin_count = fields.Integer(string="Check-ins", compute="_compute_checkin_count")

    _token_unique = models.UniqueIndex("(token)", "Every place has an address of its own.")
    _radius_sound = models.Constraint(
        "CHECK (radius BETWEEN 10 AND 50000)", "A place is 10 m to 50 km large."
    )

    # === COMPUTE METHODS === #

    @api.depends("club_id")
    def _compute_kind_id(self):
        for place in self:
            if place.kind_id.club_id != place.club_id:
                place.kind_id = place.club_id and self.env["loyalty.club.act.kind"]._of(
                    place.club_id, "checkin"
                )

    @api.depends("token")
    def _compute_url(self):
        for place in self:
            place.url = place._origin and f"{place.get_base_url()}/club/here/{place.token}"
            place.qr = place.url and qr_svg(place.url)

    def _compute_checkin_count(self):
        counts = dict(
            self.env["loyalty.club.act"]._read_group(
                [
                    ("origin_model", "=", self._name),
                    ("origin_id", "in", self.ids),
                    ("refused", "=", False),
                ],
                ["origin_id"],
                ["__count"],
            )
        )
        for place in self:
            place.checkin_count = counts.get(place.id, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("check", "latitude", "longitude")
    def _check_position(self):
        for place in self.filtered(lambda place: place.check != "qr"):
            if abs(place.latitude) > 90 or abs(place.longitude) > 180:
                raise ValidationError(
                    self.env._("“%(place)s” does not lie on the earth.", place=place.name)
                )
            if not place.latitude and not place.longitude:
                raise ValidationError(
                    self.env._(
                        "Enter where “%(place)s” lies: the distance is measured from there.",
                        place=place.name,
                    )
                )

    @api.constrains("kind_id", "branch_id", "club_id")
    def _check_club(self):
        for place in self:
            if place.kind_id.club_id != place.club_id or place.kind_id.proof != "place":
                raise ValidationError(
                    self.env._(
                        "“%(place)s” counts as an act of %(club)s that is known by a check-in.",
                        place=place.name,
                        club=place.club_id.name,
                    )
                )
            if place.branch_id and place.branch_id.club_id != place.club_id:
                raise ValidationError(
                    self.env._(
                        "%(branch)s is not a branch of %(club)s.",
                        branch=place.branch_id.name,
                        club=place.club_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_own_work(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_own_work(vals)
        return super().write(vals)

    def _check_own_work(self, vals):
        if "token" in vals and not self.env.su:
            raise UserError(self.env._("Use “New QR code”: its address is made up by the club."))

    # === ACTION METHODS === #

    def action_new_code(self):
        """Make another QR code: the one before is worth nothing then.

        :raises AccessError: for anyone but a club marketer or manager.
        """
        self.ensure_one()
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_marketer")):
            raise AccessError(self.env._("Only a club marketer or manager does this."))
        # sudo: the code is made up here, the right was just checked
        self.sudo().token = secrets.token_urlsafe(16)

    def action_view_acts(self):
        """Open the check-ins here."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.act_action")
        here = [("origin_model", "=", self._name), ("origin_id", "=", self.id)]
        return dict(action, domain=here, context={})

    # === BUSINESS METHODS === #

    @api.model
    def _of_token(self, token):
        """The place of a QR code, as superuser, or none."""
        # sudo: whoever holds the address may ask what it is for
        return self.sudo().search([("token", "=", token)], limit=1) if token else self.sudo()

    @api.model
    def _near(self, club, position):
        """Places of ``club`` where somebody at ``position`` is, without a code."""
        places = self.sudo().search([("club_id", "=", club.id), ("check", "=", "near")])
        return places.filtered(lambda place: place._is_here(position) == "yes")

    def _position(self):
        return Position(self.latitude, self.longitude)

    def _is_here(self, position):
        """``yes``, ``no`` or ``vague``; see :func:`..domain.places.is_within`."""
        self.ensure_one()
        return is_within(position, self._position(), self.radius)

    def _check_in(self, member, position=None):
        """Let ``member`` check in here; once in the place's day, week, month or year.

        :param member: loyalty.club.member of who is signed in, in sudo.
        :param position: :class:`..domain.places.Position`, where the telephone told it.
        :returns: :class:`..act_batch.ActOutcome`.
        :raises UserError: with a sentence for the visitor, when she is not there.
        """
        self.ensure_one()
        if self.check != "qr":
            self._check_here(position)
        start = span_start(self.every, today_in(self.company_id), self.club_id.act_calendar)
        return member._earn_act(
            self.kind_id.code,
            f"place-{self.id}:{member._survivor().id}:{start}",
            origin=(self._name, self.id),
        )

    def _check_here(self, position):
        if not position:
            raise UserError(
                self.env._("Let your telephone tell where you are, then check in again.")
            )
        answer = self._is_here(position)
        if answer == "vague":
            raise UserError(
                self.env._(
                    "Your telephone does not know well enough where you are. Go outside or turn "
                    "on its location, then check in again."
                )
            )
        if answer == "no":
            raise UserError(self.env._("You are too far away. Check in when you are there."))
