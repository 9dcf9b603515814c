"""The segments that every club begins with; each may be changed, archived or deleted."""

from odoo import api, models

# Key of the name in ``_default_names``, colour, rule.
PRESETS = [
    ("segment_new", 10, "[('state', '=', 'active'), ('days_since_joining', '<=', 30)]"),
    ("segment_birthday", 5, "[('state', '=', 'active'), ('birthday_in_days', '<=', 30)]"),
    (
        "segment_best",
        4,
        "[('state', '=', 'active'), ('rfm_id.r', '>=', 4), ('rfm_id.m', '>=', 4)]",
    ),
    ("segment_near", 3, "[('state', '=', 'active'), ('rfm_missing', '<=', 10)]"),
    ("segment_idle", 2, "[('state', '=', 'active'), ('days_since_purchase', '>', 90)]"),
    ("segment_lost", 1, "[('state', '=', 'active'), ('days_since_purchase', '>', 365)]"),
    ("segment_never", 8, "[('state', '=', 'active'), ('last_purchase_on', '=', False)]"),
    ("segment_expiring", 6, "[('state', '=', 'active'), ('days_to_expiry', '<=', 30)]"),
]


class LoyaltyClubSegment(models.Model):
    """What a new club gets."""

    _inherit = "loyalty.club.segment"

    @api.model
    def _create_defaults(self, club):
        """Make the usual segments of ``club`` (loyalty.club); their members come by the cron."""
        names = club._default_names()
        presets = [preset for preset in PRESETS if club._type_has_segment(preset[0])]
        return self.create(
            [
                {
                    "name": names[key],
                    "club_id": club.id,
                    "sequence": 10 * number,
                    "color": color,
                    "domain": domain,
                }
                for number, (key, color, domain) in enumerate(presets, 1)
            ]
        )


class LoyaltyClub(models.Model):
    """A new club has segments and grades."""

    _inherit = "loyalty.club"

    @api.model
    def _default_names(self):
        """The segments and grades as well."""
        return {
            **super()._default_names(),
            "segment_new": self.env._("New in the last 30 days"),
            "segment_birthday": self.env._("Birthday within 30 days"),
            "segment_best": self.env._("Loyal and valuable"),
            "segment_near": self.env._("Close to the next RFM class"),
            "segment_idle": self.env._("No purchase for 90 days"),
            "segment_lost": self.env._("No purchase for a year"),
            "segment_never": self.env._("Joined, never bought"),
            "segment_expiring": self.env._("Value expires within 30 days"),
            "grade_a": self.env._("A"),
            "grade_b": self.env._("B"),
            "grade_c": self.env._("C"),
        }

    def _set_up(self):
        result = super()._set_up()
        Segment, Grade = self.env["loyalty.club.segment"], self.env["loyalty.club.grade"]
        if not Segment.search_count([("club_id", "=", self.id)], limit=1):
            Segment._create_defaults(self)
        if not Grade.search_count([("club_id", "=", self.id)], limit=1):
            Grade._create_defaults(self)
        # sudo: whoever makes a club wakes the cron that finds who is in its segments
        self.env.ref("loyalty_club.cron_segment").sudo()._trigger()
        return result
