from odoo import api, fields, models
from odoo.tools import SQL

from .. import keyring
from ..barcode import qr_svg
from ..clock import today_in
from ..domain import opaque


class LoyaltyClubInvitation(models.Model):
    """The links of an invitation: what they name, who opened them, and who joined by them."""

    _inherit = "loyalty.club.invitation"

    public_opened = fields.Integer(
        string="Public link opened",
        readonly=True,
        copy=False,
        help="How many browsers opened the link for everybody.",
    )
    public_url = fields.Char(string="Link for everybody", compute="_compute_public_url")
    public_qr = fields.Html(string="QR code", compute="_compute_public_url", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends("club_id")
    def _compute_public_url(self):
        for invitation in self:
            if invitation._origin:
                invitation.public_url = invitation._origin._url()
                invitation.public_qr = qr_svg(invitation.public_url)
            else:
                invitation.public_url = invitation.public_qr = False

    # === BUSINESS METHODS === #

    def _url(self, row_id=0):
        """The link of one invited contact (id of its row), or of everybody (0)."""
        self.ensure_one()
        token = opaque.seal(self._secret(), self.id, row_id)
        return f"{self.get_base_url()}/club/join/{self.club_id.id}?i={token}"

    @api.model
    def _of_token(self, token):
        """What a link names, if we made it and it counts today, as superuser.

        :returns: loyalty.club.invitation and loyalty.club.invitation.contact; the latter is
            empty for everybody's link, both are for any other token.
        """
        # sudo: whoever opens the link has no rights; nothing of it is shown
        invitations, rows = self.sudo(), self.env["loyalty.club.invitation.contact"].sudo()
        numbers = opaque.unseal(self._secret(), token, 2) if isinstance(token, str) else None
        invitation = invitations.browse(numbers[:1] if numbers else ()).exists()
        row = rows.browse([numbers[1]] if numbers and numbers[1] else ()).exists()
        if not invitation._counts() or row.invitation_id not in (invitations, invitation):
            return invitations.browse(), rows
        if numbers[1] and not row:
            return invitations.browse(), rows
        return invitation, row

    def _counts(self):
        """Whether its links count today."""
        today = today_in(self.company_id) if self else None
        return self.state == "running" and not (self.expires_on and self.expires_on < today)

    @api.model
    def _opened(self, token):
        """Note that somebody opened a link; of a personal one, the first time."""
        invitation, row = self._of_token(token)
        if row:
            if not row.opened_on:
                row.opened_on = fields.Datetime.now()
        elif invitation:
            self.env.cr.execute(
                SQL(
                    "UPDATE loyalty_club_invitation SET public_opened ="
                    " COALESCE(public_opened, 0) + 1 WHERE id = %s",
                    invitation.id,
                )
            )
            invitation.invalidate_recordset(["public_opened"], flush=False)

    @api.model
    def _joined(self, member, invitation):
        """Attribute a new member to what brought her, once and for all.

        A personal link that was passed on counts for the invitation, never for the person it
        was sent to: who joined is told by contact, mobile or e-mail address.

        :param member: loyalty.club.member that has just come into being.
        :param invitation: loyalty.club.invitation, or the token of a link.
        """
        row = self.env["loyalty.club.invitation.contact"].sudo()
        if isinstance(invitation, str):
            invitation, row = self._of_token(invitation)
        invitation = invitation.sudo()  # sudo: attribution is ours, whoever enrols
        member = member.sudo()
        if member.invitation_id or not invitation or invitation.club_id != member.club_id:
            return
        member.invitation_id = invitation
        if member.channel == "join":
            member.channel = "invitation"
        if row and not row.member_id and row._is(member):
            row.write({"member_id": member.id, "joined_on": fields.Datetime.now()})

    @api.model
    def _secret(self):
        return keyring.secret(self.env.cr.dbname, "invitation")
