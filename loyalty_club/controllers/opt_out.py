from odoo.http import Controller, request, route

from .answers import unlisted_page


class OptOut(Controller):
    """The link by which whoever reads a message ends more of its kind, without signing in.

    The page names the club and the kind of message, never the person. Opening it changes
    nothing, since mail programs and virus scanners open links by themselves; the button, or a
    mail program's own one-click request (RFC 8058), ends the messages and does nothing else.
    """

    @route(
        "/loyalty_club/stop/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
        multilang=False,
        readonly=True,
    )
    def stop_page(self, token, **_kwargs):
        """Say what would end, and offer it."""
        stop = request.env["loyalty.club.member"]._stop_of(token)
        if not stop:
            return self._render({"state": "unknown"}, status=404)
        return self._render_stop(stop, "ask", token=token)

    # No CSRF token: mail programs send this request for their readers, from no page of ours. The
    # address itself, which nobody can guess, is the right to do it.
    @route(
        "/loyalty_club/stop/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        multilang=False,
        csrf=False,
        save_session=False,
    )
    def stop(self, token, **_kwargs):
        """End the messages; a second time changes nothing and is answered alike."""
        stop = request.env["loyalty.club.member"]._stop_of(token)
        if not stop:
            return self._render({"state": "unknown"}, status=404)
        member, purpose, channel = stop
        member._withdraw(channel, "link", proof=self._proof(), purposes=purpose)
        return self._render_stop(stop, "done")

    def _render_stop(self, stop, state, token=None):
        member, purpose, channel = stop
        lang = member.partner_id.lang
        if lang:
            request.update_context(lang=lang)
        purpose = purpose.with_context(lang=request.env.lang)
        everything = channel and channel != "general" and len(purpose._channels()) > 1
        return self._render(
            {
                "state": state,
                "question": self._question(purpose, channel),
                "done_text": self._done_text(purpose, channel),
                "asks": request.env._("%(club)s asks its members:", club=purpose.club_id.name),
                "text": purpose.text,
                "action": f"/loyalty_club/stop/{token}" if token else None,
                "all_action": member._stop_url(purpose) if everything else None,
            }
        )

    def _question(self, purpose, channel):
        if channel and channel != "general":
            return request.env._(
                "No more “%(purpose)s” by %(channel)s?",
                purpose=purpose.name,
                channel=purpose._channel_labels()[channel],
            )
        return request.env._("No more “%(purpose)s”?", purpose=purpose.name)

    def _done_text(self, purpose, channel):
        if channel and channel != "general":
            return request.env._(
                "%(club)s sends you no more “%(purpose)s” by %(channel)s.",
                club=purpose.club_id.name,
                purpose=purpose.name,
                channel=purpose._channel_labels()[channel],
            )
        return request.env._(
            "“%(purpose)s” of %(club)s has ended.",
            purpose=purpose.name,
            club=purpose.club_id.name,
        )

    def _proof(self):
        """Where the request came from, so that one and the same place can be recognised."""
        limits = request.env["loyalty.club.rate.limit"]
        return f"IP {limits._hashed(limits._who())[:16]}"

    def _render(self, values, status=200):
        return unlisted_page("loyalty_club.opt_out", values, status=status)
