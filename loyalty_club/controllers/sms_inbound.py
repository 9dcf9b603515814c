from werkzeug.exceptions import NotFound

from odoo.http import Controller, request, route

# What providers call the parts of a received message. Kavenegar sends messageid, from, to and
# message; MeliPayamak fills in an address whose parameters the customer names, for example
# ?to=$TO$&body=$TEXT$&from=$FROM$; others use these words as well.
_SENDER = ("from", "sender", "mobile", "msisdn")
_TEXT = ("message", "body", "text", "msg", "content")
_NUMBER = ("messageid", "message_id", "messagesid", "smsid", "id")
_LONGEST = 2000  # characters of a text that are read


class SmsInbound(Controller):
    """The door through which SMS providers hand over what people have answered."""

    # No CSRF token, and a change by GET: that is how providers call. The secret address is what
    # lets them in; an address that is wrong, old or made up is answered as if there were none.
    @route(
        "/loyalty_club/sms/<string:secret>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        csrf=False,
        save_session=False,
        readonly=False,
    )
    def receive(self, secret, **parameters):
        """Take one message; whatever it says, the provider is told that it arrived."""
        # sudo: the secret lets the provider hand in messages, and nothing else
        club = request.env["loyalty.club"].sudo()._of_sms_address(secret)
        if not club or request.httprequest.method == "HEAD":
            raise NotFound
        given = {key.lower(): str(value) for key, value in {**self._json(), **parameters}.items()}
        sender = self._first(given, _SENDER)
        if sender:
            request.env["loyalty.club.inbound.sms"].sudo()._receive(
                club,
                sender,
                self._first(given, _TEXT)[:_LONGEST],
                self._first(given, _NUMBER),
            )
        return request.make_response(
            "OK", headers=[("Content-Type", "text/plain"), ("Cache-Control", "no-store")]
        )

    @staticmethod
    def _first(given, names):
        return next((given[name] for name in names if given.get(name)), "")

    @staticmethod
    def _json():
        """The parts of a message that was sent as JSON; nothing when it was not."""
        if request.httprequest.mimetype != "application/json":
            return {}
        try:
            parts = request.get_json_data()
        except ValueError:
            return {}
        return parts if isinstance(parts, dict) else {}
