from uuid import uuid4

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..clock import today_in

# Days within which invited members answer, if nothing else is said.
_ANSWER_DAYS = 14


class LoyaltyClubTierGrant(models.TransientModel):
    """Give members a level by hand, invite them to it, exchange points for it, or take it back."""

    _name = "loyalty.club.tier.grant"
    _description = "Give a Level"

    how = fields.Selection(
        [
            ("granted", "Give it"),
            ("invited", "Invite: they accept or decline"),
            ("reward", "Exchange points for it"),
            ("withdrawn", "Take it back"),
        ],
        string="What to do",
        required=True,
        default="granted",
    )
    club_id = fields.Many2one("loyalty.club", required=True, ondelete="cascade")
    member_ids = fields.Many2many(
        "loyalty.club.member",
        string="Members",
        domain="[('club_id', '=', club_id), ('merged_into_id', '=', False)]",
    )
    tier_id = fields.Many2one(
        "loyalty.club.tier",
        string="Level",
        required=True,
        ondelete="cascade",
        domain="[('club_id', '=', club_id)]",
    )
    until = fields.Date(
        compute="_compute_until",
        store=True,
        readonly=False,
        precompute=True,
        help="Last day. Empty: until it is taken back.",
    )
    answer_by = fields.Date(
        default=lambda self: fields.Date.add(today_in(self.env.company), days=_ANSWER_DAYS),
        help="Last day on which they can accept or decline.",
    )
    segment_id = fields.Many2one(
        "loyalty.club.segment",
        string="All of a segment",
        ondelete="cascade",
        domain="[('club_id', '=', club_id)]",
        help="Invite everybody who is in it now and on a lower level, instead of members chosen "
        "one by one.",
    )
    note = fields.Char(string="Reason", help="Stays in the history of the member's levels.")
    points = fields.Char(string="Price", compute="_compute_points")
    key = fields.Char(default=lambda self: uuid4().hex, readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("tier_id")
    def _compute_until(self):
        for wizard in self:
            months = wizard.tier_id.valid_months
            today = today_in(wizard.club_id.company_id or self.env.company)
            wizard.until = wizard.tier_id._given_until(today, months) if months else False

    @api.depends("tier_id")
    def _compute_points(self):
        for wizard in self:
            tier = wizard.tier_id
            wizard.points = (
                tier._points_text()
                if tier.points_price
                else self.env._("It is not exchanged for points.")
            )

    # === CRUD METHODS === #

    @api.model
    def default_get(self, names):
        """The members who are marked in the list, or whose form is open; or the level's."""
        values = super().default_get(names)
        model, ids = self.env.context.get("active_model"), self.env.context.get("active_ids") or []
        if model == "loyalty.club.member":
            members = self.env[model].browse(ids)
            values["member_ids"] = [Command.set(members.ids)]
            values["club_id"] = members[:1].club_id.id
        elif model == "loyalty.club.tier":
            tier = self.env[model].browse(ids[:1])
            values["tier_id"] = tier.id
            values["club_id"] = tier.club_id.id
        elif "club_id" in names and not values.get("club_id"):
            values["club_id"] = self.env["loyalty.club"]._for_company(self.env.company).id
        return values

    # === ACTION METHODS === #

    def action_apply(self):
        """Do it.

        :raises AccessError: for anyone but a club marketer or manager.
        :raises UserError: for members of another club, a day that is over, a missing reason, or
            an exchange that cannot be.
        """
        self.ensure_one()
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_marketer")):
            raise AccessError(self.env._("Only a club marketer or manager gives levels."))
        self.member_ids.check_access("read")
        # sudo: giving levels is the marketer's right, checked above; the records of it are
        # written by the club itself
        tier, members = self.tier_id.sudo(), self.member_ids.sudo()
        if not members and not (self.how == "invited" and self.segment_id):
            raise UserError(self.env._("Choose the members, or invite those of a segment."))
        if self.how == "invited":
            segment = self.segment_id.sudo()  # sudo: as above
            tier._invite_by_hand(self.answer_by, self.until, self.note, members, segment)
        else:
            tier._by_hand(members, self.how, self.until, self.note, self.key)
