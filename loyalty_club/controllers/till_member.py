from odoo import http

from .till_door import till_of


class TillMember(http.Controller):
    """Doors for tills: who the customer is, and how she becomes a member.

    See :class:`~..models.pos_find.PosConfig` and :class:`~..models.pos_enrol.PosConfig` for
    arguments and answers.
    """

    @http.route("/loyalty_club/till/find", type="jsonrpc", auth="user")
    def find(self, config_id=None, text=""):
        """Find whom a text in the one field names, or may name."""
        return till_of(config_id)._club_find(text)

    @http.route("/loyalty_club/till/enrol", type="jsonrpc", auth="user")
    def enrol(self, config_id=None, mobile="", name="", terms=(), consents=()):
        """Make the customer a member."""
        return till_of(config_id)._club_enrol(mobile, name, terms, consents)
