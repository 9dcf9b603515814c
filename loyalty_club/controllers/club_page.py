from werkzeug.exceptions import NotFound

from odoo.http import Controller, request, route

from .answers import file_answer

_TOKEN_SIZE = 128  # a friend's link, at most


def _addresses(env, _rule, _query):
    """Pages that search engines are told of: those of the site's company."""
    # sudo: whether a club shows its page is what its address tells anyway
    clubs = env["loyalty.club"].sudo()
    shown = [("public_page", "=", True), ("company_id", "=", env.company.id)]
    for club in clubs.search(shown):
        yield {"loc": f"/club/{club.id}"}


class ClubPage(Controller):
    """What a club shows to everybody, and its poster."""

    @route(
        ["/club", "/club/<int:club_id>"],
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=_addresses,
        readonly=True,
    )
    def club_page(self, club_id=0, i="", **_kwargs):
        """What membership brings, and the way in.

        A club that shows no page and one that does not exist are answered alike.
        """
        signed_in = bool(request.session.uid)
        partner = request.env.user.partner_id if signed_in else None
        # Behind a question mark anything may stand.
        asked = club_id if isinstance(club_id, int) else 0
        club = self._club(asked, partner)
        if not club:
            return request.render("loyalty_club.join_closed", {}, status=404)
        members = request.env["loyalty.club.member"].sudo()
        values = {
            "club": club,
            "club_app": club,
            # sudo: the partner is the signed-in person's
            "member": members._find(club, partner) if partner else members,
            "benefits": club._benefits_told(),
            "acts": club._acts_told(),
            "levels": club._levels_told(),
            "rewards": club._rewards_told(),
            "fee": club._fee_told(),
            "terms": club._terms_in_force(),
            "token": i[:_TOKEN_SIZE],
            "friend": bool(members._of_invite(i[:_TOKEN_SIZE])),
        }
        response = request.render("loyalty_club.club_page", values)
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        if partner or i:
            response.headers["Cache-Control"] = "no-store"
        if i:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    @route(
        "/loyalty_club/club/<int:club_id>/poster",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def club_poster(self, club_id, **_kwargs):
        """The sheet with the QR code, for staff who may read the club."""
        clubs = request.env["loyalty.club"]
        club = clubs.has_access("read") and clubs.with_context(active_test=False).search(
            [("id", "=", club_id)]
        )
        if not club:
            raise NotFound
        name, media_type, data = request.env["loyalty.club.invitation.poster"]._render_club(club)
        return file_answer(name, media_type, data)

    def _club(self, club_id, partner):
        clubs = request.env["loyalty.club"]
        return clubs._with_page(request.env.company, partner, club_id)
