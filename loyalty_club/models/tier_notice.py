"""Members are told when their level fell or is about to end, and how to have it again.

Who is to be told is noted by one statement, however many they are; a job then tells them batch by
batch. What is noted once is not told twice.
"""

from odoo import api, fields, models
from odoo.tools import SQL

from ..clock import today_in

_BATCH = 500
# Falls that a member did not bring about herself: she is told the way back.
_TOLD = ("dropped", "idle", "returned", "expired")


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    tier_tell_falls = fields.Boolean(
        string="Tell members who fell",
        default=True,
        help="Members who are on a lower level than before are told, with what brings them back. "
        "Only those who agree to offers, by the channel they agree to.",
    )
    tier_warn_days = fields.Integer(
        string="Warn (days before)",
        default=30,
        help="Members who are about to lose a level are told so many days before what keeps it, "
        "if they agree to offers. 0: they are not.",
    )

    _tier_warn_sound = models.Constraint(
        "CHECK (tier_warn_days >= 0)", "Members are warned zero or more days before."
    )


class LoyaltyClubTierNotice(models.Model):
    """That a member is to be told, or was told, something about her level."""

    _name = "loyalty.club.tier.notice"
    _inherit = ["loyalty.club.own.work"]
    _description = "Notice about a Level"
    _order = "id desc"
    _log_access = False
    _rec_name = "member_id"

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="member_id.company_id")
    tier_id = fields.Many2one(
        "loyalty.club.tier", string="Level", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("fallen", "Lost"),
            ("ending", "About to be lost"),
            ("fee", "Fee ends"),
            ("invited", "Invitation"),
        ],
        string="About",
        required=True,
        readonly=True,
    )
    day = fields.Date(
        required=True, readonly=True, help="When it was lost, or ends; until when to answer."
    )
    date = fields.Datetime(string="Handled on", readonly=True)
    told = fields.Boolean(
        readonly=True,
        help="A message went out. It does not where a member agrees to none, or keeps the level.",
    )

    _once = models.UniqueIndex("(member_id, kind, tier_id, day)", "Of this a member is told once.")
    _waiting_index = models.Index("(id) WHERE date IS NULL")

    # === BUSINESS METHODS - WHO IS TO BE TOLD === #

    @api.model
    def _note_falls(self, changes):
        """Note who fell, to be told soon: one statement.

        :param changes: loyalty.club.tier.change that led down.
        """
        changes.flush_recordset()
        self._noted(
            SQL(
                """
                SELECT c.member_id, c.from_tier_id, 'fallen',
                       (c.date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date
                  FROM loyalty_club_tier_change c
                  JOIN loyalty_club club ON club.id = c.club_id AND club.tier_tell_falls
                 WHERE c.id = ANY(%s) AND c.reason = ANY(%s) AND c.from_tier_id IS NOT NULL
                """,
                changes[:1].company_id.partner_id.tz or self.env.user.tz or "UTC",
                changes.ids,
                list(_TOLD),
            )
        )
        # sudo: whoever makes members fall wakes the job that tells them
        self.env.ref("loyalty_club.cron_tier_notice").sudo()._trigger()

    @api.model
    def _note_endings(self):
        """Note whose level ends soon: one statement for each club that warns."""
        clubs = self.env["loyalty.club"].sudo().search([("tier_warn_days", ">", 0)])  # sudo: a job
        for model in ("loyalty.club.member", "loyalty.club.tier.standing"):
            self.env[model].flush_model()
        for club in clubs:
            order, _asking = self.env["loyalty.club.tier"]._ladder(club.id)
            today = today_in(club.company_id)
            self._noted(
                SQL(
                    """
                    SELECT s.member_id, s.tier_id, 'ending', s.earned_until
                      FROM loyalty_club_tier_standing s
                      JOIN loyalty_club_member m ON m.id = s.member_id AND m.state = 'active'
                     WHERE s.club_id = %s AND s.tier_id = s.earned_tier_id
                       AND s.tier_id = ANY(%s) AND s.earned_until BETWEEN %s AND %s
                    """,
                    club.id,
                    list(order[1:]),
                    today,
                    fields.Date.add(today, days=club.tier_warn_days),
                )
            )

    @api.model
    def _note_ending_fees(self):
        """Note whose bought level ends soon: one statement for each club."""
        self.env["loyalty.club.member"].flush_model()
        clubs = self.env["loyalty.club"].sudo().search([("active", "=", True)])  # sudo: a job
        for club in clubs:
            self._noted(
                SQL(
                    """
                    SELECT m.id, t.id, 'fee', m.tier_paid_until
                      FROM loyalty_club_member m
                      JOIN loyalty_club_tier t ON t.id = m.paid_tier_id
                     WHERE m.club_id = %(club)s AND m.state = 'active' AND t.fee_remind_days > 0
                       AND m.tier_paid_until BETWEEN %(today)s
                                                 AND %(today)s::date + t.fee_remind_days
                    """,
                    club=club.id,
                    today=today_in(club.company_id),
                )
            )

    @api.model
    def _noted(self, rows):
        """Note what is not noted yet.

        :param rows: SELECT of member, level, kind and day.
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "INSERT INTO loyalty_club_tier_notice (member_id, tier_id, kind, day) %s"
                " ON CONFLICT DO NOTHING",
                rows,
            )
        )
        self.invalidate_model()

    # === BUSINESS METHODS - TELLING THEM === #

    @api.model
    def _cron_tell(self):
        """Tell who is to be told, each batch in a transaction of its own."""
        self.env["loyalty.club.tier.invitation"]._lapse()
        self._note_endings()
        self._note_ending_fees()
        while done := self._tell(_BATCH):
            if self.env["ir.cron"]._commit_progress(done) <= 0:
                break

    @api.model
    def _tell(self, limit):
        """Tell one batch.

        :returns: how many were handled, whether or not a message went out.
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM loyalty_club_tier_notice WHERE date IS NULL ORDER BY id LIMIT %s"
                " FOR UPDATE SKIP LOCKED",
                limit,
            )
        )
        notices = self.sudo().browse(row[0] for row in rows)  # sudo: a job
        texts = notices._texts()
        self.env["loyalty.club.outbox"]._queue_texts("notice", list(texts.values()))
        told = self.browse(texts).sudo()
        told.write({"told": True})
        notices.write({"date": fields.Datetime.now()})
        return len(notices)


class LoyaltyClubTier(models.Model):
    _inherit = "loyalty.club.tier"

    @api.model
    def _fallen(self, changes):
        result = super()._fallen(changes)
        self.env["loyalty.club.tier.notice"]._note_falls(changes)
        return result
