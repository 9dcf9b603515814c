"""Which terms members are asked to accept: kept in memory, since every visit asks."""

from odoo import api, models, tools


class LoyaltyClubAgreement(models.Model):
    _name = "loyalty.club.agreement"
    _inherit = ["loyalty.club.agreement", "loyalty.club.remembered"]
    _remembered = frozenset({"active", "club_id"})

    @api.model
    @tools.ormcache("club_id", "day")
    def _asked_numbers(self, club_id, day):
        """Terms of a club with the number of the version that must have been accepted.

        :param day: today's, on which versions come into force.
        :returns: tuple of pairs of an agreement's id and :meth:`_least_number`, not to be changed.
        """
        # sudo: which terms there are is known to everybody
        agreements = self.sudo().search([("club_id", "=", club_id)])
        return tuple((agreement.id, agreement._least_number()) for agreement in agreements)


class LoyaltyClubAgreementVersion(models.Model):
    _name = "loyalty.club.agreement.version"
    _inherit = ["loyalty.club.agreement.version", "loyalty.club.remembered"]
