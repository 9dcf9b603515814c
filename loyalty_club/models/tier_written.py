"""What of decided levels is stored, and how those of a whole club are decided: in shares."""

from odoo import fields, models
from odoo.tools import SQL

from ..domain.tiers import MEASURES

# What is read of a decision to write it, and the types of the columns.
_DECIDED = {
    "id": "int", "shown": "int", "former": "int", "since": "date", "old_until": "date",
    "earned_tier_id": "int", "earned_until": "date", "granted_tier_id": "int",
    "granted_until": "date", "granted_reason": "varchar", "over": "bool", "why": "text",
    "new_tier": "int", "until": "date", "new_earned": "int", "new_since": "date",
    "new_until": "date", "earned_rank": "int", "granted_rank": "int", "former_rank": "int",
    "rank": "int",
    **dict.fromkeys(MEASURES, "numeric"),
    **{f"old_{name}": "numeric" for name in MEASURES},
    "old_visits": "int",
}  # fmt: skip


class LoyaltyClubTier(models.Model):
    """Standings, levels and changes that differ are written."""

    _inherit = "loyalty.club.tier"

    # === BUSINESS METHODS === #

    def _decide_all(self, club, figures):
        """Fill ``loyalty_club_tier_decided`` with the decisions that differ, of the whole club.

        All in one statement with what is written, it would be one process that decides.
        """
        queries = [
            SQL(
                "WITH %s SELECT %s FROM decided d WHERE %s",
                self._decided(figures.of(share), up_only=False),
                SQL(", ").join(SQL.identifier("d", name) for name in _DECIDED),
                self._differs(up_only=False),
            )
            for share in self.env["loyalty.club.purchase"]._shares(club)
        ]
        # To compile these expressions takes longer than to work them out for a million rows.
        self.env.cr.execute("SET LOCAL jit = off; DROP TABLE IF EXISTS loyalty_club_tier_decided")
        self.env.cr.execute(
            SQL(
                "CREATE TEMP TABLE loyalty_club_tier_decided ON COMMIT DROP AS SELECT * FROM %s d",
                self.env["loyalty.club.purchase"]._united(queries, _DECIDED),
            )
        )
        self.env.cr.execute("SET LOCAL jit TO DEFAULT; ANALYZE loyalty_club_tier_decided")

    def _differs(self, up_only):
        """That a decision (alias ``d``) is not what is stored."""
        if up_only:
            return SQL("(d.why IS NOT NULL OR d.former IS NULL)")
        measures = SQL(" OR ").join(
            SQL("d.%s IS DISTINCT FROM d.%s", SQL.identifier(f"old_{name}"), SQL.identifier(name))
            for name in MEASURES
        )
        return SQL(
            "(d.former IS DISTINCT FROM d.new_tier OR d.shown IS DISTINCT FROM d.new_tier"
            " OR d.old_until IS DISTINCT FROM d.until OR d.over"
            " OR d.earned_tier_id IS DISTINCT FROM d.new_earned"
            " OR d.earned_until IS DISTINCT FROM d.new_until OR %s)",
            measures,
        )

    def _written(self, figures, up_only, reason, note):
        """Write standings, levels and changes that differ."""
        return SQL(
            """
            stored AS (
                INSERT INTO loyalty_club_tier_standing AS old
                       (member_id, club_id, tier_id, since, until,
                        earned_tier_id, earned_since, earned_until,
                        granted_tier_id, granted_until, granted_reason,
                        points, spend, visits, items, engagement, computed_on)
                SELECT d.id, %(club)s, d.new_tier,
                       CASE WHEN d.former IS DISTINCT FROM d.new_tier OR d.since IS NULL
                            THEN %(today)s ELSE d.since END, d.until,
                       d.new_earned, d.new_since, d.new_until,
                       CASE WHEN NOT d.over THEN d.granted_tier_id END,
                       CASE WHEN NOT d.over THEN d.granted_until END,
                       CASE WHEN NOT d.over THEN d.granted_reason END,
                       d.points, d.spend, d.visits, d.items, d.engagement, %(today)s
                  FROM decided d
                 WHERE %(differs)s
                 ORDER BY d.id
                ON CONFLICT (member_id) DO UPDATE
                   SET (tier_id, since, until, earned_tier_id, earned_since, earned_until,
                        granted_tier_id, granted_until, granted_reason,
                        points, spend, visits, items, engagement, computed_on)
                     = (EXCLUDED.tier_id, EXCLUDED.since, EXCLUDED.until,
                        EXCLUDED.earned_tier_id, EXCLUDED.earned_since, EXCLUDED.earned_until,
                        EXCLUDED.granted_tier_id, EXCLUDED.granted_until, EXCLUDED.granted_reason,
                        EXCLUDED.points, EXCLUDED.spend, EXCLUDED.visits, EXCLUDED.items,
                        EXCLUDED.engagement, EXCLUDED.computed_on)
            ), moved AS (
                UPDATE loyalty_club_member m SET tier_id = d.new_tier FROM decided d
                 WHERE m.id = d.id AND d.shown IS DISTINCT FROM d.new_tier
            ), noted AS (
                INSERT INTO loyalty_club_tier_change
                       (member_id, club_id, from_tier_id, tier_id, fall, date, reason, note, until,
                        points, spend, visits, items, engagement, user_id)
                SELECT d.id, %(club)s, d.former, d.new_tier, d.rank < d.former_rank, %(now)s,
                       COALESCE(%(reason)s, CASE
                           WHEN d.over AND d.former = d.granted_tier_id THEN 'expired'
                           WHEN d.granted_rank > d.earned_rank AND d.rank > d.former_rank
                           THEN d.granted_reason
                           ELSE d.why END, 'qualified'),
                       %(note)s, d.until, d.points, d.spend, d.visits, d.items, d.engagement,
                       %(user)s
                  FROM decided d
                 WHERE d.former IS DISTINCT FROM d.new_tier
                   AND NOT (d.former IS NULL AND d.rank <= 1 AND d.granted_rank = 0)
                 ORDER BY d.id
                RETURNING id, from_tier_id
            )
            """,
            club=figures.club.id,
            differs=self._differs(up_only),
            today=SQL("%s::date", figures.today),
            now=fields.Datetime.now(),
            reason=SQL("%s::varchar", reason),
            note=SQL("%s::varchar", note),
            user=self.env.uid,
        )
