from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class LoyaltyClubApproval(models.AbstractModel):
    """A movement of value that one manager asks for and, above a limit, another decides.

    Who asks never decides, whatever rights the request has: the persons are compared, not
    their groups.
    """

    _name = "loyalty.club.approval"
    _description = "Decision by a Second Person"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    maker_id = fields.Many2one(
        "res.users", string="Asked by", readonly=True, copy=False, ondelete="restrict"
    )
    checker_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, copy=False, ondelete="restrict"
    )
    decided_on = fields.Datetime(string="Decided on", readonly=True, copy=False)
    can_decide = fields.Boolean(compute="_compute_can_decide")

    @api.depends("maker_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        manager = self.env.user.has_group("loyalty_club.group_manager")
        for record in self:
            record.can_decide = manager and not record._is_own()

    def _is_own(self):
        """Whether who is asking now is the person who made the record, under any login."""
        self.ensure_one()
        # sudo: another user's contact is compared, not shown
        maker = self.sudo().maker_id
        return maker == self.env.user or maker.partner_id == self.env.user.sudo().partner_id

    @api.model
    def _check_manager(self, text):
        """Stop anyone but a club manager.

        :param text: the refusal, a sentence.
        :raises AccessError: with that text.
        """
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(text)

    def _check_second_person(self):
        """Stop anyone but a club manager who did not ask for it herself.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: for the person who asked.
        """
        self._check_manager(self.env._("Only a club manager decides this."))
        for record in self:
            if record._is_own():
                raise UserError(
                    self.env._(
                        "You asked for this yourself. Above the limit another club manager "
                        "has to decide."
                    )
                )

    def _ask_second_person(self):
        """Put it on the list of activities of the company's other club managers.

        :raises UserError: when there is no other: it would wait for ever.
        """
        group = self.env.ref("loyalty_club.group_manager")
        for record in self:
            # sudo: who the managers are is asked for them, not shown
            managers = group.sudo().all_user_ids.filtered(
                lambda user, r=record: (
                    user != r.maker_id
                    and user.partner_id != r.maker_id.partner_id
                    and r.company_id in user.company_ids
                )
            )
            if not managers:
                raise UserError(
                    self.env._(
                        "This is above the limit up to which one person decides alone, and the "
                        "club has no second manager who could approve it. Name one, or raise "
                        "the limit."
                    )
                )
            for manager in managers:
                record.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Approve or refuse: %(what)s", what=record.display_name),
                    user_id=manager.id,
                )

    def _decided(self, **values):
        """Note who decided, and clear the other managers' lists."""
        self.write({"checker_id": self.env.uid, "decided_on": fields.Datetime.now(), **values})
        self.activity_unlink(["mail.mail_activity_data_todo"])
