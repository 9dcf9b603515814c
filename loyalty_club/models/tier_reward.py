"""A level as a reward: points are exchanged for some months of it."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..clock import today_in
from ..const import AMOUNT_DIGITS
from ..domain.tier_periods import ONE_DAY, add_months
from ..movement import Movement
from .append_only import freeze_table


class LoyaltyClubTier(models.Model):
    _inherit = "loyalty.club.tier"

    points_price = fields.Float(
        string="Price in points",
        digits=AMOUNT_DIGITS,
        help="Members of lower levels can exchange so many points for this level, in the portal "
        "or through staff. 0: they cannot.",
    )
    points_months = fields.Integer(
        string="Exchanged for (months)",
        required=True,
        default=3,
        help="How long the level lasts that was exchanged for points.",
    )

    _points_sound = models.Constraint(
        "CHECK (points_price >= 0 AND points_months > 0)",
        "A level costs zero or more points, and lasts for at least a month.",
    )

    def _given_until(self, first, months):
        """Last day of so many months from ``first`` on, in the calendar of the club's levels."""
        return add_months(first, months, self.club_id.tier_calendar) - ONE_DAY

    @api.constrains("points_price", "club_id")
    def _check_points_price(self):
        for tier in self.filtered("points_price"):
            if not tier._is_whole_points(tier.points_price):
                raise ValidationError(
                    self.env._(
                        "“%(tier)s” is exchanged for whole steps of %(step)s.",
                        tier=tier.name,
                        step=tier._points_step_text(),
                    )
                )


class LoyaltyClubTierReward(models.Model):
    """That a member exchanged points for a level."""

    _name = "loyalty.club.tier.reward"
    _inherit = ["loyalty.club.fact"]
    _description = "Level Exchanged for Points"
    _order = "id desc"
    _rec_name = "tier_id"
    _repointable = frozenset({"member_id"})

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="restrict", index=True
    )
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    tier_id = fields.Many2one(
        "loyalty.club.tier", string="Level", required=True, readonly=True, ondelete="restrict"
    )
    points = fields.Float(digits=AMOUNT_DIGITS, required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    until = fields.Date(required=True, readonly=True, help="Last day of the level.")
    key = fields.Char(required=True, readonly=True, help="Names the request: it counts once.")

    _key_unique = models.Constraint("UNIQUE (key)", "This exchange is noted already.")

    def init(self):
        # Whose level it was follows merged memberships.
        freeze_table(self.env.cr, self._table, repointable=sorted(self._repointable))


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _tiers_for_points(self):
        """Levels that this member can exchange points for: those above hers, the lowest first."""
        self.ensure_one()
        member = self.sudo()  # sudo: a ladder is there to be seen
        if member.state != "active":
            return member.env["loyalty.club.tier"]
        tiers = member.club_id.tier_ids.filtered("points_price").sorted(lambda tier: tier._rank())
        return tiers.filtered(lambda tier: tier._rank() > member._tier_rank())

    def _tier_rank(self):
        """Place of the member's level in the ladder; -1 for none."""
        return self.tier_id._rank() if self.tier_id else -1

    def _exchange_for_tier(self, tier, key):
        """Take the points of ``tier`` off these members, and give them the level: all or none.

        :param tier: loyalty.club.tier of the members' club.
        :param key: names the request: the same one again changes nothing for a member.
        :returns: loyalty.club.tier.reward, one for each member.
        :raises UserError: when it is not for points, or not for one of them, or points are too few.
        """
        # sudo: what a level costs is the club's; whoever came here may speak for the members
        members, tier = self.sudo(), tier.sudo()
        rewards = members.env["loyalty.club.tier.reward"]
        keys = {member: f"{key}:{member.id}" for member in members}
        known = rewards.search([("key", "in", list(keys.values()))])
        done = set(known.mapped("key"))
        members = members.filtered(lambda member: keys[member] not in done)
        if not members:
            return known
        members._check_exchange(tier)
        today = today_in(tier.company_id)
        until = tier._given_until(today, tier.points_months)
        rewards = rewards.create(
            [
                {
                    "member_id": member.id,
                    "club_id": tier.club_id.id,
                    "company_id": tier.company_id.id,
                    "tier_id": tier.id,
                    "points": tier.points_price,
                    "date": today,
                    "until": until,
                    "key": keys[member],
                }
                for member in members
            ]
        )
        wallets = tier.club_id.points_kind_id._wallets_of(members)
        members.env["loyalty.club.wallet"]._post_or_raise(
            Movement(
                wallet_id=wallets[reward.member_id.id].id,
                amount=-Decimal(str(tier.points_price)),
                kind="spend",
                key=f"tier:{reward.key}",
                origin=(reward._name, reward.id),
                note=members.env._("Level %(tier)s", tier=tier.name),
            )
            for reward in rewards
        )
        tier._grant(members, tier, "reward", until=until)
        return known | rewards

    def _check_exchange(self, tier):
        """Refuse an exchange that brings nothing.

        :raises UserError: with what to do.
        """
        if not tier.points_price or any(
            tier not in member.club_id.tier_ids or member.state != "active" for member in self
        ):
            raise UserError(
                self.env._(
                    "The level “%(tier)s” is not exchanged for points. Choose another one.",
                    tier=tier.name,
                )
            )
        for member in self:
            if tier not in member._tiers_for_points():
                raise UserError(
                    self.env._(
                        "%(member)s is on “%(now)s” already, which is no lower than “%(tier)s”: "
                        "points would bring nothing.",
                        member=member.partner_id.name,
                        now=member.tier_id.name,
                        tier=tier.name,
                    )
                )
