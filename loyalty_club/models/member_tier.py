from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .tier import REASONS


class LoyaltyClubMember(models.Model):
    """The level of a member, and how she came to it."""

    _inherit = "loyalty.club.member"

    tier_id = fields.Many2one(
        "loyalty.club.tier",
        string="Level",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="Decided by the club's ladder, or given.",
    )
    tier_color = fields.Integer(related="tier_id.color", string="Color of the level")
    tier_standing_ids = fields.One2many(
        "loyalty.club.tier.standing", "member_id", readonly=True, copy=False
    )
    tier_change_ids = fields.One2many("loyalty.club.tier.change", "member_id", readonly=True)

    recent_tier_change_ids = fields.One2many(
        "loyalty.club.tier.change", string="Latest changes of level", compute="_compute_recent"
    )
    tier_since = fields.Date(string="Since", compute="_compute_tier_standing")
    tier_until = fields.Date(
        string="Until",
        compute="_compute_tier_standing",
        help="Last day of the level; empty: it does not end.",
    )
    tier_given_as = fields.Selection(
        REASONS,
        string="Given as",
        compute="_compute_tier_standing",
        help="Why the level was given, where figures did not bring it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("tier_id")
    def _compute_tier_standing(self):
        # sudo: whoever sees the member sees since when and until when she has her level
        standings = self.env["loyalty.club.tier.standing"].sudo()
        found = standings.search_fetch([("member_id", "in", self._origin.ids)]).grouped("member_id")
        for member in self:
            standing = found.get(member._origin, standings)
            given = standing.granted_tier_id and standing.granted_tier_id == standing.tier_id
            member.tier_since = standing.since
            member.tier_until = standing.until
            member.tier_given_as = standing.granted_reason if given else False

    @api.model
    def _latest_statements(self):
        return super()._latest_statements() | {
            "recent_tier_change_ids": SQL(
                "SELECT t.id FROM loyalty_club_tier_change t WHERE t.member_id = m.id"
                " ORDER BY t.date DESC, t.id DESC LIMIT 10"
            )
        }

    # === ACTION METHODS === #

    def action_view_tier_changes(self):
        """Open how the member came to her level."""
        return self._action_of("loyalty_club.tier_change_action")

    # === CRUD METHODS === #

    @api.model
    def _is_own_field(self, name):
        return name in {"tier_id", "tier_standing_ids", "tier_change_ids"} or super()._is_own_field(
            name
        )

    def _check_own_fields(self, vals):
        result = super()._check_own_fields(vals)
        if not self.env.su and {"tier_id", "tier_standing_ids", "tier_change_ids"} & vals.keys():
            raise UserError(
                self.env._(
                    "The level of a member follows the club's ladder; “Give a level” gives one."
                )
            )
        return result

    # === BUSINESS METHODS === #

    def _joined(self):
        result = super()._joined()
        self.env["loyalty.club.tier"]._promote(self)
        return result

    def _merge_one_into(self, survivor, note):
        result = super()._merge_one_into(survivor, note)
        self._hand_over_tier(survivor)
        return result

    def _hand_over_tier(self, survivor):
        """The survivor has the higher level of both, by figures and given, and both histories."""
        tiers = self.env["loyalty.club.tier"]
        standing = self.env["loyalty.club.tier.standing"].search([("member_id", "=", self.id)])
        order, _asking = tiers._ladder(self.club_id.id)
        earned = (standing.earned_tier_id, standing.earned_since, standing.earned_until)
        given = (standing.granted_tier_id, standing.granted_reason, standing.granted_until)
        self.env.cr.execute(
            SQL(
                """
                UPDATE loyalty_club_tier_change SET member_id = %(survivor)s
                 WHERE member_id = %(own)s;
                DELETE FROM loyalty_club_tier_standing WHERE member_id = %(own)s;
                UPDATE loyalty_club_member SET tier_id = NULL WHERE id = %(own)s;
                """,
                survivor=survivor.id,
                own=self.id,
            )
        )
        self.env["loyalty.club.tier.change"].invalidate_model()
        self.env["loyalty.club.tier.standing"].invalidate_model()
        self.invalidate_recordset(["tier_id"])
        survivor._take_over_level(order, *earned)
        if given[0]:
            tiers._grant(survivor, *given)
        tiers._run(survivor.club_id, survivor.ids, reason="merged")

    def _take_over_level(self, order, tier, since, until):
        """Hold a level that figures brought to another membership, if it is higher."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE loyalty_club_tier_standing
                   SET earned_tier_id = %(tier)s, earned_since = %(since)s,
                       earned_until = %(until)s
                 WHERE member_id = %(member)s
                   AND COALESCE(array_position(%(order)s::int[], earned_tier_id), 0)
                       < COALESCE(array_position(%(order)s::int[], %(tier)s::int), 0)
                """,
                tier=tier.id or None,
                since=since or None,
                until=until or None,
                member=self.id,
                order=list(order),
            )
        )
        self.env["loyalty.club.tier.standing"].invalidate_model()
