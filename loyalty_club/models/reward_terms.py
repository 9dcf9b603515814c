"""Rewards for points as a catalogue: for how long, for whom, where, and how many."""

from collections import namedtuple
from functools import partial

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..clock import day_at, zone_of

# Who reads tiers and segments; whoever else edits rewards does not see for whom they are.
_READERS = "loyalty_club.group_user,loyalty_club.group_auditor"

Terms = namedtuple("Terms", "first last quantity per_member tiers segments branches")
_TERMS = frozenset(
    {
        "club_from",
        "club_until",
        "club_quantity",
        "club_per_member",
        "club_tier_ids",
        "club_segment_ids",
        "club_branch_ids",
        "club_image",
        "active",
        "program_id",
    }
)


class LoyaltyReward(models.Model):
    """What goes for a reward that members get for their points, besides its price."""

    _name = "loyalty.reward"
    _inherit = ["loyalty.reward", "loyalty.club.remembered"]
    _remembered = _TERMS

    club_kept = fields.Boolean(compute="_compute_club_kept")
    club_from = fields.Date(string="From", help="The first day on which it can be chosen.")
    club_until = fields.Date(string="Until", help="The last day on which it can be chosen.")
    club_quantity = fields.Integer(
        string="How many there are",
        help="So many can be given in all, counted from the moment in which this is set; what "
        "comes back is there again. 0: as many as members choose.",
    )
    club_left = fields.Integer(
        string="Left", compute="_compute_club_left", help="How many of them are still there."
    )
    club_per_member = fields.Integer(
        string="For each member",
        help="How many one member may choose, counted from the moment in which this is set. 0: as "
        "many as she has points for.",
    )
    club_tier_ids = fields.Many2many(
        "loyalty.club.tier",
        "loyalty_club_reward_tier_rel",
        "reward_id",
        "tier_id",
        string="For levels",
        ondelete="restrict",
        copy=False,
        groups=_READERS,
        domain="[('company_id', '=?', company_id)]",
        help="Only members of these levels may choose it. Empty: all members.",
    )
    club_segment_ids = fields.Many2many(
        "loyalty.club.segment",
        "loyalty_club_reward_segment_rel",
        "reward_id",
        "segment_id",
        string="For segments",
        ondelete="restrict",
        copy=False,
        groups=_READERS,
        domain="[('company_id', '=?', company_id)]",
        help="Only members who are in one of these segments may choose it. Empty: all members.",
    )
    club_branch_ids = fields.Many2many(
        "loyalty.club.branch",
        "loyalty_club_reward_branch_rel",
        "reward_id",
        "branch_id",
        string="At branches",
        ondelete="restrict",
        copy=False,
        groups=_READERS,
        domain="[('company_id', '=?', company_id)]",
        help="Only these shops give it. Empty: all of them, and the web shop.",
    )
    club_image = fields.Image(string="Picture", max_width=512, max_height=512)

    _club_terms_sound = models.Constraint(
        "CHECK (COALESCE(club_quantity, 0) >= 0 AND COALESCE(club_per_member, 0) >= 0"
        " AND (club_from IS NULL OR club_until IS NULL OR club_from <= club_until))",
        "A reward is there zero or more times, and its last day is not before its first.",
    )

    # === COMPUTE METHODS === #

    @api.depends("program_id.club_wallet_kind_id", "program_id.program_type")
    def _compute_club_kept(self):
        for reward in self:
            # sudo: whether the club keeps a program does not depend on who asks
            program = reward.program_id.sudo()
            reward.club_kept = bool(program.club_wallet_kind_id) and (
                program.program_type == "loyalty"
            )

    @api.depends("club_quantity")
    def _compute_club_left(self):
        # sudo: how many are left is told to whoever sees the reward
        given, _mine = self.env["loyalty.club.reward.claim"].sudo()._given(self._origin.ids)
        for reward in self:
            reward.club_left = max(reward.club_quantity - given.get(reward._origin.id, 0), 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("club_tier_ids", "club_segment_ids", "club_branch_ids", "program_id")
    def _check_club_terms(self):
        for reward in self.sudo():  # sudo: who may edit rewards need not read levels and segments
            clubs = (
                reward.club_tier_ids.club_id
                | reward.club_segment_ids.club_id
                | reward.club_branch_ids.club_id
            )
            own = reward.program_id.club_wallet_kind_id.club_id
            if clubs - own:
                raise ValidationError(
                    self.env._(
                        "“%(reward)s” belongs to %(own)s. Choose levels, segments and branches of "
                        "that club.",
                        reward=reward.description or reward.display_name,
                        own=own.name or self.env._("no club"),
                    )
                )

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache()
    def _club_all_terms(self):
        """What goes for rewards of the clubs: dict of reward id to Terms, of those with any.

        Not to be changed.
        """
        # sudo: the answer is the same for everyone and is kept for all
        rewards = self.sudo().with_context(active_test=False)
        rewards = rewards.search([("program_id.club_wallet_kind_id", "!=", False)])
        terms = {
            reward.id: Terms(
                reward.club_from or None,
                reward.club_until or None,
                reward.club_quantity,
                reward.club_per_member,
                frozenset(reward.club_tier_ids.ids),
                frozenset(reward.club_segment_ids.ids),
                frozenset(reward.club_branch_ids.ids),
            )
            for reward in rewards
            if reward.program_id.program_type == "loyalty"
        }
        return {key: value for key, value in terms.items() if any(value)}

    @api.model
    @tools.ormcache()
    def _club_pictured(self):
        """Ids of the clubs' rewards that have a picture: a frozenset."""
        # sudo: the answer is the same for everyone and is kept for all
        rewards = self.sudo().search(
            [("program_id.club_wallet_kind_id", "!=", False), ("club_image", "!=", False)]
        )
        return frozenset(rewards.ids)

    @api.model
    def _club_counted(self):
        """Ids of the rewards of which it is counted how many were given."""
        terms = self._club_all_terms()
        return {key for key, term in terms.items() if term.quantity or term.per_member}

    def _club_obstacles(
        self,
        member,
        branch,
        moment,
        late=False,
        times=None,
        origin=None,
        audience=None,
        claimed=None,
    ):
        """Why these rewards cannot be chosen: two queries and those for the audience at most,
        none where nothing but the price goes for them.

        :param member: loyalty.club.member, in sudo.
        :param branch: loyalty.club.branch where it is chosen, or an empty one; None: wherever
            it is given.
        :param moment: naive UTC datetime of the choice.
        :param late: the choice arrives later: what she was between then and now counts as well.
        :param times: dict of reward id to how many are wanted; else 1 of each.
        :param origin: model and id of the document whose own claims do not count.
        :param audience: called for her levels and segments, where they are known already.
        :param claimed: what was given, as ``_given`` of claims tells it, where it is known.
        :returns: dict of reward id to a sentence.
        """
        every = self._club_all_terms()
        terms = {key: every[key] for key in self.ids if key in every}
        if not terms:
            return {}
        today = day_at(moment, zone_of(member.company_id))
        audience = audience or partial(
            member._audience_of, member.partner_id, moment if late else None
        )
        asked = any(term.tiers or term.segments for term in terms.values())
        tiers, segments = audience() if asked else (set(), set())
        counted = [key for key, term in terms.items() if term.quantity or term.per_member]
        # sudo: as for terms
        claims = self.env["loyalty.club.reward.claim"].sudo()
        given, mine = claimed or claims._given(counted, member, origin)
        found = {}
        for key, term in terms.items():
            wanted = (times or {}).get(key, 1)
            text = (
                self._club_obstacle_of_days(term, today)
                or self._club_obstacle_of_people(term, tiers, segments, branch)
                or self._club_obstacle_of_numbers(term, wanted, given.get(key, 0), mine.get(key, 0))
            )
            if text:
                found[key] = text
        return found

    @api.model
    def _club_obstacle_of_days(self, term, today):
        if term.first and today < term.first:
            return self.env._("from %(day)s on", day=format_date(self.env, term.first))
        if term.last and today > term.last:
            return self.env._("until %(day)s only", day=format_date(self.env, term.last))
        return None

    @api.model
    def _club_obstacle_of_people(self, term, tiers, segments, branch):
        if (term.tiers and not term.tiers & tiers) or (
            term.segments and not term.segments & segments
        ):
            return self.env._("for other members")
        if term.branches and branch is not None and branch.id not in term.branches:
            return self.env._("in other shops")
        return None

    @api.model
    def _club_obstacle_of_numbers(self, term, wanted, given, mine):
        if term.quantity and given + wanted > term.quantity:
            left = max(term.quantity - given, 0)
            if not left:
                return self.env._("nothing left")
            return self.env._("only %(left)s left", left=left)
        if term.per_member and mine + wanted > term.per_member:
            return self.env._("no more than %(most)s for each member", most=term.per_member)
        return None

    def _club_check_terms(self, member, branch, moment, times, origin):
        """Refuse rewards that cannot be chosen.

        :param times: dict of reward id to how many are wanted.
        :param origin: model and id of the document that takes them.
        :raises UserError: naming the reward, why not, and what to do.
        """
        obstacles = self._club_obstacles(member, branch, moment, True, times, origin)
        for reward in self.filtered(lambda reward: reward.id in obstacles):
            raise UserError(
                self.env._(
                    "The reward “%(reward)s” cannot be chosen: %(reason)s. Remove it, then go on.",
                    reward=reward.description or reward.display_name,
                    reason=obstacles[reward.id],
                )
            )

    def _club_times(self, cost, quantity, percent):
        """How many of a reward a claim takes.

        :param cost: points taken (Decimal).
        :param quantity: units of a product given.
        :param percent: by how many per cent rewards cost the member fewer points (Decimal).
        """
        self.ensure_one()
        if self.clear_wallet:
            return 1
        if self.reward_type == "product":
            return max(-(-int(quantity) // max(int(self.reward_product_qty), 1)), 1)
        required = float(self.required_points) * float(1 - percent / 100)
        if self.discount_mode == "per_order" and required:
            return max(int(float(cost) / required + 1e-9), 1)
        return 1


class PosConfig(models.Model):
    _inherit = "pos.config"

    def _club_told(self, partner, member, code, audience):
        """Besides card, programs and level: the rewards that this customer cannot choose here
        and now, by id, and why not."""
        answer = super()._club_told(partner, member, code, audience)
        rewards = self.env["loyalty.reward"].browse(self.env["loyalty.reward"]._club_all_terms())
        branch = self.sudo().club_branch_id  # sudo: which shop it is, is no secret
        now = fields.Datetime.now()
        answer["rewards"] = (
            rewards._club_obstacles(member, branch, now, audience=audience) if member else {}
        )
        return answer
