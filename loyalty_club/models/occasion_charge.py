from ast import literal_eval
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..const import AMOUNT_DIGITS


class LoyaltyClubOccasionCharge(models.Model):
    """One occasion on which every member of a group is given the same: each exactly once.

    The key of each entry names the occasion and the member, so that running it again, or
    after a server died in the middle of it, credits only who was not credited yet.
    """

    _name = "loyalty.club.occasion.charge"
    _description = "Occasion Charge"
    _inherit = ["loyalty.club.own.work", "loyalty.club.approval"]
    _own = frozenset(
        {
            "state",
            "maker_id",
            "checker_id",
            "decided_on",
            "charged_count",
            "refused_count",
            "progress_id",
            "company_id",
        }
    )
    _order = "id desc"

    name = fields.Char(string="Occasion", required=True)
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    kind_id = fields.Many2one(
        "loyalty.club.wallet.kind",
        string="Gives",
        required=True,
        ondelete="restrict",
        domain="[('club_id', '=', club_id), ('type', 'not in', ('debt', 'gift_card'))]",
    )
    unit = fields.Char(related="kind_id.unit")
    amount = fields.Float(string="To each", digits=AMOUNT_DIGITS, required=True)
    domain = fields.Char(string="Members", required=True, default="[('state', '=', 'active')]")
    expires_on = fields.Date(
        string="Valid until", help="Last day of use. Empty: as its kind of value says."
    )
    terms_id = fields.Many2one(
        "loyalty.club.terms",
        string="Conditions of use",
        domain="[('club_id', '=', club_id)]",
        ondelete="restrict",
        help="Empty: those of its kind of value.",
    )
    message = fields.Text(
        string="Message to the members", help="Empty: nobody is written to. Sent by SMS or e-mail."
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("waiting", "Awaiting approval"),
            ("running", "Running"),
            ("done", "Done"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    todo_count = fields.Integer(string="Still to be charged", compute="_compute_preview")
    skipped_count = fields.Integer(
        string="Left out", compute="_compute_preview", help="Members who are not active."
    )
    todo_total = fields.Float(string="In all", compute="_compute_preview", digits=AMOUNT_DIGITS)
    charged_count = fields.Integer(string="Charged", readonly=True, copy=False)
    charged_total = fields.Float(
        string="Given", compute="_compute_charged_total", digits=AMOUNT_DIGITS
    )
    refused_count = fields.Integer(string="Refused by the ledger", readonly=True, copy=False)
    progress_id = fields.Integer(readonly=True, copy=False, help="Last member of this run.")

    _name_unique = models.UniqueIndex(
        "(club_id, name)", "The club has had an occasion of this name: choose another."
    )
    _amount_positive = models.Constraint("CHECK (amount > 0)", "A charge gives something.")

    # === COMPUTE METHODS === #

    @api.depends("domain", "club_id", "amount", "charged_count")
    def _compute_preview(self):
        Member = self.env["loyalty.club.member"]
        for charge in self:
            charge.todo_count = charge.skipped_count = 0
            if charge.club_id:
                idle = charge._group(self.env) & Domain("state", "!=", "active")
                charge.skipped_count = Member.search_count(idle)
                charge.todo_count = charge._count_todo()
            charge.todo_total = charge.todo_count * charge.amount

    @api.depends("charged_count", "amount")
    def _compute_charged_total(self):
        for charge in self:
            charge.charged_total = charge.charged_count * charge.amount

    # === CONSTRAINT METHODS === #

    @api.constrains("kind_id", "club_id", "terms_id", "amount", "expires_on")
    def _check_terms(self):
        for charge in self:
            kind = charge.kind_id
            if kind.club_id != charge.club_id or kind.bearer or kind.type == "debt":
                raise ValidationError(
                    self.env._(
                        "Members of %(club)s do not hold “%(kind)s”. Choose another kind of value.",
                        kind=kind.name,
                        club=charge.club_id.name,
                    )
                )
            if charge.terms_id and charge.terms_id.club_id != charge.club_id:
                raise ValidationError(
                    self.env._(
                        "“%(terms)s” are conditions of another club.", terms=charge.terms_id.name
                    )
                )
            if charge._exact_amount() % Decimal(str(kind.rounding)):
                raise ValidationError(
                    self.env._("Give whole steps of %(step)s.", step=kind._format(kind.rounding))
                )

    @api.constrains("domain")
    def _check_domain(self):
        for charge in self:
            charge._group(self.env)

    # === CRUD METHODS === #

    def write(self, vals):
        """What was asked for and charged stays as it was; only drafts are edited.

        :raises UserError: for a charge that is under way or done, and for what its own code
            writes.
        """
        if not self.env.su:
            self._check_editable(vals)
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_editable(vals)
        return super().create(vals_list)

    def _check_editable(self, vals):
        terms = {
            "name", "club_id", "kind_id", "amount", "domain", "expires_on", "terms_id", "message"
        }  # fmt: skip
        if self._own & vals.keys() or (
            terms & vals.keys() and any(charge.state != "draft" for charge in self)
        ):
            raise UserError(
                self.env._(
                    "An occasion that was charged, or waits for approval, is not edited. Make a "
                    "new one."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(charge.state != "draft" for charge in self):
            raise UserError(self.env._("Only drafts are deleted: what was given is kept."))

    # === ACTION METHODS === #

    def action_charge(self):
        """Credit everybody of the group who was not credited yet.

        Small groups at once, large ones by a job that starts within a minute. Above the
        club's limit a second manager approves first.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: when nobody is left to be charged.
        """
        self.ensure_one()
        self._check_manager(self.env._("Only a club manager charges an occasion."))
        if self.state not in ("draft", "done"):
            return
        todo = self._count_todo()  # now, not when the form was opened
        if not todo:
            raise UserError(
                self.env._("Nobody of this group is left: all active members have it already.")
            )
        needs_approval = self._needs_approval(todo)
        # sudo: the charge is written by its own code alone; the group was checked
        charge = self.sudo()
        charge.write({"maker_id": self.env.uid, "checker_id": False, "decided_on": False})
        if needs_approval:
            charge.state = "waiting"
            charge._ask_second_person()
        else:
            charge._start()

    def action_approve(self):
        """Let the charge that another manager asked for begin.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: for the person who asked.
        """
        self.ensure_one()
        self._check_second_person()
        if self.state == "waiting":
            # sudo: as in action_charge; the person was checked
            self.sudo()._decided()
            self.sudo()._start()

    def action_back_to_draft(self):
        """Take back, or refuse, what waits for approval.

        :raises AccessError: for anyone but a club manager.
        """
        self._check_manager(self.env._("Only a club manager decides this."))
        # sudo: as in action_charge
        for charge in self.sudo().filtered(lambda charge: charge.state == "waiting"):
            charge._decided(state="done" if charge.charged_count else "draft")

    def action_view_entries(self):
        """Open the entries by which members were credited."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.entry_action")
        origin = [("origin_model", "=", self._name), ("origin_id", "=", self.id)]
        return dict(action, domain=origin, context={})

    # === BUSINESS METHODS === #

    def _exact_amount(self):
        return Decimal(str(self.amount))

    def _group(self, env):
        """The members the occasion is for, merged ones left out, as a domain.

        :raises ValidationError: when it is no domain of members.
        """
        try:
            domain = Domain(literal_eval(self.domain or "[]"))
            domain.validate(env["loyalty.club.member"])
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValidationError(
                self.env._("The group of members cannot be read. Choose it again.")
            ) from error
        return domain & Domain([("club_id", "=", self.club_id.id), ("merged_into_id", "=", False)])


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    occasion_approval_above = fields.Monetary(
        string="Second person above",
        help="When a manager gives more than this in a day, on all occasions together and "
        "points at their value, another manager approves. 0: nobody has to approve. Set by "
        "administrators of access rights only.",
    )

    _occasion_approval_sound = models.Constraint(
        "CHECK (occasion_approval_above >= 0)", "A limit cannot be negative."
    )
