"""How a club looks: its colour, its logo, its icon."""

import hashlib

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..domain.codes import InputError
from ..domain.colours import look_of, read_colour, write_colour

_SIDE = 512


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    brand_color = fields.Char(
        string="Colour",
        help="Main colour of the club's pages, like #0a7d5c. Text on it is black or white, "
        "whichever is read better. Empty: the colour of the site.",
    )
    logo = fields.Image(
        max_width=_SIDE,
        max_height=_SIDE,
        help="Stands above the club's pages. Empty: the initial of the club's name.",
    )
    app_icon = fields.Image(
        string="Icon of the app",
        max_width=_SIDE,
        max_height=_SIDE,
        help="Square picture for the home screen of a telephone. Empty: the initial of the "
        "club's name on its colour.",
    )
    logo_mark = fields.Char(compute="_compute_logo_mark", store=True)

    # === COMPUTE METHODS === #

    @api.depends("logo")
    def _compute_logo_mark(self):
        """Changes with the logo, and is empty without one: no page has to read the picture."""
        for club in self.with_context(bin_size=False):
            club.logo_mark = club.logo and hashlib.sha256(club.logo).hexdigest()[:12]

    # === CONSTRAINT METHODS === #

    @api.constrains("brand_color")
    def _check_brand_color(self):
        for club in self.filtered("brand_color"):
            try:
                read_colour(club.brand_color)
            except InputError as error:
                raise ValidationError(
                    self.env._(
                        "“%(text)s” is not a colour: write it like #0a7d5c.",
                        text=club.brand_color,
                    )
                ) from error

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._colour_as_written(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._colour_as_written(vals))

    # === BUSINESS METHODS === #

    @api.model
    def _colour_as_written(self, vals):
        """``vals`` with the colour as style sheets write it; what is none stays, to be refused."""
        try:
            colour = write_colour(read_colour(vals.get("brand_color") or ""))
        except InputError:
            return vals
        return dict(vals, brand_color=colour)

    def _look(self):
        """The club's colours, each readable on its ground.

        :returns: ``domain.colours.Look``, or None where the site's own colours serve.
        """
        self.ensure_one()
        return look_of(self.brand_color) if self.brand_color else None

    def _logo_address(self):
        """Address of the logo for pages of this site; empty without a logo."""
        self.ensure_one()
        return f"/club/{self.id}/logo?mark={self.logo_mark}" if self.logo_mark else ""
