from odoo import api, fields, models

from ..const import PURPOSES

_TRANSLATED = ("name", "text", "data_used", "recipients")


class LoyaltyClub(models.Model):
    """Every club begins with purposes that it can use, change or archive."""

    _inherit = "loyalty.club"

    purpose_ids = fields.One2many("loyalty.club.purpose", "club_id", string="Purposes")
    privacy_contact = fields.Char(
        string="Contact for privacy",
        help="Who answers questions about personal data; stands in the record of processing.",
    )

    def _set_up(self):
        result = super()._set_up()
        self.env["loyalty.club.purpose"]._create_defaults(self)
        self.env["loyalty.club.agreement"]._create_defaults(self)
        return result

    @api.model
    def _default_names(self):
        words = {
            f"purpose_{code}_{name}": text
            for code, texts in self._purpose_words().items()
            for name, text in zip(_TRANSLATED, texts, strict=True)
        }
        words["agreement"] = self.env._("Terms of membership")
        return super()._default_names() | words

    @api.model
    def _translate_default_names(self):
        result = super()._translate_default_names()
        # sudo: what set-up makes belongs to no user
        self.env["loyalty.club.purpose"].sudo().search([("club_id", "!=", False)])._snapshot()
        return result

    @api.model
    def _purpose_words(self):
        """Name, wording, data used and recipients of the purposes that set-up makes, by code."""
        contact = self.env._("Name, phone number, e-mail address")
        nobody = self.env._("Nobody")
        providers = self.env._("The providers that send SMS and e-mail for us")
        return {
            "service": (
                self.env._("Running the membership"),
                self.env._("Codes, receipts and notices about your membership."),
                self.env._("Name, phone number, e-mail address, cards, balances, movements"),
                providers,
            ),
            "marketing": (
                self.env._("Offers and news"),
                self.env._(
                    "Yes, send me offers and news of the club. I can stop this at any time."
                ),
                contact,
                providers,
            ),
            "survey": (
                self.env._("Surveys"),
                self.env._(
                    "Yes, ask me for my opinion from time to time. I can stop this at any time."
                ),
                contact,
                providers,
            ),
            "profiling": (
                self.env._("Personal offers"),
                self.env._(
                    "Yes, use what I buy to choose offers that suit me. I can stop this at any "
                    "time."
                ),
                self.env._("Purchases, visits, profile, segments"),
                nobody,
            ),
            "partners": (
                self.env._("Partners"),
                self.env._(
                    "Yes, give my name and contact details to partners of the club for their "
                    "offers. I can stop this at any time."
                ),
                contact,
                self.env._("Partners of the club"),
            ),
            "accounting": (
                self.env._("Keeping the books"),
                self.env._(
                    "Purchases and payments are kept for as long as the law wants books kept."
                ),
                self.env._("Name, documents, amounts, movements"),
                self.env._("Auditors and tax authorities"),
            ),
        }


class LoyaltyClubPurpose(models.Model):
    _inherit = "loyalty.club.purpose"

    @api.model
    def _create_defaults(self, club):
        """Make the purposes that ``club`` is still without."""
        # sudo: a new club comes with what it needs
        purposes = self.sudo().with_context(active_test=False, loyalty_club_set_up=True)
        present = set(purposes.search([("club_id", "=", club.id)]).mapped("code"))
        words = self.env["loyalty.club"]._purpose_words()
        rows = []
        for sequence, (code, (basis, channels, days)) in enumerate(PURPOSES.items(), start=1):
            if code not in present:
                texts = dict(zip(_TRANSLATED, words[code], strict=True))
                uses = {f"use_{channel}": True for channel in channels}
                rows.append(
                    {
                        "club_id": club.id,
                        "code": code,
                        "sequence": sequence * 10,
                        "legal_basis": basis,
                        "retention_days": days,
                        **texts,
                        **uses,
                    }
                )
        return purposes.create(rows)

    @api.model
    def _create_missing(self):
        """Give clubs that are older than purposes what a new one begins with."""
        clubs = self.env["loyalty.club"].with_context(active_test=False)
        clubs = clubs.search([("active", "in", (True, False))])
        for club in clubs:
            self._create_defaults(club)
            self.env["loyalty.club.agreement"]._create_defaults(club)
        if clubs:
            clubs._translate_default_names()
