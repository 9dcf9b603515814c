from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..finding import column_of, found_in


class LoyaltyClubSegmentMember(models.Model):
    """That a member was in a segment, from when to when; without an end she is in it now."""

    _name = "loyalty.club.segment.member"
    _inherit = ["loyalty.club.own.work"]
    _description = "Member of a Segment"
    _order = "since desc, id desc"
    _log_access = False  # a segment may hold a million members
    _rec_name = "member_id"

    segment_id = fields.Many2one(
        "loyalty.club.segment", required=True, readonly=True, ondelete="cascade"
    )
    club_id = fields.Many2one(related="segment_id.club_id")
    company_id = fields.Many2one(related="segment_id.company_id")
    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="member_id.partner_id")
    since = fields.Datetime(required=True, readonly=True)
    until = fields.Datetime(readonly=True, help="Empty: still in the segment.")
    user_id = fields.Many2one(
        "res.users", string="Added by", readonly=True, help="Empty: found by the rule."
    )

    _now_unique = models.UniqueIndex(
        "(segment_id, member_id) WHERE until IS NULL", "A member is in a segment once."
    )
    _segment_index = models.Index("(segment_id, since)")
    _member_index = models.Index("(member_id, since)")


class LoyaltyClubSegment(models.Model):
    """Segments by hand: who is put into them and taken out."""

    _inherit = "loyalty.club.segment"

    def _add(self, members):
        """Put ``members`` into these segments by hand; who is in already stays.

        :raises AccessError: for anyone but a club marketer or manager.
        :raises UserError: for a segment by rule, or members of another club.
        """
        self._check_by_hand(members)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_club_segment_member (segment_id, member_id, since, user_id)
                SELECT segment, member, %(now)s, %(user)s
                  FROM unnest(%(segments)s::int[]) AS segment,
                       unnest(%(members)s::int[]) AS member
                ON CONFLICT DO NOTHING
                """,
                segments=self.ids,
                members=members.ids,
                now=fields.Datetime.now(),
                user=self.env.uid,
            )
        )
        self._refresh()

    def _remove(self, members):
        """Take ``members`` out of these segments; that they were in them is kept.

        :raises AccessError: for anyone but a club marketer or manager.
        :raises UserError: for a segment by rule, or members of another club.
        """
        self._check_by_hand(members)
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_club_segment_member SET until = %(now)s WHERE until IS NULL"
                " AND segment_id = ANY(%(segments)s::int[])"
                " AND member_id = ANY(%(members)s::int[])",
                segments=self.ids,
                members=members.ids,
                now=fields.Datetime.now(),
            )
        )
        self._refresh()

    def _check_by_hand(self, members):
        self.check_access("write")
        members.check_access("read")
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_marketer")):
            raise AccessError(self.env._("Only a club marketer or manager does this."))
        if self.filtered(lambda segment: segment.kind != "manual"):
            raise UserError(
                self.env._("Whoever fits the rule is in this segment. Change the rule instead.")
            )
        if members.club_id - self.club_id or len(self.club_id) > 1:
            raise UserError(self.env._("Only members of the segment's club can be in it."))
        if members.merged_into_id:
            raise UserError(
                self.env._("A merged membership is closed. Choose the one that took it over.")
            )
        self.env.flush_all()


class LoyaltyClubMember(models.Model):
    """The segments of a member; they follow a merge."""

    _inherit = "loyalty.club.member"

    segment_ids = fields.Many2many(
        "loyalty.club.segment",
        string="Segments",
        compute="_compute_segment_ids",
        search="_search_segment_ids",
        help="The segments the member is in now.",
    )
    segment_line_ids = fields.One2many(
        "loyalty.club.segment.member", "member_id", string="Segments over time", readonly=True
    )

    def _compute_segment_ids(self):
        now = [("until", "=", False), ("segment_id.active", "=", True)]
        lines = self.env["loyalty.club.segment.member"]._read_group(
            [("member_id", "in", self.ids), *now],
            ["member_id"],
            ["segment_id:recordset"],
        )
        by_member = dict(lines)
        for member in self:
            member.segment_ids = by_member.get(member._origin, self.env["loyalty.club.segment"])

    @api.model
    def _search_segment_ids(self, operator, value):
        """Members who are in such a segment now; ``in [False]``: in none."""
        if operator not in ("in", "any", "like", "ilike", "=like", "=ilike", "=", "any!"):
            return NotImplemented
        Line = self.env["loyalty.club.segment.member"]
        now = Domain("until", "=", False)
        found = Domain.FALSE
        if operator == "in":
            ids = [item for item in value if item]
            if len(ids) < len(value):
                inside = Line._search(now & Domain("segment_id.active", "=", True))
                found = ~found_in(column_of(inside, "member_id"))
            value = ids
        if value or operator != "in":
            inside = Line._search(now & Domain("segment_id", operator, value))
            found |= found_in(column_of(inside, "member_id"))
        return found

    @api.model
    def _is_own_field(self, name):
        return name == "segment_line_ids" or super()._is_own_field(name)

    def _check_own_fields(self, vals):
        result = super()._check_own_fields(vals)
        if "segment_line_ids" in vals and not self.env.su:
            raise UserError(
                self.env._("Put members into a segment by its own button, or change its rule.")
            )
        return result

    def _merge_one_into(self, survivor, note):
        result = super()._merge_one_into(survivor, note)
        self._hand_over_segments(survivor)
        return result

    def _hand_over_segments(self, survivor):
        """What the member was and is in is the survivor's now, each segment once."""
        self.env["loyalty.club.segment.member"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE loyalty_club_segment_member line SET until = %(now)s
                  FROM loyalty_club_segment_member twin
                 WHERE line.member_id = %(source)s AND line.until IS NULL
                   AND twin.segment_id = line.segment_id AND twin.member_id = %(survivor)s
                   AND twin.until IS NULL;
                UPDATE loyalty_club_segment_member SET member_id = %(survivor)s
                 WHERE member_id = %(source)s;
                """,
                now=fields.Datetime.now(),
                source=self.id,
                survivor=survivor.id,
            )
        )
        self.env["loyalty.club.segment.member"].invalidate_model()
        (self | survivor).invalidate_recordset(["segment_ids", "segment_line_ids"])
