from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..bulk import copies_of, stored_columns
from ..clock import today_in
from ..const import AMOUNT_DIGITS, CHANNELS, MEMBER_KINDS, MEMBER_STATES

_SERVED = (
    *("number", "partner_id", "club_id", "company_id", "state", "merged_into_id"),
    *("tier_id", "mobile"),
)


class LoyaltyClubMember(models.Model):
    """Membership of one contact in one club."""

    _name = "loyalty.club.member"
    _description = "Club Member"
    _inherit = ["loyalty.club.own.work", "mail.thread", "mail.activity.mixin"]
    _own = frozenset(
        {
            "merged_into_id",
            "merged_ids",
            "closed_on",
            "close_reason",
            "contact_changed_at",
            "wallet_ids",
            "rfm_id",
        }
    )
    _order = "id desc"
    _rec_name = "number"
    _rec_names_search = ["number", "partner_id.name", "partner_id.phone"]

    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        required=True,
        ondelete="restrict",
        index=True,
        help="The person or company who is a member.",
    )
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    number = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: self.env._("New")
    )
    join_date = fields.Date(
        string="Joined on", required=True, default=lambda self: today_in(self.env.company)
    )
    state = fields.Selection(
        MEMBER_STATES, string="Status", required=True, default="active", tracking=True, index=True
    )
    kind = fields.Selection(MEMBER_KINDS, required=True, default="customer", tracking=True)
    branch_id = fields.Many2one(
        "loyalty.club.branch",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('club_id', '=', club_id)]",
        help="The member's home shop.",
    )
    channel = fields.Selection(CHANNELS, string="Joined through", default="backend")
    external_ref = fields.Char(
        string="External reference",
        copy=False,
        help="Identifier of this member in the system it was imported from.",
    )
    phone = fields.Char(related="partner_id.phone", readonly=False)
    email = fields.Char(related="partner_id.email", readonly=False)
    color = fields.Integer(related="rfm_class_id.color")

    wallet_ids = fields.One2many("loyalty.club.wallet", "member_id", readonly=True)
    points_balance = fields.Float(
        string="Points", compute="_compute_points", digits=AMOUNT_DIGITS, help="Points to spend."
    )
    points_owed = fields.Float(
        string="Points owed", compute="_compute_points", digits=AMOUNT_DIGITS
    )
    entry_count = fields.Integer(compute="_compute_entry_count")

    rfm_id = fields.Many2one(
        "loyalty.club.rfm",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",  # else every figure that goes is looked for in all members
    )
    rfm_recency = fields.Integer(related="rfm_id.recency")
    rfm_frequency = fields.Integer(related="rfm_id.frequency")
    rfm_monetary = fields.Float(related="rfm_id.monetary")
    rfm_scores = fields.Char(related="rfm_id.scores")
    rfm_total = fields.Float(related="rfm_id.total")
    rfm_class_id = fields.Many2one(related="rfm_id.class_id")
    currency_id = fields.Many2one(related="club_id.currency_id")

    _one_per_club = models.UniqueIndex(
        "(partner_id, club_id) WHERE merged_into_id IS NULL",
        "This contact is already a member of the club.",
    )
    _number_unique = models.UniqueIndex("(number)", "This membership number is taken.")
    _club_state_index = models.Index("(club_id, state)")
    _merged_is_closed = models.Constraint(
        "CHECK (merged_into_id IS NULL OR state = 'closed')", "A merged membership is closed."
    )
    _external_unique = models.UniqueIndex(
        "(club_id, external_ref) WHERE external_ref IS NOT NULL",
        "Another member of the club has this external reference.",
    )

    # === COMPUTE METHODS === #

    @api.depends("number", "partner_id.name")
    def _compute_display_name(self):
        for member in self:
            name = member.partner_id.name
            member.display_name = f"{name} ({member.number})" if name else member.number

    @api.depends("wallet_ids.available", "wallet_ids.kind_id.type")
    def _compute_points(self):
        # sudo: a cashier sees the sum without rights on the wallets themselves
        sums = {
            (member.id, kind.type): balance - held - pending
            for member, kind, balance, held, pending in self.env["loyalty.club.wallet"]
            .sudo()
            ._read_group(
                [("member_id", "in", self.ids), ("kind_id.type", "in", ("points", "debt"))],
                ["member_id", "kind_id"],
                ["balance:sum", "held:sum", "pending:sum"],
            )
        }
        for member in self:
            member.points_balance = sums.get((member.id, "points"), 0.0)
            member.points_owed = -sums.get((member.id, "debt"), 0.0)

    @api.depends("wallet_ids.seq")
    def _compute_entry_count(self):
        """Entries are numbered without gaps per wallet: the last numbers say how many."""
        # sudo: a cashier sees the number without rights on the wallets themselves
        counts = dict(
            self.env["loyalty.club.wallet"]
            .sudo()
            ._read_group([("member_id", "in", self.ids)], ["member_id"], ["seq:sum"])
        )
        for member in self:
            member.entry_count = counts.get(member, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("branch_id", "club_id")
    def _check_branch(self):
        for member in self:
            if member.branch_id and member.branch_id.club_id != member.club_id:
                raise ValidationError(
                    self.env._(
                        "%(branch)s is not a branch of %(club)s.",
                        branch=member.branch_id.name,
                        club=member.club_id.name,
                    )
                )

    @api.constrains("join_date")
    def _check_join_date(self):
        # Past midnight it may be tomorrow already where the user is.
        own = fields.Date.context_today(self)
        if any(member.join_date > max(own, today_in(member.company_id)) for member in self):
            raise ValidationError(self.env._("A membership cannot begin in the future."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._number(vals_list)
        for vals in vals_list:
            self._check_own_fields(vals)
        members = super().create(vals_list)
        members._joined()
        return members

    def write(self, vals):
        self._check_own_fields(vals)
        self._check_status_right(vals)
        self._check_join_right(vals)
        if {"club_id", "company_id", "number", "rfm_id"} & vals.keys() or (
            "partner_id" in vals and any(m.partner_id.id != vals["partner_id"] for m in self)
        ):
            raise UserError(
                self.env._(
                    "Contact, club and number of a membership do not change. "
                    "Close this one and enrol the other contact."
                )
            )
        if vals.get("state", "closed") != "closed":
            vals = dict(vals, closed_on=False, close_reason=False)
        result = super().write(vals)
        if "state" in vals:
            self._block_wallets()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        # sudo: whatever the user may read, entries of anyone keep the member
        if self.sudo().wallet_ids.filtered("seq"):
            raise UserError(
                self.env._("A member with movements is kept. Close the membership instead.")
            )
        self.sudo().wallet_ids.card_ids._club_unlink()
        self.sudo().wallet_ids.unlink()

    # === ACTION METHODS === #

    def action_activate(self):
        """Make pending or suspended members active."""
        self.write({"state": "active"})

    def action_suspend(self):
        """Suspend members: they neither earn nor spend until they are active again."""
        self.write({"state": "suspended"})

    def action_view_entries(self):
        """Open the member's ledger entries."""
        return self._action_of("loyalty_club.entry_action")

    def action_view_purchases(self):
        """Open the member's purchases."""
        return self._action_of("loyalty_club.purchase_action")

    def _action_of(self, xml_id):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        return dict(action, domain=[("member_id", "=", self.id)], context={})

    # === BUSINESS METHODS === #

    def _number(self, vals_list):
        """Give each new membership its number; one statement per club."""
        default_club = None
        by_club = {}
        for vals in vals_list:
            if not vals.get("club_id"):
                default_club = default_club or self.env["loyalty.club"]._for_company(
                    self.env.company
                )
                vals["club_id"] = default_club.id
            if not vals["club_id"]:
                raise UserError(self.env._("Make a customer club for this company first."))
            by_club.setdefault(vals["club_id"], []).append(vals)
        for club_id, group in by_club.items():
            numbers = self.env["loyalty.club"].browse(club_id)._next_numbers(len(group))
            for vals, number in zip(group, numbers, strict=True):
                vals["number"] = number

    @api.model
    def _create_many(self, vals_list):
        """Make members of one club as :meth:`create` does, by a few statements for all of them.

        For imports, with sound values: no constraint written in Python looks at them. What
        :meth:`create` writes of each new member by itself (that she waits for a fee) is not
        copied, and for imported members there is none of it.

        :param vals_list: as :meth:`create` takes it; values of columns only.
        :returns: the members in the order of ``vals_list``.
        :raises ValueError: when some did not come by an import.
        """
        if any(vals.get("channel") != "import" for vals in vals_list):
            raise ValueError("only imported members are made as copies")
        first = self.create(vals_list[:1])
        others = [{"club_id": first.club_id.id, **vals} for vals in vals_list[1:]]
        if not others:
            return first
        self._number(others)
        # Whatever is told of one of them, and what only our own code writes, is each one's own.
        told = set().union(vals_list[0], *others)
        own = {name for name in stored_columns(self) if name in told or self._is_own_field(name)}
        defaults = self.default_get(list(own))
        rows = [
            {name: vals.get(name, defaults.get(name)) or None for name in own} for vals in others
        ]
        members = copies_of(first, rows)
        members._joined()
        return first | members

    def _joined(self):
        """What comes with new memberships; each concept of the club adds its own."""
        self._open_wallets()
        self.env["loyalty.club.purchase"]._link_members(self)

    def _open_wallets(self):
        """Open the points wallet of new members, with the card through which tills see it."""
        for club, members in self.grouped("club_id").items():
            # sudo: enrolling is allowed to the cashier, making wallets and cards is ours
            kind = club.sudo().points_kind_id
            wallets = kind._wallets_of(members.sudo())
            self.env["loyalty.card"].sudo()._club_create_for(kind, wallets.values())
        self._block_wallets()

    def _block_wallets(self):
        """Wallets can be used while the membership is active."""
        for state, members in self.grouped("state").items():
            wanted = "active" if state == "active" else "blocked"
            # sudo: whoever may change a membership's status decides this with it
            wallets = members.sudo().wallet_ids.filtered(lambda w, s=wanted: w.state != s)
            if wallets:
                wallets.write({"state": wanted})

    @api.model
    def _find(self, club, partner, names=_SERVED):
        """The membership of ``partner`` in ``club``, or an empty recordset.

        A contact whose membership was merged is served by the one that took it over.

        :param names: fields that are read by the way: what a sale asks for; None for all.
        """
        if not club or not partner:
            return self.browse()
        found = self.search_fetch(
            [("club_id", "=", club.id), ("partner_id", "=", partner.id)], names
        )
        return (found.filtered(lambda member: not member.merged_into_id) or found._survivor())[:1]

    @api.model
    def _enrol(self, club, partners, channel="backend", branch=None):
        """Make members of those ``partners`` who are not yet; return the members of all.

        :param club: loyalty.club, one record.
        :param partners: res.partner.
        :param channel: one of ``const.CHANNELS``.
        :param branch: home shop of the new members.
        """
        present = self.search([("club_id", "=", club.id), ("partner_id", "in", partners.ids)])
        created = self.create(
            [
                {
                    "club_id": club.id,
                    "partner_id": partner.id,
                    "channel": channel,
                    "branch_id": branch.id if branch else False,
                }
                for partner in partners - present.partner_id
            ]
        )
        return present._survivor() | created
