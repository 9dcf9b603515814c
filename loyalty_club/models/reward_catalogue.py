"""What a member can get for her points, as she sees it: price, terms, and what is missing."""

from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..clock import today_in
from ..domain.earning import round_to

# What is said of a reward: read with the search itself.
_SHOWN = [
    "program_id",
    "description",
    "required_points",
    "reward_type",
    "discount",
    "discount_mode",
    "clear_wallet",
]


class LoyaltyReward(models.Model):
    _inherit = "loyalty.reward"

    def _club_is_taken(self):
        """Whether it can be taken beforehand and collected later: its price is known then."""
        self.ensure_one()
        any_points = self.reward_type == "discount" and self.discount_mode == "per_point"
        return (
            self.reward_type in ("product", "discount")
            and not any_points
            and not self.clear_wallet
            and bool(self.required_points)
        )

    def _club_pictures(self):
        """Where each of these has its picture: dict of reward id to a record and a field's name;
        what gives a product away and has no picture of its own shows the product's."""
        found = {}
        for reward in self.with_context(bin_size=True):  # whether there is one, not the picture
            product = reward.reward_product_id
            if reward.club_image:
                found[reward.id] = (self.browse(reward.id), "club_image")
            elif reward.reward_type == "product" and product.image_256:
                found[reward.id] = (self.env["product.product"].browse(product.id), "image_256")
        return found

    def _club_term_lines(self, term):
        """What goes for it besides its price: sentences for members.

        :param term: its terms, see :meth:`_club_all_terms`.
        """
        self.ensure_one()
        lines = []
        if term.quantity:
            lines.append(self.env._("%(left)s left", left=self.club_left))
        if term.last:
            lines.append(self.env._("Until %(day)s", day=format_date(self.env, term.last)))
        if term.first and term.first > fields.Date.today():
            lines.append(self.env._("From %(day)s on", day=format_date(self.env, term.first)))
        if term.tiers:
            names = ", ".join(self.club_tier_ids.mapped("name"))
            lines.append(self.env._("For members of %(levels)s", levels=names))
        if term.branches:
            names = ", ".join(self.club_branch_ids.mapped("name"))
            lines.append(self.env._("At %(shops)s", shops=names))
        if term.per_member:
            lines.append(self.env._("Up to %(most)s for each member", most=term.per_member))
        return lines

    def _club_check_taking(self, member):
        """Refuse what this member cannot take now, whatever points she has.

        :param member: loyalty.club.member, in sudo.
        :raises UserError: with a sentence for her.
        """
        self.ensure_one()
        if member.state != "active":
            raise UserError(
                self.env._("Your membership is not active: rewards cannot be taken for now.")
            )
        if self not in member._rewards_on_offer() or not self._club_is_taken():
            raise UserError(self.env._("This reward is not there any more. Choose another one."))
        reason = self._club_obstacles(member, None, fields.Datetime.now()).get(self.id)
        if reason:
            raise UserError(
                self.env._(
                    "The reward “%(reward)s” cannot be chosen: %(reason)s.",
                    reward=self.description,
                    reason=reason,
                )
            )


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _reward_price(self, reward):
        """What a reward costs this member, in whole steps of her points: a Decimal."""
        share = 1 - self._reward_percent() / 100
        step = Decimal(str(self.club_id.points_kind_id.rounding))
        return round_to(Decimal(str(reward.required_points)) * share, step, "up")

    def _rewards_on_offer(self):
        """Rewards of the club's points program in these days, the cheapest first."""
        self.ensure_one()
        today = today_in(self.company_id)
        rewards = self.env["loyalty.reward"]
        return rewards.search_fetch(
            Domain("program_id", "=", self.club_id.program_id.id)
            & Domain("program_id.active", "=", True)
            & (
                Domain("program_id.date_from", "=", False)
                | Domain("program_id.date_from", "<=", today)
            )
            & (
                Domain("program_id.date_to", "=", False) | Domain("program_id.date_to", ">=", today)
            ),
            _SHOWN,
            order="required_points, id",
        )

    def _reward_catalogue(self):
        """Rewards for the member's eyes, the cheapest first; a fixed number of queries.

        :returns: list of dicts: ``reward``, ``price`` (Decimal), ``cost`` (in words), ``takes``
            (whether it is taken here and collected later), ``obstacle`` (why she cannot choose
            it, or empty), ``missing`` (points that she lacks, Decimal), ``percent`` (how far she
            has come), ``lines`` (what goes for it, in words), ``picture`` (whether there is one)
            and ``ready``.
        """
        self.ensure_one()
        # sudo: levels and shops of a reward are told to every member
        rewards = self._rewards_on_offer().sudo()
        wallet = self.wallet_ids.filtered(lambda one: one.type == "points")
        free = Decimal(str(wallet.available or 0))
        every = rewards._club_all_terms()
        obstacles = rewards._club_obstacles(self, None, fields.Datetime.now())
        share = float(1 - self._reward_percent() / 100)
        pictures = rewards._club_pictures()
        rows = []
        for reward in rewards:
            price, term = self._reward_price(reward), every.get(reward.id)
            if term and term.segments and not term.tiers and reward.id in obstacles:
                continue  # for chosen members alone: it would only disappoint her
            missing = max(price - free, Decimal(0))
            obstacle = obstacles.get(reward.id, "")
            rows.append(
                {
                    "reward": reward,
                    "price": price,
                    "cost": self._reward_cost(reward, wallet.kind_id, share),
                    "takes": reward._club_is_taken(),
                    "obstacle": obstacle[:1].upper() + obstacle[1:],
                    "missing": missing,
                    "percent": int(min(free / price, 1) * 100) if price else 100,
                    "picture": reward.id in pictures,
                    "lines": reward._club_term_lines(term) if term else [],
                    "ready": not missing and not obstacle and self.state == "active",
                }
            )
        return rows
