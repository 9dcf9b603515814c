from odoo import api, models
from odoo.tools import SQL

from ..clock import today_in


class LoyaltyClubTier(models.Model):
    """Levels that are given: by invitation, for a fee, as a reward; and taken back."""

    _inherit = "loyalty.club.tier"

    # === BUSINESS METHODS === #

    @api.model
    def _grant(self, members, tier, reason="granted", until=None, note=None):
        """Give members a level, whatever their figures.

        The same level given again lasts until the later of both days, for the reason that
        brought that day. Who has been given a higher one keeps that.

        :param members: loyalty.club.member of the level's club.
        :param tier: loyalty.club.tier.
        :param reason: one of :data:`.tier.GRANTS`.
        :param until: last day (date), or None: until it is taken back.
        :param note: why, in words, for the history.
        :returns: the members who have it now.
        """
        club = tier.club_id
        taken = self._give(members, tier, reason, until)
        if taken:
            self._run(club, taken, reason=reason, note=note)
        return members.browse(taken)

    @api.model
    def _withdraw(self, members, tier, reason="withdrawn", note=None):
        """Take a given level back: members have again what their figures deserve.

        :param tier: loyalty.club.tier that was given.
        :returns: the members who had it.
        """
        self.env["loyalty.club.tier.standing"].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_club_tier_standing SET granted_tier_id = NULL,"
                " granted_until = NULL, granted_reason = NULL"
                " WHERE member_id = ANY(%s) AND granted_tier_id = %s RETURNING member_id",
                members.ids,
                tier.id,
            )
        )
        had = [row[0] for row in self.env.cr.fetchall()]
        if had:
            self._run(tier.club_id, had, reason=reason, note=note)
        return members.browse(had)

    def _give(self, members, tier, reason, until):
        """Note what was given; the ids of the members who have it now."""
        order, _asking = self._ladder(tier.club_id.id)
        self.env["loyalty.club.tier.standing"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_club_tier_standing AS old
                       (member_id, club_id, granted_tier_id, granted_until, granted_reason)
                SELECT m.id, m.club_id, %(tier)s, %(until)s, %(reason)s
                  FROM loyalty_club_member m
                 WHERE m.id = ANY(%(ids)s) AND m.club_id = %(club)s AND m.merged_into_id IS NULL
                 ORDER BY m.id
                ON CONFLICT (member_id) DO UPDATE
                   SET granted_tier_id = EXCLUDED.granted_tier_id,
                       granted_until = CASE
                           WHEN old.granted_tier_id = EXCLUDED.granted_tier_id
                                AND (old.granted_until IS NULL OR EXCLUDED.granted_until IS NULL)
                           THEN NULL
                           WHEN old.granted_tier_id = EXCLUDED.granted_tier_id
                           THEN GREATEST(old.granted_until, EXCLUDED.granted_until)
                           ELSE EXCLUDED.granted_until END,
                       granted_reason = CASE
                           WHEN old.granted_tier_id = EXCLUDED.granted_tier_id
                                AND (old.granted_until IS NULL
                                     OR old.granted_until >= EXCLUDED.granted_until)
                           THEN old.granted_reason
                           ELSE EXCLUDED.granted_reason END
                 WHERE old.granted_tier_id IS NULL OR old.granted_until < %(today)s
                    OR COALESCE(array_position(%(order)s::int[], old.granted_tier_id), 0)
                       <= array_position(%(order)s::int[], EXCLUDED.granted_tier_id)
                RETURNING member_id
                """,
                tier=tier.id,
                until=until,
                reason=reason,
                ids=members.ids,
                club=tier.club_id.id,
                today=today_in(tier.club_id.company_id),
                order=list(order),
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]
