import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
# What a rule that somebody wrote may raise; anything else is a defect or for the ORM to try again.
_RULE_ERRORS = (UserError, ValueError, TypeError, psycopg2.DataError, psycopg2.ProgrammingError)


class LoyaltyClubSegment(models.Model):
    """A group of members, put together by hand or found by a rule; members may be in several.

    Who is in it, and since when, is kept in :class:`LoyaltyClubSegmentMember`: whoever uses a
    segment reads that and never evaluates the rule.
    """

    _name = "loyalty.club.segment"
    _inherit = ["loyalty.club.member.rule", "mail.thread"]
    _description = "Segment"
    _own = frozenset({"author_id", "error", "company_id", "size", "refreshed_on"})
    _order = "club_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    note = fields.Text(string="Purpose", translate=True, help="What the segment is for.")
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    kind = fields.Selection(
        [("rule", "By a rule"), ("manual", "By hand")], required=True, default="rule"
    )
    domain = fields.Char(default="[('state', '=', 'active')]", tracking=True)
    excluded_ids = fields.Many2many(
        "loyalty.club.segment",
        "loyalty_club_segment_excluded_rel",
        "segment_id",
        "excluded_id",
        string="Except members of",
        domain="[('club_id', '=', club_id), ('id', '!=', id)]",
        help="Who is in one of these is left out.",
    )
    size = fields.Integer(string="Members", readonly=True, copy=False)
    refreshed_on = fields.Datetime(string="Worked out on", readonly=True, copy=False)
    preview_count = fields.Integer(
        string="Fits now", compute="_compute_preview", help="Members whom the rule fits now."
    )
    preview_error = fields.Char(compute="_compute_preview")

    _name_unique = models.UniqueIndex(
        "(club_id, (name->>'en_US'))", "The club has a segment of this name: choose another."
    )

    # === COMPUTE METHODS === #

    @api.depends("kind", "domain", "club_id", "excluded_ids")
    def _compute_preview(self):
        """How many the rule fits at this moment, with the rights of whoever looks."""
        for segment in self:
            segment.preview_count, segment.preview_error = segment.size, False
            if segment.kind == "rule" and segment.club_id:
                try:
                    with self.env.cr.savepoint(flush=False):
                        segment.preview_count = segment._count_fitting()
                except _RULE_ERRORS as error:
                    segment.preview_count, segment.preview_error = 0, _reason(error)

    def _count_fitting(self):
        query = self._wanted(self.env)
        return self.env.execute_query(query.select(SQL("COUNT(*)")))[0][0]

    # === CONSTRAINT METHODS === #

    @api.constrains("excluded_ids", "club_id")
    def _check_excluded(self):
        for segment in self:
            if segment.excluded_ids.club_id - segment.club_id:
                raise ValidationError(self.env._("Leave out segments of the same club."))
        if self._has_cycle("excluded_ids"):
            raise ValidationError(
                self.env._("Two segments cannot leave each other out: nobody would be in either.")
            )

    # === CRUD METHODS === #

    def write(self, vals):
        """A segment stays by hand or by rule once somebody is in it.

        :raises UserError: for what its own code writes, another club, or another way.
        """
        if "kind" in vals and any(
            segment.kind != vals["kind"] and segment.refreshed_on for segment in self
        ):
            raise UserError(
                self.env._(
                    "It has members who were found in the other way. Make a new segment instead."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        if self.env["loyalty.club.segment.member"].search_count(
            [("segment_id", "in", self.ids)], limit=1
        ):
            raise UserError(
                self.env._("Who was in a segment, and when, is kept. Archive the segment instead.")
            )

    def copy_data(self, default=None):
        """A copy has a name of its own."""
        rows = super().copy_data(default)
        for segment, row in zip(self, rows, strict=True):
            if not (default or {}).get("name"):
                row["name"] = self.env._("%(name)s (copy)", name=segment.name)
        return rows

    # === ACTION METHODS === #

    def action_refresh(self):
        """Work out now who is in these segments.

        :raises AccessError: for anyone but a club marketer or manager.
        """
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_marketer")):
            raise AccessError(self.env._("Only a club marketer or manager does this."))
        self._refresh()

    def action_view_members(self):
        """Open the members who are in the segment now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.member_action")
        context = {"default_club_id": self.club_id.id, "club_segment_id": self.id}
        domain = [("segment_ids", "in", self.ids)]
        return dict(action, name=self.display_name, domain=domain, context=context)

    def action_view_history(self):
        """Open who was in the segment, from when to when."""
        return self._action_of("loyalty_club.segment_member_action")

    def action_view_sizes(self):
        """Open how many members it had on which day."""
        return self._action_of("loyalty_club.segment_size_action")

    def _action_of(self, xml_id):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        return dict(action, domain=[("segment_id", "=", self.id)], context={})

    # === BUSINESS METHODS === #

    def _members(self):
        """The members who are in any of these segments now: loyalty.club.member."""
        return self.env["loyalty.club.member"].search([("segment_ids", "in", self.ids)])

    def _wanted(self, env):
        """Whom the rule fits, without those left out: a query of member ids.

        :param env: environment of the person whose rights count.
        """
        query = self._rule_query(env)
        if self.excluded_ids:
            query.add_where(
                SQL(
                    "NOT EXISTS (SELECT FROM loyalty_club_segment_member other"
                    " WHERE other.segment_id = ANY(%s) AND other.until IS NULL"
                    " AND other.member_id = %s)",
                    self.excluded_ids._origin.ids,
                    SQL.identifier(query.table, "id"),
                )
            )
        return query

    def _refresh(self):
        """Note who has come to these segments and who has gone, each by one statement.

        A rule that fails says why on its segment, whose members stay as they were.

        :returns: the segments that could be worked out.
        """
        done = self.browse()
        self.env.flush_all()
        # sudo: rules are evaluated as their authors; the outcome is noted by the club itself
        for segment in self.sudo()._in_order():
            try:
                with self.env.cr.savepoint():
                    segment._refresh_one()
            except _RULE_ERRORS as error:
                _logger.info("Segment %s of the club: %s", segment.id, error)
                segment.error = _reason(error)
            else:
                done |= segment
        self.env["loyalty.club.segment.member"].invalidate_model()
        self.env["loyalty.club.member"].invalidate_model(["segment_ids", "segment_line_ids"])
        return done

    def _in_order(self):
        """These segments, each behind those it leaves out."""
        ordered, waiting = self.browse(), self
        while waiting:
            ready = waiting.filtered(lambda s, left=waiting: not (s.excluded_ids & left)) or waiting
            ordered, waiting = ordered | ready, waiting - ready
        return ordered

    def _refresh_one(self):
        now = fields.Datetime.now()
        if self.kind == "rule":
            wanted = self._wanted(self._author_env())
            come, gone = self._note_changes(wanted.subselect(), now)
        else:
            come = gone = 0
        self._note_size(now, come, gone)

    def _note_changes(self, wanted, now):
        """Let ``wanted`` (SQL of member ids) be those who are in: numbers of come and gone."""
        return self.env.execute_query(
            SQL(
                """
                WITH wanted AS MATERIALIZED (SELECT id FROM %(wanted)s AS fitting(id)),
                present AS MATERIALIZED (
                    SELECT id, member_id FROM loyalty_club_segment_member
                     WHERE segment_id = %(segment)s AND until IS NULL
                ), gone AS (
                    UPDATE loyalty_club_segment_member line SET until = %(now)s
                      FROM present
                     WHERE line.id = present.id AND NOT EXISTS (
                           SELECT FROM wanted WHERE wanted.id = present.member_id)
                    RETURNING 1
                ), come AS (
                    INSERT INTO loyalty_club_segment_member (segment_id, member_id, since)
                    SELECT %(segment)s, wanted.id, %(now)s FROM wanted
                     WHERE NOT EXISTS (
                           SELECT FROM present WHERE present.member_id = wanted.id)
                    ON CONFLICT DO NOTHING
                    RETURNING 1
                )
                SELECT (SELECT COUNT(*) FROM come), (SELECT COUNT(*) FROM gone)
                """,
                wanted=wanted,
                segment=self.id,
                now=now,
            )
        )[0]

    def _note_size(self, now, come, gone):
        """Remember how many are in, and let the day's row say so."""
        size = self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM loyalty_club_segment_member"
                " WHERE segment_id = %s AND until IS NULL",
                self.id,
            )
        )[0][0]
        self.write({"size": size, "refreshed_on": now, "error": False})
        self.env["loyalty.club.segment.size"]._note(self, size, come, gone)

    @api.model
    def _cron_refresh(self):
        """Work out all segments, one transaction each."""
        segments = self.search([("club_id.active", "=", True)])._in_order()
        for segment in segments:
            if segment := segment.try_lock_for_update():
                segment._refresh()
            if self.env["ir.cron"]._commit_progress(1) <= 0:
                break


def _reason(error):
    """The first line of what an error says to people."""
    text = str(error.args[0] if error.args else error).strip()
    return (text.splitlines() or [type(error).__name__])[0][:300]
