from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import is_html_empty

from ..clock import today_in

_STATES = [("draft", "Draft"), ("published", "Published")]


class LoyaltyClubAgreement(models.Model):
    """Terms that members accept: those of the membership, and others a club may have.

    What they say stands in versions. A published version is never edited: members have
    accepted it as it is.
    """

    _name = "loyalty.club.agreement"
    _description = "Terms of Membership"
    _order = "club_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    version_ids = fields.One2many("loyalty.club.agreement.version", "agreement_id")
    current_version_id = fields.Many2one(
        "loyalty.club.agreement.version", string="In force", compute="_compute_current_version_id"
    )
    accepted_count = fields.Integer(
        string="Accepted by",
        compute="_compute_accepted_count",
        help="Members who have accepted what is in force, or a version that still counts.",
    )
    due_count = fields.Integer(
        string="Still to be asked",
        compute="_compute_accepted_count",
        help="Active members who will be asked to accept when they next sign in.",
    )

    # === COMPUTE METHODS === #

    @api.depends("version_ids.state", "version_ids.valid_from")
    def _compute_current_version_id(self):
        for agreement in self:
            agreement.current_version_id = agreement._in_force()[-1:]

    def _compute_accepted_count(self):
        Member = self.env["loyalty.club.member"]
        for agreement in self:  # a club has one or two
            members = Domain("club_id", "=", agreement.club_id.id) & Domain("state", "=", "active")
            due = agreement._due_domain()
            agreement.due_count = Member.search_count(members & due)
            agreement.accepted_count = (
                Member.search_count(members & ~due) if agreement._in_force() else 0
            )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        # sudo: nobody's rights hide a published version
        if "published" in self.sudo().version_ids.mapped("state"):
            raise UserError(
                self.env._("Published terms are kept. Archive them; then nobody is asked any more.")
            )
        self.version_ids.unlink()

    # === BUSINESS METHODS === #

    @api.model
    def _create_defaults(self, club):
        """Give ``club`` the place for its terms; nobody is asked before a version is published."""
        # sudo: a new club comes with what it needs
        agreements = self.sudo().with_context(active_test=False)
        if not agreements.search_count([("club_id", "=", club.id)], limit=1):
            agreements.create(
                {
                    "club_id": club.id,
                    "name": self.env["loyalty.club"]._default_names()["agreement"],
                }
            )

    def _in_force(self):
        """The versions that count today, oldest first; the last one is what is shown."""
        # sudo: terms are for everybody's eyes
        return (
            self.sudo()
            .version_ids.filtered(
                lambda version: (
                    version.state == "published"
                    and version.valid_from <= today_in(version.company_id)
                )
            )
            .sorted("number")
        )

    def _least_number(self):
        """Whoever accepted this version or a later one is not asked; 0 when none is in force."""
        self.ensure_one()
        versions = self._in_force()
        asked = versions[:1] | versions.filtered("must_accept_again")
        return max(asked.mapped("number"), default=0)


class LoyaltyClubAgreementVersion(models.Model):
    """The terms as they read from a certain day on."""

    _name = "loyalty.club.agreement.version"
    _inherit = ["loyalty.club.own.work"]
    _description = "Version of the Terms"
    _own = frozenset({"number", "state", "published_at", "published_by_id"})
    _order = "agreement_id, number desc"
    _rec_name = "number"

    agreement_id = fields.Many2one(
        "loyalty.club.agreement", string="Terms", required=True, index=True, ondelete="restrict"
    )
    club_id = fields.Many2one(related="agreement_id.club_id", store=True, precompute=True)
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, precompute=True)
    number = fields.Integer(string="Version", required=True, readonly=True, copy=False, default=0)
    body = fields.Html(string="Text", translate=True, sanitize=True)
    summary = fields.Text(
        string="What is new", translate=True, help="Shown to members who are asked to accept again."
    )
    valid_from = fields.Date(
        string="In force from",
        required=True,
        copy=False,
        default=lambda self: today_in(self.env.company),
    )
    must_accept_again = fields.Boolean(
        string="Ask again",
        default=True,
        help="Members who accepted an earlier version are asked for this one. Otherwise their "
        "acceptance goes on to count, which suits corrections that change nothing for them.",
    )
    state = fields.Selection(
        _STATES, string="Status", required=True, readonly=True, default="draft", copy=False
    )
    published_at = fields.Datetime(string="Published on", readonly=True, copy=False)
    published_by_id = fields.Many2one(
        "res.users", string="Published by", readonly=True, copy=False, ondelete="restrict"
    )
    acceptance_count = fields.Integer(string="Accepted", compute="_compute_acceptance_count")

    _number_unique = models.Constraint(
        "UNIQUE (agreement_id, number)", "These terms have another version of that number."
    )

    # === COMPUTE METHODS === #

    @api.depends("agreement_id.name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(agreement)s, version %(number)s",
                agreement=version.agreement_id.name or "",
                number=version.number,
            )

    def _compute_acceptance_count(self):
        counts = dict(
            self.env["loyalty.club.agreement.acceptance"]._read_group(
                [("version_id", "in", self.ids)], ["version_id"], ["__count"]
            )
        )
        for version in self:
            version.acceptance_count = counts.get(version, 0)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        last = {}
        for vals in vals_list:
            agreement = self.env["loyalty.club.agreement"].browse(vals.get("agreement_id"))
            number = last.get(agreement, max(agreement.version_ids.mapped("number"), default=0))
            last[agreement] = number + 1
            # Who published what is written by publishing alone.
            vals.update(number=number + 1, state="draft", published_at=False, published_by_id=False)
        return super().create(vals_list)

    def write(self, vals):
        own = {"number", "state", "published_at", "published_by_id", "agreement_id"} & vals.keys()
        if own and not self.env.su:
            raise UserError(self.env._("A version is published by its button, not by hand."))
        self._check_drafts()
        return super().write(vals)

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        self._check_drafts()
        return super()._update_field_translations(field_name, translations, *args, **kwargs)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        self._check_drafts()

    def _check_drafts(self):
        if "published" in self.mapped("state"):
            raise UserError(
                self.env._(
                    "A published version stays as members accepted it. Make a new version: "
                    "duplicate this one, change the text and publish it."
                )
            )

    # === ACTION METHODS === #

    def action_publish(self):
        """Let the version count from its day on; afterwards it is no longer edited.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: when it says nothing, is published already, or would be in force
            before an earlier version.
        """
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_manager")):
            raise AccessError(self.env._("Terms are published by a club manager."))
        for version in self:
            version._check_drafts()
            if is_html_empty(version.body):
                raise UserError(self.env._("Write the text before you publish it."))
            day = max(version.valid_from, today_in(version.company_id))
            earlier = version.agreement_id.version_ids.filtered(
                lambda other: other.state == "published"
            )
            if any(other.number > version.number or other.valid_from > day for other in earlier):
                raise UserError(
                    self.env._(
                        "A later version is published already. Duplicate this one, and publish "
                        "the copy for a later day."
                    )
                )
            version.sudo().write(  # sudo: the fields of publishing are written here alone
                {
                    "state": "published",
                    "valid_from": day,
                    "published_at": fields.Datetime.now(),
                    "published_by_id": self.env.uid,
                }
            )
        return True

    def action_view_acceptances(self):
        """Open who accepted these versions."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_club.agreement_acceptance_action"
        )
        return dict(action, domain=[("version_id", "in", self.ids)], context={})
