import json

from odoo.http import Controller, request, route

LONGEST_BODY = 1024
STATUS = {"wait": 429}


class Reader(Controller):
    """The door for readers of chips: small devices that send one text by HTTP.

    The address is the right to do so; see :meth:`~..models.pos_reader.PosConfig._club_read`.
    """

    @route(
        "/loyalty_club/reader/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # a device has no session that somebody else's page could use
        save_session=False,
    )
    def reader(self, token, uid="", **_kwargs):
        """Take what a reader has read: a form's ``uid``, JSON's, or the bare text.

        :returns: JSON ``{"club": 1, "status": …}``; 404 for an address that is none.
        """
        # sudo: the address is the right to tell this one till
        status = request.env["pos.config"].sudo()._club_read(token, uid or self._body())
        if status is None:
            return request.make_json_response({"club": 1, "status": "nowhere"}, status=404)
        return request.make_json_response(
            {"club": 1, "status": status}, status=STATUS.get(status, 200)
        )

    def _body(self):
        """The text in the body of the request; empty when there is none to be read."""
        body = request.httprequest.get_data(cache=False, as_text=True)[:LONGEST_BODY]
        try:
            read = json.loads(body)
        except ValueError:
            return body
        if isinstance(read, dict):
            read = read.get("uid")
        return str(read) if isinstance(read, str | int) else ""
