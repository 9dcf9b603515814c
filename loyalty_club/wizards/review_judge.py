from odoo import fields, models


class LoyaltyClubReviewJudge(models.TransientModel):
    """Scores what members handed in."""

    _name = "loyalty.club.review.judge"
    _description = "Score Reviews"

    review_ids = fields.Many2many(
        "loyalty.club.review", "loyalty_club_review_judge_rel", string="Reviews", required=True
    )
    score = fields.Integer(required=True, default=5)

    def action_accept(self):
        """Accept them with this score; a second click changes nothing.

        :raises AccessError: for anyone but a club marketer or manager.
        :raises UserError: for a score that there is not.
        """
        self.ensure_one()
        self.review_ids._accept(self.score)
        return {"type": "ir.actions.act_window_close"}
