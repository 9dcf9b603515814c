"""Odoo's own mailings know of no club: its blacklists tell them who wants no offers."""

from odoo import api, models
from odoo.tools import SQL

from .member_agreed import MARKETING


class LoyaltyClubConsentChange(models.Model):
    _inherit = "loyalty.club.consent.change"

    def _follow_in_blacklists(self, source):
        """Keep Odoo's phone and mail blacklists in step with answers about offers.

        Whoever says no goes on the list, unless another membership with the same address
        still says yes; whoever says yes comes off it, but not by a list somebody imports.

        :param source: key of ``const.CONSENT_SOURCES``.
        """
        offers = self.filtered(lambda change: change.purpose_id.code == MARKETING)
        for channel in ("sms", "email"):
            told = offers.filtered(lambda change, name=channel: change.channel == name)
            refused = told.filtered(lambda change: not change.given).member_id
            welcome = told.filtered("given").member_id
            if refused:
                self._blacklist(channel, refused._addresses_refused(channel))
            if welcome and source not in ("import", "merge"):
                self._unblacklist(channel, welcome._addresses(channel))

    @api.model
    def _blacklist_refusals(self, member):
        """Put the addresses at which a member refuses offers on the lists.

        After a merge: a “no” of the one that stays was outweighed, at a shared address, by a
        “yes” of the other membership, which is gone with it.
        """
        refused = member.consent_ids.filtered(
            lambda consent: consent.purpose_id.code == MARKETING and not consent.given
        )
        for channel in {"sms", "email"} & set(refused.mapped("channel")):
            self._blacklist(channel, member._addresses_refused(channel))

    @api.model
    def _blacklist(self, channel, addresses):
        """Put addresses on the list; those that are there stay."""
        # sudo: whoever records a “no” does this with it, without rights on the lists
        if channel == "sms":
            self.env["phone.blacklist"].sudo()._add(sorted(addresses))
            return
        lists = self.env["mail.blacklist"].sudo().with_context(active_test=False)
        known = lists.search([("email", "in", list(addresses))])
        known.filtered(lambda row: not row.active).action_unarchive()
        lists.create([{"email": email} for email in sorted(addresses - set(known.mapped("email")))])

    @api.model
    def _unblacklist(self, channel, addresses):
        """Take addresses off the list."""
        # sudo: see _blacklist
        if channel == "sms":
            lists = self.env["phone.blacklist"].sudo()
            lists.search([("number", "in", list(addresses))]).action_archive()
        else:
            lists = self.env["mail.blacklist"].sudo()
            lists.search([("email", "in", list(addresses))]).action_archive()


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _addresses(self, channel):
        """Where these members are reached on ``channel``, ``sms`` or ``email``: a set."""
        if channel == "email":
            return set(filter(None, self.partner_id.mapped("email_normalized")))
        numbers = [*self.mapped("mobile"), *self.partner_id.mapped("phone_sanitized")]
        return set(filter(None, numbers))

    def _addresses_refused(self, channel):
        """Those of the addresses at which no other membership agrees to offers."""
        addresses = self._addresses(channel)
        if not addresses:
            return addresses
        self._flush_for_agreed()
        # The list is one for all clubs: a “no” to one of them is none to the others.
        self.env.cr.execute(
            SQL(
                """
                SELECT partner.email_normalized, partner.phone_sanitized, member.mobile
                  FROM loyalty_club_consent AS consent
                  JOIN loyalty_club_purpose AS purpose ON purpose.id = consent.purpose_id
                  JOIN loyalty_club_member AS member ON member.id = consent.member_id
                  JOIN res_partner AS partner ON partner.id = member.partner_id
                 WHERE consent.given AND consent.channel = %(channel)s
                   AND purpose.code = %(code)s AND member.state != 'closed'
                   AND %(address)s
                """,
                channel=channel,
                code=MARKETING,
                address=self._address_condition(channel, addresses),
            )
        )
        still = {address for row in self.env.cr.fetchall() for address in row if address}
        return addresses - still

    @api.model
    def _address_condition(self, channel, addresses):
        if channel == "email":
            return SQL("partner.email_normalized = ANY(%s)", list(addresses))
        return SQL(
            "(partner.phone_sanitized = ANY(%(these)s) OR member.mobile = ANY(%(these)s))",
            these=list(addresses),
        )
