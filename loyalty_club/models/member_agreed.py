from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .purpose import ASKED

MARKETING = "marketing"
# Channels whose address stands with the contact.
_OF_CONTACT = ("email", "phone")


class LoyaltyClubMember(models.Model):
    """Who may be turned to now: the question before each message."""

    _inherit = "loyalty.club.member"

    agrees_sms = fields.Boolean(
        string="Wants offers by SMS",
        compute="_compute_agrees",
        search="_search_agrees_sms",
        help="Agrees to offers by SMS, has a mobile number, and is on no list of people who want "
        "none.",
    )
    agrees_email = fields.Boolean(
        string="Wants offers by e-mail",
        compute="_compute_agrees",
        search="_search_agrees_email",
        help="Agrees to offers by e-mail, has an address, and is on no list of people who want "
        "none.",
    )
    agrees_push = fields.Boolean(
        string="Wants offers by notification",
        compute="_compute_agrees",
        search="_search_agrees_push",
    )

    # === COMPUTE METHODS === #

    @api.depends("consent_ids.given", "state", "partner_id")
    def _compute_agrees(self):
        for channel in ("sms", "email", "push"):
            agreed = self._origin._agreed(MARKETING, channel)
            for member in self:
                member[f"agrees_{channel}"] = member._origin in agreed

    @api.model
    def _search_agrees_sms(self, operator, value):
        return self._search_agrees("sms", operator)

    @api.model
    def _search_agrees_email(self, operator, value):
        return self._search_agrees("email", operator)

    @api.model
    def _search_agrees_push(self, operator, value):
        return self._search_agrees("push", operator)

    @api.model
    def _search_agrees(self, channel, operator):
        # A yes-or-no field is searched by “in [True]”; its opposite is made of that by the ORM.
        if operator != "in":
            return NotImplemented
        return self._agreed_domain(MARKETING, channel)

    # === BUSINESS METHODS - WHO AGREES === #

    def _agreed(self, purpose_code, channel):
        """Those of these members to whom the club may turn now for a purpose, on a channel.

        They agree (or, on another legal basis, have not objected), their membership goes on,
        they can be reached there, and are on none of Odoo's blacklists; nobody is among them who
        has asked in her profile not to be contacted.

        :param purpose_code: e.g. ``marketing``.
        :param channel: key of ``const.CONSENT_CHANNELS``.
        """
        query = self._agreed_query(purpose_code, channel, self)
        if not self.ids or query is None:
            return self.browse()
        self.env.cr.execute(query)
        agreed = {row[0] for row in self.env.cr.fetchall()}
        return self.filtered(lambda member: member.id in agreed)

    @api.model
    def _agreed_domain(self, purpose_code, channel):
        """The twin of :meth:`_agreed` for searches over all members: a Domain."""
        query = self._agreed_query(purpose_code, channel)
        return Domain.FALSE if query is None else Domain("id", "in", SQL("(%s)", query))

    @api.model
    def _agreed_query(self, purpose_code, channel, members=None):
        """A SELECT of ids, or None where no club has such a purpose on this channel."""
        # sudo: what clubs ask for is known to everybody
        purposes = self.env["loyalty.club.purpose"].sudo().search([("code", "=", purpose_code)])
        purposes = purposes.filtered(
            lambda purpose: purpose.legal_basis not in ASKED or channel in purpose._channels()
        )
        if not purposes:
            return None
        self._flush_for_agreed()
        by_basis = purposes.grouped("legal_basis")
        ways = [self._basis_condition(of_basis, channel) for of_basis in by_basis.values()]
        refused = not by_basis.keys().isdisjoint(ASKED)
        conditions = [
            SQL("member.state != 'closed'"),
            SQL("(%s)", SQL(" OR ").join(ways)),
            *self._reachable(channel, refused),
        ]
        if refused and channel != "general":
            conditions.append(SQL("member.preferred_channel IS DISTINCT FROM 'none'"))
        if members is not None:
            conditions.append(SQL("member.id = ANY(%s)", list(members.ids)))
        contact = SQL(" JOIN res_partner AS partner ON partner.id = member.partner_id")
        return SQL(
            "SELECT member.id FROM loyalty_club_member AS member%s WHERE %s",
            contact if channel in _OF_CONTACT else SQL(""),
            SQL(" AND ").join(conditions),
        )

    @api.model
    def _basis_condition(self, purposes, channel):
        """Who agrees to ``purposes`` (all of one legal basis, of different clubs)."""
        basis = purposes[0].legal_basis
        said = SQL(
            "SELECT member_id FROM loyalty_club_consent"
            " WHERE purpose_id = ANY(%s) AND channel = %s",
            list(purposes.ids),
            channel,
        )
        if basis == "consent":
            return SQL("member.id IN (%s AND given)", said)
        of_clubs = SQL("member.club_id = ANY(%s)", list(purposes.club_id.ids))
        if basis == "legitimate_interest":
            return SQL("(%s AND member.id NOT IN (%s AND NOT given))", of_clubs, said)
        return of_clubs

    @api.model
    def _reachable(self, channel, refused):
        """Who has an address on ``channel`` that is on no blacklist: conditions.

        :param refused: whether blacklists count; codes and receipts go out in any case.
        """
        address, table, column = {
            "sms": (SQL("member.mobile"), "phone_blacklist", "number"),
            "phone": (
                SQL("COALESCE(member.mobile, partner.phone_sanitized)"),
                "phone_blacklist",
                "number",
            ),
            "email": (SQL("partner.email_normalized"), "mail_blacklist", "email"),
        }.get(channel, (None, None, None))
        if channel == "push":
            return [
                SQL(
                    "EXISTS (SELECT FROM loyalty_club_push_device AS device"
                    " WHERE device.member_id = member.id)"
                )
            ]
        if address is None:
            return []
        conditions = [SQL("%s IS NOT NULL", address)]
        if refused:
            conditions.append(
                SQL(
                    "NOT EXISTS (SELECT FROM %s AS refused"
                    " WHERE refused.active AND refused.%s = %s)",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    address,
                )
            )
        return conditions

    @api.model
    def _flush_for_agreed(self):
        self.env["loyalty.club.member"].flush_model()
        self.env["res.partner"].flush_model(["phone_sanitized", "email_normalized"])
        self.env["phone.blacklist"].flush_model(["number", "active"])
        self.env["mail.blacklist"].flush_model(["email", "active"])
        self.env["loyalty.club.push.device"].flush_model(["member_id"])
