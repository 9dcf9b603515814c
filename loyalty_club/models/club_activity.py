from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, formatLang

_DAYS = 90


class LoyaltyClub(models.Model):
    """How lively a club is; nothing here is stored."""

    _inherit = "loyalty.club"

    buyer_count = fields.Integer(
        string="Bought in 90 days",
        compute="_compute_buyer_count",
        help="Members with a purchase in the last 90 days.",
    )
    message_count = fields.Integer(
        string="Messages sent in 90 days", compute="_compute_message_count"
    )
    grade_summary = fields.Char(string="Members by grade", compute="_compute_grade_summary")
    segment_summary = fields.Char(string="Members by segment", compute="_compute_segment_summary")

    # === COMPUTE METHODS === #

    def _compute_buyer_count(self):
        self.env["loyalty.club.purchase"].flush_model()
        counts = dict(
            self.env.execute_query(
                SQL(
                    "SELECT club_id, COUNT(DISTINCT member_id) FROM loyalty_club_purchase"
                    " WHERE club_id = ANY(%s) AND date >= %s AND NOT refund AND amount > 0"
                    " GROUP BY club_id",
                    self.ids,
                    self._first_moment(),
                )
            )
        )
        for club in self:
            club.buyer_count = counts.get(club.id, 0)

    def _compute_message_count(self):
        # sudo: how many there were, not what they say
        messages = self.env["loyalty.club.outbox"].sudo()
        counts = dict(
            messages._read_group(
                [
                    ("company_id", "in", self.company_id.ids),
                    ("state", "=", "sent"),
                    ("create_date", ">=", self._first_moment()),
                ],
                ["company_id"],
                ["__count"],
            )
        )
        for club in self:
            club.message_count = counts.get(club.company_id, 0)

    @api.model
    def _first_moment(self):
        return fields.Datetime.now() - timedelta(days=_DAYS)

    def _compute_grade_summary(self):
        counts = self.env["loyalty.club.member"]._read_group(
            [("club_id", "in", self.ids), ("grade_id", "!=", False)],
            ["club_id", "grade_id"],
            ["__count"],
        )
        for club in self:
            club.grade_summary = self._summary(
                [(grade, count) for owner, grade, count in counts if owner == club]
            )

    def _compute_segment_summary(self):
        segments = self.env["loyalty.club.segment"].search(
            [("club_id", "in", self.ids), ("size", ">", 0)]
        )
        for club in self:
            club.segment_summary = self._summary(
                [(segment, segment.size) for segment in segments if segment.club_id == club]
            )

    @api.model
    def _summary(self, counts):
        """Names and numbers in one line, in the order of the records."""
        return " · ".join(
            f"{record.name} {formatLang(self.env, count, digits=0)}"
            for record, count in sorted(counts, key=lambda pair: (pair[0].sequence, pair[0].id))
        )
