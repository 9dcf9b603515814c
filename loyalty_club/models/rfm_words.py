from odoo import api, fields, models


class LoyaltyClubRfm(models.Model):
    """RFM scores in words, for people who do not know them by heart."""

    _inherit = "loyalty.club.rfm"

    color = fields.Integer(related="class_id.color")
    lifecycle_color = fields.Integer(related="lifecycle_id.color", string="Color of the stage")
    recency_text = fields.Char(compute="_compute_texts", string="Recency in words")
    frequency_text = fields.Char(compute="_compute_texts", string="Frequency in words")
    monetary_text = fields.Char(compute="_compute_texts", string="Monetary value in words")

    @api.depends("r", "f", "m")
    def _compute_texts(self):
        recency, frequency, monetary = self._words()
        for value in self:
            best = value.club_id.rfm_scale
            value.recency_text = recency.get(_fifth(value.r, best), False)
            value.frequency_text = frequency.get(_fifth(value.f, best), False)
            value.monetary_text = monetary.get(_fifth(value.m, best), False)

    @api.model
    def _words(self):
        """What each score says, by measure: three dicts of score to text."""
        recency = {
            5: self.env._("Among those who bought last"),
            4: self.env._("Bought more recently than most"),
            3: self.env._("Bought about as recently as others"),
            2: self.env._("Has not bought for longer than most"),
            1: self.env._("Among those away the longest"),
        }
        frequency = {
            5: self.env._("Among those who buy most often"),
            4: self.env._("Buys more often than most"),
            3: self.env._("Buys about as often as others"),
            2: self.env._("Buys less often than most"),
            1: self.env._("Among those who buy most rarely"),
        }
        monetary = {
            5: self.env._("Among those who spend most"),
            4: self.env._("Spends more than most"),
            3: self.env._("Spends about as much as others"),
            2: self.env._("Spends less than most"),
            1: self.env._("Among those who spend least"),
        }
        return recency, frequency, monetary


def _fifth(score, best):
    """In which fifth of the scores up to ``best`` a score is: 1 to 5, or 0 without a score."""
    return -(-5 * score // best)
