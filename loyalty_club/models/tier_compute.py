import logging
from decimal import Decimal
from typing import NamedTuple

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


class Running(NamedTuple):
    """Where a member stands: her level and its last day, whether she deserves a higher one, and
    her figures of the running period (dict of measure to Decimal)."""

    member_id: int
    tier_id: int | None
    until: object
    rises: bool
    figures: dict


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
        return self._promoted(members)[0]

    @api.model
    def _promoted(self, members):
        """As :meth:`_promote`, with what it counted.

        :returns: the changes, and a list of :class:`Running` of those who stay where they are and
            were counted: who has the highest level is not.
        """
        changes, staying = self.env["loyalty.club.tier.change"].sudo(), []  # sudo: as _run's
        for club, group in members.grouped("club_id").items():
            _order, asking = self._ladder(club.id)
            if len(asking) < 2 and not (asking and group.filtered(lambda m: not m.tier_id)):
                continue
            below = group.filtered(lambda member, top=asking[-1][0]: member.tier_id.id != top)
            counted = self._running(club, below.ids) if below else []
            rising = [row.member_id for row in counted if row.rises]
            if rising:
                changes |= self._run(club, rising, up_only=True)
            staying += [row for row in counted if not row.rises]
        return changes, staying

    def _running(self, club, ids):
        """What members of a club hold and deserve by the figures of the running period.

        :returns: list of :class:`Running`.
        """
        figures = self._figures(club, ids, today_in(club.company_id))
        rows = self.env.execute_query(
            SQL(
                "WITH %s SELECT id, former, old_until, former IS NULL"
                " OR held < GREATEST(deserved - idle, LEAST(deserved, 0)), %s FROM judged",
                figures.counted(back=False),
                SQL(", ").join(SQL("%s::text", SQL.identifier(name)) for name in MEASURES),
            )
        )
        return [
            Running(*row[:4], dict(zip(MEASURES, map(Decimal, row[4:]), strict=True)))
            for row in rows
        ]

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
            self._decide_all(club, figures)
            decided = SQL("decided AS (SELECT * FROM loyalty_club_tier_decided)")
        else:
            decided = self._decided(figures, up_only)
        self.env.cr.execute(
            SQL(
                "WITH %s, %s SELECT id FROM noted WHERE from_tier_id IS NOT NULL",
                decided,
                self._written(figures, up_only, reason, note),
            )
        )
        found = [row[0] for row in self.env.cr.fetchall()]
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
            %(counted)s, asked AS (
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
            counted=figures.counted(back=not up_only),
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
