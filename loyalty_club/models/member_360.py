"""Everything about one member on one form, which opens as fast for 5,000 purchases as for 5.

A one2many field makes the ORM fetch the ids of all its rows, whatever the list shows. So the pages
show the latest ten, found by one indexed query each, and a button leads to all.
"""

from odoo import api, fields, models
from odoo.tools import SQL

_LATEST = 10


class LoyaltyClubMember(models.Model):
    """What the member's form shows of everything else; nothing here is stored."""

    _inherit = "loyalty.club.member"

    recent_purchase_ids = fields.One2many(
        "loyalty.club.purchase", string="Latest purchases", compute="_compute_recent"
    )
    recent_entry_ids = fields.One2many(
        "loyalty.club.entry", string="Latest movements", compute="_compute_recent"
    )
    expiring_lot_ids = fields.One2many(
        "loyalty.club.lot", string="About to expire", compute="_compute_recent"
    )
    recent_segment_line_ids = fields.One2many(
        "loyalty.club.segment.member", string="Latest segments", compute="_compute_recent"
    )
    recent_grade_change_ids = fields.One2many(
        "loyalty.club.grade.change", string="Latest grades", compute="_compute_recent"
    )
    recent_lead_ids = fields.One2many(
        "crm.lead", string="Latest opportunities", compute="_compute_recent"
    )
    recent_event_ids = fields.One2many(
        "loyalty.club.timeline", string="Latest events", compute="_compute_recent_events"
    )
    recent_message_ids = fields.One2many(
        "loyalty.club.timeline", string="Latest messages", compute="_compute_recent_events"
    )
    lead_count = fields.Integer(string="Opportunities", compute="_compute_lead_count")

    # === COMPUTE METHODS === #

    @api.depends_context("uid")
    def _compute_recent(self):
        for name, statement in self._latest_statements().items():
            records = self.env[self._fields[name].comodel_name]
            found = {}
            if records.has_access("read"):
                found = dict(self.env.execute_query(self._per_member(statement)))
            for member in self:
                latest = records.browse(found.get(member._origin.id, ()))
                member[name] = latest._filtered_access("read")

    def _per_member(self, statement):
        """The latest of each of these members: pairs of member and ids, by one query.

        :param statement: SELECT of the ids for one member, ``m``, in their order.
        """
        return SQL(
            "SELECT m.id, ARRAY(%s) FROM loyalty_club_member m WHERE m.id = ANY(%s)",
            statement,
            self._origin.ids,
        )

    @api.model
    def _latest_statements(self):
        """How the latest of each kind are found, by field; each by an index."""
        for model in ("loyalty.club.segment.member", "loyalty.club.grade.change", "crm.lead"):
            self.env[model].flush_model()
        limit = SQL("LIMIT %s", _LATEST)
        return {
            "recent_purchase_ids": SQL(
                "SELECT p.id FROM loyalty_club_purchase p WHERE p.member_id = m.id"
                " ORDER BY p.date DESC, p.id DESC %s",
                limit,
            ),
            "recent_entry_ids": SQL(
                "SELECT last.id FROM loyalty_club_wallet w CROSS JOIN LATERAL ("
                "   SELECT e.id FROM loyalty_club_entry e WHERE e.wallet_id = w.id"
                "    ORDER BY e.seq DESC %(limit)s) last"
                " WHERE w.member_id = m.id ORDER BY last.id DESC %(limit)s",
                limit=limit,
            ),
            "expiring_lot_ids": SQL(
                "SELECT first.id FROM loyalty_club_wallet w CROSS JOIN LATERAL ("
                "   SELECT l.id, l.expires_on FROM loyalty_club_lot l"
                "    WHERE l.wallet_id = w.id AND l.remaining > 0 AND l.expires_on >= %(today)s"
                "    ORDER BY l.expires_on, l.id %(limit)s) first"
                " WHERE w.member_id = m.id ORDER BY first.expires_on, first.id %(limit)s",
                limit=limit,
                today=fields.Date.context_today(self),
            ),
            "recent_segment_line_ids": SQL(
                "SELECT s.id FROM loyalty_club_segment_member s WHERE s.member_id = m.id"
                " ORDER BY s.since DESC, s.id DESC %s",
                limit,
            ),
            "recent_grade_change_ids": SQL(
                "SELECT g.id FROM loyalty_club_grade_change g WHERE g.member_id = m.id"
                " ORDER BY g.date DESC, g.id DESC %s",
                limit,
            ),
            "recent_lead_ids": SQL(
                "SELECT l.id FROM crm_lead l WHERE l.partner_id = m.partner_id AND l.active"
                " ORDER BY l.id DESC %s",
                limit,
            ),
        }

    @api.depends_context("uid")
    def _compute_recent_events(self):
        """The end of the timeline: from each of its parts the latest ten, and of these ten."""
        Timeline = self.env["loyalty.club.timeline"]
        allowed = Timeline.has_access("read")
        for member in self:
            events = messages = Timeline
            if allowed and member._origin.id:
                events = Timeline._latest_of(member._people(), _LATEST)
                messages = Timeline._latest_of(
                    member._people(), _LATEST, kinds=("message", "mailing")
                )
            member.recent_event_ids, member.recent_message_ids = events, messages

    def _people(self):
        """The contacts who are this person: hers, and those of memberships merged into hers."""
        # sudo: whose contact a former membership was is no more than the membership itself
        return self.partner_id | self.sudo().merged_ids.partner_id.with_env(self.env)

    @api.depends_context("uid")
    def _compute_lead_count(self):
        leads = self.env["crm.lead"]
        counts = {}
        if leads.has_access("read"):
            counts = dict(
                leads._read_group(
                    [("partner_id", "in", self.partner_id.ids)], ["partner_id"], ["__count"]
                )
            )
        for member in self:
            member.lead_count = counts.get(member.partner_id, 0)

    # === ACTION METHODS === #

    def action_view_timeline(self):
        """Open everything the person and the club had to do with each other."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.timeline_action")
        return dict(action, domain=[("partner_id", "in", self._people().ids)], context={})

    def action_view_messages(self):
        """Open the messages that were sent to the person."""
        action = self.action_view_timeline()
        return dict(action, domain=[*action["domain"], ("kind", "in", ("message", "mailing"))])

    def action_view_lots(self):
        """Open what the member has to spend, by the day on which it expires."""
        action = self._action_of("loyalty_club.lot_action")
        return dict(action, domain=[*action["domain"], ("remaining", ">", 0)])

    def action_view_leads(self):
        """Open the person's leads and opportunities."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_all_leads")
        people = self._people()
        context = {"default_partner_id": self.partner_id.id}
        return dict(action, domain=[("partner_id", "in", people.ids)], context=context)

    def action_view_segments(self):
        """Open the segments the member is and was in."""
        return self._action_of("loyalty_club.segment_member_action")
