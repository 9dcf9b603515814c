from urllib.parse import quote

from odoo.http import request, route

from ..barcode import qr_svg
from .portal_profile import PortalProfile


class PortalInvite(PortalProfile):
    """The link by which a member asks her friends to join."""

    @route(
        "/my/club/<int:member_id>/invite",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_club_invite(self, member_id, **_kwargs):
        """Her link, its QR code, and ways to pass it on."""
        account = self._club_account(member_id)
        if not account:
            return request.redirect("/my/club")
        member = account["member"]
        club = member.club_id
        url = member._invite_url()
        words = request.env._("Join %(club)s: %(url)s", club=club.name, url=url)
        gift = club._welcome_kind()._format_shown(club.welcome_amount)
        values = {
            "page_name": "club_invite",
            "account": account,
            "open": club.open_to_join and member.state == "active",
            "url": url,
            "qr": qr_svg(url),
            "words": words,
            "ways": self._ways(url, request.env._("Join %(club)s", club=club.name), words),
            "gift": gift if club.welcome_amount else "",
            "count": member.invited_count,
        }
        return self._club_render("loyalty_club.portal_my_club_invite", values)

    def _ways(self, url, title, words):
        """Addresses that open another program with the link in it: name, icon, address."""
        return [
            (request.env._("SMS"), "comment-o", f"sms:?&body={quote(words)}"),
            (
                "Telegram",
                "telegram",
                f"https://t.me/share/url?url={quote(url, safe='')}&text={quote(title)}",
            ),
            ("WhatsApp", "whatsapp", f"https://wa.me/?text={quote(words)}"),
            (
                request.env._("E-mail"),
                "envelope-o",
                f"mailto:?subject={quote(title)}&body={quote(words)}",
            ),
        ]
