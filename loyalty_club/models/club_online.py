from odoo import fields, models


class LoyaltyClub(models.Model):
    """How a club presents itself to those who may join, and to its members."""

    _inherit = "loyalty.club"

    open_to_join = fields.Boolean(
        string="Anybody may join online",
        default=True,
        help="Shows the form to join on the site. The mobile is confirmed by a code.",
    )
    join_url = fields.Char(string="Address", compute="_compute_join_url")
    foreign_mobiles = fields.Boolean(
        string="Codes to foreign mobiles",
        help="Texts to some countries are dear, and are asked for by machines. Without this, "
        "codes are sent to mobiles of the company's country and of Iran.",
    )
    welcome_text = fields.Html(
        translate=True,
        sanitize_attributes=True,
        help="Shown to those who are about to join, above the form.",
    )
    value_text = fields.Html(
        string="What membership is worth",
        translate=True,
        sanitize_attributes=True,
        help="Shown to members beside what they have saved so far, and to those who may join.",
    )

    # === COMPUTE METHODS === #

    def _compute_join_url(self):
        for club in self:
            club.join_url = f"{club.get_base_url()}/club/join/{club.id}"
