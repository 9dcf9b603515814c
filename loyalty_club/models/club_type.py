"""What a new club starts with: three usual kinds of customer club, by name."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import CARD_DISCOUNT_MODES

# Fields of a new club by its type, where its maker says nothing else.
PRESETS = {
    "loyalty": {
        "earn_points": 1.0,
        "welcome_amount": 0.0,
        "auto_card": True,
        "card_discount_percent": 0.0,
        "card_discount_mode": "none",
    },
    "discount_card": {
        "earn_points": 0.0,
        "welcome_amount": 0.0,
        "auto_card": True,
        "card_discount_percent": 5.0,
        "card_discount_mode": "discount",
    },
    "loyal_customers": {
        "earn_points": 1.0,
        "welcome_amount": 50.0,
        "auto_card": True,
        "card_discount_percent": 0.0,
        "card_discount_mode": "none",
    },
}
# What a type has use for, of what any club may have; types that are not named: everything.
_SEGMENTS = {
    "discount_card": {
        "segment_new",
        "segment_birthday",
        "segment_idle",
        "segment_lost",
        "segment_never",
    },
}
_PURPOSES = {
    "discount_card": {"service", "marketing", "accounting"},
}


class LoyaltyClub(models.Model):
    """The type of a club presets its features when it is made; later it is a name."""

    _inherit = "loyalty.club"

    type = fields.Selection(
        [
            ("loyalty", "Loyalty club"),
            ("discount_card", "Discount-card club"),
            ("loyal_customers", "Club of loyal customers"),
        ],
        required=True,
        default="loyalty",
        help="Loyalty club: purchases earn points, points are spent on rewards.\n"
        "Discount-card club: every member has a card that takes a percentage off; purchases earn "
        "nothing.\n"
        "Club of loyal customers: points, a welcome gift, all segments and all purposes of "
        "consent, for those whom one wants to know well.\n"
        "The type sets what a new club starts with. Everything can be changed afterwards; "
        "changing the type later changes nothing else.",
    )
    card_discount_percent = fields.Float(
        string="New cards give (%)",
        digits=(5, 2),
        help="The discount of cards that are issued from now on, unless something else is said. "
        "Cards that members have stay as they are.",
    )
    card_discount_mode = fields.Selection(
        CARD_DISCOUNT_MODES, string="as", required=True, default="none"
    )

    _card_discount_sound = models.Constraint(
        "CHECK (card_discount_percent >= 0 AND card_discount_percent <= 100)",
        "A discount lies between 0 and 100 %.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("card_discount_percent", "card_discount_mode")
    def _check_card_discount(self):
        for club in self:
            if club.card_discount_mode != "none" and not club.card_discount_percent:
                raise ValidationError(
                    self.env._("Say how many percent new cards give, or that they give none.")
                )

    @api.onchange("type")
    def _onchange_type(self):
        """Show what a new club of this type starts with."""
        if not self._origin:
            self.update(PRESETS.get(self.type, {}))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{**PRESETS.get(vals.get("type"), {}), **vals} for vals in vals_list])

    # === BUSINESS METHODS === #

    def _set_up(self):
        result = super()._set_up()
        wanted = _PURPOSES.get(self.type)
        if wanted:
            # sudo: a new club comes with what it needs
            purposes = self.sudo().purpose_ids
            purposes.filtered(lambda purpose: purpose.code not in wanted).active = False
        return result

    def _type_has_segment(self, key):
        """Whether a club of this type starts with the preset segment ``key``."""
        self.ensure_one()
        return self.type not in _SEGMENTS or key in _SEGMENTS[self.type]

    def _card_defaults(self):
        """Discount of a new card, as columns of it; nothing where cards give none."""
        self.ensure_one()
        if self.card_discount_mode == "none":
            return {}
        return {
            "discount_percent": self.card_discount_percent,
            "discount_mode": self.card_discount_mode,
        }
