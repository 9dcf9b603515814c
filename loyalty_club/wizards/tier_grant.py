from uuid import uuid4

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..clock import today_in


class LoyaltyClubTierGrant(models.TransientModel):
    """Give members a level by hand, invite them to it, exchange points for it, or take it back."""

    _name = "loyalty.club.tier.grant"
    _description = "Give a Level"

    how = fields.Selection(
        [
            ("granted", "Give it"),
            ("invited", "Invite: give it and tell them"),
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
        required=True,
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
        self._check()
        # sudo: giving levels is the marketer's right, checked above; the records of it are
        # written by the club itself
        tier, members = self.tier_id.sudo(), self.member_ids.sudo()
        if self.how == "reward":
            for member in members:  # each pays on her own
                member._exchange_for_tier(tier, f"{self.key}:{member.id}")
        elif self.how == "withdrawn":
            self._told(tier._withdraw(members, tier, note=self.note), tier)
        else:
            self._told(tier._grant(members, tier, self.how, until=self.until, note=self.note), tier)
            if self.how == "invited":
                members._tell_invited(tier, self.until)

    def _check(self):
        if self.tier_id.club_id | self.member_ids.club_id != self.club_id:
            raise UserError(
                self.env._(
                    "A level goes to members of its own club. Choose others, or do it twice."
                )
            )
        given = self.how in ("granted", "invited")
        if given and self.until and self.until < today_in(self.club_id.company_id):
            raise UserError(self.env._("The last day is over. Choose a later one, or none."))
        if given and any(member.state != "active" for member in self.member_ids):
            raise UserError(
                self.env._("Levels are given to active members. Activate the others first.")
            )
        if self.how != "reward" and not (self.note or "").strip():
            raise UserError(self.env._("Say why: the reason stays in the member's history."))

    def _told(self, done, tier):
        """Say for whom it could not be done.

        :raises UserError: naming them.
        """
        left = self.member_ids - done.with_env(self.env)
        if not left:
            return
        if self.how == "withdrawn":
            text = self.env._(
                "“%(tier)s” was not given to %(names)s. A level that figures brought ends by "
                "itself.",
                tier=tier.name,
                names=", ".join(left.mapped("display_name")),
            )
        else:
            text = self.env._(
                "%(names)s were given a higher level than “%(tier)s”, which they keep. Take that "
                "back first, or leave them out.",
                tier=tier.name,
                names=", ".join(left.mapped("display_name")),
            )
        raise UserError(text)
