from collections import Counter

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.misc import split_every

from ..const import MEMBER_KINDS

_BATCH = 1000
_STATUSES = [("enrolled", "Enrolled"), ("known", "A member already"), ("refused", "Not enrolled")]


class LoyaltyClubMemberEnrolMany(models.TransientModel):
    """Enrol the chosen contacts, and say what became of each."""

    _name = "loyalty.club.member.enrol.many"
    _description = "Enrol Contacts"

    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    branch_id = fields.Many2one(
        "loyalty.club.branch", ondelete="cascade", domain="[('club_id', '=', club_id)]"
    )
    kind = fields.Selection(MEMBER_KINDS, required=True, default="customer")
    partner_ids = fields.Many2many("res.partner", string="Contacts", context={"active_test": False})
    partner_count = fields.Integer(compute="_compute_partner_count")
    done = fields.Boolean(readonly=True)
    enrolled_count = fields.Integer(string="Enrolled", readonly=True)
    known_count = fields.Integer(string="Members already", readonly=True)
    refused_count = fields.Integer(string="Not enrolled", readonly=True)
    line_ids = fields.One2many("loyalty.club.member.enrol.line", "wizard_id", readonly=True)

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        if self.env.context.get("active_model") == "res.partner":
            values["partner_ids"] = [Command.set(self.env.context.get("active_ids") or [])]
        return values

    @api.depends("partner_ids")
    def _compute_partner_count(self):
        for wizard in self:
            wizard.partner_count = len(wizard.partner_ids)

    def action_enrol(self):
        """Enrol whoever is no member yet, and show what became of everybody.

        :raises AccessError: for anyone without the right to enrol.
        """
        self.ensure_one()
        if not self.env["loyalty.club.member"].has_access("create"):
            raise AccessError(self.env._("Only users of the customer club enrol members."))
        self.club_id.check_access("read")
        self.partner_ids.check_access("read")
        if not self.done:
            self._enrol_all()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Enrol in the club"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _enrol_all(self):
        counts, lines = Counter(), []
        enrolment = self.env["loyalty.club.enrolment"]
        for batch in split_every(_BATCH, self.partner_ids.ids, self.env["res.partner"].browse):
            outcomes = enrolment._enrol_partners(
                self.club_id, batch, "backend", self.branch_id, kind=self.kind
            )
            counts.update(outcome.status for outcome in outcomes.values())
            lines += [
                {
                    "wizard_id": self.id,
                    "partner_id": partner.id,
                    "member_id": outcome.member.id,
                    "status": outcome.status,
                    "text": outcome.text,
                }
                for partner, outcome in outcomes.items()
                if outcome.status != "enrolled"
            ]
        # sudo: what became of whom is told by our own code alone
        self.env["loyalty.club.member.enrol.line"].sudo().create(lines)
        self.write({"done": True, **{f"{key}_count": counts[key] for key, _text in _STATUSES}})

    def action_view_members(self):
        """Open the memberships of these contacts.

        :raises AccessError: for anyone who may not see members.
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.member_action")
        domain = [
            ("club_id", "=", self.club_id.id),
            ("partner_id", "in", self.partner_ids.ids),
            ("merged_into_id", "=", False),
        ]
        return dict(action, domain=domain, context={})


class LoyaltyClubMemberEnrolLine(models.TransientModel):
    """A contact who was not enrolled, and why."""

    _name = "loyalty.club.member.enrol.line"
    _description = "What Became of a Contact"

    wizard_id = fields.Many2one(
        "loyalty.club.member.enrol.many", required=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one("res.partner", string="Contact", ondelete="cascade")
    member_id = fields.Many2one("loyalty.club.member", ondelete="cascade")
    status = fields.Selection(_STATUSES, required=True)
    text = fields.Char(string="Why")
