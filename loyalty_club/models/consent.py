from odoo import fields, models

from ..const import CONSENT_CHANNELS, CONSENT_SOURCES


class LoyaltyClubConsent(models.Model):
    """What a member says today about one purpose on one channel.

    One row for each answer that was ever given; no row means nobody was asked or nobody said
    yes, which is a no. How it came about is told by :class:`LoyaltyClubConsentChange`.
    """

    _name = "loyalty.club.consent"
    _inherit = ["loyalty.club.own.work"]
    _description = "Consent"
    _order = "member_id, purpose_id, channel"
    _log_access = False
    _rec_name = "purpose_id"

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="cascade"
    )
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    purpose_id = fields.Many2one(
        "loyalty.club.purpose", required=True, readonly=True, ondelete="restrict"
    )
    channel = fields.Selection(CONSENT_CHANNELS, required=True, readonly=True)
    given = fields.Boolean(string="Agrees", required=True, readonly=True)
    since = fields.Datetime(required=True, readonly=True)
    source = fields.Selection(CONSENT_SOURCES, required=True, readonly=True)
    version_id = fields.Many2one(
        "loyalty.club.purpose.version",
        string="Wording",
        readonly=True,
        ondelete="restrict",
        help="The words that the answer was given to.",
    )
    effective = fields.Boolean(
        string="In force",
        compute="_compute_effective",
        help="Whether the club may act on it now: the member agrees, can be reached there, and is "
        "on none of the lists of people who want no messages.",
    )

    _answer_unique = models.Constraint(
        "UNIQUE (member_id, purpose_id, channel)",
        "A member has one answer for each purpose and channel.",
    )
    # Who may be written to for a purpose: the question that campaigns ask of all members.
    _given_index = models.Index("(purpose_id, channel, member_id) WHERE given")

    def _compute_effective(self):
        groups = self.grouped(lambda consent: (consent.purpose_id.code, consent.channel))
        for (code, channel), consents in groups.items():
            agreed = consents.member_id._agreed(code, channel)
            for consent in consents:
                consent.effective = consent.given and consent.member_id in agreed
