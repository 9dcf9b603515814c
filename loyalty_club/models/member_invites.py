"""Members ask their friends to join, each by a link of her own."""

from odoo import api, fields, models

from .. import keyring
from ..domain import opaque


class LoyaltyClubMember(models.Model):
    """Who brought whom. The link names the inviting membership in a sealed number; it says
    nothing of the person and opens nothing by itself."""

    _inherit = "loyalty.club.member"

    invited_by_id = fields.Many2one(
        "loyalty.club.member",
        string="Brought by",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The member by whose own link she joined.",
    )
    invited_ids = fields.One2many(
        "loyalty.club.member", "invited_by_id", string="Friends who joined", readonly=True
    )
    invited_count = fields.Integer(string="Friends brought", compute="_compute_invited_count")

    # === COMPUTE METHODS === #

    @api.depends("invited_ids")
    def _compute_invited_count(self):
        counts = dict(
            self._read_group([("invited_by_id", "in", self.ids)], ["invited_by_id"], ["__count"])
        )
        for member in self:
            member.invited_count = counts.get(member._origin, 0)

    # === BUSINESS METHODS === #

    def _invite_url(self):
        """The address by which this member's friends come to the club's page."""
        self.ensure_one()
        token = opaque.seal(self._invite_secret(), self.id)
        return f"{self.get_base_url()}/club/{self.club_id.id}?i={token}"

    @api.model
    def _of_invite(self, token):
        """The membership that a link names, if we made it and it may invite today, in sudo."""
        # sudo: whoever opens the link has no rights; nothing of the member is shown
        members = self.sudo()
        numbers = opaque.unseal(self._invite_secret(), token, 1) if token else None
        member = members.browse(numbers or ()).exists()._survivor()
        return member.filtered(lambda one: one.state == "active")

    @api.model
    def _invite_secret(self):
        return keyring.secret(self.env.cr.dbname, "friends")


class LoyaltyClubInvitation(models.Model):
    _inherit = "loyalty.club.invitation"

    @api.model
    def _joined(self, member, invitation):
        """A friend's link counts for the member who passed it on."""
        result = super()._joined(member, invitation)
        if isinstance(invitation, str):
            member = member.sudo()  # sudo: as there, attribution is ours
            friend = member._of_invite(invitation)
            if friend.club_id == member.club_id and friend.partner_id != member.partner_id:
                member.invited_by_id = friend
                if member.channel == "join":
                    member.channel = "invitation"
        return result
