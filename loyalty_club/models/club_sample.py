from odoo import models


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def _load_sample_history(self):
        """Give the club of the sample data a history; the sample data call it once."""
        # Only where sample data are wanted
        from ..demo import ledger_demo

        self.ensure_one()
        ledger_demo.load(self)

    def _load_sample_consents(self):
        """Let the members of the sample club answer to its questions; called once as well."""
        # Only where sample data are wanted
        from ..demo import consent_demo

        self.ensure_one()
        consent_demo.load(self)

    def _load_sample_cards(self):
        """Give the members of the sample club their cards; called once as well."""
        # Only where sample data are wanted
        from ..demo import card_demo

        self.ensure_one()
        card_demo.load(self)

    def _load_sample_enrolments(self):
        """Let the sample club meet somebody it knows already; called once as well."""
        # Only where sample data are wanted
        from ..demo import enrolment_demo

        self.ensure_one()
        enrolment_demo.load(self)

    def _load_sample_profiles(self):
        """Let the members of the sample club tell of themselves; called once as well."""
        # Only where sample data are wanted
        from ..demo import profile_demo

        self.ensure_one()
        profile_demo.load(self)

    def _load_sample_acts(self):
        """Let the members of the sample club do more than buy; called once as well."""
        # Only where sample data are wanted
        from ..demo import act_demo

        self.ensure_one()
        act_demo.load(self)

    def _load_sample_tiers(self):
        """Decide the levels of the sample club's members over the last year; called once too."""
        # Only where sample data are wanted
        from ..demo import tier_demo

        self.ensure_one()
        tier_demo.load(self)

    def _load_sample_rewards(self):
        """Let members take rewards for their points; called once as well."""
        # Only where sample data are wanted
        from ..demo import reward_demo

        self.ensure_one()
        reward_demo.load(self)
