from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .member_closing import CLOSING_POLICIES

SOURCES = [
    ("portal", "The member, on her pages"),
    ("staff", "The staff, at her wish"),
    ("retention", "The time is over"),
]
SCOPES = [("person", "The person everywhere"), ("membership", "The membership alone")]


class LoyaltyClubErasure(models.Model):
    """A wish that the club forgets a person: who asked, who decided, what was found afterwards.

    It holds nothing of the person but the membership's number. The ledger, the purchases and
    the documents of the books stay as they are, and are nobody's from then on.
    """

    _name = "loyalty.club.erasure"
    _inherit = ["loyalty.club.own.work", "loyalty.club.approval", "loyalty.club.sealed"]
    _description = "Erasure of a Member"
    _order = "id desc"
    _sealed = {"values_sealed": "erasure_values"}

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="restrict", index=True
    )
    number = fields.Char(related="member_id.number", string="Membership")
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    date = fields.Datetime(
        string="Asked on", required=True, readonly=True, default=fields.Datetime.now
    )
    source = fields.Selection(SOURCES, string="Asked by way of", required=True, readonly=True)
    reason = fields.Char(string="Why", readonly=True)
    fate = fields.Selection(
        CLOSING_POLICIES,
        string="What is left of value",
        required=True,
        readonly=True,
        help="As the club does with closed memberships.",
    )
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("done", "Erased"),
            ("refused", "Refused"),
            ("withdrawn", "Taken back"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="requested",
        index=True,
    )
    refusal = fields.Char(string="Why refused", readonly=True)
    scope = fields.Selection(SCOPES, string="Erased", readonly=True)
    obstacles = fields.Text(
        string="Why the contact stays", readonly=True, help="Filled when it was decided."
    )
    checked_on = fields.Datetime(string="Looked for traces on", readonly=True)
    cleaned = fields.Text(
        string="Traces removed", readonly=True, help="Columns of the database, and how many rows."
    )
    left = fields.Text(
        string="Traces left",
        readonly=True,
        help="Where something was found that a person has to decide about.",
    )
    values_sealed = fields.Char(readonly=True, copy=False, prefetch=False)

    _one_open = models.UniqueIndex(
        "(member_id) WHERE state = 'requested'", "This erasure is already requested."
    )
    _unchecked_index = models.Index("(id) WHERE values_sealed IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("number")
    def _compute_display_name(self):
        for erasure in self:
            erasure.display_name = self.env._("Erasure of %(member)s", member=erasure.number or "")

    # === CRUD METHODS === #

    def _holder(self):
        return f"erasure:{self.id}"

    @api.model
    def _holder_sql(self):
        return SQL("'erasure:' || %s", SQL.identifier(self._table, "id"))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("That somebody was erased, or not, stays on record."))

    # === ACTION METHODS === #

    def action_approve(self):
        """Erase the member: nothing brings her back.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: for the person who asked; when it was decided already; when a payment
            is under way or an invoice unpaid.
        """
        self._check_second_person()
        for erasure in self:
            erasure._check_open()
            # sudo: erasures are written by their own code alone; the person was checked
            erasure.sudo()._carry_out()

    def action_refuse(self):
        """Ask why, then refuse.

        :raises AccessError: for anyone but a club manager.
        """
        self.ensure_one()
        self._check_manager(self.env._("Only a club manager decides this."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse the erasure"),
            "res_model": "loyalty.club.erasure.decision",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_erasure_id": self.id},
        }

    def action_look_again(self):
        """Look again for traces of who was erased, after somebody has removed them.

        :raises AccessError: for anyone but a club manager.
        """
        self._check_manager(self.env._("Only a club manager looks for traces."))
        again = self.sudo().filtered("values_sealed")  # sudo: as in action_approve
        if not again:
            raise UserError(
                self.env._("Nothing is known any more of who this was, so nothing can be found.")
            )
        again._check_traces()

    # === BUSINESS METHODS === #

    @api.model
    def _request(self, member, source, reason=None):
        """Ask that a member be erased; asking twice is asking once.

        :param member: loyalty.club.member, one record.
        :param source: one of ``SOURCES``.
        :param reason: in words; forgotten with the erasure.
        :returns: the erasure.
        :raises AccessError: when somebody asks for another person without being a club user.
        :raises UserError: when the member was erased before, or nobody could decide.
        """
        member.ensure_one()
        if source == "staff" and not self.env.user.has_group("loyalty_club.group_user"):
            raise AccessError(self.env._("Only the club's staff asks for an erasure."))
        member.check_access("read")
        # sudo: erasures are written by their own code alone; who asks was checked
        member = member.sudo()._survivor()
        if member.erased_on:
            raise UserError(self.env._("%(member)s was erased.", member=member.number))
        erasures = self.sudo()
        found = erasures.search([("member_id", "=", member.id), ("state", "=", "requested")])
        if not found:
            found = erasures.create(
                {
                    "member_id": member.id,
                    "club_id": member.club_id.id,
                    "company_id": member.company_id.id,
                    "source": source,
                    "reason": (reason or "").strip() or False,
                    "fate": member.club_id.closing_policy,
                    "maker_id": self.env.uid,
                }
            )
            if source != "retention":
                found._ask_second_person()
        return found.sudo(self.env.su)

    def _refuse(self, refusal):
        """Refuse with a reason, which the member is shown.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: without a reason, or when it was decided already.
        """
        self._check_manager(self.env._("Only a club manager decides this."))
        refusal = (refusal or "").strip()
        if not refusal:
            raise UserError(self.env._("Write why: the member has a right to know."))
        for erasure in self:
            erasure._check_open()
            # sudo: as in action_approve
            erasure.sudo()._decided(state="refused", refusal=refusal, reason=False)

    def _withdraw(self):
        """The member takes her wish back; the caller has made sure that it is hers."""
        wishes = self.sudo().filtered(  # sudo: as in _request
            lambda erasure: erasure.state == "requested"
        )
        wishes.write({"state": "withdrawn", "reason": False})
        wishes.activity_unlink(["mail.mail_activity_data_todo"])

    def _carry_out(self):
        """Erase; everything, or nothing."""
        self.ensure_one()
        member = self.member_id
        member._check_erasable()
        obstacles = member._contact_obstacles()
        scope = "membership" if obstacles else "person"
        with self.env.cr.savepoint():
            values = member._erasure_values(scope)
            member._erase(scope, self.fate)
            self._decided(
                state="done",
                scope=scope,
                reason=False,
                obstacles="\n".join(obstacles) or False,
                values_sealed=self._seal_values(values),
            )
            self._forget_own_chatter()
        # What was typed by hand elsewhere is found afterwards: that reads the whole database.
        self.env.ref("loyalty_club.cron_erasure")._trigger()

    def _forget_own_chatter(self):
        """The wish itself may have been told in a name's words."""
        self.env["loyalty.club.member"]._forget_chatter({self._name: self.ids})

    def _check_open(self):
        if self.state != "requested":
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "This was decided already: “%(state)s”. Reload the page.",
                    state=states[self.state],
                )
            )

    def _check_second_person(self):
        """Stop anyone but a club manager who did not ask for it herself.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: for the person who asked.
        """
        self._check_manager(self.env._("Only a club manager erases members."))
        for erasure in self:
            if erasure._is_own():
                raise UserError(
                    self.env._(
                        "You asked for this yourself. Nothing brings an erased member back, so "
                        "another club manager has to look at it."
                    )
                )

    def _ask_second_person(self):
        try:
            with self.env.cr.savepoint():
                super()._ask_second_person()
        except UserError as error:
            if self.source == "portal":
                return  # the wish stands; somebody will see it in the list
            raise UserError(
                self.env._(
                    "The club has no other manager who could approve this. Name one: whoever asks "
                    "for an erasure does not decide about it."
                )
            ) from error
