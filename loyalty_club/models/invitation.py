"""Campaigns that ask people who are no members to join, and count who did."""

import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..clock import end_of, today_in

# What a text may name in braces.
WORDS = frozenset({"name", "club", "link", "stop"})
_WORD = re.compile(r"\{(\w*)\}")


class LoyaltyClubInvitation(models.Model):
    """An invitation to join a club: by a personal link to contacts, or by one link for everybody.

    Whoever joins through it is attributed to it, once and for all. The links name a campaign and
    a row of it in sealed numbers; they say nothing of the person, and open nothing by themselves.
    """

    _name = "loyalty.club.invitation"
    _inherit = ["loyalty.club.member.rule", "mail.thread"]
    _description = "Invitation"
    _own = frozenset({"author_id", "error", "company_id", "state", "started_on", "public_opened"})
    _rule_model = "res.partner"
    _order = "id desc"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    campaign_id = fields.Many2one(
        "utm.campaign",
        ondelete="set null",
        help="The campaign of your marketing that this invitation belongs to.",
    )
    kind = fields.Selection(
        [
            ("contacts", "Contacts who are no members: each gets a link"),
            ("public", "Everybody: a poster, a page, a leaflet"),
        ],
        string="Who is invited",
        required=True,
        default="contacts",
    )
    domain = fields.Char(
        string="Contacts",
        default="[('is_company', '=', False)]",
        tracking=True,
        help="Left out without a word: members and former members, whoever cannot be reached, "
        "and whoever wants no offers.",
    )
    channel = fields.Selection(
        [("sms", "SMS"), ("email", "E-mail"), ("any", "SMS, else e-mail")],
        required=True,
        default="any",
    )
    subject = fields.Char(translate=True, help="Of e-mails. Empty: “Join” and the club's name.")
    text = fields.Text(
        translate=True,
        default=lambda self: self.env._(
            "{name}, become a member of {club}: {link}\nNo more invitations: {stop}"
        ),
        help="{link} stands for the personal link, {stop} for the one that ends invitations, "
        "{name} and {club} for the names.",
    )
    expires_on = fields.Date(
        string="Until",
        tracking=True,
        help="Last day on which the links count for the invitation. Empty: until it is ended.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("done", "Ended")],
        string="Status",
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        tracking=True,
    )
    started_on = fields.Datetime(readonly=True, copy=False)
    contact_ids = fields.One2many(
        "loyalty.club.invitation.contact", "invitation_id", string="Invited contacts"
    )
    preview_count = fields.Integer(string="Fits now", compute="_compute_preview")
    preview_error = fields.Char(compute="_compute_preview")

    # === COMPUTE METHODS === #

    @api.depends("kind", "domain", "club_id", "channel")
    def _compute_preview(self):
        """How many would be invited at this moment, with the rights of whoever looks."""
        for invitation in self:
            invitation.preview_count, invitation.preview_error = 0, False
            if invitation.kind == "contacts" and invitation.club_id:
                try:
                    with self.env.cr.savepoint(flush=False):
                        invitation.preview_count = len(invitation._audience(self.env))
                except UserError as error:
                    invitation.preview_error = str(error)

    # === CONSTRAINT METHODS === #

    @api.constrains("text", "kind")
    def _check_text(self):
        for invitation in self.filtered(lambda one: one.kind == "contacts"):
            named = set(_WORD.findall(invitation.text or ""))
            if "link" not in named:
                raise ValidationError(
                    self.env._("Write {link} where the personal link to join shall stand.")
                )
            if named - WORDS:
                raise ValidationError(
                    self.env._(
                        "{%(word)s} stands for nothing. A text may name {name}, {club}, {link} and "
                        "{stop}.",
                        word=min(named - WORDS),
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        """Whom a running invitation goes to is not changed.

        :raises UserError: when it is.
        """
        fixed = {"domain", "kind", "channel"} & vals.keys()
        if fixed and any(
            one.state != "draft" and any(one[name] != vals[name] for name in fixed) for one in self
        ):
            raise UserError(
                self.env._("This invitation has begun. Make another one for other people.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(invitation.state != "draft" for invitation in self):
            raise UserError(
                self.env._("Who was invited, and who came, is kept. Archive the invitation.")
            )

    # === ACTION METHODS === #

    def action_start(self):
        """Invite the contacts whom the rule fits now; messages go out one batch after another.

        :raises AccessError: for anyone but a club marketer or manager.
        :raises UserError: when the club takes nobody online, the last day is over, or nobody
            fits.
        """
        self._check_right()
        for invitation in self.filtered(lambda one: one.state == "draft"):
            invitation._check_start()
            if invitation.kind == "contacts" and not invitation._invite():
                raise UserError(
                    self.env._(
                        "Nobody fits “%(name)s”: members, people who cannot be reached and people "
                        "who want no offers are left out. Choose others.",
                        name=invitation.name,
                    )
                )
            # sudo: the status is written by starting and ending alone; the right was checked
            invitation.sudo().write({"state": "running", "started_on": fields.Datetime.now()})
        # sudo: whoever starts an invitation wakes the cron that sends it
        self.env.ref("loyalty_club.cron_invitation").sudo()._trigger()

    def action_end(self):
        """End invitations: what was not sent stays unsent, and links no longer count.

        :raises AccessError: for anyone but a club marketer or manager.
        """
        self._check_right()
        # sudo: see action_start
        self.sudo().filtered(lambda one: one.state == "running").state = "done"

    def action_view_contacts(self):
        """Open who was invited, and what became of it."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_club.invitation_contact_action"
        )
        return dict(action, domain=[("invitation_id", "=", self.id)], context={})

    def action_view_members(self):
        """Open the members who joined through it."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.member_action")
        return dict(action, domain=[("invitation_id", "=", self.id)], context={})

    def action_print_poster(self):
        """A sheet with the QR code of the link for everybody, to hang up in the shop."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/loyalty_club/invitation/{self.id}/poster",
            "target": "new",
        }

    def _check_right(self):
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_marketer")):
            raise AccessError(self.env._("People are invited by a club marketer or manager."))

    def _check_start(self):
        if not self.club_id.open_to_join:
            raise UserError(
                self.env._(
                    "Nobody can join %(club)s online. Allow it in the club's settings, under "
                    "“Online”.",
                    club=self.club_id.name,
                )
            )
        if self.expires_on and self.expires_on < today_in(self.company_id):
            raise UserError(self.env._("The last day of this invitation is over. Choose another."))

    # === BUSINESS METHODS - WHO IS INVITED === #

    def _scope(self):
        """Among whom the rule chooses: people outside, of no other company."""
        companies = (False, self.club_id.company_id.id)
        return Domain(
            [
                ("active", "=", True),
                ("type", "=", "contact"),
                ("partner_share", "=", True),
                ("company_id", "in", companies),
            ]
        )

    def _audience(self, env):
        """Ids of the contacts who would be invited now, one for each number or address.

        :param env: environment of the person whose rights count.
        """
        query = self._rule_query(env)
        rows = self.env["loyalty.club.invitation.contact"]
        address = rows._narrow(query, self.club_id, self.channel)
        query.order = None
        found = query.select(SQL("DISTINCT ON (%s) %s", address, SQL.identifier(query.table, "id")))
        ordered = SQL("%s ORDER BY %s, %s", found, address, SQL.identifier(query.table, "id"))
        return [row[0] for row in self.env.execute_query(ordered)]

    def _invite(self):
        """Write down who is invited; how many."""
        partners = self._audience(self.env)
        self.env["loyalty.club.invitation.contact"]._add(self, partners)
        return len(partners)

    # === BUSINESS METHODS - SENDING === #

    def _message(self, row):
        """The text for one contact, in her language: what the outbox takes.

        :param row: loyalty.club.invitation.contact with channel known.
        """
        env = self.env["loyalty.club.outbox"]._in_language_of(row.partner_id)
        here = self.with_env(env)
        words = {
            "name": row.partner_id.name or "",
            "club": here.club_id.name,
            "link": self._url(row.id),
            "stop": row._stop_url(),
        }
        text = here.text
        if row.channel == "email" and "{stop}" not in text:
            text = env._("%(text)s\n\nNo more invitations: {stop}", text=text)
        message = {
            "partner_id": row.partner_id.id,
            "company_id": self.company_id.id,
            "subject": here.subject or env._("Join %(club)s", club=words["club"]),
            "body": _WORD.sub(lambda match: words.get(match[1], match[0]), text),
        }
        if self.expires_on:
            message["expires_at"] = end_of(self.company_id, self.expires_on)
        return message

    @api.model
    def _cron_send(self):
        """Send what waits, batch by batch, and end what is over."""
        for invitation in self.search([("state", "=", "running")]):
            if not invitation._counts():
                invitation.state = "done"
                continue
            rows = self.env["loyalty.club.invitation.contact"]
            while batch := rows._next_batch(invitation):
                batch._send()
                if self.env["ir.cron"]._commit_progress(len(batch)) <= 0:
                    return
