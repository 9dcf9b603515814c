"""A customer whom the till read while it was offline: found when the order arrives."""

import logging

from odoo import fields, models

from .pos_card import LONGEST_CODE

_logger = logging.getLogger(__name__)


class PosOrder(models.Model):
    _inherit = "pos.order"

    club_read_code = fields.Char(
        string="Read offline",
        readonly=True,
        copy=False,
        help="Card, mobile or membership number that the till read while it was offline. Whose it "
        "is was found out when the order arrived.",
    )


class PosReadOffline:
    """Who the customer of a paid order is, if the till knows but a number: a part of its
    settlement.

    :param settlement: :class:`~.pos_settlement.PosSettlement`.
    """

    def __init__(self, settlement):
        self.settlement = settlement
        self.env = settlement.env
        self.order = settlement.order

    def attach(self):
        """Make the member whom the number names the order's customer; nobody if it names none.

        The number was read before payment began, so the sale counts for her.
        """
        code = self.order.club_read_code or ""
        if not code or len(code) > LONGEST_CODE or self.order.partner_id:
            return
        members = self.env["loyalty.club.member"]._locate(self.settlement.club, code)
        if len(members) != 1:
            _logger.info("%s: “read offline” names %s members", self.order.uuid, len(members))
            return
        partner = members.partner_id
        values = {"partner_id": partner.id, "club_card_code": code}
        if not self.order.club_fixed_customer:
            values["club_fixed_customer"] = partner.id
        self.order.write(values)
