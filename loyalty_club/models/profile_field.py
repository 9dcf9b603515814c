from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError

STEPS = [
    ("enrol", "When enrolled"),
    ("join", "When joining online"),
    ("profile", "Later, in the profile"),
]
# Everything a club can ask: whether a new club asks it, at which step, and whether it counts
# for the completion of a profile.
KNOWN = {
    "name": (True, "enrol", True),
    "email": (True, "join", True),
    "birthday": (True, "join", True),
    "sex": (True, "profile", True),
    "identity_code": (False, "profile", False),
    "anniversary": (False, "profile", False),
    "address": (False, "profile", False),
    "area_id": (False, "profile", False),
    "education": (False, "profile", False),
    "occupation": (False, "profile", False),
    "interest_ids": (True, "profile", True),
    "family_ids": (False, "profile", False),
    "preferred_channel": (True, "profile", True),
    "preferred_reward": (True, "profile", True),
}
CODES = [
    ("name", "Name"),
    ("email", "E-mail"),
    ("birthday", "Birthday"),
    ("sex", "Sex"),
    ("identity_code", "Identity code"),
    ("anniversary", "Wedding anniversary"),
    ("address", "Address"),
    ("area_id", "Area"),
    ("education", "Education"),
    ("occupation", "Occupation"),
    ("interest_ids", "Interests"),
    ("family_ids", "Family"),
    ("preferred_channel", "Preferred channel"),
    ("preferred_reward", "Preferred reward"),
]
ALWAYS_SEALED = frozenset({"identity_code"})
SEALABLE = frozenset({"birthday", "anniversary", "family_ids"})
# Kept on the contact, not on the membership.
OF_CONTACT = frozenset({"name", "email", "address"})


class LoyaltyClubProfileField(models.Model):
    """What a club asks its members, when, and how it keeps the answer.

    Every club has one of these for each field in ``KNOWN``; they are made with it.
    """

    _name = "loyalty.club.profile.field"
    _description = "Profile Field"
    _inherit = ["loyalty.club.own.work"]
    _own = frozenset(
        {"club_id", "code", "reseal_state", "reseal_after", "reseal_count", "reseal_failed"}
    )
    _order = "club_id, sequence, id"
    _rec_name = "code"

    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="club_id.company_id")
    code = fields.Selection(CODES, string="Field", required=True, readonly=True)
    sequence = fields.Integer(default=10)
    asked = fields.Boolean(help="Whether the club asks for it at all.")
    mandatory = fields.Boolean(
        help="Whether the member cannot go on without it at its step. At the till a mobile number "
        "alone is always enough."
    )
    step = fields.Selection(
        STEPS,
        required=True,
        default="profile",
        help="The first occasion on which it is asked. Later ones ask it again while it is empty.",
    )
    counts = fields.Boolean(help="Counts for the completion of a profile.")
    sensitive = fields.Boolean(
        help="Kept sealed under a key outside the database, and shown only to those who may see "
        "sensitive data, who are logged."
    )
    can_be_sensitive = fields.Boolean(compute="_compute_can_be_sensitive")

    _one_per_club = models.UniqueIndex("(club_id, code)", "A club has each field once.")
    _identity_sealed = models.Constraint(
        "CHECK (code <> 'identity_code' OR sensitive)", "Identity codes are always kept sealed."
    )

    @api.depends("code")
    def _compute_can_be_sensitive(self):
        for field in self:
            field.can_be_sensitive = field.code in SEALABLE

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        fields_ = super().create(vals_list)
        self.env.registry.clear_cache()
        return fields_

    def write(self, vals):
        """Sealed values are opened for everybody by those alone who may see them, on record.

        :raises AccessError: when somebody else opens them.
        :raises UserError: for what only our own code writes.
        """
        if not self.env.su and self._own & vals.keys():
            raise UserError(self.env._("This is kept by the club itself, not by hand."))
        self._check_sensitive(vals)
        opening = "sensitive" in vals and not vals["sensitive"]
        opened = self.filtered("sensitive") if opening else self.browse()
        opened._check_opening()
        result = super().write(vals)
        self.env["loyalty.club.reveal"]._log_opening(opened)
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("A field that the club does not ask is switched off, not deleted.")
        )

    def _check_sensitive(self, vals):
        if vals.get("sensitive") and self.filtered(
            lambda field: field.code not in SEALABLE | ALWAYS_SEALED
        ):
            raise UserError(
                self.env._(
                    "Only dates of persons and identity codes are kept sealed: everything else has "
                    "to be searched and grouped."
                )
            )
        if vals.get("sensitive") is False and ALWAYS_SEALED & set(self.mapped("code")):
            raise UserError(self.env._("Identity codes are always kept sealed."))

    def _check_opening(self):
        """:raises AccessError: when somebody opens values whom they are closed to."""
        allowed = self.env.su or self.env.user.has_group("loyalty_club.group_privacy")
        if self and not allowed:
            raise AccessError(
                self.env._(
                    "You may not see sensitive data, and not open it for everybody. Ask somebody "
                    "who may."
                )
            )

    # === BUSINESS METHODS === #

    @api.model
    def _create_defaults(self, clubs):
        """Make what is missing of the fields of ``clubs``."""
        present = {
            (field.club_id, field.code) for field in self.search([("club_id", "in", clubs.ids)])
        }
        self.create(
            [
                {
                    "club_id": club.id,
                    "code": code,
                    "sequence": 10 * place,
                    "asked": asked,
                    "step": step,
                    "counts": counts,
                    "sensitive": code in ALWAYS_SEALED | SEALABLE,
                }
                for club in clubs
                for place, (code, (asked, step, counts)) in enumerate(KNOWN.items(), 1)
                if (club, code) not in present
            ]
        )

    @api.model
    def _create_missing(self):
        """Give every club its fields, those that a newer version knows among them."""
        clubs = (
            self.env["loyalty.club"]
            .with_context(active_test=False)
            .search([("active", "in", (True, False))])
        )
        self._create_defaults(clubs)


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    profile_field_ids = fields.One2many("loyalty.club.profile.field", "club_id")

    def _set_up(self):
        # sudo: they come with the club; nobody makes them by hand
        self.env["loyalty.club.profile.field"].sudo()._create_defaults(self)
        return super()._set_up()

    def _profile_fields(self, step="profile"):
        """What the club asks at ``step``, in its order: also what an earlier step asks.

        :param step: ``enrol``, ``join`` or ``profile``.
        :returns: loyalty.club.profile.field; its ``code`` is the member's field, or ``name``,
            ``email`` or ``address`` of the contact.
        """
        self.ensure_one()
        steps = [key for key, _text in STEPS]
        up_to = steps[: steps.index(step) + 1]
        # sudo: what is asked is no secret to whoever is asked
        return (
            self.sudo()
            .profile_field_ids.filtered(lambda field: field.asked and field.step in up_to)
            .sorted("sequence")
        )

    @tools.ormcache("self.id")
    def _sensitive_codes(self):
        """Codes of the profile fields that are kept sealed, as a frozenset."""
        # sudo: what the club wants sealed binds everybody who writes it
        known = self.env["loyalty.club.profile.field"].sudo().search([("club_id", "=", self.id)])
        codes = known.filtered("sensitive").mapped("code")
        return frozenset(codes) if known else ALWAYS_SEALED | SEALABLE
