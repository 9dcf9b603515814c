"""Levels that a member is invited to: she accepts or declines, until a last day."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from ..clock import today_in

STATES = [
    ("open", "Waiting for an answer"),
    ("accepted", "Accepted"),
    ("declined", "Declined"),
    ("lapsed", "Not answered in time"),
    ("withdrawn", "Taken back"),
]
_REPLY = 200  # signs of what a member may say with her answer


class LoyaltyClubTierInvitation(models.Model):
    """That somebody was invited to a level, why, by whom, and what she answered."""

    _name = "loyalty.club.tier.invitation"
    _inherit = ["loyalty.club.own.work"]
    _description = "Invitation to a Level"
    _order = "id desc"
    _log_access = False
    _rec_name = "member_id"

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(related="member_id.partner_id")
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="club_id.company_id")
    tier_id = fields.Many2one(
        "loyalty.club.tier", string="Level", required=True, readonly=True, ondelete="restrict"
    )
    segment_id = fields.Many2one(
        "loyalty.club.segment",
        readonly=True,
        ondelete="set null",
        help="The segment whose members were invited; empty: chosen one by one.",
    )
    date = fields.Datetime(string="Invited on", required=True, readonly=True)
    answer_by = fields.Date(required=True, readonly=True, help="Last day on which she can answer.")
    until = fields.Date(string="Level until", readonly=True, help="Empty: until it is taken back.")
    note = fields.Char(string="Reason", readonly=True, help="Why she was invited.")
    state = fields.Selection(STATES, string="Answer", required=True, readonly=True, default="open")
    answered_on = fields.Datetime(readonly=True)
    reply = fields.Char(string="In her words", readonly=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True, ondelete="restrict")

    _one_open = models.UniqueIndex(
        "(member_id, tier_id) WHERE state = 'open'", "This member is invited to this level already."
    )
    _open_index = models.Index("(club_id, answer_by) WHERE state = 'open'")
    _tier_index = models.Index("(tier_id, state)")

    # === ACTION METHODS === #

    def action_withdraw(self):
        """Take invitations back that are not answered yet.

        :raises AccessError: for anyone but a club marketer or manager.
        """
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_marketer")):
            raise AccessError(self.env._("Only a club marketer or manager takes invitations back."))
        # sudo: invitations are written by their own code alone; the right was checked
        self.sudo().filtered(lambda one: one.state == "open")._ended("withdrawn")

    # === BUSINESS METHODS - INVITING === #

    @api.model
    def _invite(self, tier, answer_by, until=None, note=None, members=None, segment=None):
        """Invite active members who are on a lower level and are not invited yet: two statements.

        They are told soon, by a job: it is about their membership.

        :param tier: loyalty.club.tier.
        :param answer_by: last day to answer (date).
        :param until: last day of the level (date), or None.
        :param note: why, in words.
        :param members: loyalty.club.member to choose among, or None: those of ``segment``.
        :param segment: loyalty.club.segment.
        :returns: the invitations.
        """
        order, _asking = tier._ladder(tier.club_id.id)
        for model in ("loyalty.club.member", "loyalty.club.segment.member"):
            self.env[model].flush_model()
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO loyalty_club_tier_invitation
                       (member_id, club_id, tier_id, segment_id, date, answer_by, until, note,
                        state, user_id)
                SELECT m.id, m.club_id, %(tier)s, %(segment)s, %(now)s, %(answer_by)s, %(until)s,
                       %(note)s, 'open', %(user)s
                  FROM loyalty_club_member m
                 WHERE m.club_id = %(club)s AND m.state = 'active' AND m.merged_into_id IS NULL
                   AND COALESCE(array_position(%(order)s::int[], m.tier_id), 0)
                       < array_position(%(order)s::int[], %(tier)s)
                   AND %(chosen)s
                 ORDER BY m.id
                ON CONFLICT DO NOTHING
                RETURNING id
                """,
                tier=tier.id,
                segment=(segment and segment.id) or None,
                now=fields.Datetime.now(),
                answer_by=answer_by,
                until=until or None,
                note=note or None,
                user=self.env.uid,
                club=tier.club_id.id,
                order=list(order),
                chosen=self._chosen(members, segment),
            )
        )
        invitations = self.sudo().browse(row[0] for row in rows)  # sudo: just written
        invitations._note()
        return invitations

    @api.model
    def _chosen(self, members, segment):
        """Of whom the members (``m``) are that are invited."""
        if members is not None:
            return SQL("m.id = ANY(%s)", members.ids)
        return SQL(
            "EXISTS (SELECT FROM loyalty_club_segment_member s WHERE s.member_id = m.id"
            " AND s.segment_id = %s AND s.until IS NULL)",
            segment.id,
        )

    def _note(self):
        """Have the members told."""
        if not self:
            return
        notices = self.env["loyalty.club.tier.notice"]
        notices._noted(
            SQL(
                "SELECT member_id, tier_id, 'invited', answer_by"
                " FROM loyalty_club_tier_invitation WHERE id = ANY(%s)",
                self.ids,
            )
        )
        # sudo: whoever invites wakes the job that tells
        self.env.ref("loyalty_club.cron_tier_notice").sudo()._trigger()

    # === BUSINESS METHODS - ANSWERING === #

    def _answer(self, accept, reply=None):
        """What the member said; the caller has made sure that it is her. Twice is once.

        :param accept: whether she takes the level.
        :param reply: her words.
        :raises UserError: when the last day is over, the invitation was taken back or answered
            otherwise, or she cannot have the level now; with what to do.
        """
        self.ensure_one()
        invitation = self.sudo()  # sudo: her own; see above
        wanted = "accepted" if accept else "declined"
        invitation._check_answer(wanted)
        if not invitation._ended(wanted, (reply or "").strip()[:_REPLY] or None):
            invitation.invalidate_recordset()
            if invitation.state != wanted:
                raise UserError(invitation._refusal())
            return
        if accept and not invitation._give():
            raise UserError(
                self.env._(
                    "You were given a higher level than “%(tier)s”, which you keep.",
                    tier=invitation.tier_id.name,
                )
            )

    def _check_answer(self, wanted):
        """Stop an answer that is of no use: an accepted level must still be there to be had."""
        if self.state != "open" or wanted == "declined":
            return
        if self.member_id.state != "active":
            raise UserError(
                self.env._("Levels are for active members. Ask in the shop what to do first.")
            )
        if self.tier_id._rank() < 0:
            raise UserError(
                self.env._("This level is not given any more. Ask in the shop for another one.")
            )

    def _give(self):
        """Give the level for whose sake the member was invited."""
        return self.tier_id._grant(
            self.member_id, self.tier_id, "invited", until=self.until or None, note=self.note
        )

    def _ended(self, state, reply=None):
        """End open invitations; an answer counts until the end of its last day.

        :returns: the invitations that ended so.
        """
        self.flush_recordset()
        today = {club: today_in(club.company_id) for club in self.club_id}
        rows = (
            self.env.execute_query(
                SQL(
                    """
                UPDATE loyalty_club_tier_invitation i
                   SET state = %(state)s, answered_on = %(now)s, reply = %(reply)s
                  FROM unnest(%(clubs)s::int[], %(days)s::date[]) AS c(id, today)
                 WHERE i.id = ANY(%(ids)s) AND i.state = 'open' AND c.id = i.club_id
                   AND (%(state)s = 'withdrawn' OR i.answer_by >= c.today)
                RETURNING i.id
                """,
                    state=state,
                    now=fields.Datetime.now(),
                    reply=reply,
                    clubs=[club.id for club in today],
                    days=list(today.values()),
                    ids=self.ids,
                )
            )
            if self
            else []
        )
        self.invalidate_recordset()
        return self.browse(row[0] for row in rows)

    def _refusal(self):
        """Why the answer came to nothing, and what to do."""
        if self.state in ("open", "lapsed"):
            return self.env._(
                "The last day to answer was %(day)s. Ask in the shop to be invited again.",
                day=format_date(self.env, self.answer_by),
            )
        if self.state == "withdrawn":
            return self.env._("The club has taken this invitation back. Ask in the shop why.")
        return self.env._("You have answered this invitation already.")

    @api.model
    def _lapse(self):
        """Note which invitations were not answered in time: one statement."""
        clubs = self.env["loyalty.club"].sudo().search([("active", "=", True)])  # sudo: a job
        today = {club.id: today_in(club.company_id) for club in clubs}
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_club_tier_invitation i SET state = 'lapsed'"
                " FROM unnest(%s::int[], %s::date[]) AS c(id, today)"
                " WHERE i.state = 'open' AND i.club_id = c.id AND i.answer_by < c.today",
                list(today),
                list(today.values()),
            )
        )
        self.invalidate_model(["state"])


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _open_tier_invitations(self):
        """Invitations that these members can still answer."""
        # sudo: a member's own; the caller has found her
        invitations = self.env["loyalty.club.tier.invitation"].sudo()
        found = invitations.search([("member_id", "in", self.ids), ("state", "=", "open")])
        return found.filtered(lambda one: one.answer_by >= today_in(one.company_id))

    def _merge_one_into(self, survivor, note):
        result = super()._merge_one_into(survivor, note)
        self._hand_over_tier_invitations(survivor)
        return result

    def _hand_over_tier_invitations(self, survivor):
        """The survivor has the history of both, and one open invitation to each level."""
        invitations = self.env["loyalty.club.tier.invitation"]
        own = invitations.search([("member_id", "=", self.id)])
        open_ones = own.filtered(lambda one: one.state == "open")
        twins = invitations.search([("member_id", "=", survivor.id), ("state", "=", "open")])
        open_ones.filtered(lambda one: one.tier_id in twins.tier_id)._ended("withdrawn")
        own.write({"member_id": survivor.id})

    def _write_closed(self, reason, **values):
        result = super()._write_closed(reason, **values)
        # sudo: what a closed membership was invited to is over, whoever closed it
        invitations = self.env["loyalty.club.tier.invitation"].sudo()
        invitations.search([("member_id", "in", self.ids), ("state", "=", "open")])._ended(
            "withdrawn"
        )
        return result
