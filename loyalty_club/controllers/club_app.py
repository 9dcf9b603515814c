"""The club as an app: what a browser asks for to install it and to run it."""

from werkzeug.exceptions import NotFound

from odoo.http import Controller, request, route
from odoo.tools import file_open

from odoo.addons.web.controllers.session import Session

from ..app_icon import SIZES
from .mobile_flow import MobileFlow

LEFT = "loyalty_club_left"  # cookie: somebody has signed out in this browser
_WORKER = "loyalty_club/static/src/worker/club_worker.js"
_ICONS = {
    f"{size}{'-maskable' if maskable else ''}": (size, maskable)
    for size in SIZES
    for maskable in (False, True)
}
_PAGES = frozenset({"cards", "rewards", "history", "wallet"})
_FOREVER = "public, max-age=31536000, immutable"
_BRIEFLY = "public, max-age=300"


class ClubApp(Controller):
    """Manifest, icons, the worker in the browser, and the door through which the app opens.

    A club that shows no page to everybody tells its name and icon to its members alone, and to
    whoever was given the address by a page of theirs.
    """

    @route(
        "/club/<int:club_id>/manifest.webmanifest",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
        readonly=True,
    )
    def club_manifest(self, club_id, mark="", **_kwargs):
        """The web app's manifest, in the language of whoever asks."""
        club = self._club(club_id, mark)
        headers = {"Content-Type": "application/manifest+json", "Cache-Control": "no-cache"}
        return request.make_json_response(club._app_manifest(), headers)

    @route(
        "/club/<int:club_id>/icon/<string:name>.png",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        readonly=True,
        save_session=False,
    )
    def club_icon(self, club_id, name, mark="", **_kwargs):
        """An icon; its address changes with it, so that browsers keep it for long."""
        club = self._club(club_id, mark)
        if name not in _ICONS:
            raise NotFound
        known = mark == club._app_mark()
        headers = {
            "Content-Type": "image/png",
            "Cache-Control": _FOREVER if known else _BRIEFLY,
            "X-Content-Type-Options": "nosniff",
        }
        return request.make_response(club._draw_icon(*_ICONS[name]), list(headers.items()))

    @route(
        "/club/worker.js",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        readonly=True,
        save_session=False,
    )
    def club_worker(self, **_kwargs):
        """The program that runs in the browser beside the club's pages.

        Browsers compare it with theirs at each visit: a new one takes over at once.
        """
        with file_open(_WORKER) as file:
            text = file.read()
        headers = {
            "Content-Type": "text/javascript",
            "Cache-Control": "no-cache",
            "Service-Worker-Allowed": "/",
            "X-Content-Type-Options": "nosniff",
        }
        return request.make_response(text, list(headers.items()))

    @route(
        "/club/offline",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
        readonly=True,
    )
    def club_offline(self, **_kwargs):
        """What is shown without a connection where no card is kept; says nothing of anybody."""
        response = request.render("loyalty_club.club_offline", {"card": None})
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    @route(
        "/club/<int:club_id>/app",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def club_app(self, club_id, page="", **_kwargs):
        """Where the app opens: the member's own page, or the way to it.

        A club that does not exist is answered like one that somebody is no member of.
        """
        if not request.session.uid:
            MobileFlow().remember(club_id=club_id, target=f"/club/{club_id}/app")
            return request.redirect("/club/login")
        # sudo: portal users have no rights on the club's models; the contact is her own
        member = (
            request.env["loyalty.club.member"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", request.env.user.partner_id.id),
                    ("club_id", "=", club_id),
                    ("club_id.active", "=", True),
                    ("merged_into_id", "=", False),
                ],
                limit=1,
            )
        )
        if not member:
            return request.redirect(f"/club/join/{club_id}")
        path = f"/{page}" if page in _PAGES else ""
        return request.redirect(f"/my/club/{member.id}{path}")

    def _club(self, club_id, mark):
        """The club, for whoever may know that there is one.

        :raises NotFound: for everybody else.
        """
        # sudo: name, colour and icon of a club are no one's secret, see the class
        club = request.env["loyalty.club"].sudo().search([("id", "=", club_id)])
        if not club or not (club.public_page or mark == club._app_mark() or self._is_own(club)):
            raise NotFound
        return club

    def _is_own(self, club):
        if not request.session.uid:
            return False
        # sudo: see club_app
        members = request.env["loyalty.club.member"].sudo()
        return bool(members._find(club, request.env.user.partner_id))


class ClubSession(Session):
    """Whoever signs out leaves nothing behind in the browser."""

    @route()
    def logout(self, *args, **kwargs):
        """Have the next page forget the card that is kept for times without a connection."""
        response = super().logout(*args, **kwargs)
        response.set_cookie(LEFT, "1", samesite="Lax")
        return response
