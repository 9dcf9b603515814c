"""Cards of the club at the till: who is named by one, and what it brings with an order."""

import functools

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_compare, float_is_zero

from ..domain.codes import InputError
from ..movement import Movement
from .card_terms import CREDITED
from .pos_lines import earning_base

LONGEST_CODE = 64
DIGITS = 2  # of a percentage
# What a till's own doors look at.
_ASKED = ("name", "company_id", "currency_id", "club_branch_id", "club_show_panel")


class PosConfig(models.Model):
    _inherit = "pos.config"

    club_served = fields.Boolean(
        compute="_compute_club_served", help="A customer club knows this till's customers."
    )

    def _compute_club_served(self):
        for config in self:
            # sudo: that there is a club is no secret
            config.club_served = bool(config.sudo()._club())

    def _club_identify(self, code):
        """Whom a scanned or typed code names.

        :param code: card number, a chip's identifier or membership number, in any digits.
        :returns: dict with ``partner_id`` (False: nobody), what :meth:`_club_customer` gives, and
            ``message``: a sentence for the cashier when the card may not be used.
        :raises AccessError: for anyone but a user of the Point of Sale.
        """
        self._club_check_cashier()
        nobody = {"partner_id": False, "card": False, "message": False}
        if not isinstance(code, str) or not 0 < len(code) <= LONGEST_CODE:
            return nobody
        try:
            partner = self.env["loyalty.card"].get_loyalty_card_partner_by_code(code)
        except UserError as refusal:  # a card that may not be used
            return dict(nobody, message=str(refusal))
        if not partner:
            return nobody
        return nobody | {"partner_id": partner.id} | self._club_customer(partner.id, code)

    def _club_customer(self, partner_id, code=""):
        """What goes for a customer's purchase: the till asks whenever a customer is chosen.

        :param partner_id: id of the customer.
        :param code: what was scanned, if a card was shown.
        :returns: dict as :meth:`_club_told` gives it.
        :raises AccessError: for anyone but a user of the Point of Sale.
        """
        self._club_check_cashier()
        config = self.sudo()  # sudo: the till learns of its own customer
        partner = config.env["res.partner"].browse(self._club_id(partner_id) or ())
        member = config.env["loyalty.club.member"]._find(config._club(), partner, None)
        return self._club_known(partner, member, code)

    def _club_known(self, partner, member, code=""):
        """See :meth:`_club_customer`; the customer and her membership are at hand."""
        return self._club_told(
            partner, member, code, functools.cache(lambda: member._audience_of(partner))
        )

    def _club_told(self, partner, member, code, audience):
        """What the till is told of its customer; other parts of the club add theirs.

        :param partner: res.partner, in sudo, one or none; it may be gone.
        :param member: her membership in the till's club, in sudo, or none.
        :param code: what was scanned, if a card was shown.
        :param audience: called for the customer's levels and segments, read once.
        :returns: dict with ``card``: its ``number``, ``percent`` (taken off prices) and
            ``shown`` (number of the card that was scanned, or False); or False.
        """
        text = code if isinstance(code, str) and len(code) <= LONGEST_CODE else ""
        cards = member.env["loyalty.club.card"]
        card = cards._for_sale(member.club_id, member, text)
        if not card:
            return {"card": False}
        named = cards._find_by_text(member.club_id, text) if text else cards
        shown = named.number if named.member_id == member and named.in_force else False
        return {"card": {"number": card.number, "percent": card._discount(), "shown": shown}}

    def _club_check_cashier(self):
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(self.env._("Only cashiers use customers' cards at a till."))
        # sudo: fewer columns for what is looked at next; the check follows
        self.sudo().fetch(_ASKED)
        self.check_access("read")


