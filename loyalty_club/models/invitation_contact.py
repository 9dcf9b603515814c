from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import keyring
from ..domain import opaque

_BATCH = 500  # contacts told in one transaction


class LoyaltyClubInvitationContact(models.Model):
    """That a contact was asked to join, and what became of it."""

    _name = "loyalty.club.invitation.contact"
    _inherit = ["loyalty.club.own.work"]
    _description = "Invited Contact"
    _order = "id"
    _log_access = False  # an invitation may go to very many
    _rec_name = "partner_id"

    invitation_id = fields.Many2one(
        "loyalty.club.invitation", required=True, readonly=True, ondelete="cascade"
    )
    club_id = fields.Many2one(related="invitation_id.club_id")
    company_id = fields.Many2one(related="invitation_id.company_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sent", "Sent"),
            ("left_out", "Left out"),
            ("refused", "Wants no more"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="waiting",
        help="Left out: became a member, cannot be reached any more, or wants no offers.",
    )
    channel = fields.Selection([("sms", "SMS"), ("email", "E-mail")], readonly=True)
    sent_on = fields.Datetime(string="Sent", readonly=True)
    opened_on = fields.Datetime(string="Opened", readonly=True)
    member_id = fields.Many2one(
        "loyalty.club.member",
        string="Joined as",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    joined_on = fields.Datetime(string="Joined", readonly=True)

    _once = models.UniqueIndex("(invitation_id, partner_id)", "A contact is invited once.")
    _waiting_index = models.Index("(invitation_id, id) WHERE state = 'waiting'")

    # === BUSINESS METHODS - WHO MAY BE ASKED === #

    @api.model
    def _add(self, invitation, partner_ids):
        """Write down whom ``invitation`` goes to; who is there stays."""
        self.env.cr.execute(
            SQL(
                "INSERT INTO loyalty_club_invitation_contact (invitation_id, partner_id, state)"
                " SELECT %s, partner, 'waiting' FROM unnest(%s::int[]) AS partner"
                " ON CONFLICT DO NOTHING",
                invitation.id,
                list(partner_ids),
            )
        )
        invitation.invalidate_recordset(["contact_ids"])

    @api.model
    def _narrow(self, query, club, channel):
        """Leave in ``query`` (of contacts) those who may be invited to ``club`` by ``channel``.

        Nobody who is or was a member, by contact or by mobile; nobody without an address there;
        nobody on Odoo's blacklists, on which whoever said no to a club is as well.

        :returns: SQL of the address by which a contact is one of many with the same.
        """
        self.env["loyalty.club.member"].flush_model(["partner_id", "club_id", "mobile"])
        self.env["res.partner"].flush_model(["phone_sanitized", "email_normalized"])
        self.env["phone.blacklist"].flush_model()
        self.env["mail.blacklist"].flush_model()
        contact = query.table
        phone = SQL.identifier(contact, "phone_sanitized")
        email = SQL.identifier(contact, "email_normalized")
        by_sms = SQL(
            "(%(phone)s IS NOT NULL AND NOT EXISTS (SELECT FROM phone_blacklist refused"
            " WHERE refused.active AND refused.number = %(phone)s))",
            phone=phone,
        )
        by_email = SQL(
            "(%(email)s IS NOT NULL AND NOT EXISTS (SELECT FROM mail_blacklist refused"
            " WHERE refused.active AND refused.email = %(email)s))",
            email=email,
        )
        ways = {"sms": by_sms, "email": by_email, "any": SQL("(%s OR %s)", by_sms, by_email)}
        query.add_where(ways[channel])
        for known_by, value in (("partner_id", SQL.identifier(contact, "id")), ("mobile", phone)):
            query.add_where(
                SQL(
                    "NOT EXISTS (SELECT FROM loyalty_club_member known"
                    " WHERE known.club_id = %s AND known.%s = %s)",
                    club.id,
                    SQL.identifier(known_by),
                    value,
                )
            )
        return {
            "sms": phone,
            "email": email,
            "any": SQL("COALESCE(%s, %s)", phone, email),
        }[channel]

    # === BUSINESS METHODS - SENDING === #

    @api.model
    def _next_batch(self, invitation):
        """The next rows to send, in this transaction nobody else's."""
        rows = self.search(
            [("invitation_id", "=", invitation.id), ("state", "=", "waiting")],
            order="id",
            limit=_BATCH,
        )
        return rows.try_lock_for_update() if rows else rows

    def _send(self):
        """Hand the messages of these rows of one invitation to the outbox.

        Who has joined or said no since the invitation began is left out.
        """
        invitation = self.invitation_id
        query = self.env["res.partner"].sudo()._search([("id", "in", self.partner_id.ids)])
        self._narrow(query, invitation.club_id, invitation.channel)
        welcome = set(query)
        addresses = self.filtered(lambda row: row.partner_id.id in welcome)._addresses()
        for channel in ("sms", "email"):
            rows = self.filtered(lambda row, name=channel: addresses.get(row, "")[:1] == (name,))
            rows.write({"channel": channel, "state": "sent", "sent_on": fields.Datetime.now()})
        self.filtered(lambda row: row not in addresses).state = "left_out"
        self.env["loyalty.club.outbox"]._queue_texts(
            "invitation",
            [
                dict(invitation._message(row), channel=channel, address=address)
                for row, (channel, address) in addresses.items()
            ],
        )

    def _addresses(self):
        """Where these are reached now: dict of row to channel and address."""
        club, wanted = self.invitation_id.club_id, self.invitation_id.channel
        mobiles = {
            row: next(iter(club._mobiles(row.partner_id.phone, row.partner_id.country_id)), None)
            for row in self
            if wanted != "email"
        }
        emails = {
            row: row.partner_id.email_normalized for row in self if wanted in ("email", "any")
        }
        # sudo: whoever invites need not read the lists
        no_sms = self.env["phone.blacklist"].sudo().search([("number", "in", [*mobiles.values()])])
        no_email = self.env["mail.blacklist"].sudo().search([("email", "in", [*emails.values()])])
        refused = {*no_sms.mapped("number"), *no_email.mapped("email")}
        found = {}
        for row in self:
            for channel, known in (("sms", mobiles), ("email", emails)):
                address = known.get(row)
                if address and address not in refused:
                    found.setdefault(row, (channel, address))
        return found

    # === BUSINESS METHODS - WHO CAME, AND WHO WANTS NO MORE === #

    def _is(self, member):
        """Whether ``member`` is the person who was invited."""
        partner = self.partner_id
        mobiles = member.club_id._mobiles(partner.phone, partner.country_id)
        email = member.partner_id.email_normalized
        return (
            partner == member.partner_id
            or bool(member.mobile and member.mobile in mobiles)
            or bool(email and email == partner.email_normalized)
        )

    def _stop_url(self):
        """The address at which the contact ends invitations; it never expires."""
        token = opaque.seal(self._stop_secret(), self.id)
        return f"{self.get_base_url()}/club/uninvite/{token}"

    @api.model
    def _of_stop(self, token):
        """The row whose invitations a link ends, as superuser, or empty."""
        numbers = opaque.unseal(self._stop_secret(), token, 1)
        # sudo: whoever holds the link may end these messages, and sees nothing of the contact
        return self.sudo().browse(numbers or ()).exists()

    def _refuse(self):
        """The contact wants no offers: her addresses go on Odoo's blacklists."""
        partner = self.partner_id
        club = self.invitation_id.club_id
        lists = self.env["loyalty.club.consent.change"]
        mobiles = set(club._mobiles(partner.phone, partner.country_id))
        if mobiles:
            lists._blacklist("sms", mobiles)
        if partner.email_normalized:
            lists._blacklist("email", {partner.email_normalized})
        self.state = "refused"

    @api.model
    def _stop_secret(self):
        return keyring.secret(self.env.cr.dbname, "invitation-stop")


class LoyaltyClubInvitation(models.Model):
    """What came of an invitation; nothing here is stored."""

    _inherit = "loyalty.club.invitation"

    invited_count = fields.Integer(string="Invited", compute="_compute_results")
    sent_count = fields.Integer(string="Sent", compute="_compute_results")
    opened_count = fields.Integer(string="Opened", compute="_compute_results")
    joined_count = fields.Integer(
        string="Joined of them", compute="_compute_results", help="Of those who were invited."
    )
    member_count = fields.Integer(
        string="Joined",
        compute="_compute_results",
        help="All who came through it: invited, by a link that was passed on, or by the link for "
        "everybody.",
    )
    joined_rate = fields.Float(
        string="Success", compute="_compute_results", help="Share of the sent ones who joined."
    )

    @api.depends("contact_ids.state", "contact_ids.opened_on", "contact_ids.member_id")
    def _compute_results(self):
        # sudo: how many there are is no secret of those who may see the invitation
        rows, members = (
            self.env[name].sudo()
            for name in ("loyalty.club.invitation.contact", "loyalty.club.member")
        )
        results = {
            invitation: counts
            for invitation, *counts in rows._read_group(
                [("invitation_id", "in", self.ids)],
                ["invitation_id"],
                ["__count", "sent_on:count", "opened_on:count", "joined_on:count"],
            )
        }
        joined = dict(
            members._read_group([("invitation_id", "in", self.ids)], ["invitation_id"], ["__count"])
        )
        results = {invitation.id: counts for invitation, counts in results.items()}
        joined = {invitation.id: count for invitation, count in joined.items()}
        for invitation in self:
            counts = results.get(invitation.id, (0, 0, 0, 0))
            names = ("invited_count", "sent_count", "opened_count", "joined_count")
            invitation.update(dict(zip(names, counts, strict=True)))
            invitation.member_count = joined.get(invitation.id, 0)
            invitation.joined_rate = counts[3] / counts[1] if counts[1] else 0.0


class LoyaltyClubMember(models.Model):
    """What brought a member."""

    _inherit = "loyalty.club.member"

    invitation_id = fields.Many2one(
        "loyalty.club.invitation",
        string="Invited by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )

    def _is_own_field(self, name):
        return name == "invitation_id" or super()._is_own_field(name)

    def _check_own_fields(self, vals):
        if "invitation_id" in vals and not self.env.su:
            raise UserError(self.env._("What brought a member is noted when she joins."))
        return super()._check_own_fields(vals)
