from odoo import api, fields, models
from odoo.tools import SQL

from ..clock import today_in


class LoyaltyClubSegmentSize(models.Model):
    """How many members a segment had on a day, and how many came and went on it."""

    _name = "loyalty.club.segment.size"
    _inherit = ["loyalty.club.own.work"]
    _description = "Size of a Segment"
    _order = "date desc, segment_id"
    _log_access = False
    _rec_name = "segment_id"

    segment_id = fields.Many2one(
        "loyalty.club.segment", required=True, readonly=True, ondelete="cascade"
    )
    club_id = fields.Many2one(related="segment_id.club_id", store=True, precompute=True)
    company_id = fields.Many2one(related="segment_id.company_id")
    date = fields.Date(required=True, readonly=True)
    size = fields.Integer(string="Members", required=True, readonly=True, aggregator="avg")
    come = fields.Integer(string="Came", required=True, readonly=True)
    gone = fields.Integer(string="Went", required=True, readonly=True)

    _day_unique = models.UniqueIndex("(segment_id, date)", "A segment has one size on a day.")

    @api.model
    def _note(self, segment, size, come, gone):
        """Let today's row of ``segment`` say ``size``; what came and went adds up."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_club_segment_size AS row
                       (segment_id, club_id, date, size, come, gone)
                VALUES (%s, %s, %s, %s, %s, %s)
                ON CONFLICT (segment_id, date) DO UPDATE
                   SET size = EXCLUDED.size, come = row.come + EXCLUDED.come,
                       gone = row.gone + EXCLUDED.gone
                """,
                segment.id,
                segment.club_id.id,
                today_in(segment.company_id),
                size,
                come,
                gone,
            )
        )
        self.invalidate_model()
