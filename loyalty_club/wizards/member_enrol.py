from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import IDENTITY_TYPES, MEMBER_KINDS, SEXES


class LoyaltyClubMemberEnrol(models.TransientModel):
    """Enrol one person by the mobile number; who it is shows while it is typed."""

    _name = "loyalty.club.member.enrol"
    _description = "Enrol a Member"

    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    branch_id = fields.Many2one(
        "loyalty.club.branch", ondelete="cascade", domain="[('club_id', '=', club_id)]"
    )
    mobile = fields.Char(required=True)
    name = fields.Char()
    email = fields.Char(string="E-mail")
    kind = fields.Selection(MEMBER_KINDS, required=True, default="customer")
    card_number = fields.Char(string="Card", help="Number of a card from stock that is handed out.")
    identity_type = fields.Selection(IDENTITY_TYPES, string="Kind of identity code")
    identity_code = fields.Char()
    birthday = fields.Date()
    sex = fields.Selection(SEXES)
    asked = fields.Char(compute="_compute_asked")
    mandatory = fields.Char(compute="_compute_asked")

    valid = fields.Boolean(compute="_compute_who")
    member_id = fields.Many2one("loyalty.club.member", compute="_compute_who")
    partner_id = fields.Many2one("res.partner", compute="_compute_who")
    who = fields.Char(compute="_compute_who")

    @api.depends("club_id")
    def _compute_asked(self):
        for wizard in self:
            asked = wizard.club_id._profile_fields("enrol") if wizard.club_id else ()
            wizard.asked = " ".join(field.code for field in asked)
            wizard.mandatory = " ".join(field.code for field in asked if field.mandatory)

    @api.depends("mobile", "club_id")
    def _compute_who(self):
        """Whose number it is: a member's, a contact's, or nobody's yet."""
        for wizard in self:
            wizard.member_id = wizard.partner_id = wizard.who = False
            mobiles = wizard.club_id._mobiles(wizard.mobile) if wizard.club_id else ()
            wizard.valid = bool(mobiles)
            if not mobiles:
                continue
            member = self.env["loyalty.club.member"]._by_mobile(wizard.club_id, mobiles)
            wizard.member_id = member._survivor()[:1]
            if not wizard.member_id:
                # sudo: whoever may enrol is told who has the number, by name
                contacts = self.env["res.partner"].sudo()
                contact = contacts._club_contacts(wizard.club_id, mobiles)[:1]
                wizard.who = contact.display_name
                wizard.partner_id = contact if contact.has_access("read") else False

    def action_enrol(self):
        """Enrol, then open the member.

        :raises AccessError: for anyone without the right to enrol.
        :raises UserError: with what to do, when it is refused.
        """
        self.ensure_one()
        outcome = self._enrol()
        return {
            "type": "ir.actions.act_window",
            "res_model": "loyalty.club.member",
            "res_id": outcome.member.id,
            "views": [(False, "form")],
        }

    def action_enrol_next(self):
        """Enrol, then ask for the next person of the same shop.

        :raises AccessError: as :meth:`action_enrol`.
        :raises UserError: as :meth:`action_enrol`.
        """
        self.ensure_one()
        outcome = self._enrol()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.member_enrol_action")
        context = {"default_club_id": self.club_id.id, "default_branch_id": self.branch_id.id}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if outcome.status == "enrolled" else "info",
                "message": outcome.text,
                "next": dict(action, context=context),
            },
        }

    def _enrol(self):
        if not self.env["loyalty.club.member"].has_access("create"):
            raise AccessError(self.env._("Only users of the customer club enrol members."))
        self.club_id.check_access("read")
        person = {name: self[name] for name in self._person_fields() if self[name]}
        outcome = self.env["loyalty.club.enrolment"]._enrol(
            self.club_id, person, "backend", branch=self.branch_id
        )
        if not outcome.ok:
            raise UserError(outcome.text)
        return outcome

    @api.model
    def _person_fields(self):
        return (
            "mobile", "name", "email", "kind", "card_number", "identity_type", "identity_code",
            "birthday", "sex",
        )  # fmt: skip
