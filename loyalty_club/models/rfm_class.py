from odoo import api, fields, models


class LoyaltyClubRfmClass(models.Model):
    """A class of members by RFM total, such as gold: everything above its lower bound."""

    _name = "loyalty.club.rfm.class"
    _description = "RFM Class"
    _order = "club_id, lower_bound desc, inclusive"

    name = fields.Char(required=True, translate=True)
    club_id = fields.Many2one("loyalty.club", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="club_id.company_id")
    lower_bound = fields.Float(
        string="From total", required=True, digits=(16, 2), help="Lowest RFM total of this class."
    )
    inclusive = fields.Boolean(
        string="Including it",
        default=True,
        help="On: a total equal to the bound belongs to this class. Off: only above it.",
    )
    color = fields.Integer()

    _bound_unique = models.UniqueIndex(
        "(club_id, lower_bound, inclusive)", "Another class of the club begins at this total."
    )

    @api.model
    def _create_defaults(self, club):
        """Platinum above 110, gold from 95 up to and including 110, silver from 70, bronze."""
        names = club._default_names()
        defaults = [
            (names["platinum"], 110, False, 4),
            (names["gold"], 95, True, 3),
            (names["silver"], 70, True, 0),
            (names["bronze"], 0, True, 2),
        ]
        return self.create(
            [
                {
                    "name": name,
                    "club_id": club.id,
                    "lower_bound": bound,
                    "inclusive": inclusive,
                    "color": color,
                }
                for name, bound, inclusive, color in defaults
            ]
        )
