"""The way from a mobile to a proven one, as the visitor's session remembers it."""

import secrets
import time

from odoo.http import request

from ..models.portal_login import MobileProof

_KEY = "loyalty_club_mobile"
_PROVEN_FOR = 15 * 60  # seconds in which the form has to be filled in
_WAITING_FOR = 10 * 60


class MobileFlow:
    """What a visitor has done so far; kept on the server, never in an address or a form.

    Of use in the session in which it began: a code that somebody else sees, or a number that
    somebody else proves, gets nobody any further.
    """

    def __init__(self):
        self._kept = dict(request.session.get(_KEY) or {})

    # === WHAT IS KNOWN === #

    @property
    def number(self):
        """The mobile in E.164 that a code was sent to, or empty."""
        since = self._kept.get("since", 0)
        return self._kept.get("number", "") if time.time() - since < _WAITING_FOR else ""

    @property
    def secret(self):
        """Names this way of this visitor; a code belongs to it."""
        return self._kept.get("secret", "")

    @property
    def proof(self):
        """The :class:`MobileProof` of the visitor, or None."""
        if time.time() - self._kept.get("proven", 0) < _PROVEN_FOR:
            return MobileProof(self._kept["number"])
        return None

    @property
    def club_id(self):
        """Id of the club that the visitor wants to join, or 0."""
        return self._kept.get("club", 0)

    @property
    def invitation(self):
        """Token of the invitation that brought the visitor, or empty."""
        return self._kept.get("invitation", "")

    @property
    def target(self):
        """Where on this site the visitor wants to go afterwards, or empty."""
        return self._kept.get("target", "")

    # === STEPS === #

    def begin(self, number, secret):
        """A code under ``secret`` is on its way to ``number``; the ones before are void."""
        self._keep(number=number, secret=secret, since=time.time(), proven=0)

    @staticmethod
    def new_secret():
        """What a code shall belong to."""
        return secrets.token_hex(16)

    def prove(self):
        """The code was right. Whoever knew the session's name before knows it no longer."""
        self._keep(proven=time.time(), secret="")
        request.session.should_rotate = True

    def forget_number(self):
        """Begin again with another number."""
        self._keep(number="", proven=0, secret="")

    def remember(self, club_id=None, invitation=None, target=None):
        """Keep what the address asked for; anything but a path of this site is left out."""
        if target is not None:
            target = target if is_local_path(target) else ""
        asked = {"club": club_id, "invitation": invitation, "target": target}
        news = {name: value for name, value in asked.items() if value is not None}
        if any(self._kept.get(name) != value for name, value in news.items()):
            self._keep(**news)

    def end(self):
        """Nothing is remembered any more."""
        request.session.pop(_KEY, None)

    def _keep(self, **values):
        self._kept.update(values)
        request.session[_KEY] = dict(self._kept)


def is_local_path(text):
    """Whether ``text`` is an address on this site: nobody is led elsewhere.

    >>> is_local_path("/shop?x=1"), is_local_path("//evil.example"), is_local_path("/\\\\evil")
    (True, False, False)
    """
    return (
        text.startswith("/")
        and not text.startswith(("//", "/\\"))
        and text.isprintable()
        and len(text) <= 500
    )
