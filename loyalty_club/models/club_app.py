"""The club as an app on the home screen of a telephone."""

import base64
import hashlib
import hmac

from odoo import api, fields, models, tools

from .. import keyring
from ..app_icon import draw_initial, fit_picture
from ..domain.colours import look_of

_PLAIN = look_of("#714b67")  # the site's, where the club has no colour of its own
_NAME = 12  # characters that a home screen has room for


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    app_name = fields.Char(
        string="Name of the app",
        size=_NAME,
        translate=True,
        help="Stands below the icon on a home screen, where there is room for twelve letters. "
        "Empty: the name of the club.",
    )
    notify_devices = fields.Boolean(
        string="Notifications on devices",
        default=True,
        help="Members can turn on notifications in the club's app. What informs them (receipts, "
        "what expires, their level, transfers) then comes there instead of by SMS; codes and "
        "warnings still come by SMS.",
    )
    app_icon_mark = fields.Char(compute="_compute_app_icon_mark", store=True)

    # === COMPUTE METHODS === #

    @api.depends("app_icon")
    def _compute_app_icon_mark(self):
        """Changes with the icon, and is empty without one: no page has to read the picture."""
        for club in self.with_context(bin_size=False):
            picture = club.app_icon
            club.app_icon_mark = picture and hashlib.sha256(picture).hexdigest()[:12]

    # === BUSINESS METHODS === #

    def _app_look(self):
        """The colours of the app: ``domain.colours.Look``."""
        return self._look() or _PLAIN

    def _app_mark(self):
        """Changes when the club does, and so may its icon. Nobody can make it up: whoever has it
        was given it by a page that shows the club."""
        self.ensure_one()
        facts = f"{self.id}:{self.write_date}:{self.brand_color}:{self.app_icon_mark}"
        pepper = keyring.secret(self.env.cr.dbname, "app")
        return hmac.new(pepper, facts.encode(), hashlib.sha256).hexdigest()[:16]

    def _app_initial(self):
        name = (self.app_name or self.name).strip()
        return next((letter for letter in name if letter.isalnum()), "★").upper()

    def _icon_address(self, size, maskable=False):
        """Address of the icon on this site; it changes with the icon."""
        self.ensure_one()
        name = f"{size}-maskable" if maskable else str(size)
        return f"/club/{self.id}/icon/{name}.png?mark={self._app_mark()}"

    def _draw_icon(self, size, maskable=False):
        """The icon as PNG: the club's picture, or its initial."""
        self.ensure_one()
        return self._drawn_icon(self._app_mark(), self._app_initial(), size, maskable)

    @tools.ormcache("self.id", "mark", "initial", "size", "maskable")
    def _drawn_icon(self, mark, initial, size, maskable):
        """Kept in memory: whoever asks again and again shall not make the server draw."""
        look = self._app_look()
        if self.app_icon:
            picture = base64.b64decode(self.with_context(bin_size=False).app_icon)
            return fit_picture(picture, size, look.main, maskable)
        return draw_initial(initial, size, look.main, look.on, maskable)

    def _app_manifest(self):
        """What a browser has to know to put the club on a home screen: the manifest's contents."""
        self.ensure_one()
        look = self._app_look()
        lang = self.env.lang or "en_US"
        start = f"/club/{self.id}/app"
        icons = [
            {
                "src": self._icon_address(size, maskable),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "maskable" if maskable else "any",
            }
            for size in (192, 512)
            for maskable in (False, True)
        ]
        shortcuts = [
            {"name": name, "url": f"{start}?page={page}"}
            for page, name in (
                ("cards", self.env._("Card")),
                ("rewards", self.env._("Rewards")),
                ("history", self.env._("History")),
            )
        ]
        return {
            "id": f"/club/{self.id}",
            "name": self.name,
            "short_name": self.app_name or self.name,
            "lang": lang.replace("_", "-"),
            "dir": self.env["res.lang"]._get_data(code=lang).direction or "ltr",
            "start_url": start,
            "scope": "/",
            "display": "standalone",
            "theme_color": look.main,
            "background_color": "#ffffff",
            "categories": ["shopping", "lifestyle"],
            "icons": icons,
            "shortcuts": shortcuts,
        }