class PosOrder(models.Model):
    _inherit = "pos.order"

    # Fields that only the server's own code writes.
    _club_found_out = frozenset({"club_card_id", "club_withheld"})

    club_card_code = fields.Char(
        string="Card shown", readonly=True, copy=False, help="As the till sent it."
    )
    club_card_id = fields.Many2one(
        "loyalty.club.card",
        string="Club card",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The customer's card that went for this order.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._club_as_told(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._club_as_told(vals))

    @api.model
    def _club_as_told(self, vals):
        """What a till may say of an order; the rest the server finds out."""
        if self.env.su or not self._club_found_out & vals.keys():
            return vals
        return {name: value for name, value in vals.items() if name not in self._club_found_out}


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    club_card_discount = fields.Float(
        string="Card discount (%)",
        digits=(5, DIGITS),
        readonly=True,
        help="The discount of this line, where it is that of the customer's card.",
    )

    @api.model
    def _load_pos_data_fields(self, config):
        return [*super()._load_pos_data_fields(config), "club_card_discount"]


def sold_at(order):
    """When a till's order was sold, as far as the till is believed: in its session at earliest,
    and never in days to come, of which each has room for more."""
    session, moment = order.session_id, min(order.date_order, fields.Datetime.now())
    if session.rescue:  # begun after the fact, for orders that come late
        return moment
    return max(moment, session.start_at or session.create_date)


class PosCard:
    """What the customer's card means for one paid order: a part of its settlement.

    :param settlement: :class:`~.pos_settlement.PosSettlement`.
    :param member: the customer's membership, or none.
    """

    def __init__(self, settlement, member):
        self.settlement = settlement
        self.env = settlement.env
        self.order = settlement.order
        self.member = member
        self.card = self.env["loyalty.club.card"]
        self.shown = False  # and not only found by the customer's name

    def check(self):
        """Find the card that goes for the order, keep it there, and check what lines claim.

        :raises UserError: when a line takes off more than the card gives. What a cashier takes
            off by her own right is not the club's business.
        """
        code = self.order.club_card_code or ""
        Card = self.env["loyalty.club.card"]
        if self.member:
            named = self._named(code)
            self.shown = bool(named)
            self.card = named or Card._for_sale(self.settlement.club, self.member)
        if self.order.club_card_id != self.card:
            self.order.club_card_id = self.card
        claiming = self.settlement.sold.filtered(
            lambda line: not float_is_zero(line.club_card_discount, DIGITS)
        )
        percent = self.card._highest_discount(sold_at(self.order)) if claiming else 0
        for line in claiming:
            self._check_line(line, percent)

    def _named(self, code):
        """The customer's card that the till read, if it could be used when it was sold."""
        try:
            card = self.env["loyalty.club.card"]._find_by_text(self.settlement.club, code)
        except InputError:
            return self.card
        mine = card and card.member_id == self.member
        return card if mine and card._was_in_force(sold_at(self.order)) else self.card

    def _check_line(self, line, percent):
        claimed = line.club_card_discount
        ours = float_compare(claimed, line.discount, DIGITS) == 0
        fits = float_compare(claimed, percent, DIGITS) <= 0
        left_out = line.is_reward_line or line.product_id.id in self._stored_value()
        if not self.card or left_out or not ours or not fits:
            raise UserError(
                self.env._(
                    "%(claimed)s %% is taken off “%(product)s” for a card that does not give it: "
                    "it gives %(percent)s %%. Choose the customer again, then go on.",
                    claimed=f"{claimed:g}",
                    product=line.product_id.display_name,
                    percent=f"{0 if left_out else percent:g}",
                )
            )

    def _stored_value(self):
        return self.env["loyalty.program"]._club_stored_value_products()

    def earned(self):
        """Movements by which the card's percentage becomes credit of an active member."""
        if not self.card or self.member.state != "active":
            return []
        base = earning_base(self.settlement.club, self.settlement.sold)
        kind, amount = self.card._credit_for(base)
        if not amount:
            return []
        wallet = kind._wallets_of(self.member)[self.member.id]
        self.env["loyalty.card"]._club_create_for(kind, wallet)  # the till sees it through one
        percent = f"{self.card.discount_percent:g}"
        return [
            Movement(
                wallet_id=wallet.id,
                amount=amount,
                kind="earn",
                key=f"{self.settlement.key}:{CREDITED}:{wallet.id}:{percent}",
                **self.settlement.common(),
            )
        ]
