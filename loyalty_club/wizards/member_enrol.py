import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .. import vault
from ..const import IDENTITY_TYPES, MEMBER_KINDS, SEXES
from ..transaction import in_short_transaction

# What is typed and kept sealed between two requests, never in clear.
_SECRET = ("identity_code", "birthday")
_PURPOSE = "member_enrol"


class LoyaltyClubMemberEnrol(models.TransientModel):
    """Enrol one person by the mobile number; who it is shows while it is typed.

    Identity code and birthday are kept sealed until the button is pressed, and then forgotten,
    whatever became of it.
    """

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
    identity_code = fields.Char(compute="_compute_secret", readonly=False)
    birthday = fields.Date(compute="_compute_secret", readonly=False)
    typed = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    sex = fields.Selection(SEXES)
    asked = fields.Char(compute="_compute_asked")
    mandatory = fields.Char(compute="_compute_asked")

    valid = fields.Boolean(compute="_compute_who")
    member_id = fields.Many2one("loyalty.club.member", compute="_compute_who")
    partner_id = fields.Many2one("res.partner", compute="_compute_who")
    who = fields.Char(compute="_compute_who")

    # === COMPUTE METHODS === #

    def _compute_secret(self):
        """They are typed, and never shown again."""
        self.identity_code = self.birthday = False

    @api.depends("club_id")
    def _compute_asked(self):
        for wizard in self:
            known = wizard.club_id.has_access("read") if wizard.club_id else False
            asked = wizard.club_id._profile_fields("enrol") if known else ()
            wizard.asked = " ".join(field.code for field in asked)
            wizard.mandatory = " ".join(field.code for field in asked if field.mandatory)

    @api.depends("mobile", "club_id")
    def _compute_who(self):
        """Whose number it is: a member's, a contact's, or nobody's yet."""
        for wizard in self:
            wizard.member_id = wizard.partner_id = wizard.who = False
            # a club of another company tells nothing of its people
            known = wizard.club_id.has_access("read") if wizard.club_id else False
            mobiles = wizard.club_id._mobiles(wizard.mobile) if known else ()
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

    # === CONSTRAINT METHODS === #

    @api.constrains("club_id")
    def _check_club(self):
        self.sudo(False).club_id.check_access("read")  # constraints run with all rights

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Keep what is nobody's business sealed."""
        typed = [self._take_secret(vals) for vals in vals_list]
        wizards = super().create(vals_list)
        for wizard, secret in zip(wizards, typed, strict=True):
            wizard._keep_secret(secret)
        return wizards

    def write(self, vals):
        """As :meth:`create`."""
        vals = dict(vals)
        secret = self._take_secret(vals)
        result = super().write(vals)
        for wizard in self:
            wizard._keep_secret(secret)
        return result

    @api.model
    def _take_secret(self, vals):
        """Remove from ``vals`` what is not stored, and return it."""
        if not self.env.su:  # written by our own code alone
            vals.pop("typed", None)
        return {name: vals.pop(name) for name in _SECRET if name in vals}

    def _keep_secret(self, secret):
        if not secret:
            return
        kept = {**self._secret(), **{name: str(text or "") for name, text in secret.items()}}
        database, holder = self.env.cr.dbname, str(self.id)
        known = any(kept.values())
        sealed = vault.seal(database, _PURPOSE, holder, json.dumps(kept)) if known else False
        # sudo: read and written by our own code alone
        self.sudo().write({"typed": sealed})

    def _secret(self):
        """What was typed, as a dict; what no longer opens was not typed."""
        sealed = self.sudo().typed  # sudo: as above
        if not sealed:
            return {}
        try:
            return json.loads(vault.unseal(self.env.cr.dbname, _PURPOSE, str(self.id), sealed))
        except vault.VaultError:
            return {}

    def _forget_apart(self):
        """Forget what was typed where the request itself is about to be undone."""
        query = SQL(
            "UPDATE %s SET typed = NULL WHERE id = %s", SQL.identifier(self._table), self.id
        )
        in_short_transaction(self.env, lambda env: env.cr.execute(query))
        self.invalidate_recordset(["typed"], flush=False)

    # === ACTION METHODS === #

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
        person |= {name: text for name, text in self._secret().items() if text}
        outcome = self.env["loyalty.club.enrolment"]._enrol(
            self.club_id, person, "backend", branch=self.branch_id
        )
        if not outcome.ok:
            self._forget_apart()
            raise UserError(outcome.text)
        # sudo: read and written by our own code alone
        self.sudo().write({"typed": False})
        return outcome

    @api.model
    def _person_fields(self):
        return (
            "mobile", "name", "email", "kind", "card_number", "identity_type", "sex",
        )  # fmt: skip
