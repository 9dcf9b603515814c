import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..clock import today_in
from ..domain.tiers import MEASURES
from .tier_deserved import TierDeserved

_logger = logging.getLogger(__name__)
# Not those of two transactions at once: the job is tried again by itself.
_ERRORS = (UserError, ValueError, TypeError, KeyError, ArithmeticError, psycopg2.DataError)


class LoyaltyClubTier(models.Model):
    """Who is on which level: one statement for a member just served, the same one for everybody.

    It is the twin of :func:`..domain.tiers.step`; what it counts is in :mod:`.tier_deserved`.
    """

    _inherit = "loyalty.club.tier"

    # === BUSINESS METHODS === #

    @api.model
    def _cron_recompute(self):
        """Decide the levels of all clubs anew, one after the other, the longest waiting first.

        What goes wrong for one club leaves the others alone.
        """
        order = "tier_computed_on NULLS FIRST, id"
        clubs = self.env["loyalty.club"].search([("active", "=", True)], order=order)
        self.env["ir.cron"]._commit_progress(remaining=len(clubs))
        for club in clubs:
            try:
                with self.env.cr.savepoint():
                    self._recompute(club)
            except _ERRORS:
                _logger.exception("The levels of club %s were not decided", club.id)
            if self.env["ir.cron"]._commit_progress(1) <= 0:
                break

    @api.model
    def _promote(self, members):
        """Let members who just did something go up at once; nobody goes down by this.

        One statement per club reads, and one more writes where somebody rises; none when the
        club has no levels, or the member has the highest one already.

        :param members: loyalty.club.member.
        :returns: the changes (loyalty.club.tier.change).
        """
        changes = self.env["loyalty.club.tier.change"].sudo()  # sudo: as _run gives them
        for club, group in members.grouped("club_id").items():
            _order, asking = self._ladder(club.id)
            if len(asking) < 2 and not (asking and group.filtered(lambda m: not m.tier_id)):
                continue
            below = group.filtered(lambda member, top=asking[-1][0]: member.tier_id.id != top)
            rising = below and self._rising(club, below.ids)
            if rising:
                changes |= self._run(club, rising, up_only=True)
        return changes

    def _rising(self, club, ids):
        """Ids of those of the members who deserve a higher level than they hold, or have none."""
        figures = self._figures(club, ids, today_in(club.company_id))
        self.env.cr.execute(
            SQL(
                "WITH %s SELECT id FROM judged WHERE former IS NULL"
                " OR held < GREATEST(deserved - idle, LEAST(deserved, 0))",
                figures.counted(back=False),
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]

    def _figures(self, club, ids, today):
        """What members of a club hold and deserve, read from what is written."""
        for name in ("loyalty.club.member", "loyalty.club.tier.standing", "loyalty.club.purchase"):
            self.env[name].flush_model()
        return TierDeserved(self.env, club, ids, today)

    @api.model
    def _recompute(self, clubs, members=None, today=None):
        """Decide anew who is on which level: up, down, renewed, given levels that are over.

        Set-based, one statement per club; only rows that differ are written.

        :param clubs: loyalty.club.
        :param members: loyalty.club.member to decide, or None for all.
        :param today: the day (date); today in the company's time zone when None.
        :returns: the changes (loyalty.club.tier.change) of those who had a level before.
        """
        changes = self.env["loyalty.club.tier.change"].sudo()  # sudo: as _run gives them
        for club in clubs:
            ids = (
                None if members is None else members.filtered(lambda m, c=club: m.club_id == c).ids
            )
            if ids is None or ids:
                changes |= self._run(club, ids, today)
            if ids is None:
                # sudo: the time of the last run is recorded whoever asked for it
                club.sudo().tier_computed_on = fields.Datetime.now()
        return changes

    @api.model
    def _run(self, club, ids=None, today=None, *, up_only=False, reason=None, note=None):
        """Decide and write the levels of members of one club, by one statement.

        :param ids: ids of members, or None for all.
        :param reason: noted for changes that a person or a merge made, instead of the figures'.
        :returns: the changes of those who had a level before, handed to :meth:`_changed`.
        """
        # sudo: levels are decided by the club's terms, whoever served the member
        changes = self.env["loyalty.club.tier.change"].sudo()
        _order, asking = self._ladder(club.id)
        if not asking:
            return changes if ids is not None else self._clear(club)
        figures = self._figures(club, ids, today or today_in(club.company_id))
        if ids is None:
            # To compile these expressions takes longer than to work them out for a million rows,
            # and to fetch the whole journal row by row in the order of an index longer still.
            self.env.cr.execute("SET LOCAL jit = off; SET LOCAL enable_indexscan = off")
        self.env.cr.execute(
            SQL(
                "WITH %s, %s, %s SELECT id FROM noted WHERE from_tier_id IS NOT NULL",
                figures.counted(back=not up_only),
                self._decided(figures, up_only),
                self._written(figures, up_only, reason, note),
            )
        )
        found = [row[0] for row in self.env.cr.fetchall()]
        if ids is None:
            self.env.cr.execute("SET LOCAL jit TO DEFAULT; SET LOCAL enable_indexscan TO DEFAULT")
        changes = changes.browse(sorted(found))
        self.env["loyalty.club.tier.standing"].invalidate_model()
        self.env["loyalty.club.member"].invalidate_model(["tier_id", "tier_standing_ids"])
        if changes:
            self._changed(changes)
        return changes

    def _clear(self, club):
        """A club without levels has nobody on one."""
        self.env.cr.execute(
            SQL("UPDATE loyalty_club_member SET tier_id = NULL WHERE club_id = %s AND tier_id > 0",
                club.id)
        )  # fmt: skip
        self.env["loyalty.club.member"].invalidate_model(["tier_id"])
        return self.env["loyalty.club.tier.change"].sudo()

    def _decided(self, figures, up_only):
        """The twin of ``step``: what each member holds by her figures, and with what was given."""
        terms, today = figures.terms, figures.today
        return SQL(
            """
            asked AS (
                SELECT f.*, GREATEST(f.deserved - f.idle, LEAST(f.deserved, 0)) AS allowed
                  FROM judged f OFFSET 0
            ), reasoned AS (
                SELECT a.*, CASE
                       WHEN a.held < a.allowed THEN 'qualified'
                       WHEN %(up_only)s THEN NULL
                       WHEN a.idle > 0 AND a.held > a.allowed THEN 'idle'
                       WHEN a.held = a.allowed THEN NULL
                       WHEN a.held <= a.whole THEN 'returned'
                       WHEN a.earned_until IS NULL OR %(today)s <= a.earned_until + %(grace)s
                       THEN NULL
                       ELSE 'dropped' END AS why
                  FROM asked a OFFSET 0
            ), levelled AS (
                SELECT r.*, CASE r.why
                       WHEN 'qualified' THEN r.allowed
                       WHEN 'idle' THEN r.allowed
                       WHEN 'returned' THEN r.deserved
                       WHEN 'dropped' THEN GREATEST(r.deserved, %(lowest)s)
                       ELSE r.held END AS level
                  FROM reasoned r OFFSET 0
            ), earned AS (
                SELECT l.*,
                       CASE WHEN l.why IS NULL THEN l.earned_since ELSE %(today)s END AS new_since,
                       CASE WHEN %(up_only)s AND l.why IS NULL THEN l.earned_until
                            WHEN l.level <= 0 THEN NULL
                            WHEN l.why = 'dropped' AND l.level > l.deserved THEN %(fallback)s
                            WHEN l.why IS NOT NULL THEN l.deserved_until
                            WHEN l.held > l.allowed THEN COALESCE(l.earned_until, %(fallback)s)
                            WHEN l.earned_until IS NULL OR l.deserved_until IS NULL
                            THEN l.deserved_until
                            WHEN %(months)s AND %(today)s <= l.earned_until THEN l.earned_until
                            ELSE GREATEST(l.earned_until, l.deserved_until) END AS new_until,
                       (%(asking)s::int[])[l.level + 1] AS new_earned,
                       (l.granted_tier_id IS NOT NULL AND NOT %(up_only)s
                        AND COALESCE(l.granted_until < %(today)s, FALSE)) AS over
                  FROM levelled l OFFSET 0
            ), %(combined)s
            """,
            up_only=up_only,
            today=SQL("%s::date", today),
            grace=terms.grace_days,
            lowest=SQL("r.held - %s", terms.max_drop) if terms.max_drop else SQL("-1"),
            fallback=figures.fallback(SQL("l")),
            months=terms.keep == "months",
            asking=figures.asking_ids,
            combined=self._combined(figures),
        )

    def _combined(self, figures):
        """The higher of what figures brought and what was given."""
        return SQL(
            """
            ranked AS (
                SELECT e.*,
                       COALESCE(array_position(%(order)s::int[], e.new_earned), 0) AS earned_rank,
                       CASE WHEN e.over THEN 0 ELSE
                            COALESCE(array_position(%(order)s::int[], e.granted_tier_id), 0)
                        END AS granted_rank,
                       COALESCE(array_position(%(order)s::int[], e.former), 0) AS former_rank
                  FROM earned e OFFSET 0
            ), decided AS (
                SELECT k.*, GREATEST(k.earned_rank, k.granted_rank) AS rank,
                       (%(order)s::int[])[GREATEST(k.earned_rank, k.granted_rank)] AS new_tier,
                       CASE WHEN k.earned_rank > k.granted_rank THEN k.new_until
                            WHEN k.granted_rank > k.earned_rank THEN k.granted_until
                            WHEN k.new_until IS NULL OR k.granted_until IS NULL THEN NULL
                            ELSE GREATEST(k.new_until, k.granted_until) END AS until
                  FROM ranked k
            )
            """,
            order=figures.order,
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
                 WHERE CASE WHEN %(up_only)s THEN d.why IS NOT NULL OR d.former IS NULL
                       ELSE d.former IS DISTINCT FROM d.new_tier
                         OR d.old_until IS DISTINCT FROM d.until OR d.over
                         OR d.earned_tier_id IS DISTINCT FROM d.new_earned
                         OR d.earned_until IS DISTINCT FROM d.new_until
                         OR %(differ)s END
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
                 WHERE m.id = d.id AND m.tier_id IS DISTINCT FROM d.new_tier
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
            differ=SQL(" OR ").join(
                SQL(
                    "d.%s IS DISTINCT FROM d.%s",
                    SQL.identifier(f"old_{name}"),
                    SQL.identifier(name),
                )
                for name in MEASURES
            ),
            today=SQL("%s::date", figures.today),
            up_only=up_only,
            now=fields.Datetime.now(),
            reason=SQL("%s::varchar", reason),
            note=SQL("%s::varchar", note),
            user=self.env.uid,
        )
