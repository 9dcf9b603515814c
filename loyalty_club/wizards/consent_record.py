from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import CONSENT_CHANNELS

HOW = [
    ("person", "In person"),
    ("paper", "Signed paper"),
    ("call", "Telephone call"),
    ("letter", "Letter or e-mail"),
]


class LoyaltyClubConsentRecord(models.TransientModel):
    """Staff writes down what a member has said, and how she said it."""

    _name = "loyalty.club.consent.record"
    _description = "Record a Consent"

    member_id = fields.Many2one("loyalty.club.member", required=True, ondelete="cascade")
    club_id = fields.Many2one(related="member_id.club_id")
    subject = fields.Selection(
        [("consent", "An answer about a purpose"), ("terms", "Acceptance of the terms")],
        string="What",
        required=True,
        default="consent",
    )
    purpose_id = fields.Many2one(
        "loyalty.club.purpose",
        domain="[('club_id', '=', club_id), ('legal_basis', 'in', ('consent', "
        "'legitimate_interest'))]",
        ondelete="cascade",
        default=lambda self: self._default_purpose_id(),
    )
    text = fields.Text(related="purpose_id.text")
    channel = fields.Selection(CONSENT_CHANNELS, default="sms")
    given = fields.Selection(
        [("yes", "Agrees"), ("no", "Does not agree, or no longer")], string="Answer"
    )
    version_id = fields.Many2one(
        "loyalty.club.agreement.version",
        string="Version of the terms",
        domain="[('club_id', '=', club_id), ('state', '=', 'published')]",
        compute="_compute_version_id",
        store=True,
        readonly=False,
        ondelete="cascade",
    )
    how = fields.Selection(HOW, string="How she said it", required=True, default="person")
    proof = fields.Char(
        help="What shows it later: where the paper is kept, the number of the call, the date of "
        "the letter."
    )

    @api.model
    def _default_purpose_id(self):
        member = self.env["loyalty.club.member"].browse(self.env.context.get("default_member_id"))
        if not member.has_access("read"):
            return False
        return self.env["loyalty.club.purpose"]._asked(member.club_id)[:1]

    @api.depends("member_id")
    def _compute_version_id(self):
        for wizard in self:
            member = wizard.member_id
            if not member.has_access("read"):
                member = member.browse()
            wizard.version_id = (
                member._terms_due()[:1] or member.club_id._terms_in_force()[:1] if member else False
            )

    @api.constrains("member_id")
    def _check_member(self):
        """Nobody names a member, and so learns her name, whom she does not see."""
        self.sudo(False).member_id.check_access("read")  # constraints run with all rights

    @api.onchange("purpose_id")
    def _onchange_purpose_id(self):
        channels = self.purpose_id._channels() if self.purpose_id else []
        if self.channel not in channels:
            self.channel = next(iter(channels), False)

    def action_record(self):
        """Record it as an answer of the member, under the user's name.

        :raises AccessError: for anyone who may not change the member.
        :raises UserError: when something is missing, or the club does not ask for it.
        """
        self.ensure_one()
        self.member_id.check_access("write")
        if self.how != "person" and not (self.proof or "").strip():
            raise UserError(
                self.env._(
                    "Write down what shows it later: where the paper is kept, the number of the "
                    "call, or the date of the letter."
                )
            )
        if self.subject == "terms":
            self._record_terms()
        else:
            self._record_consent()
        return {"type": "ir.actions.act_window_close"}

    def _record_terms(self):
        if not self.version_id:
            raise UserError(self.env._("Publish the terms first; then they can be accepted."))
        self.member_id._accept_terms(self.version_id, self.how, self.proof)

    def _record_consent(self):
        if not (self.purpose_id and self.channel and self.given):
            raise UserError(self.env._("Choose the purpose, the channel and the answer."))
        purpose = self.purpose_id
        if self.channel not in purpose._channels():
            labels = purpose._channel_labels()
            raise UserError(
                self.env._(
                    "“%(purpose)s” is asked for these channels: %(channels)s.",
                    purpose=purpose.name,
                    channels=", ".join(labels[name] for name in purpose._channels()),
                )
            )
        self.member_id._set_consents(
            {(purpose.code, self.channel): self.given == "yes"}, self.how, self.proof
        )
